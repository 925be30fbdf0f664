"""app/domain/retention.py: health for ten years, every other sale for five."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.lines import Requirement
from app.domain.retention import HEALTH_SALE, SALE, Retention, retain_until, retention_of


@pytest.mark.parametrize(
    ("loa", "retention"),
    [("life", SALE), ("health", HEALTH_SALE), ("life+health", HEALTH_SALE), ("life|health", HEALTH_SALE)],
)
def test_health_wherever_health_may_be_sold(loa: str, retention: Retention) -> None:
    assert retention_of(Requirement.parse(loa)) is retention


@pytest.mark.parametrize(
    ("made_on", "retention", "until"),
    [
        (date(2026, 11, 18), HEALTH_SALE, date(2036, 11, 18)),
        (date(2026, 11, 18), SALE, date(2031, 11, 18)),
        (date(2028, 2, 29), SALE, date(2033, 3, 1)),
        (date(2028, 2, 28), SALE, date(2033, 2, 28)),
    ],
)
def test_whole_years_from_the_day_it_was_made(made_on: date, retention: Retention, until: date) -> None:
    assert retain_until(made_on, retention) == until
