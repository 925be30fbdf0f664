"""Stretches of time in UTC, and what several of them have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True)
class Span:
    """From `opens` to `closes`, both UTC; `closes` is not included."""

    opens: datetime
    closes: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.opens <= at < self.closes


@lru_cache(maxsize=4096)  # the next few days in a handful of zones are asked for again and again
def by_the_wall(zone: ZoneInfo, on: date, opens: time, closes: time) -> Span | None:
    """The span between two readings of the clock in `zone` on `on`; `closes` time.max is the midnight that ends the day.

    A reading that comes twice, or not at all, when clocks change opens late and closes early: never the other way.
    None where nothing is left.
    """
    last = datetime.combine(on, closes) if closes != time.max else datetime.combine(on + timedelta(days=1), time())
    span = Span(max(_instants(zone, datetime.combine(on, opens))), min(_instants(zone, last)))
    return span if span.opens < span.closes else None


def common(several: Iterable[Sequence[Span]]) -> Sequence[Span]:
    """The stretches that lie in one span of each sequence; all of them ascending and apart. At least one sequence."""
    return reduce(_both, several)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time, with spans that touch made one. Ascending in, ascending out."""
    whole: list[Span] = []
    for span in spans:
        if whole and whole[-1].closes >= span.opens:
            whole[-1] = replace(whole[-1], closes=max(whole[-1].closes, span.closes))
        else:
            whole.append(span)
    return whole


def _both(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    return list(_overlaps(first, second))


def _overlaps(first: Sequence[Span], second: Sequence[Span]) -> Iterator[Span]:
    left, right = 0, 0
    while left < len(first) and right < len(second):
        one, other = first[left], second[right]
        opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
        if opens < closes:
            yield Span(opens, closes)
        if one.closes <= other.closes:
            left += 1
        else:
            right += 1


def _instants(zone: ZoneInfo, reading: datetime) -> tuple[datetime, datetime]:
    """Both instants that `reading` may be; one and the same on all but two nights of the year."""
    aware = reading.replace(tzinfo=zone)
    return aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)
