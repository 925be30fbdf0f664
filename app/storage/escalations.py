"""The supervisors' queue: what is owed to a person by a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import CallbackRow, EscalationRow

_escalations, _calls = table_of(EscalationRow), table_of(CallRow)
_producers, _callbacks = table_of(ProducerRow), table_of(CallbackRow)
_promise = _callbacks.alias()

WAITING = ("open", "claimed", "assigned")
"""Statuses of what is not resolved."""

UNSEEN = ("open", "claimed")
"""Of those: what no producer has been given yet."""

_LOOKED_BACK = 500


@dataclass(frozen=True)
class NextCall:
    """The lead's promise that stands; `npn` is the producer it is for, or who is asked first."""

    due_at: datetime
    promised_by: datetime
    npn: str | None


@dataclass(frozen=True)
class Escalation:
    """One item of the supervisors' queue; `status` is open, claimed, assigned or resolved.

    `assigned_to` is a producer's id, `assigned_npn` the same person. `next` is None where nobody is to call the person.
    """

    id: int
    lead_id: int
    call_sid: str | None
    state: str | None
    reason: str
    status: str
    opened_at: datetime
    due_at: datetime
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    assigned_to: int | None = None
    assigned_npn: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    outcome: str | None = None
    note: str = ""
    next: NextCall | None = None

    @property
    def resolved(self) -> bool:
        return self.status == "resolved"

    def age_seconds(self, now: datetime) -> int:
        """How long it waits, or waited."""
        return int(((self.resolved_at or now) - self.opened_at).total_seconds())


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
    """Put a lead on the supervisors' queue; one that is there already keeps its place and its deadline.

    An assignment that no promise stands behind any more has failed: the item is the supervisor's again, or everybody's.
    """
    waiting = open_of(tx, lead_id)
    if waiting is not None:
        changes: dict[str, Any] = {"reason": reason, "state": state}
        if call_id is not None:
            changes["call_id"] = call_id
        if waiting.status == "assigned" and waiting.next is None:
            changes |= {"status": "claimed" if waiting.claimed_by else "open", "assigned_to": None}
        tx.execute(update(_escalations).where(_escalations.c.id == waiting.id).values(**changes))
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


# ---- what supervisors do


def claim(tx: Connection, escalation_id: int, *, by: str, now: datetime) -> bool:
    """Take an open one; False where it is not open any more. Of two who try at once, one succeeds."""
    taken = tx.execute(
        update(_escalations)
        .where(_escalations.c.id == escalation_id, _escalations.c.status == "open")
        .values(status="claimed", claimed_by=by, claimed_at=now)
    )
    return taken.rowcount == 1


def assign(tx: Connection, escalation_id: int, producer_id: int) -> None:
    """It is one producer's from here on."""
    tx.execute(
        update(_escalations)
        .where(_escalations.c.id == escalation_id, _escalations.c.status.in_(WAITING))
        .values(status="assigned", assigned_to=producer_id)
    )


def put_back(tx: Connection, before: Escalation) -> None:
    """As it stood before it was assigned."""
    tx.execute(
        update(_escalations)
        .where(_escalations.c.id == before.id)
        .values(status=before.status, assigned_to=before.assigned_to)
    )


def resolve_of_lead(
    tx: Connection, lead_id: int, *, outcome: str, by: str, now: datetime, note: str | None = None
) -> None:
    """Nothing of the lead waits for a supervisor any longer."""
    values = {"status": "resolved", "outcome": outcome, "resolved_by": by, "resolved_at": now}
    if note is not None:
        values["note"] = note
    tx.execute(
        update(_escalations)
        .where(_escalations.c.lead_id == lead_id, _escalations.c.status.in_(WAITING))
        .values(**values)
    )


# ---- looking


def load(tx: Connection, escalation_id: int) -> Escalation | None:
    """One item, without a lock."""
    return _one(tx, _listed().where(_escalations.c.id == escalation_id))


def load_to_write(tx: Connection, escalation_id: int) -> Escalation | None:
    """One item, nobody else's to change until the transaction ends. Lock its lead first."""
    return _one(tx, _listed().where(_escalations.c.id == escalation_id).with_for_update(of=_escalations))


def open_of(tx: Connection, lead_id: int) -> Escalation | None:
    """What waits for a supervisor about this lead."""
    return _one(tx, _listed().where(_escalations.c.lead_id == lead_id, _escalations.c.status.in_(WAITING)))


def of_lead(tx: Connection, lead_id: int) -> list[Escalation]:
    rows = tx.execute(_listed().where(_escalations.c.lead_id == lead_id).order_by(_escalations.c.id))
    return [_escalation(row) for row in rows.mappings()]


def listed(
    tx: Connection, *, status: str | None, after: int, limit: int, overdue_at: datetime | None = None
) -> list[Escalation]:
    """By id after `after`, oldest first; with `overdue_at` only those that are overdue at that instant."""
    query = _listed().where(_escalations.c.id > after).order_by(_escalations.c.id).limit(limit)
    if status is not None:
        query = query.where(_escalations.c.status == status)
    if overdue_at is not None:
        query = query.where(owed_before(overdue_at, overdue_at))
    return [_escalation(row) for row in tx.execute(query).mappings()]


def worst_first(
    tx: Connection, *, statuses: Collection[str], limit: int, claimed_by: str | None = None
) -> list[Escalation]:
    """Of those statuses what is due first, at most `limit`; with `claimed_by` only theirs."""
    query = _listed().where(_escalations.c.status.in_(list(statuses)))
    if claimed_by is not None:
        query = query.where(_escalations.c.claimed_by == claimed_by)
    query = query.order_by(_escalations.c.due_at, _escalations.c.id).limit(limit)
    return [_escalation(row) for row in tx.execute(query).mappings()]


@dataclass(frozen=True)
class Line:
    """How many stand in the queue, by status, and since when the first of those whom nobody has seen to."""

    counts: dict[str, int]
    waits_since: datetime | None


def line(tx: Connection, claimed_by: str | None = None) -> Line:
    """The whole queue in figures; with `claimed_by` what is theirs."""
    query = (
        select(_escalations.c.status, func.count(), func.min(_escalations.c.opened_at))
        .where(_escalations.c.status.in_(WAITING))
        .group_by(_escalations.c.status)
    )
    if claimed_by is not None:
        query = query.where(_escalations.c.claimed_by == claimed_by)
    rows = tx.execute(query).all()
    opened = [row[2] for row in rows if row[0] in UNSEEN]
    return Line({row[0]: row[1] for row in rows}, min(opened, default=None))


def count_overdue(tx: Connection, now: datetime) -> int:
    """How many nobody has seen to in time."""
    return int(tx.execute(select(func.count()).select_from(_escalations).where(owed_before(now, now))).scalar_one())


def resolved_since(tx: Connection, since: datetime, *, limit: int) -> list[Escalation]:
    """What was resolved at `since` or later, the newest first; of the last few hundred that were opened."""
    last = select(_escalations.c.id).order_by(_escalations.c.id.desc()).limit(_LOOKED_BACK)
    query = (
        _listed()
        .where(_escalations.c.id.in_(last), _escalations.c.resolved_at >= since)
        .order_by(_escalations.c.resolved_at.desc())
        .limit(limit)
    )
    return [_escalation(row) for row in tx.execute(query).mappings()]


def owed_before(due_before: datetime, now: datetime) -> ColumnElement[bool]:
    """Due at `due_before` at the latest. What is assigned waits for the promise to its producer, as long as that stands."""
    promised = (
        select(_callbacks.c.id)
        .where(
            _callbacks.c.lead_id == _escalations.c.lead_id,
            _callbacks.c.status.in_(["promised", "dialing"]),
            _callbacks.c.promised_by > now,
        )
        .correlate(_escalations)
        .exists()
    )
    return and_(
        _escalations.c.status.in_(WAITING),
        _escalations.c.due_at <= due_before,
        or_(_escalations.c.status != "assigned", ~promised),
    )


def _listed() -> Any:
    stands = and_(_promise.c.lead_id == _escalations.c.lead_id, _promise.c.status.in_(["promised", "dialing"]))
    called = _producers.alias()
    return (
        select(
            _escalations,
            _calls.c.call_sid,
            _producers.c.npn.label("assigned_npn"),
            _promise.c.due_at.label("next_due_at"),
            _promise.c.promised_by.label("next_promised_by"),
            called.c.npn.label("next_npn"),
        )
        .outerjoin(_calls, _calls.c.id == _escalations.c.call_id)
        .outerjoin(_producers, _producers.c.id == _escalations.c.assigned_to)
        .outerjoin(_promise, stands)
        .outerjoin(called, called.c.id == _promise.c.producer_id)
    )


def _one(tx: Connection, query: Any) -> Escalation | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else _escalation(row)


_PLAIN = tuple(name for name in Escalation.__dataclass_fields__ if name != "next")


def _escalation(row: RowMapping) -> Escalation:
    due_at, promised_by = row["next_due_at"], row["next_promised_by"]
    waits = row["status"] != "resolved" and due_at is not None
    return Escalation(
        **{name: row[name] for name in _PLAIN},
        next=NextCall(due_at, promised_by, row["next_npn"]) if waits else None,
    )
