"""What of the floor is loud: the figures of the tiles, and what sounds, counts in the tab and announcements are made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.storage import escalations, floor
from app.storage.database import Transaction

LONG_WAIT = timedelta(minutes=3)
"""A caller on the line who waits longer is announced. Source: CONSOLE.md section 1 (Flex: yellow from 180 s)."""


def signals_of(tx: Transaction, now: datetime) -> dict[str, Any]:
    """The figures of the tiles, and what of them is loud."""
    line, figures = escalations.line(tx), floor.figures(tx, now)
    since = min(filter(None, (line.waits_since, figures.first_caller_at)), default=None)
    unclaimed = line.counts.get("open", 0)
    long = figures.first_caller_at is not None and now - figures.first_caller_at > LONG_WAIT
    return {
        "line": line,
        "figures": figures,
        "unclaimed": unclaimed,
        "waiting": unclaimed + line.counts.get("claimed", 0) + figures.callers,
        "waits_since": since,
        "long_callers": figures.callers if long else 0,
        "overdue": escalations.count_overdue(tx, now),
    }
