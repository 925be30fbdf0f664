"""Promised callbacks: one active a lead; claimed by an update that lands or does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, or_, select, update

from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow
from app.storage.models.work import CallbackRow, EscalationRow

_callbacks, _calls = table_of(CallbackRow), table_of(CallRow)
_escalations, _attempts = table_of(EscalationRow), table_of(AttemptRow)

_ACTIVE = ("promised", "dialing")


@dataclass(frozen=True)
class Callback:
    """A promise; `status` is promised, dialing, done, escalated or cancelled. The rest is told at its row's model."""

    id: int
    lead_id: int
    campaign_id: int | None
    phone: str
    state: str | None
    status: str
    created_at: datetime
    due_at: datetime
    promised_by: datetime
    next_try_at: datetime
    attempts: int
    made_by: str
    producer_id: int | None
    only_producer: bool
    asked: bool
    slip_told: bool
    claimed_until: datetime | None
    call_id: int | None

    @property
    def active(self) -> bool:
        return self.status in _ACTIVE


def make(
    tx: Connection,
    *,
    lead_id: int,
    campaign_id: int | None,
    phone: str,
    state: str | None,
    due_at: datetime,
    promised_by: datetime,
    made_by: str,
    now: datetime,
    producer_id: int | None = None,
    only_producer: bool = False,
    asked: bool = False,
) -> Callback:
    """A new promise. The lead must have no active one (a Collision, where two are made at the same moment)."""
    row = tx.execute(
        insert(_callbacks)
        .values(
            lead_id=lead_id,
            campaign_id=campaign_id,
            phone=phone,
            state=state,
            status="promised",
            created_at=now,
            due_at=due_at,
            promised_by=promised_by,
            next_try_at=due_at,
            attempts=0,
            made_by=made_by,
            producer_id=producer_id,
            only_producer=only_producer,
            asked=asked,
            slip_told=False,
        )
        .returning(_callbacks)
    )
    return Callback(**row.mappings().one())


def change(tx: Connection, callback_id: int, **changes: Any) -> None:
    """Set columns of a callback."""
    tx.execute(update(_callbacks).where(_callbacks.c.id == callback_id).values(**changes))


_by_id = select(_callbacks).where(_callbacks.c.id == bindparam("callback_id"))
_by_id_to_write = _by_id.with_for_update()


def read(tx: Connection, callback_id: int) -> Callback | None:
    """The callback, without a lock."""
    row = tx.execute(_by_id, {"callback_id": callback_id}).mappings().first()
    return None if row is None else Callback(**row)


def load(tx: Connection, callback_id: int) -> Callback | None:
    """The callback, locked until the transaction ends."""
    row = tx.execute(_by_id_to_write, {"callback_id": callback_id}).mappings().first()
    return None if row is None else Callback(**row)


_active_of = select(_callbacks).where(_callbacks.c.lead_id == bindparam("lead_id"), _callbacks.c.status.in_([*_ACTIVE]))
_active_to_write = _active_of.with_for_update()


def active_of(tx: Connection, lead_id: int) -> Callback | None:
    """The lead's promise that stands, promised or just being dialed; locked."""
    row = tx.execute(_active_to_write, {"lead_id": lead_id}).mappings().first()
    return None if row is None else Callback(**row)


def of_lead(tx: Connection, lead_id: int) -> list[Callback]:
    rows = tx.execute(select(_callbacks).where(_callbacks.c.lead_id == lead_id).order_by(_callbacks.c.id))
    return [Callback(**row) for row in rows.mappings()]


def listed(tx: Connection, *, status: str | None, after: int, limit: int) -> list[Callback]:
    """By id after `after`, oldest first."""
    query = select(_callbacks).where(_callbacks.c.id > after).order_by(_callbacks.c.id).limit(limit)
    if status is not None:
        query = query.where(_callbacks.c.status == status)
    return [Callback(**row) for row in tx.execute(query).mappings()]


# A person on the line is not called, nor one whom a supervisor has taken over.
_on_the_line = exists().where(
    _calls.c.lead_id == _callbacks.c.lead_id, _calls.c.ended_at.is_(None), _calls.c.direction == "inbound"
)
_taken_over = exists().where(
    _escalations.c.lead_id == _callbacks.c.lead_id,
    _escalations.c.status == "claimed",
)
_due = (
    select(_callbacks)
    .where(
        _callbacks.c.status == "promised",
        _callbacks.c.next_try_at <= bindparam("now", type_=_callbacks.c.due_at.type),
        ~_on_the_line,
        or_(_callbacks.c.only_producer, ~_taken_over),
    )
    .order_by(_callbacks.c.promised_by, _callbacks.c.id)
    .limit(bindparam("limit"))
)


def due(tx: Connection, now: datetime, limit: int = 50) -> list[Callback]:
    """Promises to be tried now, the one that ends first first."""
    return [Callback(**row) for row in tx.execute(_due, {"now": now, "limit": limit}).mappings()]


def claim(tx: Connection, callback: Callback, *, call_id: int, until: datetime) -> bool:
    """Take a promise for dialing; False where another scheduler was first. The lease `until` brings it back."""
    taken = tx.execute(
        update(_callbacks)
        .where(
            _callbacks.c.id == callback.id,
            _callbacks.c.status == "promised",
            _callbacks.c.next_try_at == callback.next_try_at,
        )
        .values(status="dialing", call_id=call_id, claimed_until=until)
    )
    return taken.rowcount == 1


def dialing(tx: Connection) -> list[Callback]:
    """Promises that somebody is dialing."""
    rows = tx.execute(select(_callbacks).where(_callbacks.c.status == "dialing").order_by(_callbacks.c.id))
    return [Callback(**row) for row in rows.mappings()]


def passed(tx: Connection, now: datetime, limit: int = 100) -> list[Callback]:
    """Promises whose time is over and that nobody is dialing; not of people who are on the line."""
    rows = tx.execute(
        select(_callbacks)
        .where(_callbacks.c.status == "promised", _callbacks.c.promised_by <= now, ~_on_the_line)
        .order_by(_callbacks.c.promised_by)
        .limit(limit)
    )
    return [Callback(**row) for row in rows.mappings()]


def urgent(tx: Connection, now: datetime, before: datetime) -> list[Callback]:
    """Promises due now that end before `before`."""
    rows = tx.execute(
        select(_callbacks)
        .where(
            _callbacks.c.status == "promised",
            _callbacks.c.due_at <= now,
            _callbacks.c.promised_by > now,
            _callbacks.c.promised_by <= before,
            ~_on_the_line,
        )
        .order_by(_callbacks.c.promised_by)
        .limit(20)
    )
    return [Callback(**row) for row in rows.mappings()]


def promised_between(tx: Connection, state: str | None, since: datetime, until: datetime) -> list[datetime]:
    """When the promises of a state that stand may start, in that span."""
    where_state = _callbacks.c.state.is_(None) if state is None else _callbacks.c.state == state
    rows = tx.execute(
        select(_callbacks.c.due_at).where(
            where_state,
            _callbacks.c.due_at >= since,
            _callbacks.c.due_at < until,
            _callbacks.c.status.in_([*_ACTIVE]),
        )
    )
    return [row[0] for row in rows]


def calls_made(tx: Connection, phone: str, since: datetime) -> int:
    """How many calls to this person a producer has begun since then (for the state's cap in 24 hours)."""
    counted = tx.execute(
        select(func.count())
        .select_from(_calls)
        .where(
            _calls.c.to_number == phone,
            _calls.c.direction == "callback",
            _calls.c.accepted_at >= since,
        )
    )
    return int(counted.scalar_one())


def rung_since(tx: Connection, callback_id: int, since: datetime) -> set[int]:
    """Producers who were rung for it since then."""
    rows = tx.execute(
        select(_attempts.c.producer_id)
        .join(_calls, _calls.c.id == _attempts.c.call_id)
        .where(_calls.c.callback_id == callback_id, _attempts.c.started_at > since)
    )
    return {row[0] for row in rows}


def calls_of(tx: Connection, callback_id: int) -> int:
    """How many times a producer was rung for it."""
    counted = tx.execute(select(func.count()).select_from(_calls).where(_calls.c.callback_id == callback_id))
    return int(counted.scalar_one())


def cancel_of_lead(tx: Connection, lead_id: int, *, but: int | None = None) -> None:
    """Nobody needs to call this person any more."""
    tx.execute(
        update(_callbacks)
        .where(_callbacks.c.lead_id == lead_id, _callbacks.c.status.in_([*_ACTIVE]), _callbacks.c.id != (but or 0))
        .values(status="cancelled", claimed_until=None)
    )
