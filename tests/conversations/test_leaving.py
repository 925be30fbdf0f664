"""Callers who hang up, at every step; talks that are short, long, or ended by the producer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.lead import Custody
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, hangs_up_in_whisper, says_nothing
from app.simulator.webhooks import Trouble, WebhookFault
from tests.conversations.people import ANA, BEN, CAM, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.product import Stage

LEAVES: dict[str, dict[str, Any]] = {
    "at once": {"hang_up_after": 0.5},
    "while asked": {"hang_up_after": 3},
    "after keying": {"hang_up_after": 8.4},
    "while the phone rings": {"hang_up_after_ringing": 2},
    "during the whisper": {"hang_up_after_ringing": 6},
}


SOON = timedelta(minutes=5)
TO_SAY_SERVED = timedelta(minutes=2)


def owed(stage: Stage, call: Any) -> None:
    """The lead is promised a call at once, nobody is held, nothing is live."""
    record = stage.record(call)
    assert (record.phase, record.disposition) == ("ended", "abandoned")
    promise = stage.promised(call)
    assert record.ended_at is not None
    assert (promise.phone, promise.state, promise.made_by) == (OHIO_CALLER, "OH", f"call:{call.sid}")
    assert (promise.due_at, promise.promised_by) == (record.ended_at, record.ended_at + SOON)
    assert promise.producer_id is None
    assert stage.waiting() == []
    assert stage.seat(ANA).held_by is None
    assert stage.seat(ANA).availability(stage.now) == "available"
    assert stage.seat(ANA).misses == 0


@pytest.mark.parametrize("when", LEAVES)
def test_a_caller_who_leaves_is_promised_a_call_and_holds_nobody(stage: Stage, when: str) -> None:
    stage.hire(ANA, behavior=says_nothing(after=5))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], **LEAVES[when]))

    assert call.bridged_to == []
    owed(stage, call)


def test_a_caller_whose_end_is_reported_while_the_other_reports_are_lost_holds_nobody(stage: Stage) -> None:
    stage.hire(ANA, behavior=says_nothing(after=5))
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.REFUSED, "/concluded", times=9))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], hang_up_after_ringing=2))

    owed(stage, call)
    assert stage.outcomes(call) == [(ANA.npn, "caller_hung_up")]


def test_a_caller_who_leaves_while_the_end_of_the_call_is_lost_holds_nobody(stage: Stage) -> None:
    stage.hire(ANA, behavior=says_nothing(after=5))
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.REFUSED, "/voice/status", times=9))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], hang_up_after_ringing=2))

    owed(stage, call)


def test_a_talk_of_a_minute_has_served_the_lead(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=60.5))

    assert stage.lead(call).custody is Custody.SERVED
    assert stage.lead(call).owed_by is None
    assert stage.waiting() == []


def called_again_by(stage: Stage, call: Any, person: Any) -> None:
    """The lead is promised a call of the producer it talked with, once that producer can no longer say that it served."""
    promise, ended = stage.promised(call), stage.record(call).ended_at
    assert ended is not None
    assert promise.producer_id == stage.seat(person).producer_id
    assert (promise.due_at, promise.promised_by) == (ended + TO_SAY_SERVED, ended + TO_SAY_SERVED + SOON)
    assert stage.waiting() == []


def test_after_a_shorter_talk_the_same_producer_calls_back_first(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=58))

    assert stage.record(call).disposition == "connected"
    called_again_by(stage, call, ANA)


def test_after_a_shorter_talk_where_nobody_is_licensed_any_more_a_person_is_told(stage: Stage) -> None:
    stage.hire(ANA)
    stage.exchange.once("bridged", ANA.phone, lambda leg: stage.suspend(ANA, "OH"))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=58))

    assert call.bridged_to == [ANA.phone]
    assert stage.lead(call).custody is Custody.ESCALATED
    assert stage.callbacks() == []
    assert [item.reason for item in stage.waiting()] == ["short_talk"]


def test_the_whisper_is_no_talk(stage: Stage) -> None:
    """The carrier's duration of the leg counts from when the producer picked up."""
    slow = ProducerBehavior(answers_after_seconds=2, presses="1", press_after_seconds=6)
    stage.hire(ANA, behavior=slow)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=57))

    assert stage.record(call).served_seconds == 57
    called_again_by(stage, call, ANA)


def test_a_late_report_of_the_end_makes_no_talk_longer(stage: Stage) -> None:
    stage.hire(ANA)
    stage.exchange.webhook_faults += [
        WebhookFault(Trouble.REFUSED, "/concluded", times=9),
        WebhookFault(Trouble.DELAYED, "/voice/status", seconds=3600),
    ]

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=5))

    assert stage.record(call).phase == "ended"
    called_again_by(stage, call, ANA)


def test_what_is_served_is_a_setting(stage: Stage) -> None:
    stage.set(served_seconds=20)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=25))

    assert stage.lead(call).custody is Custody.SERVED


def test_a_caller_whose_producer_hung_up_first_stays_and_another_takes_over(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.hire(BEN)
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, talk_seconds=80)

    call = stage.call_from(OHIO_CALLER, stays)

    assert call.heard("Stay on the line, or key your ZIP, and another licensed agent takes over.")
    assert call.bridged_to == [ANA.phone, BEN.phone]
    assert stage.outcomes(call) == [(ANA.npn, "accepted"), (BEN.npn, "accepted")]
    assert stage.lead(call).custody is Custody.SERVED
    assert stage.record(call).served_seconds == 100


def test_a_caller_whose_producer_hung_up_first_and_nobody_else_is_there_is_called_back_when_it_was_said(
    stage: Stage,
) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True)

    call = stage.call_from(OHIO_CALLER, stays)

    assert call.bridged_to == [ANA.phone]
    assert call.heard("All our licensed agents are busy. We will call you back within 5 minutes.")
    assert call.spoken[-1] == "Goodbye."
    said = next(heard.at for heard in call.leg.heard if "within 5 minutes" in heard.text)
    assert stage.promised(call).promised_by <= said + SOON


def test_a_time_that_a_caller_chose_after_a_short_talk_stands_when_the_call_is_over(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    chooses = {"five digit ZIP": OHIO_ZIP, "You chose": "1", "2 to choose another time": "2", "Say a day": "1130"}

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=chooses, stays_on_after_talk=True))

    assert call.heard("We will call you today at 11:30 AM Eastern time.")
    assert stage.promised(call).due_at == datetime(2026, 11, 18, 16, 30, tzinfo=UTC)


def test_a_caller_who_was_served_and_stays_on_hears_goodbye_when_nobody_else_is_there(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=70))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True))

    assert call.spoken[-1] == "Goodbye."
    assert stage.lead(call).custody is Custody.SERVED


def test_a_caller_who_leaves_at_the_question_after_a_talk_is_called_back_by_that_producer(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    leaves = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, hang_up_after_hearing="another licensed")

    call = stage.call_from(OHIO_CALLER, leaves)

    called_again_by(stage, call, ANA)


def test_a_second_call_of_the_same_number_joins_the_open_lead_and_takes_it_off_the_list(stage: Stage) -> None:
    first = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    on_the_list = stage.lead(first).custody
    stage.hire(ANA)

    second = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert on_the_list is Custody.ESCALATED
    assert stage.lead(second).id == stage.lead(first).id
    assert stage.lead(second).custody is Custody.SERVED
    assert stage.waiting() == []


def test_a_second_call_of_the_same_number_joins_the_promised_lead_and_cancels_the_promise_once_served(
    stage: Stage,
) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    first = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    promise = stage.promised(first)
    stage.presence(ANA, "available")

    second = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.lead(second).id == promise.lead_id
    assert stage.lead(second).custody is Custody.SERVED
    assert [(each.id, each.status) for each in stage.callbacks()] == [(promise.id, "cancelled")]
    assert stage.waiting() == []


def test_a_caller_who_was_served_and_calls_again_is_a_new_lead(stage: Stage) -> None:
    stage.hire(ANA)
    first = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.presence(ANA, "away")

    second = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.lead(second).id != stage.lead(first).id
    assert stage.lead(first).custody is Custody.SERVED
    assert stage.promised(second).lead_id == stage.lead(second).id


def test_two_calls_at_once_from_one_number_end_with_the_lead_served(stage: Stage) -> None:
    stage.hire(ANA)

    talking = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(30)
    other = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run()

    assert talking.bridged_to == [ANA.phone]
    assert stage.lead(other).id == stage.lead(talking).id
    assert stage.lead(talking).custody is Custody.SERVED
    assert stage.waiting() == []


def test_the_next_producer_is_tried_when_the_first_hangs_up_in_the_whisper(stage: Stage) -> None:
    stage.hire(ANA, behavior=hangs_up_in_whisper())
    stage.hire(CAM)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(call) == [(ANA.npn, "no_answer"), (CAM.npn, "accepted")]
