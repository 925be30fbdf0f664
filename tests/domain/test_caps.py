"""What counts for a cap at the edges of the hour and of the day, and when unanswered calls hold us back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.call import Disposition
from app.domain.caps import (
    HOUR,
    Brought,
    Caps,
    Rung,
    holds_back_at,
    is_reached,
    is_unanswered,
    throttled_until,
    windows,
)

INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([ZoneInfo(f"America/{city}") for city in ("New_York", "Phoenix", "Anchorage", "St_Johns")])
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@given(INSTANTS, ZONES, st.timedeltas(timedelta(hours=-30), timedelta(hours=30)))
def test_a_lead_counts_for_the_day_exactly_where_it_came_on_the_same_date_there(
    now: datetime, zone: ZoneInfo, off: timedelta
) -> None:
    counted, came = windows(now, zone), now + off

    same_date = came.astimezone(zone).date() == now.astimezone(zone).date()

    assert (counted.day_began <= came < counted.day_ends) == same_date
    assert counted.day_began <= now < counted.day_ends


@given(INSTANTS, ZONES)
def test_one_day_begins_where_the_last_one_ended(now: datetime, zone: ZoneInfo) -> None:
    today = windows(now, zone)

    assert windows(today.day_ends, zone).day_began == today.day_ends
    assert windows(today.day_began - timedelta(microseconds=1), zone).day_ends == today.day_began
    assert today.day_ends - today.day_began in [timedelta(hours=hours) for hours in (23, 24, 25)]


@given(INSTANTS, ZONES)
def test_a_lead_of_exactly_an_hour_ago_no_longer_counts(now: datetime, zone: ZoneInfo) -> None:
    assert windows(now, zone).hour_since == now - HOUR


def test_the_day_on_which_the_clocks_go_back_has_25_hours() -> None:
    counted = windows(datetime(2026, 11, 1, 12, 0, tzinfo=UTC), ZoneInfo("America/New_York"))

    assert counted.day_began == datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
    assert counted.day_ends == datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("caps", "brought", "reached"),
    [
        (Caps(None, None), Brought(900, 9000), False),
        (Caps(2, None), Brought(1, 50), False),
        (Caps(2, None), Brought(2, 50), True),
        (Caps(2, None), Brought(3, 50), True),
        (Caps(None, 5), Brought(4, 4), False),
        (Caps(None, 5), Brought(0, 5), True),
        (Caps(10, 5), Brought(1, 5), True),
        (Caps(0, None), Brought(0, 0), True),
    ],
)
def test_a_cap_is_reached_where_one_more_would_be_too_many(caps: Caps, brought: Brought, reached: bool) -> None:
    assert is_reached(caps, brought) is reached


@pytest.mark.parametrize(
    ("seconds", "disposition", "unanswered"),
    [
        (12, Disposition.ABANDONED, True),
        (12, Disposition.CALLBACK_SCHEDULED, True),
        (12, None, True),
        (5.001, Disposition.ABANDONED, True),
        (5, Disposition.ABANDONED, False),
        (12, Disposition.RETURNED, False),
        (12, Disposition.BLOCKED, False),
    ],
)
def test_a_call_counts_as_unanswered_where_the_vendor_heard_it_ring(
    seconds: float, disposition: Disposition | None, unanswered: bool
) -> None:
    assert is_unanswered(Rung(NOON, NOON + timedelta(seconds=seconds), disposition)) is unanswered


@pytest.mark.parametrize(("allowed", "at"), [(None, None), (1, 1), (2, 1), (3, 2), (10, 9)])
def test_we_hold_back_one_before_the_vendor_pauses_us(allowed: int | None, at: int | None) -> None:
    assert holds_back_at(allowed) == at


@given(st.lists(st.timedeltas(timedelta(0), timedelta(minutes=59)), max_size=12), st.integers(1, 6))
def test_held_back_until_the_count_of_the_hour_is_below_the_limit_again(ago: list[timedelta], allowed: int) -> None:
    arrived_at, limit = [NOON - each for each in ago], holds_back_at(allowed)
    assert limit is not None

    until = throttled_until(arrived_at, allowed)

    assert (until is not None) == (len(ago) >= limit)
    if until is not None:
        just_before = until - timedelta(microseconds=1)
        assert sum(at > just_before - HOUR for at in arrived_at) >= limit
        assert sum(at > until - HOUR for at in arrived_at) < limit
