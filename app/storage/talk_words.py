"""What producers have said of their talks: an event of the call, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from app.domain.talk_word import TalkWord
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallEventRow, CallRow

_events, _calls, _attempts = table_of(CallEventRow), table_of(CallRow), table_of(AttemptRow)

KEY = "disposition:"
"""The key of such an event begins so, and ends with its number on the call."""


@dataclass(frozen=True)
class Said:
    """`offer` is the number of the talk on its call."""

    offer: int
    npn: str
    word: TalkWord
    note: str
    at: datetime


_of_call: Select[Any] = (
    select(_events.c.facts, _events.c.at)
    .where(_events.c.call_id == bindparam("call_id"), _events.c.key.like(f"{KEY}%"))
    .order_by(_events.c.id)
)


def of_call(tx: Connection, call_id: int) -> list[Said]:
    """Everything that was said of the talks of one call, oldest first."""
    return [_said(row) for row in tx.execute(_of_call, {"call_id": call_id})]


def last_of(tx: Connection, call_id: int, offer: int) -> Said | None:
    """What holds of one talk."""
    return next((said for said in reversed(of_call(tx, call_id)) if said.offer == offer), None)


_last_talk_of_lead = (
    select(_attempts.c.call_id, _attempts.c.number)
    .join(_calls, _calls.c.id == _attempts.c.call_id)
    .where(_calls.c.lead_id == bindparam("lead_id"), _attempts.c.accepted_at.is_not(None))
    .order_by(_attempts.c.accepted_at.desc(), _attempts.c.id.desc())
    .limit(1)
)


def last_talk_of_lead(tx: Connection, lead_id: int) -> tuple[int, int] | None:
    """(call, number of the offer) of the newest talk with this person."""
    row = tx.execute(_last_talk_of_lead, {"lead_id": lead_id}).first()
    return None if row is None else (row[0], row[1])


def _said(row: Row[Any]) -> Said:
    facts = json.loads(row.facts)
    return Said(facts["offer"], facts["npn"], TalkWord(facts["disposition"]), facts.get("note", ""), row.at)
