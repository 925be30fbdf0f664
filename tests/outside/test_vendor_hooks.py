"""Webhooks out at the wire: signed, never to a private network, never redirected, never read without an end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.outside.vendor_hooks import Answer, HttpVendorHooks, NullVendorHooks, shown
from app.storage.webhooks import new_secret
from app.timekeeping import SystemClock
from tests.workflows.webhooks.receiving import Receiver, receiving

PAYLOAD = '{"type":"ping.test","timestamp":"2026-11-18T15:00:00.000Z","data":{}}'
SECRET, OLD_SECRET = new_secret(), new_secret()
PRIVATE = "the address leads to a private network, which is never told"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def hooks(*, local: bool = True, seconds: float = 5.0) -> HttpVendorHooks:
    return HttpVendorHooks(now=SystemClock().now, local=local, timeout_seconds=seconds)


def post(url: str, to: HttpVendorHooks | None = None, *secrets: str) -> Answer:
    return (to or hooks()).post(url, event_id="evt_1", payload=PAYLOAD, secrets=secrets or (SECRET,))


def test_a_delivery_is_signed_so_that_the_librarys_other_half_takes_it(receiver: Receiver) -> None:
    answer = post(receiver.url)

    (received,) = receiver.received
    assert answer == Answer(204, "")
    assert received.verified(SECRET) == {"type": "ping.test", "timestamp": "2026-11-18T15:00:00.000Z", "data": {}}
    assert (received.event_id, received.body) == ("evt_1", PAYLOAD.encode())
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"] == "Threegate-Webhooks/1"
    with pytest.raises(WebhookVerificationError):
        received.verified(new_secret())


def test_while_a_secret_is_replaced_both_are_good(receiver: Receiver) -> None:
    post(receiver.url, None, SECRET, OLD_SECRET)

    (received,) = receiver.received
    assert received.headers["webhook-signature"].count("v1,") == 2
    assert received.verified(SECRET) == received.verified(OLD_SECRET)


def test_the_signed_instant_is_the_same_in_every_zone(receiver: Receiver) -> None:
    instant = datetime(2026, 11, 18, 15, tzinfo=UTC)
    elsewhere = instant.astimezone(timezone(timedelta(hours=-5)))

    HttpVendorHooks(now=lambda: elsewhere, local=True).post(
        receiver.url, event_id="evt_1", payload=PAYLOAD, secrets=[SECRET]
    )

    (received,) = receiver.received
    assert received.headers["webhook-timestamp"] == str(int(instant.timestamp()))
    assert received.headers["webhook-signature"] == Webhook(SECRET).sign("evt_1", instant, PAYLOAD)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_taken(receiver: Receiver, status: int) -> None:
    receiver.status = status

    assert post(receiver.url).taken


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_anything_else_is_a_failure_with_its_code(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.answer = status, b"no such\x00 hook \x1b[31m"

    answer = post(receiver.url)

    assert (answer.code, answer.error, answer.taken) == (status, f"the answer is {status}", False)
    assert answer.gone == (status == 410)
    assert answer.text == "no such  hook  [31m"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_nobody_goes_there(receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.url}

        answer = post(receiver.url)

    assert answer.error == f"the answer is {status}, and redirects are not followed"
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[fe80::1]",
        "[fc00::1]",
        "[64:ff9b::7f00:1]",
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_private_address_is_reached_however_it_is_spelled(receiver: Receiver, host: str, scheme: str) -> None:
    port = receiver.url.rpartition(":")[2].partition("/")[0]

    answer = post(f"{scheme}://{host}:{port}/hooks", hooks(local=False))

    assert answer.error in (PRIVATE, "the address does not begin with https://")
    assert answer.error == PRIVATE or scheme == "http"
    assert receiver.received == []


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fc00::1]", "[::ffff:10.0.0.1]"])
def test_where_things_are_tried_out_only_this_machine_is_told_besides(host: str) -> None:
    assert post(f"http://{host}/hooks").error == PRIVATE


def test_a_name_of_this_machine_is_told_where_things_are_tried_out(receiver: Receiver) -> None:
    assert post(receiver.url.replace("127.0.0.1", "localhost")).taken


def test_neither_an_unknown_name_nor_a_closed_port_is_a_surprise() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert post("https://nobody.invalid/hooks").error == "the connection failed (ConnectionError)"
    assert post(f"http://127.0.0.1:{port}/hooks").error == "the connection failed (ConnectionError)"


def test_a_receiver_that_says_nothing_is_given_up() -> None:
    with _silent() as port:
        answer = post(f"http://127.0.0.1:{port}/hooks", hooks(seconds=0.2))

    assert (answer.code, answer.error) == (None, "no answer within 0 seconds")


def test_of_an_answer_without_an_end_only_the_beginning_is_kept(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 500, b"x" * 10_000_000

    assert post(receiver.url).text == "x" * 500


def test_a_receiver_that_proves_itself_with_nothing_is_not_told() -> None:
    with _silent(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        answer = post(f"https://127.0.0.1:{port}/hooks")

    assert answer.error == "the other side cannot prove who it is (TLS)"


def test_what_a_receiver_says_is_text_that_can_be_stored() -> None:
    assert shown(b"\xff\xfe\x00ok\r\n") == "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} ok"


def test_where_nothing_is_sent_nothing_is_taken_either() -> None:
    answer = NullVendorHooks().post("https://crm.example.com", event_id="evt_1", payload="{}", secrets=[SECRET])

    assert not answer.taken


@contextmanager
def _silent(answer: bytes = b"") -> Iterator[int]:
    """A port that takes connections and says nothing, or the same to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        is_over, taken = threading.Event(), list[socket.socket]()

        def accept() -> None:
            connection, _ = listening.accept()
            taken.append(connection)
            if answer:
                connection.recv(10_000)
                connection.sendall(answer)
                connection.close()
            is_over.wait(10)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            is_over.set()
            thread.join()
            for connection in taken:
                connection.close()
