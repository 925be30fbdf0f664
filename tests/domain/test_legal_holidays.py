"""Which days are holidays, by name; and against the list of another project."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from app.domain import legal_holidays
from app.domain.calling_rules import UNKNOWN

LISTED = ("AL", "LA", "PA", "RI", "UT")


@pytest.mark.parametrize(
    ("state", "on", "names"),
    [
        ("PA", "2026-11-26", ("Thanksgiving Day",)),
        ("PA", "2026-11-25", ()),
        ("AL", "2026-01-19", ("Martin Luther King Jr. Day",)),
        ("AL", "2026-05-25", ("Memorial Day",)),
        ("AL", "2026-06-01", ("Jefferson Davis' Birthday",)),
        ("AL", "2027-05-31", ("Memorial Day",)),
        ("UT", "2026-07-03", ("Independence Day (observed)",)),
        ("UT", "2026-07-04", ("Independence Day",)),
        ("UT", "2027-07-05", ("Independence Day (observed)",)),
        ("RI", "2027-12-31", ("New Year's Day (observed)",)),
        ("RI", "2028-01-01", ("New Year's Day",)),
        ("RI", "2023-01-02", ("New Year's Day (observed)",)),
        ("PA", "2024-11-05", ("Election Day",)),
        ("PA", "2022-11-08", ("Election Day",)),
        ("LA", "2028-02-29", ("Mardi Gras",)),
        ("UT", "2028-02-29", ()),
    ],
)
def test_a_day_is_the_holiday_that_it_is(state: str, on: str, names: tuple[str, ...]) -> None:
    assert legal_holidays.named(state, date.fromisoformat(on)) == names


@pytest.mark.parametrize("law", ["OH", "NE", UNKNOWN])
def test_without_a_list_every_holiday_of_every_list_counts(law: str) -> None:
    assert not legal_holidays.has_list(law)
    for number in range(3 * 365):
        on = date(2026, 1, 1) + timedelta(days=number)
        anywhere = {name for state in LISTED for name in legal_holidays.named(state, on)}
        assert set(legal_holidays.named(law, on)) == anywhere, on


@pytest.mark.parametrize("state", LISTED)
def test_no_holiday_of_the_package_holidays_is_missing(state: str) -> None:
    """The two that it has besides: Louisiana's general election, and a day on which Pennsylvania's offices close."""
    known = {("LA", "Election Day"), ("PA", "Day After Thanksgiving")}
    theirs = holidays.country_holidays("US", subdiv=state, years=range(2026, 2041))

    missing = {(state, name) for on, names in theirs.items() for name in [names] if not legal_holidays.named(state, on)}

    assert legal_holidays.has_list(state)
    assert len(theirs) > 150
    assert missing <= known


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, (3, 22)),
        (1900, (4, 15)),
        (2000, (4, 23)),
        (2100, (3, 28)),
        (2008, (3, 23)),
        (2026, (4, 5)),
        (2027, (3, 28)),
        (2038, (4, 25)),
        (2049, (4, 18)),
    ],
)
def test_easter_falls_where_it_falls(year: int, easter: tuple[int, int]) -> None:
    assert legal_holidays.easter(year) == date(year, *easter)


@pytest.mark.parametrize("year", [date.min.year, date.max.year])
def test_the_ends_of_the_calendar_have_holidays_too(year: int) -> None:
    assert legal_holidays.named("PA", date(year, 12, 25))
