"""Calls: load one for writing, record what happened on it, find the reply that a webhook has earned before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.call import BEGINNINGS, START, Disposition, Happening, Phase, advance
from app.domain.instructions import (
    Acknowledge,
    AskNumber,
    AskTime,
    AskZip,
    ConfirmTime,
    Farewell,
    Hold,
    Instruction,
    Offer,
    ProducerMenu,
    StayOrKeyZip,
    decode,
    encode,
)
from app.domain.residency import Residence
from app.storage.database import Collision
from app.storage.models.base import table_of
from app.storage.models.calls import CallEventRow, CallRow
from app.storage.residences import residence_of, residence_text

_calls, _events = table_of(CallRow), table_of(CallEventRow)


@dataclass(frozen=True)
class Call:
    """One leg as it stands: a caller's, or (`direction` callback) that of a producer whom we rang to call somebody back.

    `offers_from`: when the present round of offers began; `asks`, `offers`, `choices` (of another time) count up.
    `asked_us`: the caller, who had said STOP before, asked on this call to be called.
    """

    id: int
    call_sid: str
    campaign_id: int | None
    lead_id: int | None
    from_number: str
    to_number: str
    phase: Phase
    version: int
    disposition: Disposition | None
    tier: int
    language: str
    residence: Residence | None
    zip_code: str | None
    arrived_at: datetime
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    offers_from: datetime | None
    asks: int
    offers: int
    served_seconds: int
    direction: str = "inbound"
    callback_id: int | None = None
    holding_since: datetime | None = None
    polled_at: datetime | None = None
    choices: int = 0
    asked_us: bool = False


ARRIVAL = "arrival"
"""The key of a caller's first event."""


class StaleCall(Collision):
    """Another webhook moved this call first; load it again and decide afresh."""


_load = select(_calls).where(_calls.c.call_sid == bindparam("call_sid"))
_load_to_write = _load.with_for_update()
_by_id = select(_calls).where(_calls.c.id == bindparam("call_id"))
_by_id_to_write = _by_id.with_for_update()
_reply = select(_events.c.reply).where(
    _events.c.call_id == bindparam("call_id"), _events.c.key == bindparam("key"), _events.c.reply.is_not(None)
)
_insert_event = insert(_events)
_register: dict[str, Executable] = {
    "postgresql": postgresql.insert(_calls).on_conflict_do_nothing(index_elements=["call_sid"]).returning(_calls),
    "sqlite": sqlite.insert(_calls).on_conflict_do_nothing(index_elements=["call_sid"]).returning(_calls),
}


def load(tx: Connection, call_sid: str) -> Call | None:
    """The call, locked until the transaction ends: webhooks of one call are worked on one after another."""
    row = tx.execute(_load_to_write, {"call_sid": call_sid}).mappings().first()
    return None if row is None else _call(row)


def read(tx: Connection, call_sid: str) -> Call | None:
    """The call, without a lock."""
    row = tx.execute(_load, {"call_sid": call_sid}).mappings().first()
    return None if row is None else _call(row)


def by_id(tx: Connection, call_id: int) -> Call | None:
    row = tx.execute(_by_id, {"call_id": call_id}).mappings().first()
    return None if row is None else _call(row)


def register(
    tx: Connection,
    *,
    call_sid: str,
    from_number: str,
    to_number: str,
    campaign_id: int | None,
    now: datetime,
    direction: str = "inbound",
    callback_id: int | None = None,
    lead_id: int | None = None,
) -> Call | None:
    """A new call; None where another delivery of the same arrival was first (and has committed by now)."""
    row = tx.execute(
        _register[tx.dialect.name],
        {
            "call_sid": call_sid,
            "from_number": from_number,
            "to_number": to_number,
            "campaign_id": campaign_id,
            "phase": START,
            "version": 0,
            "tier": 1,
            "language": "en",
            "arrived_at": now,
            "asks": 0,
            "offers": 0,
            "served_seconds": 0,
            "direction": direction,
            "callback_id": callback_id,
            "lead_id": lead_id,
            "choices": 0,
            "asked_us": False,
        },
    )
    found = row.mappings().first()
    return None if found is None else _call(found)


def name(tx: Connection, call_id: int, call_sid: str) -> None:
    """The carrier's own sid of a call that we placed, told by its answer or by its first webhook, whichever was first."""
    tx.execute(
        update(_calls).where(_calls.c.id == call_id, _calls.c.call_sid.like("callback:%")).values(call_sid=call_sid)
    )


def load_by_id(tx: Connection, call_id: int) -> Call | None:
    """The call, locked until the transaction ends."""
    row = tx.execute(_by_id_to_write, {"call_id": call_id}).mappings().first()
    return None if row is None else _call(row)


def reply(tx: Connection, call: Call, key: str) -> Instruction | None:
    """What the webhook `key` was answered the first time; None where this is the first time."""
    text = tx.execute(_reply, {"call_id": call.id, "key": key}).scalar()
    return None if text is None else decode(text)


class Turn:
    """One webhook's turn on a call: what happened, in order, and the reply that all of it earned.

    Nothing is written before `reply`. The first happening carries the webhook's key; what follows from it is numbered behind.
    """

    def __init__(self, tx: Connection, call: Call, key: str, now: datetime) -> None:
        self.tx, self.call, self.key, self.now = tx, call, key, now
        self._loaded = call
        self._events: list[dict[str, Any]] = []

    def happened(self, happening: Happening, facts: Mapping[str, Any] | None = None, **changes: Any) -> bool:
        """Note `happening` and move the call along the table; False (noted, not obeyed) where the table has no such way."""
        phase = BEGINNINGS.get(happening) or advance(self.call.phase, happening)
        obeyed = phase is not None
        if phase is not None:
            self.call = replace(self.call, phase=phase, **changes)
        self._events.append(
            {
                "call_id": self.call.id,
                "key": f"{self.key}/{len(self._events)}" if self._events else self.key,
                "happening": happening,
                "at": self.now,
                "obeyed": obeyed,
                "phase": self.call.phase,
                "facts": json.dumps(facts or {}, separators=(",", ":"), sort_keys=True),
                "reply": None,
            }
        )
        return obeyed

    def change(self, **changes: Any) -> None:
        """Set columns of the call that go with what happened."""
        self.call = replace(self.call, **changes)

    def reply(self, instruction: Instruction) -> Instruction:
        """Write it all down, with `instruction` as what this webhook is answered, now and whenever it comes again."""
        assert self._events, "a reply is earned by something that happened"
        if self.call.answered_at is None and _answers(instruction):
            self.call = replace(self.call, answered_at=self.now)
        self._events[0]["reply"] = encode(instruction)
        self.tx.execute(_insert_event, self._events)
        _save(self.tx, self._loaded, self.call)
        return instruction


def _answers(instruction: Instruction) -> bool:
    """Whether the document answers the caller's leg, which starts the vendor's clock (FLOWS.md)."""
    if isinstance(instruction, Offer):
        return instruction.answers
    return isinstance(instruction, _ANSWERING)


_ANSWERING = AskZip | Farewell | StayOrKeyZip | ProducerMenu | Acknowledge | AskNumber | AskTime | ConfirmTime | Hold

_MOVING = (
    "campaign_id",
    "lead_id",
    "phase",
    "version",
    "disposition",
    "tier",
    "language",
    "residence",
    "zip_code",
    "answered_at",
    "accepted_at",
    "ended_at",
    "offers_from",
    "asks",
    "offers",
    "served_seconds",
    "holding_since",
    "polled_at",
    "choices",
    "asked_us",
)
"""The columns that a turn may change."""

_update = (
    update(_calls)
    .where(_calls.c.id == bindparam("row_id"), _calls.c.version == bindparam("row_version"))
    .values({column: bindparam(column) for column in _MOVING})
)


def _save(tx: Connection, before: Call, after: Call) -> None:
    if after == before:
        return
    moved = tx.execute(
        _update,
        {
            **{name: getattr(after, name) for name in _MOVING},
            "residence": residence_text(after.residence),
            "version": before.version + 1,
            "row_id": before.id,
            "row_version": before.version,
        },
    )
    if moved.rowcount != 1:
        raise StaleCall(after.call_sid)


def _call(row: RowMapping) -> Call:
    fields = dict(row)
    fields["phase"] = Phase(fields["phase"])
    fields["disposition"] = Disposition(fields["disposition"]) if fields["disposition"] else None
    fields["residence"] = residence_of(fields["residence"])
    return Call(**fields)


@dataclass(frozen=True)
class Event:
    """One thing that happened; `obeyed` False: late or out of order, noted and not obeyed."""

    key: str
    happening: str
    at: datetime
    obeyed: bool
    phase: str
    facts: dict[str, Any]


def events(tx: Connection, call_id: int) -> list[Event]:
    """All that happened on a call, oldest first."""
    rows = tx.execute(select(_events).where(_events.c.call_id == call_id).order_by(_events.c.id))
    return [Event(row.key, row.happening, row.at, row.obeyed, row.phase, json.loads(row.facts)) for row in rows]


def live(tx: Connection) -> list[Call]:
    """Calls that have not ended, oldest first."""
    rows = tx.execute(select(_calls).where(_calls.c.ended_at.is_(None)).order_by(_calls.c.arrived_at))
    return [_call(row) for row in rows.mappings()]


def newest(tx: Connection, limit: int) -> list[Call]:
    """The last calls, newest first."""
    rows = tx.execute(select(_calls).order_by(_calls.c.id.desc()).limit(limit))
    return [_call(row) for row in rows.mappings()]


_holding = (
    select(_calls)
    .where(
        _calls.c.phase == literal_column("'holding'"),
        _calls.c.arrived_at < bindparam("arrived_before", type_=_calls.c.arrived_at.type),
        _calls.c.polled_at > bindparam("heard_since", type_=_calls.c.arrived_at.type),
        _calls.c.id != bindparam("but"),
    )
    .order_by(_calls.c.arrived_at)
    .limit(20)
)


def holding(tx: Connection, *, arrived_before: datetime, heard_since: datetime, but: int | None) -> list[Call]:
    """Callers on hold who arrived before that and were heard of since, the one who has waited longest first."""
    values = {"arrived_before": arrived_before, "heard_since": heard_since, "but": but or 0}
    return [_call(row) for row in tx.execute(_holding, values).mappings()]


def live_with_lead(tx: Connection, lead_id: int, *, but: int | None = None) -> bool:
    """Whether the person is on the line: a call of theirs, other than `but`, has not ended."""
    query = select(_calls.c.id).where(
        _calls.c.lead_id == lead_id,
        _calls.c.ended_at.is_(None),
        _calls.c.direction == "inbound",
        _calls.c.id != (but or 0),
    )
    return tx.execute(query.limit(1)).first() is not None


def last_replies(tx: Connection, call_id: int, limit: int = 5) -> list[Instruction]:
    """What the carrier was told last on this call, newest first."""
    rows = tx.execute(
        select(_events.c.reply)
        .where(_events.c.call_id == call_id, _events.c.reply.is_not(None))
        .order_by(_events.c.id.desc())
        .limit(limit)
    )
    return [decode(row[0]) for row in rows]


def rounds_held(tx: Connection, call_id: int) -> int:
    """How many rounds a caller has waited."""
    query = select(func.count()).where(_events.c.call_id == call_id, _events.c.reply.like('{"kind":"Hold"%'))
    return int(tx.execute(query).scalar_one())


def place_in_line(tx: Connection, call: Call) -> int:
    """Counted from 1 among those on hold, or just being rung for, on the same campaign."""
    query = select(func.count()).where(
        _calls.c.ended_at.is_(None),
        _calls.c.campaign_id == call.campaign_id,
        _calls.c.holding_since.is_not(None),
        _calls.c.accepted_at.is_(None),
        _calls.c.arrived_at < call.arrived_at,
    )
    return 1 + int(tx.execute(query).scalar_one())
