"""REST calls leave one a second, callbacks and spoken notices together (FLOWS.md, callbacks; TELEPHONY.md section 7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.storage import work
from app.storage.database import Transaction

BETWEEN_CALLS = timedelta(seconds=1)
_NAME = "callback_placed"


def too_soon(tx: Transaction, now: datetime) -> bool:
    """Whether a call of ours left less than a second ago."""
    last = work.last_beat(tx, _NAME)
    return last is not None and timedelta(0) <= now - last < BETWEEN_CALLS


def note_call(tx: Transaction, now: datetime) -> None:
    """A call of ours leaves now."""
    work.beat(tx, _NAME, now)
