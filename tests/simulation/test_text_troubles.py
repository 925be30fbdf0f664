"""What befalls texts, and what people write back: for a product that sends at most once and believes nobody."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException

from app.simulator.products import Reply
from app.simulator.rest import RestFault, RestTrouble
from app.simulator.switches import Switches
from app.simulator.text_behavior import UNSUBSCRIBED, TextBehavior, answers, failed, undelivered
from tests.simulation.rest_client import client
from tests.simulation.scripted import ANA, BASE, BEN, OURS, Stage, stage


def quiet(switches: Switches | None = None) -> Stage:
    return stage({"/sms": "", "/sms/status": Reply(204, "", "")}, switches=switches)


def send(world: Stage, to: str = ANA, *, body: str = "Hello", validity: int | None = None) -> str:
    given = {} if validity is None else {"validity_period": validity}
    sid: str = (
        client(world).messages.create(to=to, from_=OURS, body=body, status_callback=f"{BASE}/sms/status", **given).sid
    )
    return sid


def called_back(world: Stage) -> list[tuple[str, str | None]]:
    return [
        (asked.form["MessageStatus"], asked.form.get("ErrorCode")) for asked in world.product.asked_at("/sms/status")
    ]


# --- ValidityPeriod ---


def test_a_text_that_waits_longer_than_its_validity_is_never_sent() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, TextBehavior(sent_after_seconds=700))

    sid = send(world, validity=600)
    world.exchange.run()

    text = world.exchange.record.texts[sid]
    assert called_back(world) == [("failed", "30036")]
    assert text.sent_at is None
    assert (text.statuses[-1][0] - text.created_at).total_seconds() == 600
    assert client(world).messages(sid).fetch().error_message == "Validity Period Expired"


def test_a_text_that_leaves_within_its_validity_is_sent() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, TextBehavior(sent_after_seconds=600))

    send(world, validity=600)
    world.exchange.run()

    assert called_back(world) == [("sent", None), ("delivered", None)]


def test_a_text_without_a_validity_waits_ten_hours_at_most() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, TextBehavior(sent_after_seconds=36_001))

    send(world)
    world.exchange.run()

    assert called_back(world) == [("failed", "30001")]


def test_the_long_codes_own_queue_counts_for_the_validity() -> None:
    world = quiet()

    for _ in range(4):
        send(world, validity=2)
    world.exchange.run()

    assert sorted(status for status, code in called_back(world) if code == "30036") == ["failed", "failed"]


# --- what becomes of them ---


@pytest.mark.parametrize("code", [30003, 30004, 30005, 30006, 30007, 30008])
def test_a_text_that_was_sent_may_not_arrive(code: int) -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, undelivered(code))

    send(world)
    world.exchange.run()

    assert called_back(world) == [("sent", None), ("undelivered", str(code))]


@pytest.mark.parametrize("code", [30032, 30034])
def test_a_text_of_an_unregistered_number_is_never_sent(code: int) -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, failed(code))

    send(world)
    world.exchange.run()

    assert called_back(world) == [("failed", str(code))]


def test_a_person_who_said_stop_elsewhere_is_refused_at_once() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, UNSUBSCRIBED)

    with pytest.raises(TwilioRestException) as caught:
        send(world)

    assert (caught.value.code, caught.value.status) == (21610, 400)


def test_one_behavior_a_text_and_the_last_one_ever_after() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, [undelivered(30003), TextBehavior()])

    sids = [send(world) for _ in range(3)]
    world.exchange.run()

    statuses = [world.exchange.record.texts[sid].status for sid in sids]
    assert statuses == ["undelivered", "delivered", "delivered"]


# --- callbacks ---


@pytest.mark.parametrize(
    ("callbacks", "expected"),
    [
        ({"sent": [60.0]}, ["delivered", "sent"]),
        ({"sent": [0.0, 1.0]}, ["sent", "sent", "delivered"]),
        ({"delivered": []}, ["sent"]),
        ({"sent": [], "delivered": []}, []),
        ({"delivered": [0.0, 3600.0]}, ["sent", "delivered", "delivered"]),
    ],
)
def test_a_texts_callbacks_may_be_late_twice_or_lost(callbacks: dict[str, list[float]], expected: list[str]) -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, TextBehavior(callbacks=callbacks))

    sid = send(world)
    world.exchange.run()

    assert [status for status, _ in called_back(world)] == expected
    assert client(world).messages(sid).fetch().status == "delivered"


def test_the_switches_may_be_turned_while_the_world_goes_on() -> None:
    world = quiet()
    world.exchange.turn(callback_loss=1.0)
    send(world)
    world.exchange.run()

    world.exchange.turn(callback_loss=0.0)
    send(world)
    world.exchange.run()

    assert called_back(world) == [("sent", None), ("delivered", None)]


# --- timeouts, and a list that lags ---


@pytest.mark.parametrize(("trouble", "gone_out"), [(RestTrouble.TIMEOUT_AFTER, 1), (RestTrouble.TIMEOUT_BEFORE, 0)])
def test_a_timeout_may_befall_the_texts_to_one_person_only(trouble: RestTrouble, gone_out: int) -> None:
    world = quiet()
    world.exchange.rest_faults.append(RestFault(trouble, "/Messages", "POST", to_number=ANA))

    send(world, BEN)
    with pytest.raises(Exception, match="does not answer"):
        send(world, ANA)
    world.exchange.run()

    assert [text.status for text in world.exchange.record.texts_to(ANA)] == ["delivered"] * gone_out
    assert len(world.exchange.record.texts_to(BEN)) == 1


def test_a_text_is_listed_only_after_the_lists_lag() -> None:
    world = quiet(Switches(message_list_lag_seconds=30))
    sid = send(world)

    world.exchange.run(29)
    before = client(world).messages.list(to=ANA)
    world.exchange.run(1)
    after = client(world).messages.list(to=ANA)

    assert (before, [text.sid for text in after]) == ([], [sid])


def test_a_text_that_is_not_yet_listed_is_found_by_its_sid() -> None:
    world = quiet(Switches(message_list_lag_seconds=30))

    sid = send(world)

    assert client(world).messages(sid).fetch().status == "queued"


# --- what people write back ---


def test_a_person_answers_what_was_delivered() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, answers({"which time": ["tomorrow at ten"]}, after=45))

    first = send(world, body="Which time suits you?")
    send(world, body="Which time suits you?")
    world.exchange.run()

    [asked] = world.product.asked_at("/sms")
    delivered_at = world.exchange.record.texts[first].statuses[-1][0]
    assert (asked.form["Body"], (asked.at - delivered_at).total_seconds()) == ("tomorrow at ten", 45)
    assert [text.body for text in world.exchange.record.texts_from(ANA)] == ["tomorrow at ten"]


def test_a_person_answers_nothing_that_did_not_arrive() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, TextBehavior("undelivered", 30003, answers="Hello?"))

    send(world)
    world.exchange.run()

    assert world.product.asked_at("/sms") == []


def test_the_carriers_own_answer_to_stop_is_not_answered() -> None:
    world = quiet()
    world.exchange.set_text_behavior(ANA, answers("STOP"))

    send(world)
    world.exchange.run()

    assert [asked.form["Body"] for asked in world.product.asked_at("/sms")] == ["STOP"]
    assert [text.by_carrier for text in world.exchange.record.texts_to(ANA)] == [False, True]
