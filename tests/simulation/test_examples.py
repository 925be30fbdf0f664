"""The carrier sends what the captured examples show: the same names, and the same values but for SIDs and
instants.

The four queue examples and the one of Advanced Opt-Out have no counterpart: the carrier refuses Enqueue and
Queue, and has no Messaging Service. Source: tests/data/twilio-examples.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.simulator.geography import Place
from app.simulator.messages import TextBehavior
from app.simulator.parties import (
    BUSY,
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
)
from app.simulator.products import Reply
from app.simulator.switches import Switches
from tests.simulation.scripted import ACCOUNT, ANA, BASE, CALLER, OURS, TOKEN, Stage, screening, stage

EXAMPLES = json.loads(
    (Path(__file__).parents[1] / "data" / "twilio-examples" / "twilio-webhook-examples.json").read_text(
        encoding="utf-8"
    )
)["examples"]
LONG_CODE = "+13125550188"
VARYING = {
    "CallSid", "ParentCallSid", "DialCallSid", "MessageSid", "SmsSid", "SmsMessageSid", "CallToken", "Timestamp",
    "CallDuration", "Duration", "DialCallDuration", "SequenceNumber", "RawDlrDoneDate", "ErrorUrl",
}  # fmt: skip


def set_up(*, producer: ProducerBehavior | None = None, gather: bool = False, stir: bool = False) -> Stage:
    answers = screening()
    if gather:
        answers["/menu"] = answers["/in"]
        answers["/in"] = '<Gather numDigits="5" action="/menu"><Say>Your ZIP?</Say></Gather>'
    verstat = "TN-Validation-Passed-A" if stir else None
    world = stage(answers, switches=Switches(stir_verstat=verstat), fallback=True)
    world.exchange.places[CALLER] = Place("CHICAGO", "IL", "60601", "US")
    world.exchange.places[ANA] = Place("SPRINGFIELD", "IL", "62701", "US")
    world.exchange.places[OURS] = Place(country="US")
    world.exchange.places[LONG_CODE] = Place("CHICAGO", "IL", "60601", "US")
    world.exchange.add_producer(ANA, producer or accepts(talk_seconds=40))
    return world


def assert_like_example(sent: dict[str, str], name: str) -> None:
    example = EXAMPLES[name]["params"]
    assert set(sent) == set(example)
    assert {key: value for key, value in sent.items() if key not in VARYING} == {
        key: value for key, value in example.items() if key not in VARYING
    }


def children(world: Stage) -> dict[str, dict[str, str]]:
    """The child's status callbacks by their CallStatus."""
    return {asked.form["CallStatus"]: asked.form for asked in world.product.asked_at("/child")}


def test_an_inbound_call() -> None:
    world = set_up(stir=True)

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/in"), "inbound_voice")


def test_an_inbound_call_of_which_nothing_is_known() -> None:
    world = set_up()
    world.exchange.places[CALLER] = Place(country="US")

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/in"), "inbound_voice_no_geo")


def test_digits_keyed_by_the_caller() -> None:
    world = set_up(gather=True)

    world.exchange.call(CALLER, OURS, CallerBehavior(answers=["60601"]))
    world.exchange.run()

    assert_like_example(world.product.params("/menu"), "gather_result_parent")


def test_the_whisper_and_the_key_pressed_at_it() -> None:
    world = set_up()

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/whisper"), "whisper_number_url")
    assert_like_example(world.product.params("/key"), "whisper_gather_result")
    assert world.product.params("/whisper")["ParentCallSid"] == call.sid


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ("initiated", "child_status_0_initiated"),
        ("ringing", "child_status_1_ringing"),
        ("in-progress", "child_status_2_in_progress"),
        ("completed", "child_status_3_completed"),
    ],
)
def test_the_progress_of_a_dialed_leg(status: str, name: str) -> None:
    world = set_up()

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    sent = children(world)[status]
    assert_like_example(sent, name)
    assert sent["SequenceNumber"] == EXAMPLES[name]["params"]["SequenceNumber"]


def test_a_dialed_leg_that_nobody_answers() -> None:
    world = set_up(producer=NO_ANSWER)

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    sent = children(world)["no-answer"]
    assert_like_example(sent, "child_status_no_answer")
    assert (sent["CallDuration"], sent["Duration"]) == ("0", "0")


def test_a_dialed_leg_that_is_busy() -> None:
    world = set_up(producer=BUSY)

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(children(world)["busy"], "child_status_busy")


def test_the_action_after_a_talk() -> None:
    world = set_up()

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/done"), "dial_action_completed_bridged")


def test_the_action_after_nobody_answered() -> None:
    world = set_up(producer=NO_ANSWER)

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/done"), "dial_action_no_answer")


def test_the_action_after_a_refused_whisper() -> None:
    world = set_up(producer=declines())

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/done"), "dial_action_whisper_rejected")


def test_the_action_after_the_caller_hung_up() -> None:
    world = set_up(producer=NO_ANSWER)

    world.exchange.call(CALLER, OURS, CallerBehavior(hang_up_after=9))
    world.exchange.run()

    assert_like_example(world.product.params("/done"), "dial_action_caller_hung_up")


def test_the_numbers_own_status_callback() -> None:
    world = set_up()

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/status"), "number_status_completed")


def test_the_fallback() -> None:
    world = set_up()
    world.product.answers["/in"] = Reply(500, "text/html", "oops")
    world.product.answers["/fallback"] = "<Say>Sorry</Say>"

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert_like_example(world.product.params("/fallback"), "voice_fallback")
    assert world.product.params("/fallback")["ErrorUrl"] == f"{BASE}/in"


def test_an_inbound_text() -> None:
    world = set_up()
    world.exchange.add_number(LONG_CODE, voice_url=f"{BASE}/in", sms_url=f"{BASE}/sms")
    world.product.answers["/sms"] = ""

    world.exchange.text(ANA, LONG_CODE, "ACK 4417")
    world.exchange.run()

    assert_like_example(world.product.params("/sms"), "inbound_sms")


@pytest.mark.parametrize(
    ("behavior", "names"),
    [
        (TextBehavior(), ["message_status_sent", "message_status_delivered"]),
        (TextBehavior("undelivered", 30003), ["message_status_sent", "message_status_undelivered"]),
        (TextBehavior("failed", 30001), ["message_status_failed"]),
    ],
)
def test_the_progress_of_a_text(behavior: TextBehavior, names: list[str]) -> None:
    world = set_up()
    world.exchange.add_number(LONG_CODE, voice_url=f"{BASE}/in")
    world.exchange.set_text_behavior(ANA, behavior)
    world.product.answers["/sms/status"] = Reply(204, "", "")

    world.exchange.messages.send(LONG_CODE, ANA, "Hello", status_callback=f"{BASE}/sms/status")
    world.exchange.run()

    sent = [asked.form for asked in world.product.asked_at("/sms/status")]
    assert [form["MessageStatus"] for form in sent] == [EXAMPLES[name]["params"]["MessageStatus"] for name in names]
    for form, name in zip(sent, names, strict=True):
        assert_like_example(form, name)


def test_the_account_is_the_examples() -> None:
    assert {example["params"]["AccountSid"] for example in EXAMPLES.values()} == {ACCOUNT}
    assert TOKEN == "12345"
