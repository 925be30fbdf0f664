"""Whom to ring next, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import Policy, Strategy
from app.domain.routing import Candidate, rank, ring_seconds

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)

candidates = st.lists(
    st.builds(
        Candidate,
        producer_id=st.integers(1, 50),
        last_offered_at=st.one_of(st.none(), st.integers(0, 9).map(lambda minutes: NOW - timedelta(minutes=minutes))),
        priority=st.integers(0, 3),
        weight=st.integers(0, 3),
        language=st.sampled_from([None, "en", "es"]),
        taken_today=st.integers(0, 9),
        talked_before=st.booleans(),
    ),
    unique_by=lambda candidate: candidate.producer_id,
    max_size=8,
)


@given(found=candidates, strategy=st.sampled_from(Strategy), last=st.one_of(st.none(), st.integers(1, 50)))
def test_an_order_loses_nobody_and_does_not_depend_on_how_they_came(
    found: list[Candidate], strategy: Strategy, last: int | None
) -> None:
    ranked = rank(found, strategy, language="es", last_offered_id=last)

    assert sorted(candidate.producer_id for candidate in ranked) == sorted(each.producer_id for each in found)
    assert rank(found[::-1], strategy, language="es", last_offered_id=last) == ranked
    speaks = [candidate.language == "es" for candidate in ranked]
    assert speaks == sorted(speaks, reverse=True)


@given(found=candidates)
def test_longest_idle_is_by_the_last_offer_and_who_was_never_offered_comes_first(found: list[Candidate]) -> None:
    ranked = rank(found, Strategy.LONGEST_IDLE)

    idle = [candidate.last_offered_at or datetime.min.replace(tzinfo=UTC) for candidate in ranked]
    assert idle == sorted(idle)


def test_round_robin_wraps_around() -> None:
    found = [Candidate(number) for number in (1, 2, 3, 4)]

    assert [each.producer_id for each in rank(found, Strategy.ROUND_ROBIN, last_offered_id=2)] == [3, 4, 1, 2]
    assert [each.producer_id for each in rank(found, Strategy.ROUND_ROBIN, last_offered_id=9)] == [1, 2, 3, 4]


def test_priority_counts_from_one_and_none_is_last() -> None:
    found = [Candidate(1), Candidate(2, priority=2), Candidate(3, priority=1)]

    assert [each.producer_id for each in rank(found, Strategy.PRIORITY)] == [3, 2, 1]


def test_a_weight_of_zero_does_not_divide() -> None:
    assert rank([Candidate(1, weight=0, taken_today=1), Candidate(2)], Strategy.WEIGHTED)[0].producer_id == 2


def rings(
    policy: Policy, *, attempts: int = 0, after: float = 0, answered: bool = False, greeted: bool = False
) -> int | None:
    return ring_seconds(
        policy,
        attempts=attempts,
        answered_at=NOW if answered else None,
        offers_from=NOW,
        now=NOW + timedelta(seconds=after),
        greeted_first=greeted,
    )


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 20), (2, 20), (3, None)])
def test_attempts_are_counted(attempts: int, seconds: int | None) -> None:
    assert rings(Policy(), attempts=attempts) == seconds


@pytest.mark.parametrize(("after", "seconds"), [(59.9, 20), (60, None)])
def test_the_budget_ends_on_its_second(after: float, seconds: int | None) -> None:
    assert rings(Policy(), after=after) == seconds


@given(buffer=st.integers(15, 200), after=st.integers(0, 59), ring=st.integers(5, 60), greeted=st.booleans())
def test_a_billed_ring_is_over_ten_seconds_before_the_buffer(buffer: int, after: int, ring: int, greeted: bool) -> None:
    policy = Policy(buffer_seconds=buffer, ring_seconds=ring)

    seconds = rings(policy, after=after, answered=True, greeted=greeted)

    if seconds is not None:
        assert 5 <= seconds <= ring
        # The greeting takes five seconds, and the carrier rings up to five longer.
        assert after + (5 if greeted else 0) + seconds + 5 <= buffer - 10


def test_a_call_that_is_not_billed_has_no_buffer() -> None:
    assert rings(Policy(buffer_seconds=15)) == 20
