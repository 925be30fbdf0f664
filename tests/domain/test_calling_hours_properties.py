"""What holds of the calling hours for whomever, whenever."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain import area_codes, calling_hours, states
from app.domain.calling_hours import Called, Scope, Span
from app.domain.policy import DayHours, Hours, Policy

MOMENT = timedelta(microseconds=1)
OF_STATES = [f"{number}" for number in range(200, 1000) if area_codes.lookup(f"{number}").state]

instants = st.datetimes(datetime(2025, 10, 1), datetime(2028, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001
scopes = st.sampled_from(Scope)
codes = st.none() | st.sampled_from([*OF_STATES, "800"])
residences = st.lists(st.sampled_from(states.ALL), max_size=3, unique=True).map(tuple)
called_people = st.builds(Called, residences, codes)
residents = st.builds(Called, residences.filter(bool), codes)
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@st.composite
def days(draw: st.DrawFn) -> DayHours | None:
    opens, closes = sorted(draw(st.tuples(clock_times, clock_times | st.just(time.max))))
    return DayHours(opens, closes) if opens < closes else None


campaigns = st.builds(
    Policy,
    hours=st.builds(Hours, st.tuples(*[days()] * 7)),
    time_zone=st.sampled_from(["America/New_York", "America/Los_Angeles", "America/Phoenix", "Asia/Manila", "UTC"]),
)


def lies_in(span: Span | None, called: Called, scope: Scope = Scope.LIVE) -> bool:
    """Whether all of `span` is open for `called`."""
    if span is None:
        return True
    whole = calling_hours.open_at(called, span.opens, scope=scope)
    return whole is not None and span.closes <= whole.closes


@given(called_people, instants, st.none() | campaigns, scopes)
def test_what_is_answered_is_open_to_its_last_moment_and_no_longer(
    called: Called, after: datetime, hours: Policy | None, scope: Scope
) -> None:
    found = calling_hours.next_span(called, after, hours=hours, scope=scope)
    if found is None:
        return

    assert after <= found.opens < found.closes
    for at in (found.opens, found.opens + (found.closes - found.opens) / 2, found.closes - MOMENT):
        there = calling_hours.open_at(called, at, hours=hours, scope=scope)
        assert there is not None
        assert there.closes == found.closes
    assert calling_hours.open_at(called, found.closes, hours=hours, scope=scope) is None
    if found.opens > after:
        assert calling_hours.open_at(called, found.opens - MOMENT, hours=hours, scope=scope) is None


@given(called_people, instants, st.none() | campaigns, scopes, st.floats(0, 1))
def test_nothing_opens_before_the_next_span(
    called: Called, after: datetime, hours: Policy | None, scope: Scope, part: float
) -> None:
    found = calling_hours.next_span(called, after, hours=hours, scope=scope)
    until = found.opens if found else after + calling_hours.LOOKED_AHEAD

    between = after + (until - after) * part
    if between < until:
        assert calling_hours.open_at(called, between, hours=hours, scope=scope) is None


@given(called_people, instants, campaigns, scopes)
def test_a_campaigns_hours_never_widen_the_laws(called: Called, after: datetime, hours: Policy, scope: Scope) -> None:
    assert lies_in(calling_hours.next_span(called, after, hours=hours, scope=scope), called, scope)


@given(residents, st.sampled_from(states.ALL), instants, scopes)
def test_another_state_never_widens_what_is_known(called: Called, more: str, after: datetime, scope: Scope) -> None:
    both = Called((*called.states, more), called.area_code)

    assert lies_in(calling_hours.next_span(both, after, scope=scope), called, scope)


@given(residents, instants, scopes)
def test_the_area_code_never_widens_the_residences_hours(called: Called, after: datetime, scope: Scope) -> None:
    without = Called(called.states, None)

    assert lies_in(calling_hours.next_span(called, after, scope=scope), without, scope)


@given(st.sampled_from(OF_STATES), instants, scopes)
def test_not_to_know_the_residence_is_never_wider_than_to_know_it(code: str, after: datetime, scope: Scope) -> None:
    state = area_codes.lookup(code).state
    assert state is not None

    assert lies_in(calling_hours.next_span(Called((), code), after, scope=scope), Called((state,), code), scope)


@given(called_people, instants)
def test_an_automated_call_is_never_freer_than_a_live_one(called: Called, after: datetime) -> None:
    assert lies_in(calling_hours.next_span(called, after, scope=Scope.AUTOMATED), called, Scope.LIVE)


@given(residents, instants, scopes)
def test_it_is_never_before_8_nor_after_21_on_any_clock_of_a_residence(
    called: Called, after: datetime, scope: Scope
) -> None:
    found = calling_hours.next_span(called, after, scope=scope)
    if found is None:
        return

    for zone in (zone for state in called.states for zone in states.zones(state)):
        opens, closes = found.opens.astimezone(zone), found.closes.astimezone(zone)
        assert time(8) <= opens.time() < closes.time() <= time(21)
        assert opens.date() == closes.date()
