"""The table of calling hours: complete, sourced, and UNKNOWN at least as strict as every state."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from app.domain import calling_rules, states
from app.domain.calling_rules import UNKNOWN, US, DayClass, LocalHours, Scope

DAYS = [date(2026, 11, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("state", states.ALL)
def test_unknown_is_at_least_as_strict_as_every_state_on_every_day(state: str, scope: Scope) -> None:
    for on in DAYS:
        strictest, own = (calling_rules.hours_on(law, on, scope) for law in (UNKNOWN, state))
        if strictest is not None:
            assert own is not None, on
            assert own.opens <= strictest.opens < strictest.closes <= own.closes, on


@pytest.mark.parametrize("law", [US, UNKNOWN, *states.ALL])
def test_every_law_has_a_sourced_rule_for_every_kind_of_day(law: str) -> None:
    found = calling_rules.in_force(law, DAYS[0], Scope.LIVE)

    assert {rule.day_class for rule in found} == set(DayClass)
    assert all(rule.source and rule.confidence for rule in found)


def test_a_holiday_never_opens_what_its_day_of_the_week_closes() -> None:
    """All Saints' of 2026 is a Sunday, and Louisiana's holiday rule closes, too; Nebraska's machines rest until 13."""
    assert calling_rules.day_classes("LA", date(2026, 11, 1)) == {DayClass.SUNDAY, DayClass.HOLIDAY}
    assert calling_rules.hours_on("LA", date(2026, 11, 1), Scope.LIVE) is None
    assert calling_rules.hours_on("NE", date(2026, 11, 1), Scope.AUTOMATED) == LocalHours(time(13), time(21))


def test_texas_opens_at_noon_on_a_sunday_that_is_a_holiday_elsewhere() -> None:
    independence = date(2027, 7, 4)

    assert calling_rules.hours_on("TX", independence, Scope.LIVE) == LocalHours(time(12), time(21))


@pytest.mark.parametrize(
    ("law", "on", "hours"),
    [
        ("PA", date(2026, 10, 17), LocalHours(time(8), time(21))),
        ("PA", date(2026, 10, 18), None),
        ("PA", date(2026, 10, 19), LocalHours(time(9), time(19))),
        ("OR", date(2025, 12, 31), LocalHours(time(8), time(21))),
        ("OR", date(2026, 1, 1), LocalHours(time(8), time(20))),
    ],
)
def test_a_rule_counts_from_the_day_on_which_it_is_in_force(law: str, on: date, hours: LocalHours | None) -> None:
    assert calling_rules.hours_on(law, on, Scope.LIVE) == hours
