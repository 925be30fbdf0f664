"""Calls by REST: created, redirected, ended, listed. Source: TELEPHONY.md section 5."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from twilio.base.exceptions import TwilioRestException

from app.simulator.errors import text_of
from app.simulator.parties import (
    BUSY,
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
)
from app.simulator.rest import RestFault, RestTrouble
from app.simulator.switches import Switches
from tests.simulation.rest_client import HOME, client, session
from tests.simulation.scripted import (
    ANA,
    BASE,
    BEN,
    CALLER,
    OURS,
    Stage,
    dial,
    screening,
    stage,
)

TALK = CallerBehavior(talk_seconds=None, stays_on_after_talk=True, hang_up_after=300)


def talking(switches: Switches | None = None) -> Stage:
    """Ten seconds into a call that Ana took."""
    world = stage({**screening(), "/away": "<Say>Elsewhere</Say><Pause length='20'/>"}, switches=switches)
    world.exchange.add_producer(ANA, accepts())
    world.exchange.call(CALLER, OURS, TALK)
    world.exchange.run(10)
    assert world.exchange.record.bridges
    return world


# --- creating ---


def test_a_call_is_created_rings_and_runs_its_document() -> None:
    world = stage({"/out": '<Say>Callback</Say><Dial callerId="+18005550199">+13125550147</Dial>'})
    world.exchange.add_producer(ANA, ProducerBehavior())
    world.exchange.add_producer(CALLER, ProducerBehavior(talk_seconds=30))

    created = client(world).calls.create(to=ANA, from_=OURS, url=f"{BASE}/out")
    world.exchange.run()

    call = world.exchange.record.call(created.sid)
    assert created.status == "queued"
    assert call.heard("Callback")
    assert call.bridged_to == [CALLER]
    assert world.product.params("/out")["Direction"] == "outbound-api"
    assert world.product.params("/out")["CallStatus"] == "in-progress"


def test_its_progress_is_called_back_as_asked() -> None:
    world = stage({"/out": "<Say>Hi</Say>"})
    world.exchange.add_producer(ANA, ProducerBehavior())

    client(world).calls.create(
        to=ANA, from_=OURS, url=f"{BASE}/out", status_callback=f"{BASE}/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    world.exchange.run()

    sent = [asked.form for asked in world.product.asked_at("/status")]
    assert [form["CallStatus"] for form in sent] == ["initiated", "ringing", "in-progress", "completed"]
    assert sent[-1]["SipResponseCode"] == "200"


@pytest.mark.parametrize(("behavior", "status"), [(NO_ANSWER, "no-answer"), (BUSY, "busy"), (None, "failed")])
def test_a_created_call_that_nobody_answers_ends(behavior: ProducerBehavior | None, status: str) -> None:
    world = stage({})
    if behavior is not None:
        world.exchange.add_producer(ANA, behavior)

    created = client(world).calls.create(to=ANA, from_=OURS, url=f"{BASE}/out", timeout=20)
    world.exchange.run()

    assert client(world).calls(created.sid).fetch().status == status
    assert world.product.asked == []


def test_one_created_call_leaves_each_second() -> None:
    world = stage({"/out": "<Hangup/>"})
    numbers = [f"+1217555010{digit}" for digit in range(4)]
    for number in numbers:
        world.exchange.add_producer(number, NO_ANSWER)
        client(world).calls.create(to=number, from_=OURS, url=f"{BASE}/out", timeout=20)

    world.exchange.run()

    rang = [leg.rang_at for leg in world.exchange.record.legs.values() if leg.rang_at is not None]
    assert [(later - sooner) for sooner, later in pairwise(rang)] == [timedelta(seconds=1)] * 3


def test_a_document_may_be_given_with_the_request() -> None:
    world = stage({})
    world.exchange.add_producer(ANA, ProducerBehavior())

    created = client(world).calls.create(to=ANA, from_=OURS, twiml="<Response><Say>Inline</Say></Response>")
    world.exchange.run()

    assert world.exchange.record.call(created.sid).heard("Inline")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "somebody"}, 21211),
        ({"From": "me"}, 21212),
        ({"From": "+13125550199"}, 21210),
        ({"Url": ""}, 21205),
        ({"Url": "ftp://example.com/"}, 21205),
        ({"Url": "https://my_host.example.com/"}, 21205),
        ({"Twiml": "<Response/>"}, 20422),
        ({"Timeout": "601"}, 21208),
        ({"Method": "PUT"}, 21209),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"StatusCallback": "https://example.com/", "StatusCallbackEvent": "answerd"}, 21626),
        ({"Colour": "blue"}, 20001),
        ({"MachineDetection": "Enable"}, 20001),
    ],
)
def test_what_twilio_would_not_take_is_refused_with_its_code(change: dict[str, str], code: int) -> None:
    world = stage({})
    good = {"To": ANA, "From": OURS, "Url": f"{BASE}/out"}

    answer = session(world).post(f"{HOME}/Calls.json", data=good | change)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["message"].startswith(text_of(code))
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert world.exchange.record.legs == {}


# --- changing a call ---


def test_a_redirected_caller_leaves_the_talk() -> None:
    world = talking()
    call = world.exchange.record.calls[0]

    client(world).calls(call.sid).update(url=f"{BASE}/away", method="POST")
    world.exchange.run(5)

    assert call.heard("Elsewhere")
    assert call.bridges[0].until == world.clock.now() - timedelta(seconds=5)
    assert call.leg_to(ANA).status == "completed"
    assert world.product.asked_at("/done") == []


@pytest.mark.parametrize(("position", "stays"), [("ends", False), ("stays", True)])
def test_the_dialed_legs_fate_after_its_parent_was_redirected_is_a_switch(position: str, stays: bool) -> None:
    world = talking(Switches(redirected_parent_child=position))
    call = world.exchange.record.calls[0]

    client(world).calls(call.sid).update(url=f"{BASE}/away")
    world.exchange.run(0.5)

    assert call.leg_to(ANA).is_live is stays


@pytest.mark.parametrize(("position", "goes_on"), [("continues", True), ("ends", False)])
def test_the_parents_fate_after_its_dialed_leg_was_redirected_is_a_switch(position: str, goes_on: bool) -> None:
    world = talking(Switches(redirected_child_parent=position))
    call = world.exchange.record.calls[0]

    client(world).calls(call.leg_to(ANA).sid).update(url=f"{BASE}/away")
    world.exchange.run(5)

    assert call.leg_to(ANA).has_heard("Elsewhere")
    assert call.heard("Goodbye") is goes_on
    if goes_on:
        assert "DialCallDuration" not in world.product.params("/done")
        assert world.product.params("/done")["DialBridged"] == "true"


def test_a_caller_redirected_while_it_rings_stops_the_ringing() -> None:
    world = stage({**screening(), "/away": "<Say>Elsewhere</Say>"})
    world.exchange.add_producer(ANA, NO_ANSWER)
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run(5)

    client(world).calls(call.sid).update(url=f"{BASE}/away")
    world.exchange.run()

    assert call.leg_to(ANA).status == "canceled"
    assert call.heard("Elsewhere")


def test_a_caller_redirected_during_the_whisper_is_not_bridged() -> None:
    world = stage({**screening(), "/away": "<Say>Elsewhere</Say><Pause length='30'/>"})
    world.exchange.add_producer(ANA, accepts())
    call = world.exchange.call(CALLER, OURS, TALK)
    world.exchange.on("whisper", lambda leg: client(world).calls(call.sid).update(url=f"{BASE}/away"))

    world.exchange.run()

    assert call.bridged_to == []
    assert call.heard("Elsewhere")


def test_the_product_may_redirect_the_call_whose_webhook_it_is_answering() -> None:
    world = stage({"/away": "<Say>Elsewhere</Say>"})

    def answer(form: dict[str, str]) -> str:
        client(world).calls(form["CallSid"]).update(url=f"{BASE}/away")
        return "<Say>Never heard</Say>"

    world.product.answers["/in"] = answer
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.spoken == ["Elsewhere"]


def test_completed_ends_a_talk_and_canceled_does_not() -> None:
    world = talking()
    call = world.exchange.record.calls[0]

    client(world).calls(call.sid).update(status="canceled")
    still_live = call.leg.is_live
    client(world).calls(call.sid).update(status="completed")

    assert still_live
    assert (call.status, call.leg_to(ANA).status) == ("completed", "completed")


@pytest.mark.parametrize(("status", "ended"), [("canceled", False), ("completed", True)])
def test_a_phone_that_rings_in_a_dial_is_stopped_only_by_completed(status: str, ended: bool) -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, NO_ANSWER)
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run(5)

    client(world).calls(call.leg_to(ANA).sid).update(status=status)
    world.exchange.run(1)

    assert bool(world.product.asked_at("/done")) is ended
    if ended:
        assert world.product.params("/done")["DialCallStatus"] == "canceled"


def test_a_created_call_can_be_canceled_while_queued_without_a_callback() -> None:
    world = stage({})
    world.exchange.add_producer(ANA, NO_ANSWER)
    created = client(world).calls.create(to=ANA, from_=OURS, url=f"{BASE}/out", status_callback=f"{BASE}/status")

    client(world).calls(created.sid).update(status="canceled")
    world.exchange.run()

    assert client(world).calls(created.sid).fetch().status == "canceled"
    assert world.product.asked == []


def test_a_call_that_is_over_cannot_be_redirected() -> None:
    world = stage({"/in": ""})
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    with pytest.raises(TwilioRestException) as caught:
        client(world).calls(call.sid).update(url=f"{BASE}/away")

    assert (caught.value.code, caught.value.status) == (21220, 400)


# --- reading ---


def test_calls_are_listed_by_what_is_asked() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, BUSY)
    first = world.exchange.call(CALLER, OURS)
    world.exchange.run()
    world.clock.advance(3600)
    second = world.exchange.call(CALLER, OURS)
    world.exchange.run(1)
    calls = client(world).calls

    assert {call.sid for call in calls.list()} == {leg.sid for leg in world.exchange.record.legs.values()}
    assert [call.sid for call in calls.list(to=OURS)] == [second.sid, first.sid]
    assert [call.sid for call in calls.list(to=OURS, status="completed")][-1] == first.sid
    assert [call.sid for call in calls.list(parent_call_sid=first.sid)] == [first.children[0].sid]
    after = second.leg.started_at - timedelta(seconds=1)
    assert [call.sid for call in calls.list(start_time_after=after, to=OURS)] == [second.sid]
    assert [call.sid for call in calls.list(start_time_before=after, to=OURS)] == [first.sid]


def test_lists_come_in_pages() -> None:
    world = stage({"/in": ""})
    sids = []
    for _ in range(7):
        sids.append(world.exchange.call(CALLER, OURS).sid)
        world.exchange.run()

    assert [call.sid for call in client(world).calls.list(page_size=3)] == sids[::-1]


def test_a_call_is_shown_with_its_times_and_its_duration_as_text() -> None:
    world = stage({"/in": '<Pause length="1"/><Say>Hi</Say><Pause length="10"/>'})
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    shown = session(world).get(f"{HOME}/Calls/{call.sid}.json").json()

    assert (shown["status"], shown["duration"], shown["direction"]) == ("completed", "10", "inbound")
    assert shown["start_time"] == "Tue, 05 May 2026 15:04:01 +0000"
    assert shown["end_time"] == "Tue, 05 May 2026 15:04:11 +0000"


# --- the door ---


@pytest.mark.parametrize("auth", [None, ("AC" + "0" * 32, "12345"), ("AC0123456789abcdef0123456789abcdef", "wrong")])
def test_wrong_credentials_are_refused(auth: tuple[str, str] | None) -> None:
    world = stage({})
    plain = session(world)
    plain.auth = auth

    answer = plain.get(f"{HOME}/Calls.json")

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


@pytest.mark.parametrize("path", ["/Calls/CA" + "0" * 32 + ".json", "/Queues.json"])
def test_what_is_not_there_is_not_found(path: str) -> None:
    answer = session(stage({})).get(HOME + path)

    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_answers_are_as_twilios_own_description_says() -> None:
    document = Path(__file__).parents[1] / "data" / "openapi" / "twilio_calls_messages.json"
    described = OpenAPI.from_dict(json.loads(document.read_text(encoding="utf-8")))
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts())
    call = world.exchange.call(CALLER, OURS)
    world.exchange.run(10)
    plain = session(world)

    answers = [
        plain.get(f"{HOME}/Calls.json?PageSize=1"),
        plain.get(f"{HOME}/Calls/{call.sid}.json"),
        plain.post(f"{HOME}/Calls.json", data={"To": BEN, "From": OURS, "Url": f"{BASE}/out"}),
        plain.post(f"{HOME}/Calls/{call.sid}.json", data={"Status": "completed"}),
        plain.post(f"{HOME}/Messages.json", data={"To": BEN, "From": OURS, "Body": "Hello"}),
        plain.get(f"{HOME}/Messages.json"),
    ]

    for answer in answers:
        request = requests.Request(
            answer.request.method, answer.request.url, headers=answer.request.headers, data=answer.request.body
        )
        described.validate_response(RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(answer))
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200, 201, 200]


# --- faults ---


def create(world: Stage) -> object:
    return client(world).calls.create(to=ANA, from_=OURS, url=f"{BASE}/out")


@pytest.mark.parametrize(
    ("trouble", "status", "calls"),
    [(RestTrouble.RATE_LIMITED, 429, 0), (RestTrouble.SERVER_ERROR, 500, 0)],
)
def test_a_refusal_has_no_effect(trouble: RestTrouble, status: int, calls: int) -> None:
    world = stage({})
    world.exchange.rest_faults.append(RestFault(trouble))

    with pytest.raises(TwilioRestException) as caught:
        create(world)

    assert caught.value.status == status
    assert len(world.exchange.record.calls) == calls


@pytest.mark.parametrize(("trouble", "calls"), [(RestTrouble.TIMEOUT_BEFORE, 0), (RestTrouble.TIMEOUT_AFTER, 1)])
def test_a_timeout_may_come_before_or_after_the_effect(trouble: RestTrouble, calls: int) -> None:
    world = stage({})
    world.exchange.rest_faults.append(RestFault(trouble))

    with pytest.raises(requests.ReadTimeout):
        create(world)

    assert len(world.exchange.record.calls) == calls
    assert [request.status for request in world.exchange.record.rest_requests] == [None]


def test_malformed_json_hides_an_effect_too() -> None:
    world = stage({})
    world.exchange.rest_faults.append(RestFault(RestTrouble.MALFORMED))

    with pytest.raises(ValueError, match=r"."):
        create(world)

    assert len(world.exchange.record.calls) == 1


def test_a_fault_strikes_only_what_it_names_and_only_so_often() -> None:
    world = stage({})
    fault = RestFault(RestTrouble.SERVER_ERROR, path_contains="/Messages", method="POST")
    world.exchange.rest_faults.append(fault)

    create(world)

    assert fault.times == 1


def test_every_request_is_kept() -> None:
    world = stage({})

    create(world)

    [request] = world.exchange.record.rest_requests
    assert (request.method, request.status) == ("POST", 201)
    assert dict(request.form) == {"To": ANA, "From": OURS, "Url": f"{BASE}/out"}


def test_a_redirected_caller_hears_on_and_may_be_bridged_anew() -> None:
    world = stage({**screening(), "/next": dial(BEN)})
    world.exchange.add_producer(ANA, accepts())
    world.exchange.add_producer(BEN, accepts())
    call = world.exchange.call(CALLER, OURS, CallerBehavior(talk_seconds=60))
    world.exchange.at(30, lambda: client(world).calls(call.sid).update(url=f"{BASE}/next"))

    world.exchange.run()

    assert call.bridged_to == [ANA, BEN]
    assert call.bridges[1].seconds == 60


def test_the_action_of_a_given_document_must_be_absolute() -> None:
    world = stage({"/zip": "<Say>Thanks</Say>"})
    world.exchange.add_producer(ANA, ProducerBehavior(presses="1"))
    for action in ("/zip", f"{BASE}/zip"):
        document = f'<Response><Gather numDigits="1" action="{action}"/></Response>'
        client(world).calls.create(to=ANA, from_=OURS, twiml=document)
        world.exchange.run()

    assert [call.heard("Thanks") for call in world.exchange.record.calls] == [False, True]
    assert [alert.code for alert in world.exchange.record.alerts] == [11100]


def test_a_dialed_leg_that_stays_alone_after_its_whisper_is_never_bridged() -> None:
    world = stage(
        {**screening(), "/away": "<Say>Elsewhere</Say><Pause length='30'/>"},
        switches=Switches(redirected_parent_child="stays"),
    )
    world.exchange.add_producer(ANA, accepts())
    call = world.exchange.call(CALLER, OURS, TALK)
    world.exchange.on("key", lambda leg: client(world).calls(call.sid).update(url=f"{BASE}/away"))

    world.exchange.run()

    assert world.product.params("/key")["Digits"] == "1"
    assert call.bridged_to == []
    assert call.leg_to(ANA).status == "completed"
