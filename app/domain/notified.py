"""Does the person know what we texted? A text that was sent tells nobody anything before it is delivered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

_PENDING = ("queued", "sending", "sent", "unknown")


class Notified(StrEnum):
    """What we know of a text's arrival. NO counts silence: FLOWS.md, tier 2."""

    YES = "yes"
    NO = "no"
    PENDING = "pending"


def notified(status: str, looked_at: datetime | None) -> Notified:
    """By a text's status in the outbox; `looked_at` is when the carrier was asked in vain what had become of it."""
    if status == "delivered":
        return Notified.YES
    return Notified.PENDING if status in _PENDING and looked_at is None else Notified.NO
