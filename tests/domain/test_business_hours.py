"""Until when a supervisor has time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business_hours import due_by
from app.domain.policy import Hours, Policy, parse_hours

NEW_YORK = ZoneInfo("America/New_York")


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-18 10:00", "2026-11-18 20:00"),
        ("2026-11-18 19:59:59", "2026-11-18 20:00"),
        ("2026-11-18 20:00", "2026-11-19 20:00"),
        ("2026-11-18 03:00", "2026-11-18 20:00"),
        ("2026-11-21 21:00", "2026-11-23 20:00"),
        ("2026-11-22 12:00", "2026-11-23 20:00"),
    ],
)
def test_it_is_due_by_the_closing_of_the_business_day(now: str, due: str) -> None:
    assert due_by(Policy(), new_york(now)) == new_york(due)


def test_the_day_on_which_clocks_go_back_closes_by_the_new_time() -> None:
    policy = Policy(hours=parse_hours("Sun 8:00-20:00"))

    due = due_by(policy, datetime(2026, 11, 1, 5, 30, tzinfo=UTC))

    assert due == datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def test_without_opening_hours_it_is_due_within_a_day() -> None:
    now = new_york("2026-11-18 10:00")

    assert due_by(Policy(hours=Hours((None,) * 7)), now) == now + timedelta(days=1)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["America/New_York", "America/Los_Angeles", "Pacific/Guam", "America/Phoenix"]),
)
def test_it_is_always_due_later_within_two_days_and_at_closing_time(now: datetime, zone: str) -> None:
    due = due_by(Policy(time_zone=zone), now)

    assert now < due <= now + timedelta(hours=49)
    assert (due.astimezone(ZoneInfo(zone)).hour, due.tzinfo) == (20, UTC)
