"""Rosters of a given size, written straight into a database, and the desk made ready again between rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert, text, update

from app.domain import states
from app.domain.licensing import BLOCK_AFTER, authority_instants
from app.domain.lines import Line, Requirement
from app.storage import campaigns
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, LeadRow
from app.storage.models.desk import DeskRow
from app.storage.models.roster import LicenseRow, ProducerRow, StateOpeningRow
from tests.bench.webhooks import CALLED, PRODUCERS_PHONES

COMMON, RARE, NOBODY = "CA", "GU", "XX"
"""A state that everybody is licensed in, one of 1 in 200, and one where nobody is."""

_LINES = (Line.LIFE, Line.HEALTH, Line.PROPERTY)
_OTHERS = tuple(state for state in states.ALL if state not in (COMMON, RARE))
_EXPIRES = date(2099, 12, 31)


@dataclass(frozen=True)
class Size:
    """So many producers, each licensed in so many states for three lines."""

    name: str
    producers: int
    states: int

    @property
    def licenses(self) -> int:
        return self.producers * self.states * len(_LINES)


MEDIUM = Size("M", 1_000, 25)
LARGE = Size("L", 20_000, 30)


def fill(database: Database, size: Size, now: datetime) -> None:
    """The whole roster, everybody available; a campaign for life at CALLED; every state open."""
    effective, until = date(2020, 1, 1), now + timedelta(days=365)
    instants = {state: authority_instants(state, effective, _EXPIRES, perpetual=False) for state in states.ALL}
    with database.begin() as tx:
        _insert(tx, table_of(ProducerRow), (_producer(number) for number in range(1, size.producers + 1)))
        _insert(tx, table_of(LicenseRow), _licenses(size, effective, instants, now))
        _insert(tx, table_of(DeskRow), (_seat(number, now, until) for number in range(1, size.producers + 1)))
        _insert(tx, table_of(StateOpeningRow), (_opening(state, now) for state in (*states.ALL, NOBODY)))
        campaign_id = campaigns.add(
            tx, number="+18005550198", name="Bench", requirement=Requirement.parse("life"), vendor_id=None
        )
        assert campaign_id is not None
        campaigns.add_number(tx, number=CALLED, campaign_id=campaign_id, pool=False, state=COMMON)
    if database.dialect == "postgresql":
        # The autovacuum does this sooner or later; a measurement does not wait for it.
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def make_ready(database: Database, now: datetime) -> None:
    """As if every call had ended: nobody held, no attempt open, no lead in a call."""
    desk, attempts, leads = table_of(DeskRow), table_of(AttemptRow), table_of(LeadRow)
    with database.begin() as tx:
        tx.execute(update(desk).where(desk.c.held_by.is_not(None)).values(held_by=None))
        tx.execute(update(attempts).where(attempts.c.ended_at.is_(None)).values(ended_at=now, outcome="no_answer"))
        tx.execute(update(leads).where(leads.c.owed_by.is_not(None)).values(custody="served", owed_by=None))


def _producer(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "npn": str(10_000_000 + number),
        "first_name": "Producer",
        "last_name": str(number),
        "email": "",
        "phone": PRODUCERS_PHONES[number % len(PRODUCERS_PHONES)],
        "resident_state": _home(number),
        "suspended": False,
        "version": 1,
    }


def _home(number: int) -> str:
    return _OTHERS[number % len(_OTHERS)]


def _licenses(size: Size, effective: date, instants: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, size.producers + 1):
        elsewhere = [_OTHERS[(number + step) % len(_OTHERS)] for step in range(1, size.states - 1)]
        if number % 200 == 0:
            elsewhere[-1] = RARE
        for state in (_home(number), COMMON, *elsewhere):
            begins, ends = instants[state]
            for line in _LINES:
                yield {
                    "producer_id": number,
                    "state": state,
                    "line": str(line),
                    "license_number": f"{state}{number}",
                    "residency": "resident" if state == _home(number) else "nonresident",
                    "status": "active",
                    "effective_on": effective,
                    "expires_on": _EXPIRES,
                    "perpetual": False,
                    "authority_from": begins,
                    "authority_until": ends,
                    "verified_at": now,
                    "stale_at": now + BLOCK_AFTER,
                    "source": "csv",
                    "version": 1,
                }


def _seat(number: int, now: datetime, until: datetime) -> dict[str, Any]:
    return {
        "producer_id": number,
        "presence": "available",
        "present_until": until,
        "held_by": None,
        "free_at": now,
        "misses": 0,
        "taken_today": 0,
        "taken_on": None,
        "last_offered_at": now - timedelta(seconds=100_000 - number),
    }


def _opening(state: str, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "is_open": True,
        "territory": False,
        "agency_until": None,
        "document_name": "certificate.pdf",
        "document_sha256": "0" * 64,
        "verified_by": "bench",
        "opened_at": now,
        "version": 1,
    }


def _insert(tx: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, 10_000)):
        tx.execute(insert(table), some)
