"""When we may promise to call back: the first time that is lawful, inside the campaign's hours, and not yet full.

Source of the numbers: FLOWS.md, callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.calling_hours import Called, Span, next_span
from app.domain.policy import Policy

BUCKET = timedelta(minutes=10)
"""Promises are counted per ten minutes and state."""

LEAST_PER_BUCKET = 2
MOST_CALLS = 3
"""Calls to a person who does not answer, in all."""

AGAIN_AFTER = (timedelta(minutes=30), timedelta(hours=2))
"""When a person who did not answer is called again, after the first and after the second call."""

AGAIN_WITHOUT_PRODUCER = timedelta(minutes=1)
"""When a promise is tried again for which nobody was free."""

URGENT = timedelta(minutes=2)
"""A promise that ends so soon goes before new arrivals. Source: FLOWS.md, order for a producer who becomes free."""

DISPOSITION_WITHIN = timedelta(minutes=2)
"""So long after a short talk its producer may still say that it served. Source: FLOWS.md, custody."""

_FARTHEST = timedelta(days=21)


@dataclass(frozen=True)
class Slot:
    """The call may start at `due_at` and must have started by `promised_by`."""

    due_at: datetime
    promised_by: datetime


def spans(called: Called, policy: Policy, earliest: datetime) -> Iterator[Span]:
    """The lawful spans inside the campaign's hours, from `earliest` on."""
    until, after = earliest + _FARTHEST, earliest
    while after < until:
        span = next_span(called, after, hours=policy)
        if span is None:
            return
        yield span
        after = span.closes


def slots(
    called: Called,
    policy: Policy,
    earliest: datetime,
    *,
    taken: Sequence[datetime],
    capacity: Callable[[datetime], int],
) -> Iterator[Slot]:
    """The free slots from `earliest` on, soonest first. `taken`: when the promises of that state may start.

    `capacity` is how many producers may usually be had at an instant; two promises per ten minutes may always be made.
    Within ten minutes promises stand apart, so that each can be kept.
    """
    counted = Counter(bucket_of(at) for at in taken)
    wait = timedelta(minutes=policy.callback_minutes)
    for span in spans(called, policy, earliest):
        for start in _buckets(span):
            most = max(LEAST_PER_BUCKET, capacity(start))
            for place in range(counted[bucket_of(start)], most):
                due_at = max(start, bucket_of(start) + place * (BUCKET / most))
                slot = Slot(due_at, min(due_at + wait, span.closes))
                if slot.promised_by - slot.due_at >= min(wait, URGENT):
                    yield slot


def _buckets(span: Span) -> Iterable[datetime]:
    at = span.opens
    while at < span.closes:
        yield at
        at = bucket_of(at) + BUCKET


def bucket_of(at: datetime) -> datetime:
    """The ten minutes that `at` lies in, by their beginning."""
    return at.replace(minute=at.minute - at.minute % 10, second=0, microsecond=0)


def lawful(called: Called, policy: Policy, at: datetime) -> Slot | None:
    """A person's own choice of time: that very moment, where it is lawful and inside the campaign's hours."""
    span = next_span(called, at, hours=policy)
    if span is None or span.opens > at:
        return None
    slot = Slot(at, min(at + timedelta(minutes=policy.callback_minutes), span.closes))
    return slot if slot.promised_by - slot.due_at >= URGENT else None
