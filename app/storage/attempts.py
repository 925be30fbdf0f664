"""Attempts: one ring of one producer for one call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from app.domain.call import Outcome
from app.domain.softphone import Dialed
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow
from app.storage.models.roster import ProducerRow

_attempts, _producers, _calls = table_of(AttemptRow), table_of(ProducerRow), table_of(CallRow)


@dataclass(frozen=True)
class Attempt:
    """`recorded` is what the key press decided before the carrier reported; `outcome` stands once it is over."""

    id: int
    call_id: int
    number: int
    producer_id: int
    npn: str
    decision_id: int
    acceptance_id: int | None
    leg_sid: str | None
    recorded: Outcome | None
    outcome: Outcome | None
    started_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    dialed: Dialed = Dialed.PHONE

    @property
    def open(self) -> bool:
        return self.ended_at is None

    @property
    def never_rang(self) -> bool:
        """A browser was dialed that was not there: the producer has not been asked yet."""
        failed = self.outcome is Outcome.FAILED and self.recorded is None
        return failed and self.dialed is Dialed.SOFTPHONE and self.accepted_at is None


_columns = select(_attempts, _producers.c.npn).join(_producers, _producers.c.id == _attempts.c.producer_id)
_of_call = _columns.where(_attempts.c.call_id == bindparam("call_id")).order_by(_attempts.c.number)


def start(
    tx: Connection,
    *,
    call_id: int,
    number: int,
    producer_id: int,
    decision_id: int,
    now: datetime,
    dialed: Dialed = Dialed.PHONE,
) -> None:
    tx.execute(
        insert(_attempts),
        {
            "call_id": call_id,
            "number": number,
            "producer_id": producer_id,
            "decision_id": decision_id,
            "started_at": now,
            "dialed": dialed,
        },
    )


def of_call(tx: Connection, call_id: int) -> list[Attempt]:
    """In the order in which they rang."""
    return [_attempt(row) for row in tx.execute(_of_call, {"call_id": call_id}).mappings()]


_open_of = _columns.where(_attempts.c.producer_id == bindparam("producer_id"), _attempts.c.ended_at.is_(None))


def open_of(tx: Connection, producer_id: int) -> Attempt | None:
    """The attempt that rings this producer, or on which they talk; there is one at most."""
    row = tx.execute(_open_of, {"producer_id": producer_id}).mappings().first()
    return None if row is None else _attempt(row)


def change(tx: Connection, attempt: Attempt, **changes: Any) -> None:
    """Set columns of an open attempt."""
    tx.execute(update(_attempts).where(_attempts.c.id == attempt.id).values(**changes))


def of_calls(tx: Connection, call_ids: Collection[int]) -> dict[int, list[Attempt]]:
    """Those of several calls, by call, each in the order in which they rang."""
    rows = tx.execute(_columns.where(_attempts.c.call_id.in_(list(call_ids))).order_by(_attempts.c.id)).mappings()
    found: dict[int, list[Attempt]] = {}
    for row in rows:
        found.setdefault(row["call_id"], []).append(_attempt(row))
    return found


def open_at(tx: Connection, at: datetime) -> dict[int, int]:
    """Producer id to call id of every attempt that was open at an instant; one that began with it does not count."""
    rows = tx.execute(
        select(_attempts.c.producer_id, _attempts.c.call_id).where(
            _attempts.c.started_at < at, or_(_attempts.c.ended_at.is_(None), _attempts.c.ended_at > at)
        )
    )
    return {row[0]: row[1] for row in rows}


_talked = (
    select(_attempts.c.producer_id)
    .join(_calls, _calls.c.id == _attempts.c.call_id)
    .where(_calls.c.lead_id == bindparam("lead_id"), _attempts.c.outcome == Outcome.ACCEPTED)
)
_talked_by_number = (
    select(_attempts.c.producer_id)
    .join(_calls, _calls.c.id == _attempts.c.call_id)
    .where(_calls.c.from_number == bindparam("number"), _attempts.c.outcome == Outcome.ACCEPTED)
)


def talked_with(tx: Connection, *, lead_id: int | None, number: str | None) -> set[int]:
    """Producers who have talked with this lead, or with a caller from this number."""
    found: set[int] = set()
    if lead_id is not None:
        found |= {row[0] for row in tx.execute(_talked, {"lead_id": lead_id})}
    if number is not None:
        found |= {row[0] for row in tx.execute(_talked_by_number, {"number": number})}
    return found


_last_talk = (
    _columns.where(_attempts.c.producer_id == bindparam("producer_id"), _attempts.c.accepted_at.is_not(None))
    .order_by(_attempts.c.started_at.desc(), _attempts.c.id.desc())
    .limit(1)
)


def last_talk(tx: Connection, producer_id: int) -> Attempt | None:
    """The newest attempt that this producer accepted, over or not."""
    row = tx.execute(_last_talk, {"producer_id": producer_id}).mappings().first()
    return None if row is None else _attempt(row)


def _attempt(row: RowMapping) -> Attempt:
    fields = dict(row)
    for name in ("recorded", "outcome"):
        fields[name] = Outcome(fields[name]) if fields[name] else None
    return Attempt(**{**fields, "dialed": Dialed(fields["dialed"])})
