"""A caller who chose to stay: every round asks the gate again, in the order in which they wait."""

from __future__ import annotations

from datetime import timedelta

from app.domain.lead import Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from tests.conversations.people import ANA, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.product import AGENCY, Stage

STAYS = CallerBehavior(answers={"ZIP code": OHIO_ZIP, "Press 1 to stay": "1"})


def _busy(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")


def test_a_producer_who_becomes_free_takes_the_caller_on_hold(stage: Stage) -> None:
    _busy(stage)
    call = stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    assert stage.story(call)["phase"] == "holding"
    assert call.heard("You are number 1 in line.")

    stage.presence(ANA, "available")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone]
    assert stage.lead(call).custody is Custody.SERVED
    assert stage.callbacks()[0].status == "cancelled"
    stage.tick()
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []


def test_holding_ends_after_three_minutes_and_a_person_is_told(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from(OHIO_CALLER, STAYS)

    assert call.heard("still busy")
    assert call.heard("We will call you back within")
    held = stage.record(call)
    assert held.answered_at is not None
    assert held.ended_at is not None
    assert timedelta(seconds=170) < held.ended_at - held.arrived_at < timedelta(seconds=260)
    assert [waiting.reason for waiting in stage.waiting()] == ["hold_ran_out"]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_who_has_waited_longest_comes_first_and_a_new_arrival_after_them(stage: Stage) -> None:
    _busy(stage)
    first = stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(40)
    second = stage.ring_in(OTHER_OHIO_CALLER, STAYS)
    stage.exchange.run(40)
    stage.presence(ANA, "available")

    third = stage.ring_in("+16145550152", CallerBehavior(answers=[OHIO_ZIP]))
    stage.exchange.run(30)

    assert first.bridged_to == [ANA.phone]
    assert second.bridged_to == []
    assert third.bridged_to == []
    assert second.heard("You are number 2 in line.")


def test_an_offer_on_hold_that_nobody_takes_leads_back_to_holding(stage: Stage) -> None:
    _busy(stage)
    stage.behave(ANA, NO_ANSWER)
    call = stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(50)
    stage.presence(ANA, "available")

    stage.exchange.run(45)

    assert call.rang(ANA.phone)
    assert stage.story(call)["phase"] == "holding"


def test_2_on_hold_chooses_another_time(stage: Stage) -> None:
    _busy(stage)
    behavior = CallerBehavior(
        answers={"ZIP code": OHIO_ZIP, "Press 1 to stay": "1", "in line": "2", "Say a day": "1130", "You chose": "1"}
    )

    call = stage.call_from(OHIO_CALLER, behavior)

    assert call.heard("You chose today at 11:30 AM Eastern time.")
    assert stage.lead(call).custody is Custody.PROMISED


def test_a_caller_who_hangs_up_on_hold_keeps_the_promise_and_gets_one_text(stage: Stage) -> None:
    _busy(stage)
    behavior = CallerBehavior(answers={"ZIP code": OHIO_ZIP, "Press 1 to stay": "1"}, hang_up_after=70)

    call = stage.call_from(OHIO_CALLER, behavior)
    stage.tick()

    assert stage.lead(call).custody is Custody.PROMISED
    assert len(stage.exchange.record.texts_to(OHIO_CALLER)) == 1


def test_holding_ends_ten_seconds_before_the_vendors_buffer(stage: Stage) -> None:
    _busy(stage)
    stage.set(buffer_seconds=90)

    call = stage.call_from(OHIO_CALLER, STAYS)

    held = stage.record(call)
    assert held.answered_at is not None
    assert held.ended_at is not None
    assert held.ended_at - held.answered_at <= timedelta(seconds=90)


def test_where_the_campaign_allows_it_holding_goes_on_past_the_buffer(stage: Stage) -> None:
    _busy(stage)
    stage.set(buffer_seconds=60, hold_past_buffer="yes")
    call = stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(100)

    stage.presence(ANA, "available")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone]


def test_a_ping_is_truthful_while_somebody_on_hold_waits_for_the_only_producer(stage: Stage) -> None:
    _busy(stage)
    stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    assert stage.ping(state="OH")["accept"] is False

    stage.presence(ANA, "available")

    assert stage.ping(state="OH") | {"ping_id": 0} == {
        "accept": False,
        "state": "OH",
        "licensed": True,
        "available": False,
        "reason": "nobody_available",
        "ping_id": 0,
        "transfer_to": None,
        "expires_at": None,
        "held_until": None,
    }


def test_with_two_producers_free_both_are_served_at_once(stage: Stage) -> None:
    from tests.conversations.people import BEN

    stage.hire(ANA, BEN, behavior=accepts())
    stage.presence(ANA, "away")
    stage.presence(BEN, "away")
    first = stage.ring_in(OHIO_CALLER, STAYS)
    second = stage.ring_in(OTHER_OHIO_CALLER, STAYS)
    stage.exchange.run(60)
    stage.presence(ANA, "available")
    stage.presence(BEN, "available")

    stage.exchange.run(40)

    assert {*first.bridged_to, *second.bridged_to} == {ANA.phone, BEN.phone}
    assert AGENCY
