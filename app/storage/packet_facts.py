"""What a packet of evidence is made of: which decisions, on which calls, and what the roster was called then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from app.domain.states import State
from app.storage import calls
from app.storage.calls import Call
from app.storage.database import Database
from app.storage.ledger import DECISIONS, Entry, entry_of
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import ProducerRow, RosterHistoryRow, RosterVersionRow
from app.storage.own_calls import VIOLATION
from app.storage.roster_changes import Subject

_ledger = table_of(LedgerRow)
_producers, _versions, _history = table_of(ProducerRow), table_of(RosterVersionRow), table_of(RosterHistoryRow)

CITED = (*DECISIONS, VIOLATION)
"""Kinds of entries that a packet tells of: decisions, and a bridge that no decision let through."""

PAGE = 500


@dataclass(frozen=True)
class Found:
    """One decision that a question is about. `is_erased`: nobody can say any more whether it is."""

    entry_id: int
    call_id: int | None
    is_erased: bool


def about(
    database: Database,
    *,
    state: State | None,
    npn: str | None,
    since: datetime | None,
    until: datetime | None,
    up_to: int,
) -> Iterator[Found]:
    """Sealed decisions up to the link `up_to` that are about a state or a producer, in [since, until); short reads.

    Those whose facts were erased come too.
    """
    for kind in CITED:
        after: tuple[datetime, int] | None = None
        while True:
            with database.read() as tx:
                page = _page(tx, kind, state, npn, since, until, up_to, after)
            for entry in page:
                if entry.erased_by is not None or _is_about(entry, state, npn):
                    yield Found(entry.entry_id, entry.call_id, entry.erased_by is not None)
            if len(page) < PAGE:
                break
            after = page[-1].at, page[-1].entry_id


def _page(
    tx: Connection,
    kind: str,
    state: State | None,
    npn: str | None,
    since: datetime | None,
    until: datetime | None,
    up_to: int,
    after: tuple[datetime, int] | None,
) -> list[Entry]:
    mentioned = _ledger.c.facts.contains(f'"npn":"{npn}"' if npn is not None else f'"{state}"', autoescape=True)
    query = select(_ledger).where(
        _ledger.c.kind == kind, _ledger.c.seq <= up_to, or_(mentioned, _ledger.c.facts.startswith('{"erased_by":'))
    )
    if since is not None:
        query = query.where(_ledger.c.at >= since)
    if until is not None:
        query = query.where(_ledger.c.at < until)
    if after is not None:
        at, entry_id = after
        query = query.where(_ledger.c.at >= at, or_(_ledger.c.at > at, _ledger.c.id > entry_id))
    rows = tx.execute(query.order_by(_ledger.c.at, _ledger.c.id).limit(PAGE)).mappings()
    return [entry_of(row) for row in rows]


def _is_about(entry: Entry, state: State | None, npn: str | None) -> bool:
    if npn is not None:
        return bool(entry.facts.get("npn") == npn)
    return state in entry.facts.get("states", ())


def of_calls(tx: Connection, call_ids: Collection[int], up_to: int) -> list[Entry]:
    """Everything that a packet tells of these calls, by id; what is not sealed yet, or after `up_to`, is left out."""
    rows = tx.execute(
        select(_ledger)
        .where(_ledger.c.call_id.in_(list(call_ids)), _ledger.c.kind.in_(CITED), _ledger.c.seq <= up_to)
        .order_by(_ledger.c.id)
    ).mappings()
    return [entry_of(row) for row in rows]


def calls_by_id(tx: Connection, call_ids: Collection[int]) -> dict[int, Call]:
    found = (calls.by_id(tx, call_id) for call_id in sorted(call_ids))
    return {call.id: call for call in found if call is not None}


@dataclass(frozen=True)
class Version:
    """One version of the roster: when it was made, by whom, from what."""

    version: int
    at: datetime
    actor: str
    source: str


def versions(tx: Connection, wanted: Sequence[int]) -> dict[int, Version]:
    """Those of them that there are; version 0 is the roster before the first import."""
    found: dict[int, Version] = {}
    for start in range(0, len(wanted), PAGE):
        rows = tx.execute(select(_versions).where(_versions.c.version.in_(wanted[start : start + PAGE])))
        found.update({row.version: Version(row.version, row.at, row.actor, row.source) for row in rows})
    return found


def was_on_roster(tx: Connection, npn: str) -> bool:
    """Whether somebody with this NPN is, or ever was, a producer of ours."""
    now = select(_producers.c.id).where(_producers.c.npn == npn)
    then = select(_history.c.id).where(_history.c.subject == str(Subject.PRODUCER), _history.c.key == npn).limit(1)
    return tx.execute(now).first() is not None or tx.execute(then).first() is not None
