"""Texts: sent, delivered, received, stopped. Source: TELEPHONY.md sections 1, 5, 6 and 7."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException

from app.simulator.messages import LANDLINE, NOT_A_MOBILE, TextBehavior, keyword
from app.simulator.parameters import segments
from app.simulator.products import Reply
from app.simulator.rest import RestFault, RestTrouble
from app.simulator.signing import sign
from tests.simulation.rest_client import HOME, client, session
from tests.simulation.scripted import ANA, BASE, OURS, TOKEN, Stage, stage


def send(world: Stage, body: str = "Hello") -> str:
    sid: str = client(world).messages.create(
        to=ANA, from_=OURS, body=body, status_callback=f"{BASE}/sms/status"
    ).sid  # fmt: skip
    return sid


def quiet() -> Stage:
    return stage({"/sms": "", "/sms/status": Reply(204, "", "")})


def called_back(world: Stage) -> list[tuple[str, str | None]]:
    return [
        (asked.form["MessageStatus"], asked.form.get("ErrorCode")) for asked in world.product.asked_at("/sms/status")
    ]


def test_a_text_is_queued_sent_and_delivered_and_queued_is_not_called_back() -> None:
    world = quiet()

    sid = send(world)
    first = client(world).messages(sid).fetch().status
    world.exchange.run()

    assert first == "queued"
    assert called_back(world) == [("sent", None), ("delivered", None)]
    assert client(world).messages(sid).fetch().status == "delivered"


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        (LANDLINE, [("sent", None), ("undelivered", "30006")]),
        (TextBehavior("failed", 30001), [("failed", "30001")]),
    ],
)
def test_a_text_may_fail_with_its_code(behavior: TextBehavior, expected: list[tuple[str, str | None]]) -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, behavior)

    sid = send(world)
    world.exchange.run()

    assert called_back(world) == expected
    assert client(world).messages(sid).fetch().error_code == int(expected[-1][1] or 0)


def test_a_number_that_is_no_mobile_is_refused_at_once() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, NOT_A_MOBILE)

    with pytest.raises(TwilioRestException) as caught:
        send(world)

    assert caught.value.code == 21614


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "nobody"}, 21211),
        ({"From": ANA}, 21606),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"MediaUrl": "https://example.com/a.png"}, 20001),
    ],
)
def test_what_twilio_would_not_take_is_refused_with_its_code(change: dict[str, str], code: int) -> None:
    answer = session(quiet()).post(f"{HOME}/Messages.json", data={"To": ANA, "From": OURS, "Body": "Hi"} | change)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_long_code_sends_one_segment_a_second() -> None:
    world = quiet()

    for _ in range(3):
        send(world, "x" * 161)
    world.exchange.run()

    sent = [text.sent_at for text in world.exchange.record.texts.values() if text.sent_at is not None]
    assert [(instant - sent[0]).total_seconds() for instant in sent] == [0, 2, 4]


# --- to us ---


def test_a_persons_text_reaches_the_webhook_signed_with_its_port() -> None:
    world = quiet()
    world.exchange.add_number(OURS, voice_url=f"{BASE}/in", sms_url="https://app.example.com:8443/sms")

    sid = world.exchange.text(ANA, OURS, "TX please")
    world.exchange.run()

    [asked] = world.product.asked_at("/sms")
    assert asked.form["MessageSid"] == sid
    assert asked.headers["X-Twilio-Signature"] == sign(TOKEN, "https://app.example.com:8443/sms", asked.form.items())


def test_the_webhooks_reply_may_be_a_text() -> None:
    world = stage({"/sms": "<Message>Thank you</Message>"})

    world.exchange.text(ANA, OURS, "Hello")
    world.exchange.run()

    [answer] = world.exchange.record.texts_to(ANA)
    assert (answer.body, answer.direction, answer.status) == ("Thank you", "outbound-reply", "delivered")


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "CANCEL", "END", "QUIT", "OPTOUT"])
def test_stop_blocks_the_pair_and_still_reaches_the_webhook(word: str) -> None:
    world = quiet()

    world.exchange.text(ANA, OURS, word)
    world.exchange.run()
    with pytest.raises(TwilioRestException) as caught:
        send(world)

    assert (caught.value.code, caught.value.status) == (21610, 400)
    assert len(world.product.asked_at("/sms")) == 1
    assert [text.by_carrier for text in world.exchange.record.texts_to(ANA)] == [True]


def test_start_lifts_the_block() -> None:
    world = quiet()
    world.exchange.text(ANA, OURS, "STOP")
    world.exchange.text(ANA, OURS, "YES")

    sid = send(world)
    world.exchange.run()

    assert client(world).messages(sid).fetch().status == "delivered"


@pytest.mark.parametrize("body", ["please stop", "STOP IT", "stop.", "Yes please", ""])
def test_only_a_single_word_is_a_keyword(body: str) -> None:
    assert keyword(body) is None


def test_a_stop_between_queue_and_send_keeps_the_text_back() -> None:
    world = quiet()
    send(world)
    sid = send(world)
    world.exchange.at(0.6, lambda: world.exchange.text(ANA, OURS, "STOP"))

    world.exchange.run()

    assert client(world).messages(sid).fetch().status == "failed"
    assert world.exchange.record.texts[sid].sent_at is None


def test_a_failed_webhook_is_logged_and_nothing_more() -> None:
    world = stage({"/sms": Reply(500, "text/html", "")}, fallback=True)

    world.exchange.text(ANA, OURS, "Hello")
    world.exchange.run()

    assert [alert.code for alert in world.exchange.record.alerts] == [11200]
    assert world.product.asked_at("/fallback") == []


def test_texts_are_listed_both_ways() -> None:
    world = quiet()
    sent = send(world)
    received = world.exchange.text(ANA, OURS, "Hello")
    world.exchange.run()
    messages = client(world).messages

    assert [text.sid for text in messages.list(to=ANA)] == [sent]
    assert [text.sid for text in messages.list(from_=ANA)] == [received]
    assert messages.list(to=ANA)[0].num_segments == "1"
    assert len(messages.list(date_sent_after=world.clock.now().date())) == 2


def test_a_timeout_after_effect_leaves_a_text_that_can_be_found() -> None:
    world = quiet()
    world.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_AFTER, "/Messages", "POST"))

    with pytest.raises(Exception, match="does not answer"):
        send(world)

    assert [text.body for text in client(world).messages.list(to=ANA)] == ["Hello"]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("ñ€" * 54, 2),
        ("ž" * 70, 1),
        ("ž" * 71, 2),
    ],
)
def test_segments_are_160_or_70_and_in_parts_153_or_67(body: str, count: int) -> None:
    assert segments(body) == count


@given(st.text(max_size=400))
def test_any_body_has_at_least_one_segment(body: str) -> None:
    assert segments(body) >= 1
