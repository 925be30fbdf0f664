"""What happened since the last look, found where it stands; nothing is written by those who did it.

The ledger is walked by `seq`, which is gapless and in the order of commits (storage/seals.py). What it does not have is
read from the rows themselves, and a transaction may commit after one that began later: so each look reads the last
minutes again, and leaves out what is an event already. "After the last id" alone would miss it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, cast, func, insert, literal, select, update

from app.domain.webhook_types import EventType
from app.storage import seals
from app.storage.escalations import owed_before
from app.storage.models.base import table_of
from app.storage.models.calls import CallEventRow, CallRow, LeadRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.webhooks import WebhookEventRow, WebhookMarkRow
from app.storage.models.work import CallbackRow, EscalationRow

_marks, _told, _ledger = table_of(WebhookMarkRow), table_of(WebhookEventRow), table_of(LedgerRow)
_leads, _callbacks, _escalations = table_of(LeadRow), table_of(CallbackRow), table_of(EscalationRow)
_calls, _happenings = table_of(CallRow), table_of(CallEventRow)

OVERLAP = timedelta(minutes=2)
"""No transaction is open for so long: statements end after 10 s, idle sessions after 15 (storage/database.py)."""

STILL_NEWS = timedelta(days=7)
"""What has been overdue for longer was told, and its event may be forgotten: it must not come again."""

AT_ONCE = 500

LEDGER, LEADS, CALLBACKS, ESCALATIONS, CALL_ENDS = "ledger", "leads", "callbacks", "escalations", "call_ends"
LOOK, COVERAGE = "look", "coverage"

FROM_LEDGER = ("offer", "acceptance", "license_lapsed")


@dataclass(frozen=True)
class Happened:
    """Something to tell of. `facts` are what its source knows; nothing of it is told as it stands."""

    type: EventType
    subject: str
    at: datetime
    lead_id: int | None = None
    call_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mark:
    """How far the last look came: by a number, or by the clock."""

    position: int
    at: datetime | None
    told: str | None


# ---- marks


def marks(tx: Connection) -> dict[str, Mark]:
    """By source; empty where nobody has ever been told anything."""
    return {row.source: Mark(row.position, row.at, row.told) for row in tx.execute(select(_marks))}


def begin_here(tx: Connection, now: datetime) -> None:
    """From now on: what has happened so far is nobody's news."""
    newest = seals.head(tx)
    heads = {LEDGER: newest.seq if newest else 0, LOOK: 0, COVERAGE: 0}
    heads |= {source: _last(tx, table) for source, (table, _) in _WINDOWS.items()}
    for source, position in heads.items():
        mark(tx, source, position=position, at=now, told=None)


def mark(tx: Connection, source: str, *, position: int, at: datetime | None, told: str | None = None) -> None:
    values = {"position": position, "at": at, "told": told}
    if tx.execute(update(_marks).where(_marks.c.source == source).values(**values)).rowcount == 0:
        tx.execute(insert(_marks).values(source=source, **values))


def go_on(tx: Connection, positions: Mapping[str, int], now: datetime) -> None:
    """This look is over. No mark goes back: another collector may have come further."""
    for source, position in positions.items():
        onward = update(_marks).where(_marks.c.source == source, _marks.c.position < position)
        tx.execute(onward.values(position=position))
    tx.execute(update(_marks).where(_marks.c.source == LOOK).values(at=now))


def covered_of(told: str | None) -> set[str]:
    """What was covered at the last look."""
    return set(json.loads(told)) if told is not None else set()


def remember_covered(tx: Connection, covered: Collection[str], *, before: str | None, now: datetime) -> bool:
    """What is covered now. False where another collector has looked meanwhile."""
    same = _marks.c.told.is_(None) if before is None else _marks.c.told == before
    told = json.dumps(sorted(covered), separators=(",", ":"))
    changed = update(_marks).where(_marks.c.source == COVERAGE, same).values(told=told, at=now)
    return tx.execute(changed).rowcount == 1


# ---- the ledger


def from_ledger(tx: Connection, after: int) -> tuple[list[dict[str, Any]], int]:
    """Sealed entries of the kinds that are told of, by `seq`, and how far that goes. `facts` are read."""
    newest = seals.head(tx)
    if newest is None or newest.seq <= after:
        return [], after
    columns = (_ledger.c.id, _ledger.c.seq, _ledger.c.at, _ledger.c.kind, _ledger.c.call_id, _ledger.c.lead_id)
    rows = tx.execute(
        select(*columns, _ledger.c.facts)
        .where(_ledger.c.seq > after, _ledger.c.seq <= newest.seq, _ledger.c.kind.in_(FROM_LEDGER))
        .order_by(_ledger.c.seq)
        .limit(AT_ONCE)
    ).mappings()
    found = [{**row, "facts": json.loads(row["facts"])} for row in rows]
    return found, found[-1]["seq"] if len(found) == AT_ONCE else newest.seq


# ---- rows


_WINDOWS: Mapping[str, tuple[Table, ColumnElement[Any]]] = {
    LEADS: (_leads, _leads.c.created_at),
    CALLBACKS: (_callbacks, _callbacks.c.created_at),
    ESCALATIONS: (_escalations, _escalations.c.opened_at),
    CALL_ENDS: (_happenings, _happenings.c.at),
}
"""Tables that only grow at their end, and when a row was written."""


def _last(tx: Connection, table: Table) -> int:
    return int(tx.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _onward(tx: Connection, source: str, after: int, now: datetime, told_up_to: int | None) -> int:
    """Up to where nothing can come any more: the last row older than OVERLAP with none that is younger before it.

    An id that is not there may be that of a transaction which has yet to commit, so it is never passed by itself; and
    never further than what this look tells.
    """
    table, written_at = _WINDOWS[source]
    young = tx.execute(select(func.min(table.c.id)).where(table.c.id > after, written_at > now - OVERLAP)).scalar()
    old = select(func.max(table.c.id)).where(table.c.id > after, written_at <= now - OVERLAP)
    for end in (young, None if told_up_to is None else told_up_to + 1):
        if end is not None:
            old = old.where(table.c.id < end)
    return int(tx.execute(old).scalar() or after)


def _is_new(type_: EventType, prefix: str, id_: ColumnElement[Any]) -> ColumnElement[bool]:
    subject = literal(f"{prefix}:", String) + cast(id_, String)
    told = select(_told.c.id).where(_told.c.type == str(type_), _told.c.subject == subject)
    return ~told.correlate_except(_told).exists()


def new_leads(tx: Connection, after: int, now: datetime) -> tuple[list[Happened], int]:
    query = select(_leads.c.id, _leads.c.created_at, _leads.c.posted).where(
        _leads.c.id > after, _is_new(EventType.LEAD_RECEIVED, "lead", _leads.c.id)
    )
    rows = tx.execute(query.order_by(_leads.c.id).limit(AT_ONCE)).all()
    found = [
        Happened(EventType.LEAD_RECEIVED, f"lead:{row.id}", row.created_at, row.id, facts={"posted": row.posted})
        for row in rows
    ]
    return found, _onward(tx, LEADS, after, now, rows[-1].id if len(rows) == AT_ONCE else None)


def new_callbacks(tx: Connection, after: int, now: datetime) -> tuple[list[Happened], int]:
    columns = ("id", "lead_id", "created_at", "due_at", "promised_by", "state")
    query = select(*(_callbacks.c[name] for name in columns)).where(
        _callbacks.c.id > after, _is_new(EventType.CALLBACK_PROMISED, "callback", _callbacks.c.id)
    )
    rows = tx.execute(query.order_by(_callbacks.c.id).limit(AT_ONCE)).mappings().all()
    found = [
        Happened(
            EventType.CALLBACK_PROMISED, f"callback:{row['id']}", row["created_at"], row["lead_id"], facts=dict(row)
        )
        for row in rows
    ]
    return found, _onward(tx, CALLBACKS, after, now, rows[-1]["id"] if len(rows) == AT_ONCE else None)


def new_escalations(tx: Connection, after: int, now: datetime) -> tuple[list[Happened], int]:
    query = _escalated.where(
        _escalations.c.id > after, _is_new(EventType.ESCALATION_OPENED, "escalation", _escalations.c.id)
    )
    rows = tx.execute(query.order_by(_escalations.c.id).limit(AT_ONCE)).mappings().all()
    found = [_escalation(EventType.ESCALATION_OPENED, row, row["opened_at"]) for row in rows]
    return found, _onward(tx, ESCALATIONS, after, now, rows[-1]["id"] if len(rows) == AT_ONCE else None)


def call_ends(tx: Connection, after: int, now: datetime) -> tuple[list[Happened], int]:
    """Calls that ended with nobody having taken them, and callbacks that were done."""
    # Which calls first, and apart: asked in one statement, or grouped, SQLite begins with every call there ever was.
    ended = tx.execute(
        select(_happenings.c.call_id, _happenings.c.at)
        .where(_happenings.c.id > after, _happenings.c.phase == "ended")
        .order_by(_happenings.c.id)
    )
    at = {row.call_id: row.at for row in ended}
    found: list[Happened] = []
    for ids in _pieces(at):
        found += [*_missed(tx, ids, at), *_done(tx, ids, at)]
    return found, _onward(tx, CALL_ENDS, after, now, None)


def _missed(tx: Connection, call_ids: Sequence[int], at: Mapping[int, datetime]) -> Iterator[Happened]:
    rows = tx.execute(
        select(_calls.c.id, _calls.c.lead_id, _calls.c.disposition).where(
            _calls.c.id.in_(call_ids),
            _calls.c.direction == "inbound",
            _calls.c.lead_id.is_not(None),
            _calls.c.accepted_at.is_(None),
            _is_new(EventType.LEAD_MISSED, "call", _calls.c.id),
        )
    )
    for row in rows:
        facts = {"disposition": row.disposition}
        yield Happened(EventType.LEAD_MISSED, f"call:{row.id}", at[row.id], row.lead_id, row.id, facts)


def _done(tx: Connection, call_ids: Sequence[int], at: Mapping[int, datetime]) -> Iterator[Happened]:
    rows = tx.execute(
        select(_callbacks.c.id, _callbacks.c.lead_id, _calls.c.id.label("call_id"), _calls.c.served_seconds)
        .join(_calls, _calls.c.callback_id == _callbacks.c.id)
        .where(
            _calls.c.id.in_(call_ids),
            _callbacks.c.status == "done",
            _callbacks.c.call_id == _calls.c.id,
            _is_new(EventType.CALLBACK_DONE, "callback", _callbacks.c.id),
        )
    )
    for row in rows:
        facts = {"callback_id": row.id, "served_seconds": row.served_seconds}
        subject = f"callback:{row.id}"
        yield Happened(EventType.CALLBACK_DONE, subject, at[row.call_id], row.lead_id, row.call_id, facts)


def _pieces(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


_escalated = select(
    *(_escalations.c[name] for name in ("id", "lead_id", "call_id", "state", "reason", "opened_at", "due_at")),
    *(_escalations.c[name] for name in ("resolved_at", "outcome", "status")),
)


def overdue(tx: Connection, now: datetime) -> list[Happened]:
    """Whatever nobody has seen to in time, and that is not told yet."""
    query = _escalated.where(
        owed_before(now, now),
        _escalations.c.due_at > now - STILL_NEWS,
        _is_new(EventType.ESCALATION_OVERDUE, "escalation", _escalations.c.id),
    )
    rows = tx.execute(query.order_by(_escalations.c.due_at).limit(AT_ONCE)).mappings()
    # What is assigned is owed only since its producer's promise has passed.
    return [
        _escalation(EventType.ESCALATION_OVERDUE, row, now if row["status"] == "assigned" else row["due_at"])
        for row in rows
    ]


def resolved(tx: Connection, since: datetime) -> list[Happened]:
    """What was resolved since then, and that is not told yet."""
    query = _escalated.where(
        _escalations.c.resolved_at >= since,
        _is_new(EventType.ESCALATION_RESOLVED, "escalation", _escalations.c.id),
    )
    rows = tx.execute(query.order_by(_escalations.c.resolved_at)).mappings()
    return [_escalation(EventType.ESCALATION_RESOLVED, row, row["resolved_at"]) for row in rows]


def _escalation(type_: EventType, row: Mapping[Any, Any], at: datetime) -> Happened:
    return Happened(type_, f"escalation:{row['id']}", at, row["lead_id"], row["call_id"], dict(row))


def call_names(tx: Connection, call_ids: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Sid and direction of calls, by id."""
    for ids in _pieces(call_ids):
        rows = tx.execute(select(_calls.c.id, _calls.c.call_sid, _calls.c.direction).where(_calls.c.id.in_(ids)))
        for row in rows:
            yield row.id, (row.call_sid, row.direction)
