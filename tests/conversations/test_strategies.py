"""Who is rung first: the strategies, the caller's language, the day's cap, the team."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from tests.conversations.people import ANA, BEN, CAM, DEE, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.product import Stage

SHORT_TALK = CallerBehavior(answers=[OHIO_ZIP], talk_seconds=65)


def first_rung(stage: Stage, times: int, number: str = OHIO_CALLER) -> list[str]:
    """The names of those who took `times` calls in a row, each after everybody's wrap-up."""
    names = {person.phone: person.first_name for person in stage.hired}
    taken = []
    for _ in range(times):
        taken.append(names[stage.call_from(number, SHORT_TALK).bridged_to[0]])
        stage.clock.advance(31)
    return taken


def test_the_longest_idle_producer_comes_first(stage: Stage) -> None:
    stage.hire(ANA, BEN, CAM)

    assert first_rung(stage, 4) == ["Ana", "Ben", "Cam", "Ana"]


def test_round_robin_goes_on_after_whom_it_rang_last_even_past_somebody_idle_longer(stage: Stage) -> None:
    stage.set(strategy="round_robin")
    stage.hire(ANA, BEN, CAM)
    taken = first_rung(stage, 1)

    stage.presence(BEN, "away")
    taken += first_rung(stage, 1)
    stage.presence(BEN, "available")
    taken += first_rung(stage, 2)

    assert taken == ["Ana", "Cam", "Ana", "Ben"]


def test_priority_one_is_rung_before_two_and_none_is_last(stage: Stage) -> None:
    stage.set(strategy="priority", ring_seconds=10)
    stage.hire(ANA, BEN, CAM, behavior=NO_ANSWER)
    stage.team(ANA)
    stage.team(BEN, priority=2)
    stage.team(CAM, priority=1)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [CAM.phone, BEN.phone, ANA.phone]


def test_weight_two_takes_twice_as_many_calls(stage: Stage) -> None:
    stage.set(strategy="weighted")
    stage.hire(ANA, BEN)
    stage.team(ANA)
    stage.team(BEN, weight=2)

    taken = first_rung(stage, 6)

    assert (taken.count("Ana"), taken.count("Ben")) == (2, 4)


def test_sticky_gives_a_caller_back_to_whom_they_talked_with(stage: Stage) -> None:
    stage.set(strategy="sticky")
    stage.hire(ANA, BEN)
    first = first_rung(stage, 1)
    stage.call_from(OTHER_OHIO_CALLER, SHORT_TALK)
    stage.clock.advance(31)
    first_rung(stage, 1, OTHER_OHIO_CALLER)

    assert first == ["Ana"]
    assert first_rung(stage, 2) == ["Ana", "Ana"]


def test_a_caller_who_chose_spanish_reaches_who_speaks_it_first(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    stage.team(ANA, language="en")
    stage.team(BEN, language="es")

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=["*", OHIO_ZIP]))

    assert call.heard("marque los cinco dígitos")
    assert call.rung == [BEN.phone]


def test_a_caller_who_stayed_with_english_is_not_kept_for_the_spanish_speaker(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    stage.team(ANA, language="en")
    stage.team(BEN, language="es")

    assert stage.call_from(OHIO_CALLER, KEYS_OHIO).rung == [ANA.phone]


def test_the_days_cap_holds_until_midnight_where_the_campaign_is(stage: Stage) -> None:
    stage.hire(ANA)
    stage.team(ANA, cap=1)
    taken = stage.call_from(OHIO_CALLER, SHORT_TALK)
    stage.clock.advance(31)
    refused = stage.call_from(OHIO_CALLER, SHORT_TALK)

    stage.clock.advance(14 * 3600)
    stage.presence(ANA, "available")
    next_day = stage.call_from(OHIO_CALLER, SHORT_TALK)

    assert (taken.rung, refused.rung, next_day.rung) == ([ANA.phone], [], [ANA.phone])
    assert refused.heard("All our licensed agents are busy")


def test_who_is_not_on_the_team_never_rings(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    stage.team(BEN)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [BEN.phone]


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_producers_are_tried_than_the_campaign_says(stage: Stage, most: int) -> None:
    stage.set(max_attempts=most, ring_seconds=5)
    stage.hire(ANA, BEN, CAM, DEE, behavior=NO_ANSWER)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert len(call.rung) == most
    assert stage.promised(call).phone == OHIO_CALLER


def test_no_producer_is_offered_more_than_a_minute_after_the_arrival(stage: Stage) -> None:
    stage.set(max_attempts=10)
    people = [replace(ANA, npn=str(91000000 + nth), phone=f"+1614555{110 + nth:04d}") for nth in range(5)]
    stage.hire(*people, behavior=NO_ANSWER)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    arrived = call.leg.started_at
    offered = [(leg.started_at - arrived).total_seconds() for leg in call.children]
    # Each ring takes 25 s; a third would have begun at 62.
    assert len(offered) == 2
    assert max(offered) < 60


def test_a_phone_rings_for_as_long_as_the_campaign_says(stage: Stage) -> None:
    stage.set(ring_seconds=10)
    stage.hire(ANA, behavior=NO_ANSWER)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    leg = call.leg_to(ANA.phone)
    assert leg.ended_at is not None
    # The carrier adds up to five seconds.
    assert (leg.ended_at - leg.started_at).total_seconds() == 15


def test_two_calls_at_once_never_share_a_producer(stage: Stage) -> None:
    stage.hire(ANA, BEN)

    one = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    other = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    third = stage.ring_in("+16145550152", KEYS_OHIO)
    stage.exchange.run()

    assert sorted([one.bridged_to, other.bridged_to]) == [[ANA.phone], [BEN.phone]]
    assert third.rung == []
    assert third.heard("All our licensed agents are busy")


def test_two_calls_at_once_with_one_producer_leave_the_second_one_with_a_promise(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=10))

    one = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(3)
    other = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run()

    assert one.bridged_to == [ANA.phone]
    assert other.rung == []
    promise = stage.promised(other)
    assert [each.id for each in stage.callbacks()] == [promise.id]
    assert (promise.phone, promise.made_by) == (OTHER_OHIO_CALLER, f"call:{other.sid}")
    assert stage.waiting() == []
