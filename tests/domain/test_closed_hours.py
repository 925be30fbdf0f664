"""A time that is not lawful is answered with the rule that says so."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.calling_hours import Called, open_at
from app.domain.closed_hours import CAMPAIGN, why_closed
from app.domain.policy import Policy, parse_hours

ALWAYS = Policy(hours=parse_hours("Mon-Sun 0:00-24:00"))
FLORIDA = Called(("FL",), "305", "33101")
HALF_PAST_NINE = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
"""Wednesday evening in Miami."""


def test_florida_closes_at_eight_in_the_evening() -> None:
    [closed] = why_closed(FLORIDA, HALF_PAST_NINE, ALWAYS)

    assert (closed.whose, closed.opens, closed.closes) == ("FL", time(8), time(20))
    assert closed.local.hour == 21
    assert closed.citation


def test_a_campaign_that_has_closed_says_so_besides() -> None:
    found = why_closed(FLORIDA, HALF_PAST_NINE, Policy())

    assert [one.whose for one in found] == ["FL", CAMPAIGN]
    assert found[1].closes == time(20)


def test_the_floor_speaks_only_where_no_state_does() -> None:
    [closed] = why_closed(Called(("OH",), "614"), datetime(2026, 11, 19, 2, 30, tzinfo=UTC), ALWAYS)

    assert closed.whose in ("US", "OH")


@given(
    state=st.sampled_from(["OH", "FL", "TX", "LA", "AL", "HI", "AK", "PA", "TN"]),
    code=st.sampled_from(["305", "614", "907", None]),
    minutes=st.integers(0, 60 * 24 * 30),
)
def test_something_is_named_exactly_where_the_time_is_not_open(state: str, code: str | None, minutes: int) -> None:
    called, at = Called((state,), code), datetime(2026, 11, 10, tzinfo=UTC) + timedelta(minutes=minutes)

    found = why_closed(called, at, Policy())

    assert bool(found) == (open_at(called, at, hours=Policy()) is None)
