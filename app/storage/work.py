"""Work that is owed: the supervisors' queue, promised callbacks, and numbers that must be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.work import CallbackRow, EscalationRow, HeartbeatRow, SuppressionRow

_escalations, _callbacks, _suppressions = (
    table_of(EscalationRow),
    table_of(CallbackRow),
    table_of(SuppressionRow),
)
_heartbeats, _calls = table_of(HeartbeatRow), table_of(CallRow)


@dataclass(frozen=True)
class Escalation:
    """One item of the supervisors' queue; `status` is open, claimed, assigned or resolved."""

    id: int
    lead_id: int
    call_sid: str | None
    state: str | None
    reason: str
    status: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Callback:
    """A promise; `status` is promised, dialing, done, escalated or cancelled."""

    id: int
    lead_id: int
    phone: str
    state: str | None
    status: str
    due_at: datetime
    promised_by: datetime
    attempts: int


def escalate(
    tx: Connection,
    *,
    lead_id: int,
    call_id: int | None,
    state: str | None,
    reason: str,
    due_at: datetime,
    now: datetime,
) -> None:
    """Put a lead on the supervisors' queue; one that is there already keeps its place and its deadline."""
    waiting = tx.execute(
        select(_escalations.c.id).where(_escalations.c.lead_id == lead_id, _escalations.c.status != "resolved")
    ).first()
    if waiting is not None:
        tx.execute(
            update(_escalations)
            .where(_escalations.c.id == waiting[0])
            .values(reason=reason, state=state, call_id=call_id)
        )
        return
    tx.execute(
        insert(_escalations).values(
            lead_id=lead_id,
            call_id=call_id,
            state=state,
            reason=reason,
            status="open",
            opened_at=now,
            due_at=due_at,
        )
    )


def resolve_of_lead(tx: Connection, lead_id: int) -> None:
    """The lead has been served: nothing of it waits any longer."""
    tx.execute(
        update(_escalations)
        .where(_escalations.c.lead_id == lead_id, _escalations.c.status != "resolved")
        .values(status="resolved")
    )
    tx.execute(
        update(_callbacks)
        .where(_callbacks.c.lead_id == lead_id, _callbacks.c.status.in_(["promised", "dialing"]))
        .values(status="cancelled")
    )


def open_escalation_of(tx: Connection, lead_id: int) -> Escalation | None:
    found = tx.execute(_listed().where(_escalations.c.lead_id == lead_id, _escalations.c.status != "resolved"))
    row = found.mappings().first()
    return None if row is None else _escalation(row)


def escalations_of(tx: Connection, lead_id: int) -> list[Escalation]:
    rows = tx.execute(_listed().where(_escalations.c.lead_id == lead_id).order_by(_escalations.c.id))
    return [_escalation(row) for row in rows.mappings()]


def escalations(tx: Connection, *, status: str | None, after: int, limit: int) -> list[Escalation]:
    """By id after `after`, oldest first."""
    query = _listed().where(_escalations.c.id > after).order_by(_escalations.c.id).limit(limit)
    if status is not None:
        query = query.where(_escalations.c.status == status)
    return [_escalation(row) for row in tx.execute(query).mappings()]


def callbacks(tx: Connection, *, status: str | None, after: int, limit: int) -> list[Callback]:
    """By id after `after`, oldest first."""
    query = select(_callbacks).where(_callbacks.c.id > after).order_by(_callbacks.c.id).limit(limit)
    if status is not None:
        query = query.where(_callbacks.c.status == status)
    return [Callback(**row) for row in tx.execute(query).mappings()]


def callbacks_of(tx: Connection, lead_id: int) -> list[Callback]:
    rows = tx.execute(select(_callbacks).where(_callbacks.c.lead_id == lead_id).order_by(_callbacks.c.id))
    return [Callback(**row) for row in rows.mappings()]


def _listed() -> Any:
    return select(_escalations, _calls.c.call_sid).outerjoin(_calls, _calls.c.id == _escalations.c.call_id)


def _escalation(row: RowMapping) -> Escalation:
    return Escalation(
        id=row["id"],
        lead_id=row["lead_id"],
        call_sid=row["call_sid"],
        state=row["state"],
        reason=row["reason"],
        status=row["status"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
    )


_suppressed = select(_suppressions.c.kind).where(_suppressions.c.number == bindparam("number"))


def suppressed(tx: Connection, number: str) -> set[str]:
    """Why a number must be left alone: `stop` (no texts, no calls to it), `blocked` (its calls are refused); or nothing."""
    return {row[0] for row in tx.execute(_suppressed, {"number": number})}


def suppress(tx: Connection, number: str, kind: str, *, source: str, now: datetime) -> None:
    if kind not in suppressed(tx, number):
        tx.execute(insert(_suppressions).values(number=number, kind=kind, at=now, source=source))


def beat(tx: Connection, name: str, now: datetime) -> None:
    """A process says that it is alive; several of one name do not get into each other's way."""
    known = tx.execute(update(_heartbeats).where(_heartbeats.c.name == name).values(at=now))
    if known.rowcount == 0:
        upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        tx.execute(upsert(_heartbeats).values(name=name, at=now).on_conflict_do_nothing())


def last_beat(tx: Connection, name: str) -> datetime | None:
    found: datetime | None = tx.execute(select(_heartbeats.c.at).where(_heartbeats.c.name == name)).scalar()
    return found
