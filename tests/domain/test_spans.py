"""Stretches of time: on the two nights when clocks change, and what they have in common."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.domain import spans
from app.domain.spans import Span

NEW_YORK = ZoneInfo("America/New_York")


def span(opens: str, closes: str) -> Span:
    return Span(*(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (opens, closes)))


def hours(opens: float, closes: float) -> Span:
    return Span(*(datetime.fromtimestamp(hour * 3600, UTC) for hour in (opens, closes)))


@pytest.mark.parametrize(
    ("on", "opens", "closes", "found"),
    [
        (date(2026, 11, 18), time(8), time(21), span("2026-11-18T13:00", "2026-11-19T02:00")),
        (date(2026, 11, 18), time(8), time.max, span("2026-11-18T13:00", "2026-11-19T05:00")),
        # back: 1:00 to 2:00 comes twice
        (date(2026, 11, 1), time(0), time(1, 30), span("2026-11-01T04:00", "2026-11-01T05:30")),
        (date(2026, 11, 1), time(1, 30), time(3), span("2026-11-01T06:30", "2026-11-01T08:00")),
        (date(2026, 11, 1), time(1, 15), time(1, 45), None),
        # forward: 2:00 to 3:00 does not come
        (date(2026, 3, 8), time(1), time(2, 30), span("2026-03-08T06:00", "2026-03-08T06:30")),
        (date(2026, 3, 8), time(2, 30), time(5), span("2026-03-08T07:30", "2026-03-08T09:00")),
        (date(2026, 3, 8), time(2, 15), time(2, 45), None),
        (date(2026, 3, 8), time(2), time(3), None),
    ],
)
def test_a_reading_that_comes_twice_or_never_opens_late_and_closes_early(
    on: date, opens: time, closes: time, found: Span | None
) -> None:
    assert spans.by_the_wall(NEW_YORK, on, opens, closes) == found


def test_what_is_common_lies_in_every_one() -> None:
    first, second = [hours(0, 4), hours(6, 10)], [hours(1, 2), hours(3, 7), hours(9, 12)]

    assert spans.common([first, second]) == [hours(1, 2), hours(3, 4), hours(6, 7), hours(9, 10)]
    assert spans.common([first, second, [hours(3.5, 9.5)]]) == [hours(3.5, 4), hours(6, 7), hours(9, 9.5)]
    assert spans.common([first]) == first
    assert spans.common([[hours(0, 1)], [hours(1, 2)]]) == []


def test_spans_that_touch_become_one() -> None:
    assert spans.joined([hours(0, 1), hours(1, 2), hours(3, 4)]) == [hours(0, 2), hours(3, 4)]
    assert spans.joined([]) == []
