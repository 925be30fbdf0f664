"""When supervisors are told of what waits for them: once at each threshold. Source: CONSOLE.md, FLOWS.md (escalations)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Threshold(StrEnum):
    """In the order in which they are crossed."""

    OPENED = "opened"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OVERDUE_HOUR = "overdue_hour"


FROM_DUE: dict[Threshold, timedelta] = {
    # Nothing is due so much later than it was opened.
    Threshold.OPENED: timedelta(days=-30),
    Threshold.DUE_SOON: timedelta(minutes=-10),
    Threshold.OVERDUE: timedelta(0),
    Threshold.OVERDUE_HOUR: timedelta(hours=1),
}
"""When each is crossed, from the deadline."""


def due_before(threshold: Threshold, now: datetime) -> datetime:
    """What is due by then has crossed `threshold` at `now`."""
    return now - FROM_DUE[threshold]
