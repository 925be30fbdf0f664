"""A callback as REST and TwiML have it: the producer is rung first, then the consumer. Source: TELEPHONY.md 4, 5."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.simulator import bridges
from app.simulator.calls import Call
from app.simulator.parties import BUSY, FAILED, NO_ANSWER, CallerBehavior, ProducerBehavior, drops, talks, voicemail
from app.simulator.products import Reply
from tests.simulation.rest_client import client
from tests.simulation.scripted import ANA, BASE, CALLER, OURS, Answer, Stage, stage

ASK = '<Gather numDigits="1" action="/key" timeout="8"><Say>Callback. Ohio. Press 1.</Say></Gather><Hangup/>'
DIAL = (
    f'<Dial action="/talked" callerId="{OURS}" timeout="25" timeLimit="3600">'
    f'<Number statusCallback="/child" statusCallbackEvent="initiated ringing answered completed">{CALLER}</Number></Dial>'
)
MENU = '<Gather numDigits="1" action="/menu"><Say>Press 1 if you spoke, 2 to try again.</Say></Gather><Hangup/>'
SILENT = Reply(204, "", "")
PATIENT = ProducerBehavior(presses={"Callback": "1", "if you spoke": "1"}, stays_on_after_talk=True)


def prepared(consumer: ProducerBehavior | Sequence[ProducerBehavior], producer: ProducerBehavior = PATIENT) -> Stage:
    answers: dict[str, Answer] = {
        "/screen": ASK,
        "/key": lambda form: DIAL if form["Digits"] == "1" else "<Hangup/>",
        "/talked": lambda form: MENU if form["CallStatus"] == "in-progress" else "",
        "/menu": "<Say>Thank you</Say><Hangup/>",
        "/child": SILENT,
        "/progress": SILENT,
        "/fallback": "<Hangup/>",
        "/in": "<Say>Hello</Say><Pause length='60'/>",
    }
    world = stage(answers)
    world.exchange.add_producer(ANA, producer)
    world.exchange.add_person(CALLER, consumer)
    return world


def placed(world: Stage) -> Call:
    client(world).calls.create(
        to=ANA,
        from_=OURS,
        url=f"{BASE}/screen",
        status_callback=f"{BASE}/progress",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        fallback_url=f"{BASE}/fallback",
        timeout=20,
    )
    return world.exchange.placed_calls(ANA)[-1]


def played(consumer: ProducerBehavior, producer: ProducerBehavior = PATIENT) -> tuple[Stage, Call]:
    world = prepared(consumer, producer)
    call = placed(world)
    world.exchange.run()
    return world, call


def test_the_producer_is_rung_first_and_the_consumer_after_the_key() -> None:
    world, call = played(talks(30))

    assert call.heard("Callback. Ohio.")
    assert call.rung == [ANA, CALLER]
    story = [(line.leg.number, line.what) for line in call.transcript()]
    assert story.index((ANA, "presses")) < story.index((CALLER, "is dialed"))
    assert world.product.asked_at("/key")[0].form["Direction"] == "outbound-api"
    child = world.product.asked_at("/child")[-1].form
    assert (child["Direction"], child["ParentCallSid"], child["From"]) == ("outbound-dial", call.sid, OURS)


def test_the_consumer_hears_no_whisper_and_is_bridged_as_soon_as_they_answer() -> None:
    _, call = played(talks(30))

    [bridge] = call.bridges
    consumer = call.leg_to(CALLER)
    assert (bridge.since, bridge.seconds) == (consumer.answered_at, 30)
    assert consumer.heard == []


def test_the_action_is_asked_on_the_producers_leg_and_may_answer_with_a_menu() -> None:
    world, call = played(talks(30))

    told = world.product.params("/talked")
    assert (told["CallSid"], told["CallStatus"]) == (call.sid, "in-progress")
    assert (told["DialCallStatus"], told["DialBridged"], told["DialCallDuration"]) == ("completed", "true", "30")
    assert told["DialCallSid"] == call.leg_to(CALLER).sid
    assert world.product.params("/menu")["Digits"] == "1"
    assert call.leg.pressed == "11"


@pytest.mark.parametrize(
    ("consumer", "status"), [(NO_ANSWER, "no-answer"), (BUSY, "busy"), (FAILED, "failed")]
)  # fmt: skip
def test_a_consumer_who_does_not_answer_is_told_to_the_action(consumer: ProducerBehavior, status: str) -> None:
    world, call = played(consumer)

    told = world.product.params("/talked")
    assert (told["DialCallStatus"], told["DialBridged"], "DialCallDuration" in told) == (status, "false", False)
    assert call.bridges == []
    assert call.heard("2 to try again")


def test_a_consumer_may_drop_the_call_after_three_seconds() -> None:
    world, call = played(drops())

    assert [bridge.seconds for bridge in call.bridges] == [3]
    assert world.product.params("/talked")["DialCallDuration"] == "3"


def test_a_consumers_voicemail_is_bridged_and_the_producer_leaves_when_they_like() -> None:
    _, call = played(voicemail(), ProducerBehavior(presses={"Callback": "1"}, talk_seconds=20))

    [bridge] = call.bridges
    assert bridge.seconds == 20
    assert call.leg_to(CALLER).status == "completed"


def test_a_producer_who_leaves_first_is_told_as_completed() -> None:
    world, _ = played(talks(None), ProducerBehavior(presses={"Callback": "1"}, talk_seconds=20))

    told = world.product.params("/talked")
    assert (told["CallStatus"], told["DialCallStatus"], told["DialBridged"]) == ("completed", "completed", "true")
    assert world.product.asked_at("/progress")[-1].form["CallStatus"] == "completed"


def test_a_producer_who_does_not_press_rings_nobody() -> None:
    world, call = played(talks(30), ProducerBehavior(presses=""))

    assert not call.rang(CALLER)
    assert world.product.asked_at("/talked") == []


def test_a_producer_who_does_not_answer_is_reported_without_a_document() -> None:
    world, call = played(talks(30), NO_ANSWER)

    progress = [asked.form["CallStatus"] for asked in world.product.asked_at("/progress")]
    assert (call.status, progress) == ("no-answer", ["initiated", "ringing", "no-answer"])
    assert world.product.asked_at("/screen") == []


def test_a_screen_that_cannot_be_had_goes_to_the_calls_own_fallback() -> None:
    world = prepared(talks(30))
    world.product.answers["/screen"] = Reply(500, "text/html", "")

    call = placed(world)
    world.exchange.run()

    assert world.product.params("/fallback")["ErrorUrl"] == f"{BASE}/screen"
    assert call.bridges == []


def test_a_caller_who_rings_back_meanwhile_is_busy_for_the_callback() -> None:
    world = prepared(talks(30))
    world.exchange.once("ringing", ANA, lambda leg: world.exchange.call(CALLER, OURS, CallerBehavior()))

    call = placed(world)
    world.exchange.run()

    assert world.product.params("/talked")["DialCallStatus"] == "busy"
    assert not call.rang(CALLER)
    assert [other.leg.number for other in world.exchange.record.calls if not other.was_placed] == [CALLER]


def test_a_consumer_may_answer_the_second_time() -> None:
    world = prepared([NO_ANSWER, talks(30)])
    placed(world)
    world.exchange.run()

    placed(world)
    world.exchange.run()

    assert [len(call.bridges) for call in world.exchange.placed_calls()] == [0, 1]


def test_on_a_callback_the_producers_leg_is_the_parent() -> None:
    _, call = played(talks(30))

    [bridge] = call.bridges
    assert bridges.producer_leg_of(bridge) is call.leg
    assert bridges.consumer_leg_of(bridge) is call.leg_to(CALLER)
    assert bridges.pressed_before(bridge) == "1"


def test_on_an_inbound_call_the_producers_leg_is_the_child() -> None:
    world = stage({"/in": f'<Dial action="/done" callerId="{OURS}"><Number>{ANA}</Number></Dial>', "/done": ""})
    world.exchange.add_producer(ANA)

    call = world.exchange.call(CALLER, OURS, CallerBehavior(talk_seconds=10))
    world.exchange.run()

    [bridge] = call.bridges
    assert bridges.producer_leg_of(bridge) is call.leg_to(ANA)
    assert bridges.consumer_leg_of(bridge) is call.leg


def test_a_consumer_taken_from_a_callback_to_the_next_producer_stays_the_consumer() -> None:
    world = prepared(talks(None))
    world.exchange.add_producer("+12175550124", ProducerBehavior(talk_seconds=10))
    world.product.answers["/next"] = f'<Dial callerId="{OURS}"><Number>+12175550124</Number></Dial>'
    call = placed(world)
    world.exchange.run(40)

    client(world).calls(call.leg_to(CALLER).sid).update(url=f"{BASE}/next")
    world.exchange.run()

    first, second = call.bridges
    assert bridges.producer_leg_of(first).number == ANA
    assert bridges.producer_leg_of(second).number == "+12175550124"
    assert bridges.consumer_leg_of(second).number == CALLER
