"""Tier 1: whom to ring next, and when to stop ringing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.policy import Policy, Strategy

NOT_NOW = timedelta(minutes=10)
"""How long a producer who pressed 2 is left in peace. Source: FLOWS.md, tier 1."""

MISSES_UNTIL_OUT = 2
"""Misses in a row that take a producer out of rotation. Source: FLOWS.md, tier 1."""

PRESENCE_LASTS = timedelta(hours=4)
"""Presence ends by itself after so long without a sign. Source: FLOWS.md, tier 1."""

CARRIER_RINGS_LONGER = timedelta(seconds=5)
"""Twilio adds up to five seconds to a Dial's timeout (TELEPHONY.md section 4)."""

GREETING_TAKES = timedelta(seconds=5)
"""What is said before the first ring of an answered call; the phone rings after it."""

_SHORTEST_RING_SECONDS = 5
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """A producer who may be rung: authorized, available, not held, not yet tried on this call."""

    producer_id: int
    last_offered_at: datetime | None = None
    priority: int = 0
    weight: int = 1
    language: str | None = None
    taken_today: int = 0
    talked_before: bool = False


def rank(
    candidates: Sequence[Candidate],
    strategy: Strategy,
    *,
    language: str | None = None,
    last_offered_id: int | None = None,
) -> list[Candidate]:
    """The candidates in the order in which to ring them.

    Somebody who speaks the caller's language comes first where the caller chose one; then the strategy, then the longest
    idle. `last_offered_id` is whom the campaign rang last (round robin goes on after them). Priority 1 is before 2, and
    0 (none given) is last.
    """
    key = _KEYS[strategy]
    return sorted(
        candidates,
        key=lambda candidate: (
            language is not None and language != "en" and candidate.language != language,
            key(candidate, last_offered_id),
            candidate.last_offered_at or _LONG_AGO,
            candidate.producer_id,
        ),
    )


_KEYS: dict[Strategy, Callable[[Candidate, int | None], Any]] = {
    Strategy.LONGEST_IDLE: lambda candidate, last: 0,
    Strategy.ROUND_ROBIN: lambda candidate, last: (
        last is not None and candidate.producer_id <= last,
        candidate.producer_id,
    ),
    Strategy.PRIORITY: lambda candidate, last: candidate.priority or 1_000_000,
    Strategy.WEIGHTED: lambda candidate, last: candidate.taken_today / max(candidate.weight, 1),
    Strategy.STICKY: lambda candidate, last: not candidate.talked_before,
}


def ring_seconds(
    policy: Policy,
    *,
    attempts: int,
    answered_at: datetime | None,
    offers_from: datetime,
    now: datetime,
    greeted_first: bool = False,
) -> int | None:
    """How long to ring the next producer, or None where no further offer may be made.

    No offer after the budget, which counts from `offers_from` (the arrival; after a talk, its end). A billed call
    is acknowledged ten seconds before its buffer, so a ring must fit before that, behind its greeting where there is one
    (FLOWS.md, the vendor's clock).
    """
    if attempts >= policy.max_attempts:
        return None
    if now - offers_from >= timedelta(seconds=policy.ring_budget_seconds):
        return None
    seconds = policy.ring_seconds
    if policy.buffer_seconds is not None and answered_at is not None:
        until = answered_at + timedelta(seconds=policy.buffer_seconds - 10) - CARRIER_RINGS_LONGER
        if greeted_first:
            until -= GREETING_TAKES
        seconds = min(seconds, int((until - now).total_seconds()))
    return seconds if seconds >= _SHORTEST_RING_SECONDS else None
