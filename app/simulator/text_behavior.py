"""What becomes of a text to somebody, and what they write back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TextBehavior:
    """What becomes of a text: `ends` delivered, undelivered or failed, with its code; or refused when it is created."""

    ends: str = "delivered"
    error_code: int | None = None
    refused_code: int | None = None
    sent_after_seconds: float = 0.5
    """In the carrier's queue; longer than the text's ValidityPeriod, and it is never sent (30036)."""
    ends_after_seconds: float = 2.0
    callbacks: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """By status, after how many seconds each copy of its callback leaves: {"sent": [60]} is late, and after
    `delivered`; {"delivered": [0, 5]} is twice; {"delivered": []} is lost. Others go as the switches say."""
    answers: str | Sequence[str] | Mapping[str, str | Sequence[str]] = ""
    """What they write back to texts that are delivered, as `replies.Replies`."""
    answers_after_seconds: float = 30.0


LANDLINE = TextBehavior("undelivered", 30006)
UNREACHABLE_HANDSET = TextBehavior("undelivered", 30003)
NOT_A_MOBILE = TextBehavior(refused_code=21614)
UNSUBSCRIBED = TextBehavior(refused_code=21610)


def undelivered(code: int) -> TextBehavior:
    """Sent, and not delivered: 30003 to 30008."""
    return TextBehavior("undelivered", code)


def failed(code: int) -> TextBehavior:
    """Never sent: 30032, 30034."""
    return TextBehavior("failed", code)


def answers(replies: str | Sequence[str] | Mapping[str, str | Sequence[str]], *, after: float = 30.0) -> TextBehavior:
    """Delivered, and written back to."""
    return TextBehavior(answers=replies, answers_after_seconds=after)
