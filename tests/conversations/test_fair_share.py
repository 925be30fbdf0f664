"""The order for a producer who becomes free: hold, promises nearly over, new arrivals, other callbacks (FLOWS.md)."""

from __future__ import annotations

from app.simulator.parties import CallerBehavior, talks
from tests.conversations.people import (
    ANA,
    KEYS_OHIO,
    OHIO_CALLER,
    OHIO_ZIP,
    OTHER_OHIO_CALLER,
    PAT,
    PENNSYLVANIA_CALLER,
)
from tests.product import Stage

STAYS = CallerBehavior(answers={"ZIP code": OHIO_ZIP, "Press 1 to stay": "1"})


def _promised_while_ana_is_away(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    assert len(stage.callbacks("promised")) == 1


def test_a_promise_that_ends_within_two_minutes_goes_before_a_new_arrival(stage: Stage) -> None:
    _promised_while_ana_is_away(stage)
    stage.clock.advance((stage.callbacks()[0].promised_by - stage.now).total_seconds() - 90)
    stage.presence(ANA, "available")

    arrival = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(15)
    stage.pass_time(120)

    assert not arrival.rang(ANA.phone)
    assert stage.callbacks()[0].status == "done"


def test_a_new_arrival_goes_before_a_promise_with_time_left(stage: Stage) -> None:
    _promised_while_ana_is_away(stage)
    stage.presence(ANA, "available")

    arrival = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(20)
    stage.pass_time(5)

    assert arrival.rang(ANA.phone)
    assert stage.exchange.placed_calls() == []


def test_a_caller_on_hold_goes_before_every_callback(stage: Stage) -> None:
    _promised_while_ana_is_away(stage)
    holding = stage.ring_in(OTHER_OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    stage.presence(ANA, "available")

    stage.pass_time(30)

    assert holding.bridged_to == [ANA.phone]
    assert stage.exchange.placed_calls() == []


def test_somebody_on_hold_keeps_no_producer_who_could_not_serve_them(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(ANA, PAT)
    stage.presence(ANA, "away")
    stage.presence(PAT, "away")
    stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    stage.presence(PAT, "available")

    arrival = stage.ring_in(PENNSYLVANIA_CALLER, CallerBehavior(answers=["19103"]))
    stage.exchange.run(30)

    assert arrival.bridged_to == [PAT.phone]


def test_a_caller_on_hold_who_has_gone_silently_keeps_a_producer_for_less_than_a_minute(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    gone = stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    stage.exchange.turn(callback_loss=1.0)
    gone.hang_up()
    stage.presence(ANA, "available")
    stage.exchange.run(50)

    arrival = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(30)

    assert arrival.bridged_to == [ANA.phone]
