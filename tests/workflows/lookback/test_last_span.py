"""A span of time as a person writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workflows.lookback.own import BadSpan, last_span

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@given(count=st.integers(1, 9999), unit=st.sampled_from(["hours", "days", "weeks"]))
def test_hours_days_and_weeks_are_read(count: int, unit: str) -> None:
    since, until = last_span(f"{count}{unit[0]}", NOW)

    assert until == NOW
    assert until - since == timedelta(**{unit: count})


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-1d", "1.5d", "30 days", "10000d", "1m", "٣d1", "30d30d"])
def test_anything_else_is_told_in_one_line(text: str) -> None:
    with pytest.raises(BadSpan, match=r"is no span of time; write e\.g\. 24h, 30d or 12w$") as told:
        last_span(text, NOW)

    assert "\n" not in str(told.value)
