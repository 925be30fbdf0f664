"""What answers (and bills) a call, and what does not. Source: TELEPHONY.md sections 1 and 4."""

from __future__ import annotations

import pytest

from app.simulator.parties import CallerBehavior
from app.simulator.products import Reply
from tests.simulation.scripted import CALLER, OURS, stage


@pytest.mark.parametrize(("reason", "status"), [("rejected", "no-answer"), ("busy", "busy")])
def test_reject_as_the_first_verb_does_not_answer(reason: str, status: str) -> None:
    world = stage({"/in": f'<Reject reason="{reason}"/>'})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert (call.status, call.answered_at, call.was_rejected) == (status, None, True)
    assert world.product.params("/status")["CallStatus"] == status
    assert world.product.params("/status")["CallDuration"] == "0"


def test_reject_after_another_verb_is_a_violation_and_hangs_up() -> None:
    world = stage({"/in": "<Say>Wait</Say><Reject/>"})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.status == "completed"
    assert len(world.exchange.record.violations) == 1


@pytest.mark.parametrize("verb", ["<Say>Hi</Say>", "<Hangup/>", "<Gather/>", "<Redirect>/next</Redirect>"])
def test_any_other_first_verb_answers(verb: str) -> None:
    world = stage({"/in": verb, "/next": '<Reject reason="busy"/>'})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.answered_at == call.leg.started_at
    assert call.status == "completed"


def test_pause_as_the_first_verb_delays_answering() -> None:
    world = stage({"/in": '<Pause length="7"/><Say>Hi</Say>'})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.answered_at is not None
    assert (call.answered_at - call.leg.started_at).total_seconds() == 7


def test_a_caller_who_hangs_up_while_ringing_gives_no_answer_and_never_completed() -> None:
    world = stage({"/in": '<Pause length="20"/><Say>Hi</Say>'})

    call = world.exchange.call(CALLER, OURS, CallerBehavior(hang_up_after=0))
    world.exchange.run()

    assert call.status == "no-answer"
    assert [asked.form["CallStatus"] for asked in world.product.asked_at("/status")] == ["no-answer"]


def test_a_caller_may_leave_on_hearing_something() -> None:
    world = stage({"/in": "<Say>All our agents are busy</Say><Pause/><Say>Still here</Say>"})

    call = world.exchange.call(CALLER, OURS, CallerBehavior(hang_up_after_hearing="agents are busy"))
    world.exchange.run()

    assert not call.heard("Still here")
    assert call.leg.heard[0].cut


def test_a_call_never_outlasts_four_hours() -> None:
    world = stage({"/in": '<Say loop="0">Please hold the line</Say>'})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.leg.duration == 4 * 3600


def test_a_final_status_never_changes() -> None:
    world = stage({"/in": "<Hangup/>"})
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    call.hang_up()
    call.leg.end("busy")

    assert call.status == "completed"


def test_plain_text_is_spoken_and_audio_is_played() -> None:
    world = stage({"/in": Reply(200, "text/plain", "Good morning")})
    spoken = world.exchange.call(CALLER, OURS)
    world.exchange.run()
    world.product.answers["/in"] = Reply(200, "audio/mpeg", "")
    played = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert spoken.heard("Good morning")
    assert played.leg.heard[0].kind == "play"


@pytest.mark.parametrize(("seconds", "minutes"), [(0, "0"), (49, "1"), (60, "1"), (71, "2")])
def test_seconds_are_counted_and_begun_minutes_are_billed(seconds: int, minutes: str) -> None:
    world = stage({"/in": f'<Gather timeout="{seconds}"/>'})

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    sent = world.product.params("/status")
    assert (sent["CallDuration"], sent["Duration"]) == (str(seconds), minutes)
