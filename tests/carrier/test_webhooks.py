"""Form -> signal, on the signed examples and on what nobody should send."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.carrier import webhooks
from app.carrier.webhooks import BadWebhook, Form
from app.domain.signals import (
    Arrival,
    CallProgress,
    DialResult,
    Failure,
    KeysPressed,
    ProducerLeg,
    RecordingDone,
    TextProgress,
    TextReceived,
)
from tests.carrier.examples import EXAMPLES

CALL = "CA1111222233334444555566667777888a"
LEG = "CA9999888877776666555544443333222b"
SENT = "SM0f1e2d3c4b5a69788796a5b4c3d2e1f0"
CALLER = "+13125550147"
OURS = "+18005550199"

READERS: tuple[Callable[[Form], Any], ...] = (
    webhooks.arrival,
    webhooks.keys,
    webhooks.producer_leg,
    webhooks.dial_result,
    webhooks.call_progress,
    webhooks.recording_done,
    webhooks.text_received,
    webhooks.text_progress,
    webhooks.failure,
)


def form(name: str, **changed: str | None) -> list[tuple[str, str]]:
    """The example `name`, with parameters changed, added or (None) taken away."""
    fields: dict[str, str | None] = {**dict(EXAMPLES[name].form), **changed}
    return [(key, value) for key, value in fields.items() if value is not None]


# ---- what the carrier says


BROWSER = "client:abcdefghijklmnopqrstuvwx"
_OF_A_PLACE = ("City", "State", "Zip", "Country")


def test_a_browsers_leg_is_read_like_a_phones_though_it_is_nowhere() -> None:
    whisper = [
        (name, {"To": BROWSER, "Called": BROWSER}.get(name, value))
        for name, value in form("whisper_gather_result")
        if not name.startswith(("To", "Called")) or not name.endswith(_OF_A_PLACE)
    ]

    assert ("To", BROWSER) in whisper
    assert webhooks.producer_leg(whisper) == ProducerLeg(LEG, CALL, "1")
    assert webhooks.on_producer_leg(whisper)


def test_a_call_from_a_browser_says_so() -> None:
    placed = form("inbound_voice", From=BROWSER, Caller=BROWSER, FromState=None, CallerState=None)

    assert webhooks.arrival(placed).from_softphone
    assert not webhooks.arrival(form("inbound_voice")).from_softphone


def test_an_arrival_carries_numbers_and_attestation_and_no_state() -> None:
    arrival = webhooks.arrival(form("inbound_voice"))

    assert arrival == Arrival(CALL, CALLER, OURS, stir="TN-Validation-Passed-A")


def test_an_arrival_without_geography_is_the_same_arrival() -> None:
    assert webhooks.arrival(form("inbound_voice_no_geo")) == Arrival(CALL, CALLER, OURS)


def test_a_forwarded_call_says_from_where() -> None:
    arrival = webhooks.arrival(form("inbound_voice", ForwardedFrom="+12175550188"))

    assert arrival.forwarded_from == "+12175550188"


@pytest.mark.parametrize("number", [None, ""])
def test_a_withheld_number_is_anonymous(number: str | None) -> None:
    assert webhooks.arrival(form("inbound_voice", From=number)).from_number == "anonymous"


@pytest.mark.parametrize("number", ["anonymous", "unknown", "Restricted", "sip:someone@example.com"])
def test_what_is_no_number_comes_through_as_it_is(number: str) -> None:
    assert webhooks.arrival(form("inbound_voice", From=number)).from_number == number


@pytest.mark.parametrize("status", ["completed", "no-answer", "canceled", "busy", "failed"])
def test_a_caller_who_is_gone_when_we_hear_of_them_has_left(status: str) -> None:
    assert webhooks.arrival(form("inbound_voice", CallStatus=status)).caller_left
    assert webhooks.keys(form("gather_result_parent", CallStatus=status)).caller_left


def test_keys_of_the_caller() -> None:
    assert webhooks.keys(form("gather_result_parent")) == KeysPressed(CALL, "60601")


def test_silence_is_an_empty_result() -> None:
    assert webhooks.keys(form("gather_result_parent", Digits=None)) == KeysPressed(CALL, "")


def test_speech_comes_without_digits() -> None:
    spoken = form("gather_result_parent", Digits=None, SpeechResult="six oh six oh one", Confidence="0.9")

    assert webhooks.keys(spoken) == KeysPressed(CALL, "", speech="six oh six oh one")


def test_the_whisper_request_names_leg_and_parent() -> None:
    assert webhooks.producer_leg(form("whisper_number_url")) == ProducerLeg(LEG, CALL)


def test_the_key_pressed_in_the_whisper() -> None:
    assert webhooks.producer_leg(form("whisper_gather_result")) == ProducerLeg(LEG, CALL, digits="1")


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("dial_action_completed_bridged", DialResult(CALL, "completed", True, LEG, 42, False)),
        ("dial_action_no_answer", DialResult(CALL, "no-answer", False, LEG, None, False)),
        ("dial_action_whisper_rejected", DialResult(CALL, "completed", False, LEG, 9, False)),
        ("dial_action_caller_hung_up", DialResult(CALL, "no-answer", False, LEG, None, True)),
    ],
)
def test_the_end_of_a_dial(name: str, result: DialResult) -> None:
    assert webhooks.dial_result(form(name)) == result


def test_a_dial_that_does_not_say_whether_it_bridged() -> None:
    result = webhooks.dial_result(form("dial_action_no_answer", DialBridged=None, DialCallSid=None))

    assert (result.bridged, result.leg_sid) == (None, None)


@pytest.mark.parametrize("status", [None, "", "exploded"])
def test_a_dial_whose_end_we_cannot_read_has_failed_and_the_caller_is_served_on(status: str | None) -> None:
    result = webhooks.dial_result(form("dial_action_no_answer", DialCallStatus=status))

    assert result.dial_status == "failed"


@pytest.mark.parametrize(
    ("name", "progress"),
    [
        ("child_status_0_initiated", CallProgress(LEG, CALL, "initiated", None, 0)),
        ("child_status_1_ringing", CallProgress(LEG, CALL, "ringing", None, 1)),
        ("child_status_2_in_progress", CallProgress(LEG, CALL, "in-progress", None, 2)),
        # CallDuration, in seconds; Duration=1 is a billed minute.
        ("child_status_3_completed", CallProgress(LEG, CALL, "completed", 42, 3)),
        ("child_status_no_answer", CallProgress(LEG, CALL, "no-answer", 0, 2)),
        ("child_status_busy", CallProgress(LEG, CALL, "busy", 0, 2)),
        ("number_status_completed", CallProgress(CALL, None, "completed", 71, 0)),
    ],
)
def test_the_progress_of_a_leg(name: str, progress: CallProgress) -> None:
    assert webhooks.call_progress(form(name)) == progress


def test_a_recording() -> None:
    sid = "RE" + "4" * 32
    told = [("CallSid", CALL), ("RecordingSid", sid), ("RecordingStatus", "completed"), ("RecordingDuration", "61")]

    assert webhooks.recording_done([*told, ("RecordingChannels", "2")]) == RecordingDone(sid, "completed", 61, 2)
    assert webhooks.recording_done(told) == RecordingDone(sid, "completed", 61, None)
    with pytest.raises(BadWebhook, match="RecordingStatus is not a status we know"):
        webhooks.recording_done([("RecordingSid", sid)])
    with pytest.raises(BadWebhook, match="RecordingSid is missing"):
        webhooks.recording_done([("RecordingStatus", "completed"), ("RecordingSid", sid.lower())])


@pytest.mark.parametrize("status", ["", "exploded"])
def test_a_progress_that_we_do_not_know_is_refused(status: str) -> None:
    with pytest.raises(BadWebhook, match="CallStatus is not a status we know"):
        webhooks.call_progress(form("child_status_busy", CallStatus=status))


def test_a_text() -> None:
    assert webhooks.text_received(form("inbound_sms")) == TextReceived(
        "SM5c4b3a2918070605040302010f0e0d0c", "+12175550123", "+13125550188", "ACK 4417"
    )


def test_a_text_that_advanced_opt_out_matched() -> None:
    assert webhooks.text_received(form("inbound_sms_stop")).opt_out_type == "STOP"


@pytest.mark.parametrize(
    ("name", "status", "error_code"),
    [
        ("message_status_sent", "sent", None),
        ("message_status_delivered", "delivered", None),
        ("message_status_undelivered", "undelivered", 30003),
        ("message_status_failed", "failed", 30001),
    ],
)
def test_what_became_of_a_text(name: str, status: str, error_code: int | None) -> None:
    assert webhooks.text_progress(form(name)) == TextProgress(SENT, status, error_code)


def test_what_became_of_a_text_in_the_older_spelling() -> None:
    progress = webhooks.text_progress(form("message_status_sent", MessageStatus=None, SmsStatus="delivered"))

    assert progress.status == "delivered"


def test_a_failure_names_the_document_that_failed() -> None:
    assert webhooks.failure(form("voice_fallback")) == Failure(
        CALL, 11200, "https://app.example.com/voice/inbound", on_producer_leg=False
    )


# ---- which leg asks


@pytest.mark.parametrize("name", ["whisper_number_url", "whisper_gather_result", "child_status_busy"])
def test_a_leg_that_a_dial_rang_is_a_producers(name: str) -> None:
    assert webhooks.on_producer_leg(form(name))


@pytest.mark.parametrize("name", ["inbound_voice", "gather_result_parent", "dial_action_no_answer", "voice_fallback"])
def test_the_callers_leg_is_not(name: str) -> None:
    assert not webhooks.on_producer_leg(form(name))


@pytest.mark.parametrize(
    "fields",
    [
        [("Direction", "outbound-dial")],
        [("Direction", "inbound"), ("Direction", "outbound-dial")],
        [("Direction", " Outbound-API ")],
        [("ParentCallSid", "not even a sid")],
        [("Direction", "inbound"), ("ParentCallSid", CALL)],
    ],
)
def test_one_sign_of_a_producers_leg_is_enough(fields: Form) -> None:
    assert webhooks.on_producer_leg(fields)


def test_the_fallback_of_a_whisper_is_a_producers_leg() -> None:
    assert webhooks.failure(form("whisper_number_url", ErrorCode="11200")).on_producer_leg


# ---- what nobody should send


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "sid",
    [
        None,
        "",
        "CA123",
        CALL.upper(),
        CALL + "\n",
        "\n" + CALL,
        CALL + "0",
        "../" + CALL,
        "CA" + "g" * 32,
        "CA" + "１" * 32,
        CALL[:-1] + "\x00",
        SENT.replace("SM", "SX"),
    ],
)
def test_without_a_proper_sid_nothing_is_read(read: Callable[[Form], Any], sid: str | None) -> None:
    name = "inbound_sms" if read in (webhooks.text_received, webhooks.text_progress) else "inbound_voice"

    with pytest.raises(BadWebhook, match="Sid is missing or not spelled"):
        read(form(name, CallSid=sid, MessageSid=sid))


@pytest.mark.parametrize("name", ["ParentCallSid", "DialCallSid"])
def test_a_second_sid_is_checked_where_it_is_given(name: str) -> None:
    read = webhooks.producer_leg if name == "ParentCallSid" else webhooks.dial_result

    with pytest.raises(BadWebhook, match=f"{name} is missing or not spelled"):
        read(form("dial_action_no_answer", **{name: "CA1; DROP TABLE calls"}))


def test_a_call_to_nobody_is_refused() -> None:
    with pytest.raises(BadWebhook, match="To is missing"):
        webhooks.arrival(form("inbound_voice", To=""))


def test_a_parameter_with_two_values_is_refused() -> None:
    with pytest.raises(BadWebhook, match="Digits is given twice"):
        webhooks.producer_leg([*form("whisper_gather_result"), ("Digits", "2")])


def test_a_parameter_repeated_with_the_same_value_is_one() -> None:
    assert webhooks.producer_leg([*form("whisper_gather_result"), ("Digits", "1")]).digits == "1"


def test_a_repeated_parameter_that_we_do_not_read_is_no_matter() -> None:
    assert webhooks.arrival([*form("inbound_voice"), ("FromCity", "X"), ("New", "1"), ("New", "2")])


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\x0b", "\x1b[2J"])
def test_what_no_database_takes_is_taken_out(text: str) -> None:
    body = webhooks.text_received(form("inbound_sms", Body=f"ON{text} please")).body

    assert body.replace("[2J", "") == "ON please"
    body.encode("utf-8")


def test_marks_and_emoji_stay() -> None:
    assert webhooks.text_received(form("inbound_sms", Body="\u202eNO\u200f 🦜\n")).body == "\u202eNO\u200f 🦜"


def test_nothing_grows_beyond_its_limit() -> None:
    long = "9" * 60_000

    arrival = webhooks.arrival(form("inbound_voice", From=long, To=long, ForwardedFrom=long, StirVerstat=long))
    pressed = webhooks.keys(form("gather_result_parent", Digits=long, SpeechResult=long))
    failure = webhooks.failure(form("voice_fallback", ErrorCode=long, ErrorUrl=long))

    lengths = (len(arrival.from_number), len(arrival.to_number), len(arrival.forwarded_from or ""))
    assert lengths == (webhooks.LONGEST_NUMBER,) * 3
    assert (len(pressed.digits), len(pressed.speech)) == (webhooks.LONGEST_KEYS, webhooks.LONGEST_SPEECH)
    assert (failure.error_code, len(failure.error_url or "")) == (None, webhooks.LONGEST_URL)
    assert len(webhooks.text_received(form("inbound_sms", Body=long)).body) == webhooks.LONGEST_BODY


@pytest.mark.parametrize(("keyed", "read"), [("1", "1"), (" 1 ", "1"), ("1<Dial>900", "1900"), ("٣", ""), ("*", "*")])
def test_only_keys_are_digits(keyed: str, read: str) -> None:
    assert webhooks.keys(form("gather_result_parent", Digits=keyed)).digits == read


@pytest.mark.parametrize("number", ["-1", "1.5", "1e3", "٤٢", " 42", "42\n", "", "9" * 10])
def test_a_duration_that_is_no_number_is_not_known(number: str) -> None:
    assert webhooks.dial_result(form("dial_action_no_answer", DialCallDuration=number)).talk_seconds is None


def test_the_message_of_a_bad_webhook_says_what_is_wrong() -> None:
    with pytest.raises(BadWebhook) as caught:
        webhooks.arrival([])

    assert str(caught.value) == "The request is signed but makes no sense. To is missing"


NAMES = st.sampled_from(
    [
        "CallSid",
        "MessageSid",
        "From",
        "To",
        "Digits",
        "CallStatus",
        "MessageStatus",
        "DialCallStatus",
        "DialBridged",
    ]
)
VALUES = st.sampled_from([CALL, LEG, SENT, "completed", "true", "1", OURS]) | st.text(st.characters(codec=None))


@given(st.lists(st.tuples(NAMES | st.text(), VALUES), max_size=12), st.sampled_from(READERS))
def test_any_form_is_a_signal_or_a_bad_webhook(fields: list[tuple[str, str]], read: Callable[[Form], Any]) -> None:
    with suppress(BadWebhook):
        read(fields)
    webhooks.on_producer_leg(fields)
