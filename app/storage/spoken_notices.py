"""Rows of the outbox that are said in a call of ours: whose leg asks, what was said, how the call ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from app.storage import texts
from app.storage.models.base import table_of
from app.storage.models.work import TextRow
from app.storage.texts import SPOKEN, Text

_texts = table_of(TextRow)


def of_leg(tx: Connection, text_id: int, call_sid: str) -> Text | None:
    """The notice, locked, if this is its leg: the one that the carrier named, or the first to ask. None for any other.

    A leg that asks has surely left, whatever we were told when we placed it.
    """
    notice = texts.by_id(tx, text_id)
    if notice is None or not notice.kind.startswith(SPOKEN):
        return None
    if notice.message_sid is None and notice.status in ("sending", "unknown"):
        _change(tx, notice, message_sid=call_sid, status="sent", error=None)
        return texts.by_id(tx, text_id)
    return notice if notice.message_sid == call_sid else None


def say(tx: Connection, notice: Text, body: str) -> None:
    """What the person hears, for good: the notice's leg may ask a second time."""
    _change(tx, notice, body=body)


def end(tx: Connection, notice: Text, status: str, error: str | None = None) -> bool:
    """The notice was delivered, undelivered or dropped; False where its end was known already."""
    if notice.settled:
        return False
    _change(tx, notice, status=status, error=None if error is None else error[:200])
    return True


def calls_made(tx: Connection, number: str, since: datetime, *, but: int) -> int:
    """How many notices other than `but` have left for this number since then (for the state's cap in 24 hours)."""
    counted = tx.execute(
        select(func.count())
        .select_from(_texts)
        .where(
            _texts.c.to_number == number,
            _texts.c.kind.startswith(SPOKEN),
            _texts.c.sent_at >= since,
            _texts.c.id != but,
        )
    )
    return int(counted.scalar_one())


def _change(tx: Connection, notice: Text, **values: Any) -> None:
    tx.execute(update(_texts).where(_texts.c.id == notice.id).values(**values))
