"""The vendor's clock: it runs from our answer to the end of the call."""

from __future__ import annotations

from datetime import datetime


def billable_seconds(answered_at: datetime | None, ended_at: datetime | None) -> int | None:
    """Whole seconds from answer to end; 0 where the call was never answered, None while it runs or may still start.

    The answer is our first document that is not a bare Dial. Source: FLOWS.md, the vendor's clock.
    """
    if ended_at is None:
        return None
    return 0 if answered_at is None else max(0, int((ended_at - answered_at).total_seconds()))
