"""A move's clock: from the move, in the state's own days, as many as the state gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import moves, states
from app.domain.moves import ALARM_DAYS, Move, Role, Step, due_on, filing_rule

STATES = st.sampled_from(states.ALL)
DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))


def move(
    *due: tuple[str, int], moved_on: date = date(2026, 11, 1), told_days: int = 0, reported_at: datetime | None = None
) -> Move:
    """From Ohio to Texas; Florida and whatever else is named with its days."""
    steps = tuple(Step(state, moved_on + timedelta(days=days), None, None) for state, days in due or (("FL", 30),))
    return Move(
        id=1,
        npn="17",
        from_state="OH",
        to_state="TX",
        moved_on=moved_on,
        due_on=min(step.due_on for step in steps),
        reported_at=reported_at or datetime.combine(moved_on, time(18), UTC),
        reported_by="test",
        told_days=told_days,
        exposed_calls=None,
        closed_at=None,
        steps=steps,
    )


def noon_of_day(the: Move, day: int) -> datetime:
    """Noon in New York, so many days after the move."""
    return datetime.combine(the.moved_on + timedelta(days=day), time(17), UTC)


@given(STATES, STATES, DAYS)
@example("WI", "WI", date(2024, 1, 1))
@example("WI", "OH", date(2026, 12, 31))
def test_every_state_gives_thirty_days_and_wisconsin_sixty_to_a_resident_who_leaves(
    state: str, from_state: str, moved_on: date
) -> None:
    days = (due_on(state, from_state=from_state, moved_on=moved_on) - moved_on).days

    assert days == (60 if state == from_state == "WI" else 30)


@pytest.mark.parametrize("state", states.ALL)
def test_every_rule_has_a_source_a_date_and_how_sure_it_is(state: str) -> None:
    rule = filing_rule(state)

    assert rule.source
    assert rule.asks
    assert rule.confidence in ("low", "low-medium", "medium")
    assert rule.as_of >= date(2026, 11, 22)


def test_missouri_asks_for_a_change_of_address_only() -> None:
    assert filing_rule("MO").asks == "change of address"
    assert "certification" in filing_rule("AR").asks
    assert filing_rule("GU") == filing_rule("US")


@given(STATES, DAYS)
def test_a_move_begins_with_the_first_midnight_of_its_day_in_the_state(state: str, day: date) -> None:
    begins = moves.begins_at(state, day)

    clocks = [begins.astimezone(zone) for zone in states.zones(state)]
    assert any((clock.date(), clock.time()) == (day, time()) for clock in clocks)
    assert all(clock.date() <= day for clock in clocks)


@given(STATES, DAYS)
def test_a_day_is_over_in_a_state_when_no_clock_there_shows_it(state: str, day: date) -> None:
    over = moves.over_at(state, day)

    assert all(over.astimezone(zone).date() > day for zone in states.zones(state))
    assert any((over - timedelta(seconds=1)).astimezone(zone).date() == day for zone in states.zones(state))


def test_the_clock_of_a_move_runs_from_the_earliest_midnight_of_its_states() -> None:
    assert move(("FL", 30), ("TX", 30)).clock_runs_from == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert move(("HI", 30)).clock_runs_from == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert move(("HI", 30), ("GU", 30)).clock_runs_from == datetime(2026, 10, 31, 14, tzinfo=UTC)


@given(st.integers(0, 90), st.sets(st.integers(1, 90)))
def test_each_day_of_alarm_comes_once_however_often_somebody_looks(first_look: int, looks: set[int]) -> None:
    told: list[int] = []
    the = move(("FL", 30), ("WI", 60))

    for day in sorted({first_look, *(first_look + later for later in looks)}):
        alarm = move(("FL", 30), ("WI", 60), told_days=told[-1] if told else 0).alarm(noon_of_day(the, day))
        if alarm is not None:
            told.append(alarm)
            assert alarm <= day

    last = first_look + max(looks, default=0)
    assert told == sorted(set(told))
    assert set(told) <= {20, 25, 30, 60}
    assert max(told, default=0) == max((day for day in (20, 25, 30, 60) if day <= last), default=0)


def test_a_state_whose_filing_is_done_has_no_last_day_any_more() -> None:
    open_ = move(("FL", 30), ("WI", 60), told_days=30)
    florida, wisconsin = open_.steps
    filed = replace(open_, steps=(florida, replace(wisconsin, filed_at=datetime(2026, 11, 20, tzinfo=UTC))))

    assert open_.alarm(noon_of_day(open_, 61)) == 60
    assert filed.alarm(noon_of_day(filed, 61)) is None


def test_the_day_comes_where_it_is_first() -> None:
    the = move()

    assert the.day(datetime(2026, 11, 21, 4, 59, tzinfo=UTC)) == 19
    assert the.day(datetime(2026, 11, 21, 5, tzinfo=UTC)) == ALARM_DAYS[0]


@pytest.mark.parametrize(("hour", "late"), [(4, False), (5, True)])
def test_a_report_is_late_once_the_last_day_is_over(hour: int, late: bool) -> None:
    the = move(reported_at=datetime(2026, 12, 2, hour, tzinfo=UTC))

    assert the.due_on == date(2026, 12, 1)
    assert the.late is late


def test_a_state_is_one_thing_to_a_move() -> None:
    assert [move().role(state) for state in ("TX", "OH", "FL")] == list(Role)
