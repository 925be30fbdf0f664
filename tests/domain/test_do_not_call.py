"""How long a registry's answer is good for."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.do_not_call import Scrub, against_calling

DAY = date(2026, 11, 18)
dates = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@given(dates, st.integers(0, 31))
def test_an_answer_of_at_most_31_days_ago_lets_us_call(on: date, days: int) -> None:
    assert against_calling(Scrub(False, on - timedelta(days=days)), on) is None


@given(dates, st.integers(32, 5000))
def test_an_older_one_does_not(on: date, days: int) -> None:
    assert "more than 31 days ago" in str(against_calling(Scrub(False, on - timedelta(days=days)), on))


@given(dates, st.integers(0, 5000))
def test_a_listed_number_is_never_called(on: date, days: int) -> None:
    assert "on the national do-not-call registry" in str(against_calling(Scrub(True, on - timedelta(days=days)), on))


def test_neither_is_one_that_nobody_checked() -> None:
    assert "never checked" in str(against_calling(None, DAY))
