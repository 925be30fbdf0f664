"""The vendor's clock: how long a call may still last before it costs money that nobody was served for."""

from __future__ import annotations

from datetime import datetime

from app.domain.policy import Policy
from app.storage.calls import Call

ENDED_BEFORE_SECONDS = 10
"""A call nobody has accepted ends so long before its buffer. Source: FLOWS.md, the vendor's clock."""


def seconds_left(call: Call, policy: Policy, now: datetime) -> int | None:
    """Until the call must have ended; None where nothing presses. An unanswered call has its whole buffer before it."""
    if policy.buffer_seconds is None or call.accepted_at is not None:
        return None
    if call.holding_since is not None and policy.hold_past_buffer:
        return None
    spent = (now - call.answered_at).total_seconds() if call.answered_at else 0
    return int(policy.buffer_seconds - ENDED_BEFORE_SECONDS - spent)
