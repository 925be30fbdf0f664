"""A promise is kept: a producer with authority at that moment is rung first, and only then the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app import scheduler
from app.domain.call import Outcome
from app.domain.lead import Custody
from app.simulator.parties import (
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    drops,
    talks,
    voicemail,
)
from app.simulator.rest import RestFault, RestTrouble
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage import callbacks, leads
from tests.builders import licensed
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, PAT
from tests.product import AGENCY, Stage

WAITS_FOR_NOBODY = CallerBehavior(answers=[OHIO_ZIP])


def _promised(stage: Stage, *, person: ProducerBehavior | Sequence[ProducerBehavior] | None = None) -> None:
    """A caller whom nobody could take; the promise stands, and `person` is how their phone will be answered."""
    stage.exchange.add_person(OHIO_CALLER, person or talks(90))
    call = stage.call_from(OHIO_CALLER, WAITS_FOR_NOBODY)
    assert stage.lead(call).custody is Custody.PROMISED
    assert len(stage.callbacks("promised")) == 1


def test_a_promise_is_kept_by_a_producer_who_is_licensed_and_presses_1(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.presence(ANA, "away")
    _promised(stage)
    stage.presence(ANA, "available")

    stage.pass_time(180)

    (rung,) = stage.exchange.placed_calls()
    assert rung.heard("Callback. Final expense. Ohio.")
    (callback,) = stage.callbacks()
    assert (callback.status, callback.attempts) == ("done", 1)
    (bridge,) = stage.exchange.record.bridges
    assert bridge.child.number == OHIO_CALLER
    assert bridge.child.from_number == "+18005550199"
    lead = stage.get(f"/leads/{callback.lead_id}")
    assert lead["custody"] == "served"
    assert stage.seat(ANA).held_by is None


def test_nobody_free_is_tried_again_until_the_promise_is_over_and_then_a_person_is_told(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)

    stage.pass_time(400, step=20)

    (callback,) = stage.callbacks()
    assert callback.status == "escalated"
    assert [waiting.reason for waiting in stage.waiting()] == ["promise_passed"]
    assert stage.exchange.placed_calls() == []
    slipped = [text for text in stage.exchange.record.texts_to(OHIO_CALLER) if "could not call" in text.body]
    assert len(slipped) == 1


def test_a_producer_who_declines_leads_to_the_next_one(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.hire(BEN, behavior=accepts())
    stage.presence(ANA, "away")
    stage.presence(BEN, "away")
    _promised(stage)
    stage.presence(ANA, "available")
    stage.clock.advance(1)
    stage.presence(BEN, "available")

    stage.pass_time(240)

    outcomes = [stage.outcomes(call)[0][1] for call in stage.exchange.placed_calls()]
    assert outcomes == [Outcome.DECLINED, Outcome.ACCEPTED]
    assert stage.callbacks()[0].status == "done"


def test_somebody_who_does_not_answer_is_called_after_30_minutes_and_2_hours_and_then_is_a_persons_work(
    stage: Stage,
) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage, person=NO_ANSWER)
    stage.presence(ANA, "available")
    started = stage.now

    for _ in range(12):
        stage.presence(ANA, "available")
        stage.pass_time(900, step=60)

    at = [call.leg_to(OHIO_CALLER).started_at - started for call in stage.exchange.placed_calls()]
    assert len(at) == 3
    assert timedelta(minutes=30) <= at[1] - at[0] <= timedelta(minutes=35)
    assert timedelta(hours=2) <= at[2] - at[1] <= timedelta(hours=2, minutes=5)
    assert stage.callbacks()[0].status == "escalated"
    assert [waiting.reason for waiting in stage.waiting()] == ["callbacks_used_up"]


def test_a_voicemail_is_an_attempt_and_no_talk_where_the_producer_says_so(stage: Stage) -> None:
    says_no = ProducerBehavior(presses={"Callback": "1", "if you spoke": "2"}, stays_on_after_talk=True)
    stage.hire(ANA, behavior=says_no)
    stage.presence(ANA, "away")
    _promised(stage, person=voicemail(after=6))
    stage.presence(ANA, "available")

    stage.pass_time(240)

    (callback,) = stage.callbacks()
    assert (callback.status, callback.attempts) == ("promised", 1)
    assert callback.due_at >= stage.now + timedelta(minutes=20)


def test_a_person_who_drops_after_three_seconds_is_called_again_by_the_same_producer(stage: Stage) -> None:
    stage.hire(BEN)
    stage.hire(ANA, behavior=accepts())
    stage.presence(BEN, "away")
    stage.presence(ANA, "away")
    _promised(stage, person=[drops(3), talks(90)])
    stage.presence(ANA, "available")
    stage.pass_time(60)
    stage.clock.advance(1)
    stage.presence(BEN, "available")

    stage.pass_time(400)

    assert [stage.outcomes(call)[0][0] for call in stage.exchange.placed_calls()] == [ANA.npn, ANA.npn]
    assert stage.callbacks()[0].status == "done"


def test_a_caller_who_rings_back_meanwhile_is_not_dialed(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=8))
    stage.presence(ANA, "away")
    _promised(stage)
    stage.presence(ANA, "available")
    stage.exchange.once("ringing", ANA.phone, lambda leg: stage.ring_in(OHIO_CALLER, KEYS_OHIO))

    stage.pass_time(60)

    (placed,) = stage.exchange.placed_calls()
    assert placed.heard("calling us at this moment")
    assert not placed.rang(OHIO_CALLER)


def test_a_license_that_lapses_while_the_producers_phone_rings_bridges_nobody(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=8))
    stage.presence(ANA, "away")
    _promised(stage)
    stage.presence(ANA, "available")
    stage.exchange.once("ringing", ANA.phone, lambda leg: stage.suspend(ANA, "OH"))

    stage.pass_time(120)

    assert stage.exchange.record.bridges == []
    assert stage.outcomes(stage.exchange.placed_calls()[0])[0][1] is Outcome.AUTHORITY_LOST


def test_after_eight_hours_without_a_scheduler_no_call_is_stale_and_nobody_is_lost(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.clock.advance(8 * 3600)
    stage.presence(ANA, "available")

    stage.pass_time(60)

    assert stage.exchange.placed_calls() == []
    assert [waiting.reason for waiting in stage.waiting()] == ["promise_passed"]


def test_the_carriers_refusal_frees_the_producer_and_the_promise_stands(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.RATE_LIMITED, "/Calls", "POST", times=100))
    stage.presence(ANA, "available")

    stage.pass_time(20)

    assert stage.seat(ANA).held_by is None
    assert stage.callbacks()[0].status == "promised"


def test_an_answer_that_is_lost_after_the_key_rings_nobody_and_the_promise_is_tried_again(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.TIMEOUT_AFTER, "/key"))
    stage.presence(ANA, "available")

    stage.pass_time(240)

    first, second = stage.exchange.placed_calls()
    assert not first.rang(OHIO_CALLER)
    assert second.bridges
    assert (stage.callbacks()[0].status, stage.callbacks()[0].attempts) == ("done", 1)


def test_reports_that_are_all_lost_are_made_good_by_asking_the_carrier(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.turn(callback_loss=1.0)
    stage.presence(ANA, "available")
    stage.pass_time(5)
    held_by = stage.seat(ANA).held_by
    assert held_by is not None

    stage.pass_time(150)

    assert stage.seat(ANA).held_by != held_by
    assert stage.outcomes(stage.exchange.placed_calls()[0]) == [(ANA.npn, Outcome.NO_ANSWER)]


def test_an_unclear_answer_to_our_request_is_told_by_the_leg_itself(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_AFTER, "/Calls", "POST"))
    stage.presence(ANA, "available")

    stage.pass_time(180)

    assert len(stage.exchange.placed_calls()) == 1
    assert stage.callbacks()[0].status == "done"


def test_a_request_that_never_reached_the_carrier_frees_the_producer_when_its_lease_is_over(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_BEFORE, "/Calls", "POST"))
    stage.presence(ANA, "available")

    stage.pass_time(280)

    assert len(stage.exchange.placed_calls()) == 1
    assert stage.callbacks()[0].status == "done"


def test_two_schedulers_ring_one_producer_once(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.presence(ANA, "available")

    for _ in range(30):
        scheduler.tick(stage.tools)
        scheduler.tick(stage.tools)
        stage.exchange.run(5)

    assert len(stage.exchange.placed_calls()) == 1
    assert stage.callbacks()[0].attempts == 1


def test_a_callback_is_recorded_only_where_the_producers_own_word_is_enough(stage: Stage) -> None:
    stage.set(recording="announce_first")
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    stage.presence(ANA, "available")

    stage.pass_time(180)

    (placed,) = stage.exchange.placed_calls()
    assert placed.heard("The talk is recorded: say so first.")
    (recording,) = stage.get(f"/calls/{placed.sid}")["recordings"]
    assert "One-party consent (OH" in recording["basis"]


def test_stop_during_the_talk_of_a_callback_closes_the_lead_when_it_ends(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage, person=talks(30))
    stage.presence(ANA, "available")
    stage.exchange.once("bridged", OHIO_CALLER, lambda leg: stage.exchange.text(OHIO_CALLER, AGENCY, "STOP"))

    stage.pass_time(180)

    assert stage.callbacks()[0].status == "cancelled"
    lead = stage.get(f"/leads/{stage.callbacks()[0].lead_id}")
    assert (lead["custody"], lead["closed_as"]) == ("closed", "opted_out")
    assert stage.seat(ANA).held_by is None


def test_a_lead_in_a_call_that_has_ended_is_found_within_minutes(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    _promised(stage)
    lead_id = stage.callbacks()[0].lead_id
    with stage.database.begin() as tx:
        callbacks.cancel_of_lead(tx, lead_id)
        lead = leads.load(tx, lead_id)
        assert lead is not None
        leads.move(tx, lead, Custody.IN_CALL, owed_by=stage.now + timedelta(hours=4))

    stage.pass_time(180, step=30)

    assert [waiting.reason for waiting in stage.waiting()] == ["callback_ended"]


def test_a_license_that_is_suspended_while_the_persons_phone_rings_bridges_nobody(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.hire(BEN, behavior=accepts())
    stage.presence(ANA, "away")
    stage.presence(BEN, "away")
    _promised(stage, person=talks(90, after=8))
    stage.presence(ANA, "available")
    stage.exchange.once("ringing", OHIO_CALLER, lambda leg: stage.suspend(ANA, "OH"))
    stage.pass_time(45)
    assert stage.exchange.record.bridges == []
    assert stage.exchange.placed_calls()[0].leg_to(OHIO_CALLER).answered_at is not None

    stage.presence(BEN, "available")
    stage.pass_time(240)

    first, second = stage.exchange.placed_calls()
    assert stage.outcomes(first) == [(ANA.npn, Outcome.AUTHORITY_LOST)]
    assert stage.outcomes(second) == [(BEN.npn, Outcome.ACCEPTED)]
    assert len(stage.exchange.record.bridges) == 1
    assert stage.callbacks()[0].status == "done"


def test_a_person_whose_answer_cannot_be_judged_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.presence(ANA, "away")
    _promised(stage)
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.SERVER_ERROR, "/answered", times=9))
    stage.presence(ANA, "available")

    stage.pass_time(90)

    assert stage.exchange.record.bridges == []
    assert stage.callbacks()[0].status == "promised"


def test_a_wrong_state_reported_on_a_callback_leads_to_a_call_by_somebody_licensed_there(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(ANA, PAT, behavior=accepts())
    both = licensed("Sam", 9, "OH", "PA")
    stage.hire(both, behavior=accepts())
    for person in (ANA, PAT, both):
        stage.presence(person, "away")
    _promised(stage, person=talks(200))
    stage.presence(ANA, "available")
    stage.exchange.once("bridged", OHIO_CALLER, lambda leg: stage.exchange.text(ANA.phone, AGENCY, "WRONG PA"))
    stage.pass_time(40)
    stage.presence(both, "available")

    stage.pass_time(400)

    first, second = stage.exchange.placed_calls()
    assert stage.outcomes(first) == [(ANA.npn, Outcome.ACCEPTED)]
    assert stage.outcomes(second) == [(both.npn, Outcome.ACCEPTED)]
    assert second.heard("Pennsylvania")
    assert stage.get(f"/leads/{stage.callbacks()[0].lead_id}")["custody"] == "served"
