"""Calls outside the hours that the law leaves open, as far as the caller's place is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from app.domain import calling_hours
from app.domain.calling_hours import Called, Scope
from app.domain.lookback.report import Range
from tests.builders import licensed
from tests.domain.lookback.logs import MIAMI, TOLL_FREE, called, look_back
from tests.domain.test_calling_hours_properties import called_people, instants, scopes

ANA = licensed("Ana", 1, "OH", "FL")
LATE, EARLY_ENOUGH = "2026-10-08T01:00:00+00:00", "2026-10-08T00:59:59+00:00"  # 21:00 in Ohio


@given(called_people, instants, scopes)
def test_pointwise_it_says_what_the_spans_say(person: Called, at: datetime, scope: Scope) -> None:
    spans_say = calling_hours.open_at(person, at, scope=scope) is not None

    assert calling_hours.is_open(person, at, scope=scope) == spans_say


@pytest.mark.parametrize(("at", "outside"), [(EARLY_ENOUGH, 0), (LATE, 1)])
def test_the_federal_evening_ends_at_nine(at: str, outside: int) -> None:
    report = look_back([called(at, direction="outbound")], ANA)

    assert report.outside_hours.outbound == Range(outside, outside)


def test_a_stricter_state_closes_earlier_and_the_direction_is_kept_apart() -> None:
    in_florida = {"zip": MIAMI, "state": "FL", "caller": "+13055550100"}
    half_past_eight = datetime(2026, 10, 8, 0, 30, tzinfo=UTC).isoformat()

    report = look_back(
        [called(half_past_eight, **in_florida, direction=way) for way in ("inbound", "outbound", "")], ANA
    )

    hours = report.outside_hours
    assert (hours.inbound, hours.outbound, hours.unsaid) == (Range(1, 1), Range(1, 1), Range(1, 1))
    assert hours.total == Range(3, 3)


def test_of_two_states_that_may_govern_one_that_is_open_leaves_it_in_doubt() -> None:
    """Vendor ZIP in Ohio, vendor state Florida, at half past eight in the evening."""
    report = look_back([called("2026-10-08T00:30:00+00:00", state="FL", direction="outbound")], ANA)

    assert report.outside_hours.outbound == Range(0, 1)


def test_where_no_state_at_all_is_known_no_law_says_when() -> None:
    report = look_back([called(LATE, caller=TOLL_FREE, zip="", state="")], ANA)

    assert report.outside_hours.total == Range(0, 0)


def test_times_without_a_zone_are_not_judged() -> None:
    report = look_back([called(LATE)], ANA, judges_hours=False)

    assert (report.outside_hours.judged, report.outside_hours.total) == (False, Range(0, 0))
