"""Calls asked of producers, how many there were, and the switch that stops all dialing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.storage.callbacks import Callback
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.outbound import DialSwitchRow, OutboundCallRow

_asked, _switches = table_of(OutboundCallRow), table_of(DialSwitchRow)
_calls, _leads = table_of(CallRow), table_of(LeadRow)


@dataclass(frozen=True)
class Before:
    """The lead's promise as it stood when the call was asked for."""

    due_at: datetime
    promised_by: datetime
    made_by: str
    producer_id: int | None
    only_producer: bool


@dataclass(frozen=True)
class OutboundCall:
    """A call that was asked for, and has not come out yet."""

    id: int
    producer_id: int
    lead_id: int
    callback_id: int
    decision_id: int
    cold: bool
    before: Before | None


@dataclass(frozen=True)
class DialSwitch:
    """Who turned dialing on or off last."""

    at: datetime
    is_on: bool
    actor: str
    reason: str


def add(
    tx: Connection,
    *,
    producer_id: int,
    callback: Callback,
    decision_id: int,
    cold: bool,
    before: Before | None,
    now: datetime,
) -> None:
    """Keep what was asked for; it takes the place of what stood for the same promise."""
    end_of(tx, callback.id)
    tx.execute(
        insert(_asked).values(
            at=now,
            producer_id=producer_id,
            lead_id=callback.lead_id,
            callback_id=callback.id,
            decision_id=decision_id,
            cold=cold,
            over=False,
            before=None if before is None else _written(before),
        )
    )


_standing = (
    select(_asked)
    .where(_asked.c.callback_id == bindparam("callback_id"), _asked.c.over.is_(False))
    .order_by(_asked.c.id.desc())
    .limit(1)
)


def standing(tx: Connection, callback_id: int) -> OutboundCall | None:
    """What this promise is being kept for; None where nobody asked, or it has come out."""
    row = tx.execute(_standing, {"callback_id": callback_id}).first()
    if row is None:
        return None
    return OutboundCall(
        row.id, row.producer_id, row.lead_id, row.callback_id, row.decision_id, row.cold, _read(row.before)
    )


def end_of(tx: Connection, callback_id: int) -> None:
    """What was asked for has come out: the promise is an ordinary one from here on."""
    tx.execute(update(_asked).where(_asked.c.callback_id == callback_id, _asked.c.over.is_(False)).values(over=True))


def count_since(tx: Connection, since: datetime, producer_id: int | None = None) -> int:
    """How many calls were asked for after `since`: of that producer, or of everybody."""
    counted = select(func.count()).select_from(_asked).where(_asked.c.at > since)
    if producer_id is not None:
        counted = counted.where(_asked.c.producer_id == producer_id)
    return int(tx.execute(counted).scalar_one())


def is_on_a_call(tx: Connection, number: str) -> bool:
    """Whether the person with `number` is on the line with us, or is being called."""
    live = (
        select(_calls.c.id)
        .join(_leads, _leads.c.id == _calls.c.lead_id)
        .where(_leads.c.phone == number, _calls.c.ended_at.is_(None))
    )
    return tx.execute(live.limit(1)).first() is not None


def has_called_in(tx: Connection, lead_id: int) -> bool:
    """Whether the lead's person called us themselves."""
    theirs = select(_calls.c.id).where(_calls.c.lead_id == lead_id, _calls.c.direction == "inbound")
    return tx.execute(theirs.limit(1)).first() is not None


# ---- the switch

_last = select(_switches).order_by(_switches.c.id.desc()).limit(1)


def last_switch(tx: Connection) -> DialSwitch | None:
    """The switch as it was turned last; None where it never was: dialing is on."""
    row = tx.execute(_last).first()
    return None if row is None else DialSwitch(row.at, row.is_on, row.actor, row.reason)


def is_dialing_on(tx: Connection) -> bool:
    found = last_switch(tx)
    return found is None or found.is_on


def turn(tx: Connection, is_on: bool, *, actor: str, reason: str, now: datetime) -> None:
    """Turn all dialing on or off."""
    tx.execute(insert(_switches).values(at=now, is_on=is_on, actor=actor[:120], reason=reason[:200]))


def as_it_stands(promise: Callback) -> Before:
    """A promise, to be put back if the call comes to nothing."""
    return Before(promise.due_at, promise.promised_by, promise.made_by, promise.producer_id, promise.only_producer)


def _written(before: Before) -> str:
    instants = {"due_at": before.due_at.isoformat(), "promised_by": before.promised_by.isoformat()}
    return json.dumps(asdict(before) | instants)


def _read(text: str | None) -> Before | None:
    if text is None:
        return None
    fields: dict[str, Any] = json.loads(text)
    for name in ("due_at", "promised_by"):
        fields[name] = datetime.fromisoformat(fields[name])
    return Before(**fields)
