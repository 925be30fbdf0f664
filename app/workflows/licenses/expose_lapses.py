"""Calls that were bridged after a license had ended by an audited report, before anybody saw that it had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from app.domain.discrepancies import Kind
from app.domain.licensing import Residency, authority_instants
from app.domain.states import State
from app.rosters.csv_roster import PERPETUAL
from app.storage import discrepancies
from app.storage.database import Database
from app.storage.discrepancies import Recorded
from app.workflows.licenses.exposure import Exposed, exposure_since, write_exposure

PAGE = 500


def expose_lapses(audit_id: int, *, actor: str, database: Database, now: datetime) -> tuple[Exposed, ...]:
    """Into the ledger, too, where a license ended in the past. Read in short transactions, when the audit is finished."""
    found: dict[str, Exposed] = {}
    looked = False
    for one in _each(audit_id, database):
        since = _ended_at(one)
        if since is None or since >= now:
            continue
        looked = True
        with database.read() as tx:
            for exposed in exposure_since(tx, one.npn, since, _resting_on(one)):
                found[exposed.call_sid] = exposed
    if looked:
        with database.begin() as tx:
            write_exposure(tx, list(found.values()), because={"audit": audit_id}, now=now, actor=actor)
    return tuple(sorted(found.values(), key=lambda exposed: (exposed.at, exposed.call_sid)))


def _each(audit_id: int, database: Database) -> Iterator[Recorded]:
    after = 0
    while True:
        with database.read() as tx:
            page = discrepancies.of_audit(tx, audit_id, after=after, limit=PAGE)
        yield from (one for one in page if one.kind == Kind.LAPSED)
        if len(page) < PAGE:
            return
        after = page[-1].id


def _ended_at(one: Recorded) -> datetime | None:
    """When the report's own date ended it; None where it names none."""
    day = (one.theirs or {}).get("expiration_date")
    if not day or day == PERPETUAL:
        return None
    return authority_instants(one.state, None, date.fromisoformat(day), False)[1]


def _resting_on(one: Recorded) -> tuple[State, ...] | None:
    """The states to look at; None: all, because others rest on a resident license."""
    return None if (one.ours or {}).get("residency") == Residency.RESIDENT else (one.state,)
