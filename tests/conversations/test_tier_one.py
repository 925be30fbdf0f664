"""Tier 1: who is rung, in which order, and what ends an offer."""

from __future__ import annotations

from app.domain.lead import Custody
from app.simulator.parties import BUSY, NO_ANSWER, CallerBehavior, accepts, declines, voicemail
from tests.builders import Held, licensed
from tests.product import AGENCY, Stage

OHIO_CALLER = "+16145550150"
KEYS_OHIO = CallerBehavior(answers=["43215"])
ANA = licensed("Ana", 1, "OH", "PA")
BEN = licensed("Ben", 2, "PA")
CAM = licensed("Cam", 3, "PA", "OH")


def test_only_a_licensed_producer_rings_and_is_bridged_after_pressing_one(stage: Stage) -> None:
    stage.hire(BEN, ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert not call.rang(BEN.phone)
    assert call.bridged_to == [ANA.phone]
    assert stage.outcomes(call) == [(ANA.npn, "accepted")]
    assert stage.lead(call).custody is Custody.SERVED
    assert stage.record(call).phase == "ended"
    assert stage.record(call).disposition == "connected"


def test_a_producer_who_lets_it_ring_is_followed_by_the_next(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(CAM)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [ANA.phone, CAM.phone]
    assert call.bridged_to == [CAM.phone]
    assert stage.outcomes(call) == [(ANA.npn, "no_answer"), (CAM.npn, "accepted")]
    assert stage.seat(ANA).misses == 1


def test_a_voicemail_is_never_bridged(stage: Stage) -> None:
    stage.hire(ANA, behavior=voicemail())

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == []
    assert stage.outcomes(call) == [(ANA.npn, "no_answer")]
    assert stage.promised(call).state == "OH"


def test_two_for_not_now_leaves_in_peace_and_is_no_miss(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.hire(CAM)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(call) == [(ANA.npn, "declined"), (CAM.npn, "accepted")]
    assert stage.seat(ANA).misses == 0
    assert stage.seat(ANA).availability(stage.now) == "wrap_up"


def test_a_license_suspended_while_the_phone_rings_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=10))
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not call.rang(ANA.phone):
        stage.exchange.run(1)

    stage.suspend(ANA, "OH")
    stage.exchange.run()

    assert call.bridged_to == []
    assert stage.outcomes(call) == [(ANA.npn, "authority_lost")]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_nobody_licensed_is_said_and_the_lead_is_on_the_list(stage: Stage) -> None:
    stage.hire(BEN)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == []
    assert call.heard("We have no agent who may take your call from Ohio")
    assert [item.reason for item in stage.waiting()] == ["nobody_licensed"]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_a_busy_phone_passes_on_and_is_no_miss(stage: Stage) -> None:
    stage.hire(ANA, behavior=BUSY)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(call) == [(ANA.npn, "busy")]
    assert stage.seat(ANA).misses == 0
    assert call.heard("busy")


def test_the_producer_sees_the_agencys_number_never_the_callers(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.leg_to(ANA.phone).from_number == AGENCY


def test_a_license_for_another_line_is_no_authority(stage: Stage) -> None:
    stage.hire(ANA.holding(Held("OH", "health")))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == []
