"""Dial: ringing, screening, the bridge, and what the action is told. Source: TELEPHONY.md section 4."""

from __future__ import annotations

import pytest

from app.simulator.parties import (
    BUSY,
    FAILED,
    NO_ANSWER,
    UNREACHABLE,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    hangs_up_in_whisper,
    says_nothing,
    voicemail,
)
from app.simulator.switches import Switches
from tests.simulation.scripted import ANA, BEN, CALLER, OURS, Stage, dial, screening, stage


def dialed(
    *behaviors: ProducerBehavior,
    caller: CallerBehavior | None = None,
    switches: Switches | None = None,
    **attributes: str,
) -> Stage:
    """One call to a product that screens Ana, and Ben where there are two behaviors."""
    world = stage(screening((ANA, BEN)[: len(behaviors)], **attributes), switches=switches)
    for number, behavior in zip((ANA, BEN), behaviors, strict=False):
        world.exchange.add_producer(number, behavior)
    world.exchange.call(CALLER, OURS, caller or CallerBehavior())
    world.exchange.run()
    return world


def result(world: Stage) -> tuple[str, str, str | None]:
    """DialCallStatus, DialBridged, DialCallDuration."""
    sent = world.product.params("/done")
    return sent["DialCallStatus"], sent["DialBridged"], sent.get("DialCallDuration")


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        (accepts(talk_seconds=40), ("completed", "true", "43")),
        (declines(), ("completed", "false", "3")),
        (says_nothing(), ("completed", "false", "10")),
        (voicemail(), ("completed", "false", "10")),
        (hangs_up_in_whisper(), ("completed", "false", "2")),
        (NO_ANSWER, ("no-answer", "false", None)),
        (BUSY, ("busy", "false", None)),
        (FAILED, ("failed", "false", None)),
        (UNREACHABLE, ("failed", "false", None)),
    ],
)
def test_the_action_is_told_how_it_ended(behavior: ProducerBehavior, expected: tuple[str, str, str | None]) -> None:
    # Four words at 0.4 s and a second of thinking make 2.6 s; silence is 1.6 s and the timeout of 8.
    world = dialed(behavior, caller=CallerBehavior(talk_seconds=None))

    assert result(world) == expected


def test_after_a_talk_the_actions_reply_rules_the_caller() -> None:
    world = dialed(accepts(talk_seconds=40), caller=CallerBehavior(talk_seconds=None, stays_on_after_talk=True))

    call = world.exchange.record.calls[0]
    assert call.heard("Goodbye")
    assert call.bridged_to == [ANA]
    assert call.bridges[0].seconds == 40


def test_without_an_action_the_next_verb_runs() -> None:
    world = stage({"/in": dial(ANA, action="") + "<Say>Nobody there</Say>"})
    world.exchange.add_producer(ANA, BUSY)

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.heard("Nobody there")


def test_with_an_action_later_verbs_are_unreachable() -> None:
    world = dialed(BUSY)
    world.product.answers["/in"] = dial(ANA) + "<Say>Unreachable</Say>"

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert not call.heard("Unreachable")


@pytest.mark.parametrize(("buffer", "answers_after", "bridged"), [(5, 23, True), (0, 23, False), (5, 26, False)])
def test_a_phone_rings_its_time_and_the_carriers_buffer(buffer: float, answers_after: float, bridged: bool) -> None:
    world = dialed(accepts(answers_after), switches=Switches(ring_buffer_seconds=buffer), timeout="20")

    assert (world.exchange.record.calls[0].bridged_to == [ANA]) is bridged


def test_the_parent_is_answered_before_it_dials() -> None:
    world = dialed(NO_ANSWER)

    call = world.exchange.record.calls[0]
    assert call.answered_at == call.leg.started_at
    assert world.product.params("/done")["CallStatus"] == "in-progress"


def test_with_answer_on_bridge_the_caller_rings_on_through_the_whisper() -> None:
    world = dialed(accepts(4), answerOnBridge="true")

    call = world.exchange.record.calls[0]
    assert call.answered_at == call.bridges[0].since
    assert world.product.params("/whisper")["CallStatus"] == "in-progress"


@pytest.mark.parametrize("status", Switches.unknowns()["unanswered_parent_status"])
def test_what_the_action_says_of_a_parent_never_answered_is_a_switch(status: str) -> None:
    world = dialed(NO_ANSWER, switches=Switches(unanswered_parent_status=status), answerOnBridge="true")

    assert world.product.params("/done")["CallStatus"] == status


@pytest.mark.parametrize(("verb", "answered_after"), [("<Say>Welcome</Say>", 0), ('<Pause length="3"/>', 3)])
def test_answer_on_bridge_means_nothing_after_another_verb(verb: str, answered_after: int) -> None:
    world = stage({**screening(), "/in": verb + dial(ANA, answerOnBridge="true")})
    world.exchange.add_producer(ANA, NO_ANSWER)

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.answered_at is not None
    assert (call.answered_at - call.leg.started_at).total_seconds() == answered_after


def test_a_caller_id_that_is_not_ours_is_refused() -> None:
    world = dialed(accepts(), callerId="+13125550100")

    assert [violation.code for violation in world.exchange.record.violations] == [13214]
    assert result(world) == ("failed", "false", None)
    assert world.exchange.record.calls[0].children == []


def test_the_callers_own_number_is_the_default_caller_id() -> None:
    world = dialed(accepts(), callerId="")

    assert world.product.params("/whisper")["From"] == CALLER


def test_an_anonymous_caller_needs_a_caller_id() -> None:
    world = stage(screening(callerId=""))
    world.exchange.add_producer(ANA, accepts())

    world.exchange.call(CALLER, OURS, extra={"From": "anonymous"})
    world.exchange.run()

    assert world.product.params("/in")["Caller"] == "anonymous"
    assert world.product.params("/in")["FromState"] == ""
    assert result(world) == ("failed", "false", None)


# --- more than one phone ---


def test_of_several_phones_the_first_to_pick_up_wins_even_a_voicemail() -> None:
    world = dialed(accepts(8), voicemail(2))

    call = world.exchange.record.calls[0]
    assert sorted(call.rung) == [ANA, BEN]
    assert call.bridged_to == []
    assert result(world)[:2] == ("completed", "false")
    assert world.product.params("/done")["DialCallSid"] == call.leg_to(BEN).sid


@pytest.mark.parametrize("status", Switches.unknowns()["loser_status"])
def test_the_losers_final_status_is_a_switch(status: str) -> None:
    world = dialed(accepts(8), accepts(2), switches=Switches(loser_status=status))

    assert world.exchange.record.calls[0].leg_to(ANA).status == status


@pytest.mark.parametrize(("which", "number"), [("first", ANA), ("last", BEN)])
def test_whom_dial_call_sid_names_when_none_answered_is_a_switch(which: str, number: str) -> None:
    world = dialed(NO_ANSWER, NO_ANSWER, switches=Switches(unanswered_dial_sid=which))

    call = world.exchange.record.calls[0]
    assert world.product.params("/done")["DialCallSid"] == call.leg_to(number).sid


def test_all_busy_ends_the_dial_at_once() -> None:
    world = dialed(BUSY, BUSY)

    assert result(world) == ("busy", "false", None)


def test_sequential_numbers_ring_one_after_the_other() -> None:
    world = dialed(NO_ANSWER, accepts(), sequential="true", timeout="10")

    call = world.exchange.record.calls[0]
    assert call.rung == [ANA, BEN]
    assert call.bridged_to == [BEN]
    assert call.leg_to(BEN).started_at == call.leg_to(ANA).ended_at


@pytest.mark.parametrize(("moves_on", "bridged_to"), [(False, []), (True, [BEN])])
def test_whether_sequential_moves_on_after_a_refused_whisper_is_a_switch(moves_on: bool, bridged_to: list[str]) -> None:
    world = dialed(declines(), accepts(), switches=Switches(refused_whisper_moves_on=moves_on), sequential="true")

    assert world.exchange.record.calls[0].bridged_to == bridged_to


def test_a_phone_in_a_talk_is_busy() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts())

    first = world.exchange.call(CALLER, OURS)
    world.exchange.run(20)
    second = world.exchange.call("+13125550148", OURS)
    world.exchange.run()

    assert first.bridged_to == [ANA]
    assert second.children[0].status == "busy"


def test_successive_calls_may_find_successive_behaviors() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, [NO_ANSWER, declines(), accepts()])

    calls = []
    for _ in range(4):
        calls.append(world.exchange.call(CALLER, OURS))
        world.exchange.run()

    assert [call.bridged_to for call in calls] == [[], [], [ANA], [ANA]]


# --- the caller leaves ---


@pytest.mark.parametrize("status", Switches.unknowns()["caller_left_dial_status"])
def test_a_caller_who_hangs_up_while_it_rings_ends_the_ringing(status: str) -> None:
    world = dialed(
        NO_ANSWER,
        caller=CallerBehavior(hang_up_after_ringing=3),
        switches=Switches(caller_left_dial_status=status),
    )

    call = world.exchange.record.calls[0]
    assert result(world) == (status, "false", None)
    assert world.product.params("/done")["CallStatus"] == "completed"
    assert not call.leg_to(ANA).is_live
    assert not call.heard("Goodbye")


def test_a_caller_who_hangs_up_unanswered_was_never_completed() -> None:
    world = dialed(NO_ANSWER, caller=CallerBehavior(hang_up_after=3), answerOnBridge="true")

    assert world.product.params("/status")["CallStatus"] == "no-answer"
    assert world.exchange.record.calls[0].answered_at is None


def test_a_caller_who_hangs_up_in_the_whisper_is_not_bridged() -> None:
    world = dialed(accepts(), caller=CallerBehavior(hang_up_after=5))

    assert result(world)[:2] == ("completed", "false")
    assert world.exchange.record.bridges == []


def test_the_caller_ends_the_talk() -> None:
    world = dialed(accepts(), caller=CallerBehavior(talk_seconds=30))

    [bridge] = world.exchange.record.bridges
    assert bridge.seconds == 30
    assert result(world)[:2] == ("completed", "true")
    assert world.product.params("/done")["CallStatus"] == "completed"


def test_the_time_limit_ends_the_talk_and_the_caller_goes_on() -> None:
    caller = CallerBehavior(talk_seconds=None, stays_on_after_talk=True)

    world = dialed(accepts(), caller=caller, timeLimit="20")

    call = world.exchange.record.calls[0]
    assert call.bridges[0].seconds == 20
    assert call.heard("Goodbye")


def test_star_ends_the_talk_where_the_document_says_so() -> None:
    world = stage(screening(hangupOnStar="true"))
    world.exchange.add_producer(ANA, accepts())
    call = world.exchange.call(CALLER, OURS, CallerBehavior(stays_on_after_talk=True))
    world.exchange.at(20, lambda: call.press("*"))

    world.exchange.run()

    assert call.heard("Goodbye")
    assert (call.bridges[0].until or call.ended_at) == call.leg_to(ANA).ended_at


def test_a_recorded_dial_names_its_recording() -> None:
    world = dialed(accepts(talk_seconds=40), caller=CallerBehavior(talk_seconds=None), record="record-from-answer-dual")

    [recording] = world.exchange.record.recordings
    assert world.product.params("/done")["RecordingUrl"] == recording.url
    assert recording.seconds == 40


def test_a_recording_is_told_of_where_the_dial_says_with_a_channel_for_each_party() -> None:
    world = dialed(
        accepts(talk_seconds=40),
        caller=CallerBehavior(talk_seconds=None),
        record="record-from-answer-dual",
        recordingStatusCallback="/recorded",
    )

    [recording] = world.exchange.record.recordings
    told = world.product.params("/recorded")
    assert (told["RecordingSid"], told["RecordingStatus"]) == (recording.sid, "completed")
    assert (told["RecordingDuration"], told["RecordingChannels"]) == ("40", "2")


def test_a_softphone_is_dialed_by_its_name() -> None:
    world = stage({"/in": f'<Dial callerId="{OURS}" action="/done"><Client url="/whisper">ana</Client></Dial>'})
    world.product.answers |= {"/whisper": "", "/done": ""}
    world.exchange.add_producer("client:ana", accepts())

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.bridged_to == ["client:ana"]
    assert world.product.params("/whisper")["To"] == "client:ana"


def test_digits_to_send_delay_the_whisper() -> None:
    world = stage({**screening(), "/in": f'<Dial><Number url="/whisper" sendDigits="ww12">{ANA}</Number></Dial>'})
    world.exchange.add_producer(ANA, accepts())

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    [asked] = world.product.asked_at("/whisper")
    answered_at = call.leg_to(ANA).answered_at
    assert answered_at is not None
    assert (asked.at - answered_at).total_seconds() == 1.2


def test_leniently_an_unknown_attribute_only_warns() -> None:
    document = {"/in": '<Say mood="glad">Hello</Say>'}

    strict, lenient = stage(document), stage(document, switches=Switches(lenient=True))
    calls = []
    for world in (strict, lenient):
        calls.append(world.exchange.call(CALLER, OURS))
        world.exchange.run()

    assert [call.heard("Hello") for call in calls] == [False, True]
    assert [len(world.exchange.record.violations) for world in (strict, lenient)] == [1, 1]


def test_a_dial_without_more_ends_the_call_with_the_talk() -> None:
    world = stage({"/in": f"<Dial>{ANA}</Dial>"})
    world.exchange.add_producer(ANA, accepts(talk_seconds=20))

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.bridges[0].seconds == 20
    assert call.ended_at == call.leg_to(ANA).ended_at


def test_the_transcript_tells_the_call_in_order() -> None:
    world = dialed(accepts(talk_seconds=40), caller=CallerBehavior(talk_seconds=None))

    told = [(line.leg.number, line.what) for line in world.exchange.record.calls[0].transcript()]
    assert told == [
        (CALLER, "calls"),
        (CALLER, "is answered"),
        (ANA, "is dialed"),
        (ANA, "rings"),
        (ANA, "answers"),
        (ANA, "hears"),
        (ANA, "presses"),
        (CALLER, "is bridged to"),
        (ANA, "is bridged to"),
        (ANA, "ends"),
        (CALLER, "is unbridged"),
        (ANA, "is unbridged"),
        (CALLER, "hears"),
        (CALLER, "ends"),
    ]
