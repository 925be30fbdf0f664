"""What surely had no effect is Refused, what may have had one Ambiguous; only the former is asked again."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, SSLError

from app.carrier import Ambiguous, Carrier, CarrierUnreachable, Done, NullCarrier, Refused, Sent
from app.carrier.twilio import TwilioCarrier, masked
from tests.contract import twilio_api as twilio
from tests.contract.conftest import Stopwatch
from tests.contract.twilio_api import ACCOUNT, CALL, TEXT, TOKEN, Answer, twilio_api

CREATED = (201, json.dumps(twilio.text()))
TOO_MANY = twilio.error(20429, 429, "Too Many Requests")
OPTED_OUT = twilio.error(21610, 400, "Attempt to send to unsubscribed recipient")
SINCE = datetime(2026, 5, 5, 15, 0, tzinfo=UTC)


def send(carrier: Carrier) -> object:
    return carrier.send_text(from_number="+13125550188", to_number="+12175550123", body="Hi")


CHANGES: dict[str, Callable[[Carrier], object]] = {
    "send_text": send,
    "place_call": lambda carrier: carrier.place_call(
        from_number="+18005550199", to_number="+12175550123", url="https://threegate.example/x"
    ),
    "redirect": lambda carrier: carrier.redirect(CALL, "https://threegate.example/x"),
    "hang_up": lambda carrier: carrier.hang_up(CALL),
}
READS: dict[str, Callable[[Carrier], object]] = {
    "fetch_call": lambda carrier: carrier.fetch_call(CALL),
    "recent_calls": lambda carrier: list(carrier.recent_calls(SINCE)),
    "recent_texts": lambda carrier: list(carrier.recent_texts("+12175550123", SINCE)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_refusal_comes_with_its_code(carrier: Carrier, change: Callable[[Carrier], object]) -> None:
    with twilio_api(OPTED_OUT) as api:
        answer = change(carrier)

    assert isinstance(answer, Refused)
    assert (answer.code, answer.status, answer.temporary) == (21610, 400, False)
    assert len(api.asked) == 1


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "answer",
    [
        (500, "{}"),
        (502, "<html>Bad Gateway</html>"),
        (503, ""),
        (408, "{}"),
        (307, "{}"),
        (201, "not json"),
        (201, ""),
        (201, "[]"),
        (201, "{}"),
        (201, '"x"'),
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError("Connection aborted."),
        requests.exceptions.ChunkedEncodingError("cut off"),
        requests.exceptions.SSLError(MaxRetryError(HTTPConnectionPool("api.twilio.com"), "/", SSLError("when?"))),
    ],
)
def test_what_may_have_happened_is_ambiguous_and_never_asked_again(
    carrier: Carrier, stopwatch: Stopwatch, change: Callable[[Carrier], object], answer: Answer
) -> None:
    with twilio_api(answer) as api:
        outcome = change(carrier)

    # An update names no sid of its own: whatever JSON object comes back, it was done.
    expected = Done if answer == (201, "{}") and change in (CHANGES["redirect"], CHANGES["hang_up"]) else Ambiguous
    assert isinstance(outcome, expected)
    assert (len(api.asked), stopwatch.pauses) == (1, [])


def test_too_many_at_once_is_tried_three_times_with_growing_pauses(carrier: Carrier, stopwatch: Stopwatch) -> None:
    with twilio_api(TOO_MANY) as api:
        answer = send(carrier)

    assert isinstance(answer, Refused)
    assert (answer.code, answer.temporary) == (20429, True)
    assert (len(api.asked), stopwatch.pauses) == (3, [0.25, 0.5])


def test_a_second_try_may_succeed(carrier: Carrier) -> None:
    with twilio_api(TOO_MANY, CREATED) as api:
        assert send(carrier) == Sent(TEXT, "queued")

    assert len(api.asked) == 2


def test_no_connection_is_tried_again_because_nothing_was_sent(carrier: Carrier, stopwatch: Stopwatch) -> None:
    with twilio_api(requests.ConnectTimeout("no route"), CREATED) as api:
        assert send(carrier) == Sent(TEXT, "queued")

    assert (len(api.asked), stopwatch.pauses) == (2, [0.25])


def test_after_the_budget_no_further_try_is_made(carrier: Carrier, stopwatch: Stopwatch) -> None:
    def take_long(_: requests.PreparedRequest) -> None:
        stopwatch.seconds += 7.5

    with twilio_api(requests.ConnectTimeout("no route"), first=take_long) as api:
        answer = send(carrier)

    assert isinstance(answer, Refused)
    assert answer.temporary
    assert (len(api.asked), stopwatch.pauses) == (1, [])


def test_every_try_gets_only_the_rest_of_the_budget(carrier: Carrier, stopwatch: Stopwatch) -> None:
    timeouts: list[float] = []

    def take_two_seconds(request: requests.PreparedRequest) -> None:
        timeouts.append(request.req_kwargs["timeout"])  # type: ignore[attr-defined]  # put there by `responses`
        stopwatch.seconds += 2.0

    with twilio_api(TOO_MANY, first=take_two_seconds):
        send(carrier)

    assert timeouts == [8.0, 5.75, 3.25]


def test_a_refused_connection_is_no_ambiguity(stopwatch: Stopwatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        carrier = TwilioCarrier(ACCOUNT, TOKEN, base_url=base_url, pause=stopwatch.pause, stopwatch=stopwatch.read)

        answer = send(carrier)

    assert isinstance(answer, Refused)
    assert answer.temporary
    assert len(stopwatch.pauses) == 2


def test_a_call_that_the_carrier_does_not_know_is_none(carrier: Carrier) -> None:
    with twilio_api(twilio.error(20404, 404, "not found")):
        assert carrier.fetch_call(CALL) is None


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize(
    "answer",
    [
        (500, "{}"),
        (404, "<html>not here</html>"),
        twilio.error(20003, 401, "Authenticate"),
        TOO_MANY,
        (200, "not json"),
        (200, "[]"),
        (200, "{}"),
        (307, "{}"),
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError("Connection aborted."),
    ],
)
def test_what_could_not_be_looked_at_is_not_taken_for_nothing(
    carrier: Carrier, read: Callable[[Carrier], object], answer: Answer
) -> None:
    with twilio_api(answer), pytest.raises(CarrierUnreachable):
        read(carrier)


@pytest.mark.parametrize("answer", [(500, "{}"), TOO_MANY, requests.ReadTimeout("slow"), requests.ConnectionError()])
def test_a_question_is_asked_up_to_three_times(carrier: Carrier, answer: Answer) -> None:
    with twilio_api(answer, answer, (200, json.dumps(twilio.call()))) as api:
        assert carrier.fetch_call(CALL) is not None

    assert len(api.asked) == 3


def test_a_list_that_breaks_off_says_so_after_what_it_gave(carrier: Carrier) -> None:
    more = f"{twilio.HERE}/Calls.json?Page=1"
    calls = []
    with twilio_api((200, twilio.page("calls", twilio.call(), next_page_uri=more)), (500, "")):
        listing = carrier.recent_calls(SINCE)
        calls.append(next(listing))
        with pytest.raises(CarrierUnreachable):
            next(listing)

    assert [call.call_sid for call in calls] == [CALL]


def test_no_number_and_no_text_reaches_the_logs(carrier: Carrier, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    complaint = "The 'To' number +12175550123 is not a valid phone number, nor is 2175550123."

    with twilio_api(twilio.error(21211, 400, complaint)):
        answer = carrier.send_text(from_number="+13125550188", to_number="+12175550123", body="secret words")

    assert isinstance(answer, Refused)
    everything = caplog.text + answer.message
    assert "21211" in caplog.text
    for secret in ("2175550123", "3125550188", "secret words", TOKEN):
        assert secret not in everything


def test_a_masked_text_keeps_its_sids_and_short_numbers() -> None:
    text = f"Call {CALL} from +13125550147 to 18005550199, code 21220, in 2026"

    assert masked(text) == f"Call {CALL} from …47 to …99, code 21220, in 2026"


class Simulator(BaseHTTPRequestHandler):
    """Takes one text, over a real socket."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(self.path)
        status, body = CREATED
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode("ascii"))

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_simulator_is_asked_instead_of_twilio_where_one_is_named(stopwatch: Stopwatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Simulator) as server:
        server.timeout = 5
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        base_url = f"http://127.0.0.1:{server.server_port}/"
        carrier = TwilioCarrier(ACCOUNT, TOKEN, base_url=base_url, pause=stopwatch.pause, stopwatch=stopwatch.read)

        sent = send(carrier)
        serving.join()

    assert sent == Sent(TEXT, "queued")
    assert Simulator.asked == [f"{twilio.HERE}/Messages.json"]


def test_the_rest_library_is_loaded_only_when_it_is_needed() -> None:
    # It takes 130 ms, which no command and no webhook should pay for.
    program = (
        "import sys; import app.carrier.twilio, app.carrier.webhooks, app.carrier.rendering;"
        "sys.exit('twilio.rest' in sys.modules or 'requests' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_an_account_nobody_is_reached() -> None:
    carrier: Carrier = NullCarrier()

    text = carrier.send_text(from_number="+13125550188", to_number="+12175550123", body="Hi")

    assert isinstance(text, Refused)
    assert (text.code, text.temporary) == (None, False)
    assert "no account" in text.message
    assert carrier.place_call(from_number="", to_number="", url="") == text
    assert carrier.redirect(CALL, "") == carrier.hang_up(CALL) == text
    assert carrier.fetch_call(CALL) is None
    assert [*carrier.recent_calls(SINCE), *carrier.recent_texts("+12175550123", SINCE)] == []
