"""Every quarter of an hour of thirteen months, in every state and zone, against a second reading of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from app.domain import area_codes, calling_hours, states
from app.domain.calling_hours import Called, Scope
from app.domain.policy import Policy, parse_hours
from tests.domain import calling_hours_oracle as oracle

AREA_CODES = {
    code.state: code.code
    for code in map(area_codes.lookup, (f"{number}" for number in range(999, 200, -1)))
    if code.state
}
TURNING_POINTS = (
    datetime(2026, 3, 7, tzinfo=UTC),  # clocks go forward on the 8th
    datetime(2026, 10, 17, tzinfo=UTC),  # Pennsylvania's rule begins on the 18th
    datetime(2026, 10, 31, tzinfo=UTC),  # clocks go back on November 1
    datetime(2026, 7, 3, tzinfo=UTC),  # Independence Day is a Saturday
)


def quarters(called: Called, *, hours: Policy | None = None, scope: Scope = Scope.LIVE) -> int:
    """The spans that follow one another, as the oracle tells them: a bit for each quarter of an hour."""
    told = 0
    after = oracle.BEGIN
    while (span := calling_hours.next_span(called, after, hours=hours, scope=scope)) and span.opens < oracle.END:
        assert after <= span.opens < span.closes
        first, last = (
            -((oracle.BEGIN - edge) // oracle.QUARTER) for edge in (span.opens, min(span.closes, oracle.END))
        )
        told |= (1 << last) - (1 << first)
        after = span.closes
    return told


def differing(found: int, expected: int) -> list[str]:
    wrong = found ^ expected
    told = (f"{at:%a %Y-%m-%d %H:%M}Z" for number, at in enumerate(oracle.INSTANTS) if wrong >> number & 1)
    return list(islice(told, 5)) if wrong else []


@pytest.mark.slow
@pytest.mark.parametrize("scope", Scope)
def test_every_state_is_open_exactly_when_its_rows_say_so_in_all_of_its_zones(scope: Scope) -> None:
    for state in states.ALL:
        expected = oracle.quarters([state], oracle.ZONES[state], automated=scope is Scope.AUTOMATED)

        assert expected, state
        assert differing(quarters(Called((state,), None), scope=scope), expected) == [], state


@pytest.mark.slow
def test_an_unknown_residence_has_the_strictest_hours_and_the_area_codes_state() -> None:
    assert set(AREA_CODES) == set(states.ALL)
    for state, code in AREA_CODES.items():
        expected = oracle.quarters(["UNKNOWN", state], oracle.ZONES[state], automated=False)

        assert expected, state
        assert differing(quarters(Called((), code)), expected) == [], state


@pytest.mark.slow
def test_residences_area_code_and_campaign_are_all_open_at_once() -> None:
    """Oregon and Idaho share ZIPs; the number is Pennsylvania's; the campaign works late, and on Sundays."""
    campaign = Policy(hours=parse_hours("Mon-Fri 12:00-24:00,Sun 00:00-24:00"), time_zone="America/New_York")
    laws = [
        oracle.quarters(["OR"], oracle.ZONES["OR"], automated=False),
        oracle.quarters(["ID"], oracle.ZONES["ID"], automated=False),
        oracle.quarters(["PA"], oracle.ZONES["PA"], automated=False),
        oracle.bits(_is_open_by_hand(at) for at in oracle.INSTANTS),
    ]

    expected = oracle.both(laws)

    assert expected
    assert differing(quarters(Called(("OR", "ID"), "412"), hours=campaign), expected) == []


def _is_open_by_hand(at: datetime) -> bool:
    local = at.astimezone(Policy().zone)
    return local.isoweekday() == 7 or (local.isoweekday() < 6 and local.hour >= 12)


def turning_quarters() -> Iterator[int]:
    for begin in TURNING_POINTS:
        first = (begin - oracle.BEGIN) // oracle.QUARTER
        yield from range(first, first + timedelta(days=3) // oracle.QUARTER)


@pytest.mark.slow
def test_open_at_says_the_same_of_every_quarter_of_an_hour_around_the_turning_points() -> None:
    for state in states.ALL:
        expected = oracle.quarters([state], oracle.ZONES[state], automated=False)
        called = Called((state,), None)
        for number in turning_quarters():
            span = calling_hours.open_at(called, oracle.INSTANTS[number])

            assert (span is not None) is bool(expected >> number & 1), (state, oracle.INSTANTS[number])
