"""The same world on a running clock, over sockets: webhooks from a pool, the REST half in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests
from flask import Flask, Response, request
from werkzeug.serving import make_server

from app.simulator.exchange import Exchange
from app.simulator.live import run_live, serve_rest
from app.simulator.parties import CallerBehavior, accepts
from app.simulator.products import HttpProduct, ProductUnreachable, Reply
from app.simulator.rest import RestFault, RestTrouble
from app.timekeeping import ShiftedClock
from tests.simulation.scripted import ACCOUNT, ANA, BEN, CALLER, OURS, START, TOKEN, dial

PATIENCE_SECONDS = 10


def small_app(rest_url: list[str]) -> Flask:
    """Dials Ana; on the way it asks the carrier by REST how the call stands, while the carrier waits for it."""
    app = Flask("small")
    app.config["asked"] = []

    @app.post("/in")
    def incoming() -> Response:
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{request.form['CallSid']}.json"
        status = requests.get(rest_url[0] + path, auth=(ACCOUNT, TOKEN), timeout=5).json()["status"]
        app.config["asked"].append(status)
        number = ANA if request.form["From"] == CALLER else BEN
        return Response(f"<Response>{dial(number, whisper=None)}</Response>", mimetype="text/xml")

    @app.post("/done")
    def done() -> Response:
        return Response("<Response><Say>Goodbye</Say></Response>", mimetype="text/xml")

    @app.post("/child")
    def child() -> Response:
        return Response(status=204)

    return app


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def live_exchange(product_url: str, rest_url: list[str]) -> Iterator[Exchange]:
    exchange = Exchange(
        clock=ShiftedClock(START, speed=100),
        product=HttpProduct(),
        account_sid=ACCOUNT,
        auth_token=TOKEN,
    )
    exchange.add_number(OURS, voice_url=f"{product_url}/in")
    with ExitStack() as stack:
        url, stop_rest = serve_rest(exchange, stall_seconds=0.1)
        stack.callback(stop_rest)
        rest_url.append(url)
        stop = threading.Event()
        thread = threading.Thread(target=run_live, args=(exchange, stop))
        thread.start()
        stack.callback(thread.join)
        stack.callback(stop.set)
        yield exchange


def test_two_calls_at_once_are_carried_over_sockets() -> None:
    rest_url: list[str] = []
    app = small_app(rest_url)
    with serving(app) as url, live_exchange(url, rest_url) as exchange:
        exchange.add_producer(ANA, accepts(2))
        exchange.add_producer(BEN, accepts(3))
        ended = threading.Semaphore(0)
        exchange.on("ended", lambda leg: ended.release() if leg.parent is None else None)

        calls = [exchange.call(number, OURS, CallerBehavior(talk_seconds=20)) for number in (CALLER, "+13125550148")]
        both_ended = all(ended.acquire(timeout=PATIENCE_SECONDS) for _ in calls)

    assert both_ended
    assert [call.bridged_to for call in calls] == [[ANA], [BEN]]
    assert [20 <= (call.bridges[0].seconds or 0) < 40 for call in calls] == [True, True]
    assert app.config["asked"] == ["ringing", "ringing"]


def test_a_request_left_unanswered_hangs_and_ends_in_a_gateway_timeout() -> None:
    rest_url: list[str] = []
    with live_exchange("http://127.0.0.1:9", rest_url) as exchange:
        exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_BEFORE))

        answer = requests.get(f"{rest_url[0]}/2010-04-01/Accounts/{ACCOUNT}/Calls.json", timeout=5)

    assert answer.status_code == 504


def test_a_product_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(ProductUnreachable):
        HttpProduct(timeout=1).request("POST", "http://127.0.0.1:9/in", [], {})


def test_a_reply_over_sockets_is_as_one_in_process() -> None:
    app = Flask("plain")

    @app.post("/in")
    def incoming() -> Response:
        return Response(f"<Response><Say>{request.form['Body']}</Say></Response>", mimetype="text/xml")

    with serving(app) as url:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}

        reply = HttpProduct().request("POST", f"{url}/in", [("Body", "ñ & co")], headers)

    assert (reply.status, reply.body) == (200, "<Response><Say>ñ & co</Say></Response>")
    assert isinstance(reply, Reply)
