"""Promises of a call: soon, lawful, inside the campaign's hours, spread, and never more than can be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calling_hours import Called, open_at
from app.domain.policy import Policy, apply
from app.domain.promises import (
    AGAIN_AFTER,
    BUCKET,
    LEAST_PER_BUCKET,
    MOST_CALLS,
    URGENT,
    Slot,
    bucket_of,
    lawful,
    slots,
)
from tests.domain.calling import instant, resident

OHIO = resident("OH", area_code="614")
POLICY = Policy()
MORNING = instant("2026-11-18 15:03")
"""A Wednesday, 10:03 in Ohio."""

NIGHT = instant("2026-11-18 04:00")
"""23:00 in Ohio."""

OPENS = instant("2026-11-18 13:00")
"""8:00 in Ohio, when its law and the campaign open."""


def nobody(at: datetime) -> int:
    return 0


def present(count: int) -> Callable[[datetime], int]:
    return lambda at: count


def promised(count: int, earliest: datetime, capacity: Callable[[datetime], int] = nobody) -> list[Slot]:
    """The promises that `count` people get one after another."""
    taken: list[datetime] = []
    made = []
    for _ in range(count):
        slot = next(slots(OHIO, POLICY, earliest, taken=taken, capacity=capacity))
        taken.append(slot.due_at)
        made.append(slot)
    return made


def test_the_first_promise_is_now_and_ends_within_five_minutes() -> None:
    (slot,) = promised(1, MORNING)

    assert slot == Slot(MORNING, MORNING + timedelta(minutes=5))


def test_how_long_a_promise_lasts_is_the_campaigns_setting() -> None:
    slot = next(slots(OHIO, apply(POLICY, "callback_minutes", "15"), MORNING, taken=[], capacity=nobody))

    assert slot.promised_by - slot.due_at == timedelta(minutes=15)


@pytest.mark.parametrize(("producers", "most"), [(0, 2), (1, 2), (2, 2), (3, 3), (10, 10)])
def test_ten_minutes_take_as_many_promises_as_producers_are_usually_there_and_two_at_least(
    producers: int, most: int
) -> None:
    made = promised(30, OPENS, present(producers))

    per_bucket = Counter(bucket_of(slot.due_at) for slot in made)
    assert most >= LEAST_PER_BUCKET
    assert {count for bucket, count in per_bucket.items() if bucket != max(per_bucket)} <= {most}
    assert max(per_bucket.values()) == most


def test_promises_of_the_same_ten_minutes_stand_apart_so_that_each_can_be_kept() -> None:
    made = promised(5, OPENS, present(5))

    assert [slot.due_at - OPENS for slot in made] == [timedelta(minutes=2 * nth) for nth in range(5)]


def test_not_all_of_a_nights_leads_are_promised_for_eight_oclock() -> None:
    made = promised(30, NIGHT)

    assert Counter(bucket_of(slot.due_at) for slot in made) == {OPENS + nth * BUCKET: 2 for nth in range(15)}
    assert len({slot.due_at for slot in made}) == 30


def test_what_is_full_is_passed_over_and_what_was_given_back_is_promised_again() -> None:
    full = [MORNING, MORNING + timedelta(minutes=2)]

    later = next(slots(OHIO, POLICY, MORNING, taken=full, capacity=nobody))
    again = next(slots(OHIO, POLICY, MORNING, taken=full[:0], capacity=nobody))

    assert later.due_at == instant("2026-11-18 15:10")
    assert again.due_at == MORNING


def test_the_number_of_producers_is_asked_for_the_time_of_the_promise_not_for_now() -> None:
    asked: list[datetime] = []

    def capacity(at: datetime) -> int:
        asked.append(at)
        return 1

    slot = next(slots(OHIO, POLICY, NIGHT, taken=[], capacity=capacity))

    assert asked == [slot.due_at] == [OPENS]


def test_a_promise_never_lasts_beyond_the_closing() -> None:
    """20:00 in Ohio is the campaign's closing; 20:00 UTC is 1:00."""
    slot = next(slots(OHIO, POLICY, instant("2026-11-19 00:57"), taken=[], capacity=nobody))

    assert slot == Slot(instant("2026-11-19 00:57"), instant("2026-11-19 01:00"))


def test_with_hardly_a_minute_left_the_promise_is_for_the_next_day() -> None:
    slot = next(slots(OHIO, POLICY, instant("2026-11-19 00:59"), taken=[], capacity=nobody))

    assert slot.due_at == instant("2026-11-19 13:00")


def test_a_person_in_two_places_is_promised_only_what_both_allow() -> None:
    """California opens at 8:00 there, 11:00 in Ohio."""
    slot = next(slots(resident("OH", area_code="213"), POLICY, OPENS, taken=[], capacity=nobody))

    assert slot.due_at == instant("2026-11-18 16:00")


def test_where_the_law_never_opens_nothing_is_promised() -> None:
    assert list(slots(Called((), None), POLICY, MORNING, taken=[], capacity=nobody)) == []


@pytest.mark.parametrize("closed", ["2026-11-22 15:00", "2026-11-19 01:30"])
def test_the_campaigns_closed_hours_are_promised_by_nobody_and_chosen_by_nobody(closed: str) -> None:
    """A Sunday; and half past eight in the evening, which the law of Ohio would still allow."""
    assert open_at(OHIO, instant("2026-11-19 01:30")) is not None
    assert lawful(OHIO, POLICY, instant(closed)) is None
    assert next(slots(OHIO, POLICY, instant(closed), taken=[], capacity=nobody)).due_at > instant(closed)


def test_a_persons_own_time_is_taken_as_it_is_where_it_is_lawful() -> None:
    assert lawful(OHIO, POLICY, MORNING) == Slot(MORNING, MORNING + timedelta(minutes=5))


@pytest.mark.parametrize(("before_closing", "taken"), [(4, True), (2, True), (1, False)])
def test_a_persons_own_time_just_before_the_closing_leaves_two_minutes_or_is_refused(
    before_closing: int, taken: bool
) -> None:
    closing = instant("2026-11-19 01:00")

    slot = lawful(OHIO, POLICY, closing - timedelta(minutes=before_closing))

    assert (slot is not None) == taken
    assert slot is None or slot.promised_by == closing


def test_who_does_not_answer_is_called_three_times_in_all() -> None:
    assert MOST_CALLS == len(AGAIN_AFTER) + 1 == 3
    assert (timedelta(minutes=30), timedelta(hours=2)) == AGAIN_AFTER


STATES = ("OH", "CA", "FL", "TX", "AL", "HI", "GU", "PA")
a_year = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
people = st.builds(
    Called,
    st.lists(st.sampled_from(STATES), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from([None, "614", "213", "808", "334", "800"]),
)


@given(people, a_year, st.integers(0, 6), st.lists(st.integers(0, 300), max_size=12), st.integers(2, 15))
def test_every_promise_is_lawful_from_its_beginning_to_its_end_after_now_and_in_a_place_that_was_free(
    called: Called, earliest: datetime, producers: int, minutes: list[int], wait: int
) -> None:
    policy = apply(POLICY, "callback_minutes", str(wait))
    taken = [earliest + timedelta(minutes=minute) for minute in minutes]
    most = max(producers, LEAST_PER_BUCKET)

    found = list(islice(slots(called, policy, earliest, taken=taken, capacity=present(producers)), 8))

    assert [slot.due_at for slot in found] == sorted(slot.due_at for slot in found)
    for slot in found:
        assert slot.due_at >= earliest
        span = open_at(called, slot.due_at, hours=policy)
        assert span is not None
        assert slot.promised_by <= span.closes
        assert min(timedelta(minutes=wait), URGENT) <= slot.promised_by - slot.due_at <= timedelta(minutes=wait)
        assert sum(bucket_of(at) == bucket_of(slot.due_at) for at in taken) < most


@given(people, a_year)
def test_a_chosen_time_is_kept_to_the_minute_or_refused(called: Called, at: datetime) -> None:
    slot = lawful(called, POLICY, at)

    if slot is None:
        span = open_at(called, at, hours=POLICY)
        assert span is None or span.closes - at < URGENT
    else:
        assert slot.due_at == at
        assert open_at(called, slot.promised_by - timedelta(seconds=1), hours=POLICY) is not None


@given(a_year)
def test_ten_minutes_begin_at_a_full_ten_and_hold_the_instant(at: datetime) -> None:
    begins = bucket_of(at)

    assert begins <= at < begins + BUCKET
    assert (begins.minute % 10, begins.second, begins.microsecond) == (0, 0, 0)
