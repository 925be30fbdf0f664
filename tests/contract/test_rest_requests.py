"""What we ask of Twilio is what its own OpenAPI document describes, and the rules beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from openapi_core.exceptions import OpenAPIError

from app.carrier import CallState, Carrier, Done, Placed, Refused, Sent, TextState
from tests.contract import twilio_api as twilio
from tests.contract.twilio_api import CALL, HERE, TEXT, twilio_api

URL = "https://threegate.example/voice/calls/x/zip/1"
STATUS_URL = "https://threegate.example/sms/status#rp=ct,rt,5xx&rc=2"
CREATED_TEXT = (201, json.dumps(twilio.text()))
CREATED_CALL = (201, json.dumps(twilio.call(status="queued", start_time=None, end_time=None, duration=None)))
CHANGED_CALL = (200, json.dumps(twilio.call()))
# 15:00 UTC, told by a clock elsewhere.
SINCE = datetime(2026, 5, 5, 11, 0, tzinfo=timezone(-timedelta(hours=4)))


def path_of(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").path


def test_a_text(carrier: Carrier) -> None:
    with twilio_api(CREATED_TEXT) as api:
        sent = carrier.send_text(
            from_number="+13125550188",
            to_number="+12175550123",
            body="Reply ON to come back. ¿Sí? 🦜",
            status_url=STATUS_URL,
            validity_seconds=3_600,
        )

    assert sent == Sent(TEXT, "queued")
    assert path_of(api.asked[0]) == f"{HERE}/Messages.json"
    assert api.fields == {
        "From": ["+13125550188"],
        "To": ["+12175550123"],
        "Body": ["Reply ON to come back. ¿Sí? 🦜"],
        "StatusCallback": [STATUS_URL],
        "ValidityPeriod": ["3600"],
    }
    twilio.check_answer(api.asked[0], *CREATED_TEXT)


def test_a_text_from_a_messaging_service(carrier: Carrier) -> None:
    with twilio_api(CREATED_TEXT) as api:
        carrier.send_text(from_number="MG00112233445566778899aabbccddeeff", to_number="+12175550123", body="Hi")

    assert api.fields["MessagingServiceSid"] == ["MG00112233445566778899aabbccddeeff"]
    assert "From" not in api.fields


def test_a_text_waits_at_most_ten_hours(carrier: Carrier) -> None:
    with twilio_api(CREATED_TEXT) as api:
        carrier.send_text(from_number="+13125550188", to_number="+12175550123", body="Hi", validity_seconds=90_000)

    assert api.fields["ValidityPeriod"] == ["36000"]


@pytest.mark.parametrize("validity_seconds", [0, -60])
def test_a_text_whose_window_is_over_is_never_sent(carrier: Carrier, validity_seconds: int) -> None:
    with twilio_api(CREATED_TEXT) as api:
        sent = carrier.send_text(
            from_number="+13125550188",
            to_number="+12175550123",
            body="Hi",
            validity_seconds=validity_seconds,
        )

    assert isinstance(sent, Refused)
    assert not sent.temporary
    assert api.asked == []


def test_a_call(carrier: Carrier) -> None:
    with twilio_api(CREATED_CALL) as api:
        placed = carrier.place_call(
            from_number="+18005550199",
            to_number="+12175550123",
            url=URL,
            status_url="https://threegate.example/voice/status",
            ring_seconds=15,
            fallback_url="https://threegate.example/voice/fallback",
        )

    assert placed == Placed(CALL, "queued")
    assert path_of(api.asked[0]) == f"{HERE}/Calls.json"
    assert api.fields == {
        "From": ["+18005550199"],
        "To": ["+12175550123"],
        "Url": [URL],
        "StatusCallback": ["https://threegate.example/voice/status"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["15"],
        "FallbackUrl": ["https://threegate.example/voice/fallback"],
    }
    twilio.check_answer(api.asked[0], *CREATED_CALL)


def test_a_call_to_a_browser(carrier: Carrier) -> None:
    with twilio_api(CREATED_CALL) as api:
        placed = carrier.place_call(
            from_number="+18005550199", to_number="client:abcdefghijklmnopqrstuvwx", url=URL, ring_seconds=15
        )

    assert placed == Placed(CALL, "queued")
    assert api.fields["To"] == ["client:abcdefghijklmnopqrstuvwx"]


def test_a_live_leg_is_redirected(carrier: Carrier) -> None:
    with twilio_api(CHANGED_CALL) as api:
        assert carrier.redirect(CALL, URL) == Done()

    assert path_of(api.asked[0]) == f"{HERE}/Calls/{CALL}.json"
    assert api.fields == {"Url": [URL], "Method": ["POST"]}
    twilio.check_answer(api.asked[0], *CHANGED_CALL)


def test_a_leg_is_hung_up_even_while_it_rings_within_a_dial(carrier: Carrier) -> None:
    with twilio_api(CHANGED_CALL) as api:
        assert carrier.hang_up(CALL) == Done()

    assert api.fields == {"Status": ["completed"]}


def test_one_call_is_looked_at(carrier: Carrier) -> None:
    answer = (200, json.dumps(twilio.call(parent_call_sid=CALL, direction="outbound-dial")))
    with twilio_api(answer) as api:
        state = carrier.fetch_call(CALL)

    assert state == CallState(
        call_sid=CALL,
        parent_sid=CALL,
        direction="outbound-dial",
        status="completed",
        from_number="+13125550147",
        to_number="+18005550199",
        started_at=datetime(2026, 5, 5, 15, 4, 5, tzinfo=UTC),
        ended_at=datetime(2026, 5, 5, 15, 4, 47, tzinfo=UTC),
        duration_seconds=42,
    )
    twilio.check_answer(api.asked[0], *answer)


def test_a_call_that_has_not_begun_has_no_instants(carrier: Carrier) -> None:
    with twilio_api((200, CREATED_CALL[1])):
        state = carrier.fetch_call(CALL)

    assert state is not None
    assert (state.started_at, state.ended_at, state.duration_seconds) == (None, None, None)


def test_recent_calls_are_read_page_by_page(carrier: Carrier) -> None:
    first = twilio.call(sid="CA" + "1" * 32)
    second = twilio.call(sid="CA" + "2" * 32, start_time=None, status="queued")
    earlier = twilio.call(sid="CA" + "3" * 32, start_time="Tue, 05 May 2026 14:59:59 +0000")
    answers = (
        (
            200,
            twilio.page("calls", first, next_page_uri=f"{HERE}/Calls.json?PageSize=200&Page=1&PageToken=PA1"),
        ),
        (200, twilio.page("calls", second, earlier)),
    )

    with twilio_api(*answers) as api:
        calls = list(carrier.recent_calls(SINCE))

    # Twilio's document says that its filter knows days only: what began earlier that day is left out here.
    assert [call.call_sid for call in calls] == ["CA" + "1" * 32, "CA" + "2" * 32]
    query = parse_qs(urlsplit(api.asked[0].url or "").query)
    assert query == {"StartTime>": ["2026-05-05T15:00:00Z"], "PageSize": ["200"]}
    assert "PageToken=PA1" in (api.asked[1].url or "")
    for request, answer in zip(api.asked, answers, strict=True):
        twilio.check_answer(request, *answer)


def test_recent_texts_to_a_number_include_those_that_still_wait(carrier: Carrier) -> None:
    earlier = twilio.text(sid="SM" + "3" * 32, date_created="Tue, 05 May 2026 14:00:00 +0000")
    failed = twilio.text(sid="SM" + "4" * 32, status="failed", error_code=30003)
    answer = (200, twilio.page("messages", twilio.text(), failed, earlier))

    with twilio_api(answer) as api:
        texts = list(carrier.recent_texts("+12175550123", SINCE))

    assert [(text.message_sid, text.status, text.error_code) for text in texts] == [
        (TEXT, "queued", None),
        ("SM" + "4" * 32, "failed", 30003),
    ]
    assert isinstance(texts[0], TextState)
    query = parse_qs(urlsplit(api.asked[0].url or "").query)
    assert query == {"To": ["+12175550123"], "PageSize": ["200"]}
    twilio.check_answer(api.asked[0], *answer)


def test_the_account_and_its_token_go_along(carrier: Carrier) -> None:
    with twilio_api(CHANGED_CALL) as api:
        carrier.hang_up(CALL)

    basic = requests.Request("GET", twilio.BASE_URL, auth=(twilio.ACCOUNT, twilio.TOKEN)).prepare()
    assert api.asked[0].headers["Authorization"] == basic.headers["Authorization"]


# ---- the checks themselves


PEOPLE = {"To": "+12175550123", "From": "+13125550188"}


def post(path: str, form: dict[str, str]) -> requests.PreparedRequest:
    auth = (twilio.ACCOUNT, twilio.TOKEN)
    return requests.Request("POST", twilio.BASE_URL + HERE + path, data=form, auth=auth).prepare()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/Messages.json", {"From": "+13125550188", "Body": "Hi"}),
        ("/Messages.json", PEOPLE | {"Body": "Hi", "ValidityPeriod": "soon"}),
        ("/Calls.json", {"From": "+18005550199", "Url": URL}),
        ("/Calls.json", {"To": "+12175550123", "Url": URL}),
        (f"/Calls/{CALL}.json", {"Status": "banana"}),
        ("/Calls/CA1.json", {"Status": "completed"}),
        ("/Faxes.json", PEOPLE),
    ],
)
def test_twilios_document_notices_a_wrong_request(path: str, form: dict[str, str]) -> None:
    with pytest.raises(OpenAPIError):
        twilio.check_request(post(path, form))


@pytest.mark.parametrize(
    ("path", "form", "complaint"),
    [
        ("/Messages.json", {"To": "+12175550123", "Body": "Hi"}, "21603"),
        ("/Messages.json", PEOPLE, "21602"),
        ("/Messages.json", PEOPLE | {"Body": "Hi", "To": "2175550123"}, "21211"),
        ("/Messages.json", PEOPLE | {"Body": "x" * 1_601}, "21617"),
        ("/Messages.json", PEOPLE | {"Body": "Hi", "ValidityPeriod": "0"}, "ValidityPeriod"),
        ("/Messages.json", PEOPLE | {"Body": "Hi", "Color": "red"}, "unknown fields"),
        ("/Messages.json", PEOPLE | {"Body": "Hi", "StatusCallback": "/sms/status"}, "21205"),
        ("/Calls.json", PEOPLE, "21205"),
        ("/Calls.json", PEOPLE | {"Url": "/voice/incoming"}, "21205"),
        ("/Calls.json", PEOPLE | {"Url": URL, "Timeout": "601"}, "Timeout"),
        ("/Calls.json", PEOPLE | {"Url": URL, "StatusCallbackEvent": "hungup"}, "StatusCallbackEvent"),
        (f"/Calls/{CALL}.json", {"Url": URL, "Twiml": "<Response/>"}, "exclude each other"),
    ],
)
def test_our_rules_notice_what_the_document_lets_pass(path: str, form: dict[str, str], complaint: str) -> None:
    with pytest.raises(twilio.RuleBroken, match=complaint):
        twilio.check_request(post(path, form))
