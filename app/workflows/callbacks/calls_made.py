"""The state's cap on calls to one person in 24 hours counts all: producers', spoken notices, outside dialers' that asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.storage import callbacks, outside_dials, spoken_notices
from app.storage.database import Transaction

DAY = timedelta(hours=24)


def calls_made(tx: Transaction, number: str, now: datetime, *, but_notice: int = 0) -> int:
    """How many calls to `number` (E.164) began in the last 24 hours, without the notice `but_notice`."""
    since = now - DAY
    ours = callbacks.calls_made(tx, number, since) + spoken_notices.calls_made(tx, number, since, but=but_notice)
    return ours + outside_dials.calls_made(tx, number, since)
