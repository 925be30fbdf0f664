"""A copy of the tables that decide who may take a call, for drills; never of leads, calls, texts, recordings, keys or users.

A drill plays on the copy only, so what is changed here goes past the roster's history on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select, tuple_, update

from app.domain.licensing import Status
from app.domain.lines import Requirement
from app.domain.routing import PRESENCE_LASTS
from app.domain.states import State
from app.storage import authority_facts, desk, ledger
from app.storage.database import Database
from app.storage.models.base import Base, table_of
from app.storage.models.campaigns import CampaignNumberRow, CampaignRow, TeamMemberRow, VendorNumberRow, VendorRow
from app.storage.models.desk import DeskRow, PresenceEventRow
from app.storage.models.roster import (
    AppointmentRow,
    DomicileHoldRow,
    LicenseRow,
    ProducerRow,
    RosterVersionRow,
    StateOpeningRow,
    TerritoryZipRow,
)

_producers, _licenses, _openings = table_of(ProducerRow), table_of(LicenseRow), table_of(StateOpeningRow)
_campaigns = table_of(CampaignRow)
_desk, _presences = table_of(DeskRow), table_of(PresenceEventRow)

COPIED: tuple[type[Base], ...] = (
    VendorRow, VendorNumberRow, ProducerRow, LicenseRow, AppointmentRow, DomicileHoldRow, StateOpeningRow,
    TerritoryZipRow, CampaignRow, CampaignNumberRow, TeamMemberRow,
)  # fmt: skip
"""Each before those that point to it. Campaigns hold their settings."""

_NOT_COPIED: Mapping[str, Mapping[str, Any]] = {
    _producers.name: {"email": ""},
    # A number that is lent belongs to a lead, and leads are not copied.
    table_of(CampaignNumberRow).name: {"lent_to": None, "lent_until": None},
}
"""What stands in the copy in the place of a column that decides nothing."""

PAGE_ROWS = 20_000
TRIES = 3


class RosterMoved(Exception):
    """The roster changed again and again while it was copied; try again when the import is through."""


def copy_deciding_tables(source: Database, target: Database) -> int:
    """Fill the empty, migrated `target`; the roster version that was copied. `source` is read, in short transactions.

    Raises RosterMoved where the roster did not keep still for as long as the copy takes.
    """
    for _ in range(TRIES):
        before = _version(source)
        tables = {table_of(model): list(_rows(source, table_of(model))) for model in COPIED}
        if _version(source) == before:
            break
    else:
        raise RosterMoved("the roster changes while it is copied; try again when the import is through")
    with target.begin() as tx:
        for table, rows in tables.items():
            for first in range(0, len(rows), PAGE_ROWS):
                tx.execute(insert(table), rows[first : first + PAGE_ROWS])
        _copy_version(source, tx, before)
        desk.open_seats(tx, [row["id"] for row in tables[_producers]])
    return before


def _version(source: Database) -> int:
    with source.read() as tx:
        return ledger.roster_version(tx)


def _copy_version(source: Database, tx: Connection, version: int) -> None:
    """The newest version's row: the copy's own changes get higher ones."""
    versions = table_of(RosterVersionRow)
    with source.read() as reading:
        row = reading.execute(select(versions).where(versions.c.version == version)).mappings().first()
    if row is not None:
        tx.execute(insert(versions), [dict(row)])


def _rows(source: Database, table: Table) -> Iterator[dict[str, Any]]:
    """Every row, a page a transaction, by its key."""
    key = tuple_(*table.primary_key.columns)
    names = [column.name for column in table.primary_key.columns]
    instead = _NOT_COPIED.get(table.name, {})
    query = select(table).order_by(*table.primary_key.columns).limit(PAGE_ROWS)
    last: tuple[Any, ...] | None = None
    while True:
        with source.read() as tx:
            page = tx.execute(query if last is None else query.where(key > last)).mappings().all()
        for row in page:
            yield _as_copied(table, {**row, **instead})
        if len(page) < PAGE_ROWS:
            return
        last = tuple(page[-1][name] for name in names)


def _as_copied(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A Messaging Service is the real carrier's own: on a copy the campaign's number texts in its place."""
    if table is not _campaigns:
        return row
    settings = json.loads(row["settings"])
    kept = {key: text for key, text in settings.items() if key != "text_sender" or text.startswith("+")}
    return {**row, "settings": json.dumps(kept, sort_keys=True)}


# ---- what a drill does to a copy


def put_on_duty(tx: Connection, producer_ids: Collection[int], now: datetime) -> None:
    """All of them available from now on, as if each had said so."""
    until = now + PRESENCE_LASTS
    present = {"presence": "available", "present_until": until, "free_at": now}
    for chunk in _chunks(sorted(producer_ids)):
        tx.execute(update(_desk).where(_desk.c.producer_id.in_(chunk)).values(**present, misses=0))
        tx.execute(insert(_presences), [{"producer_id": who, "at": now, "by": "drill", **present} for who in chunk])


def take_authority_away(tx: Connection, state: State) -> None:
    """Nobody holds a license in `state` that is in force."""
    tx.execute(update(_licenses).where(_licenses.c.state == state).values(status=Status.SUSPENDED))


def open_as_if(tx: Connection, state: State, now: datetime) -> None:
    """`state` as it would be if it were opened whole, now; the agency's own license stays as it is recorded."""
    if state in authority_facts.openings(tx, [state], None):
        tx.execute(update(_openings).where(_openings.c.state == state).values(is_open=True, territory=False))
        return
    tx.execute(
        insert(_openings).values(
            state=state,
            is_open=True,
            territory=False,
            agency_until=None,
            document_name="",
            document_sha256="",
            verified_by="drill",
            opened_at=now,
            version=ledger.roster_version(tx),
        )
    )


def require(tx: Connection, number: str, requirement: Requirement) -> None:
    """The campaign of `number` sells that."""
    tx.execute(update(_campaigns).where(_campaigns.c.number == number).values(requirement=str(requirement)))


def phones(tx: Connection) -> dict[int, str]:
    """Everybody's phone, by producer id."""
    return {row[0]: row[1] for row in tx.execute(select(_producers.c.id, _producers.c.phone))}


def numbers_in_use(tx: Connection) -> frozenset[str]:
    """Every number that is somebody's here: producers', vendors' and campaigns' own."""
    columns = (_producers.c.phone, table_of(VendorNumberRow).c.number, table_of(CampaignNumberRow).c.number)
    return frozenset(row[0] for column in columns for row in tx.execute(select(column)))


def _chunks(ids: list[int], size: int = 500) -> Iterator[list[int]]:
    for first in range(0, len(ids), size):
        yield ids[first : first + size]
