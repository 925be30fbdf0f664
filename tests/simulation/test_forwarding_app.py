"""The carrier drives an application that knows nothing of it: a call-forwarding line as anybody would write it.

A caller keys a ZIP; the menu's action answers with a redirect (as the public call-forwarding samples do); a
state office is dialed; afterwards there is a goodbye. It checks signatures with Twilio's own library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, Response, abort, redirect, request, url_for
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse
from werkzeug.wrappers import Response as AnyResponse

from app.simulator.exchange import Exchange
from app.simulator.parties import BUSY, CallerBehavior, ProducerBehavior
from app.simulator.products import WsgiProduct
from app.simulator.switches import Switches
from app.timekeeping import ManualClock
from tests.simulation.scripted import ACCOUNT, ANA, BEN, CALLER, OURS, START, TOKEN

OFFICES = {"60601": ANA, "73301": BEN}


def forwarding_app() -> Flask:
    app = Flask("forwarding")

    @app.before_request
    def only_twilio() -> None:
        signature = request.headers.get("X-Twilio-Signature", "")
        form = request.form if request.method == "POST" else {}
        if not RequestValidator(TOKEN).validate(request.url, form, signature):
            abort(403)

    @app.post("/welcome")
    def welcome() -> Response:
        answer = VoiceResponse()
        state = request.form["CallerState"]
        gather = Gather(num_digits=5, action=url_for("zip_keyed"), timeout=4)
        gather.say(f"Thank you for calling from {state or 'somewhere'}. Key your ZIP code.")
        answer.append(gather)
        answer.redirect(url_for("welcome"))
        return twiml(answer)

    @app.post("/zip")
    def zip_keyed() -> AnyResponse:
        return redirect(url_for("forward", code=request.form["Digits"]))

    @app.get("/forward/<code>")
    def forward(code: str) -> Response:
        answer = VoiceResponse()
        if code not in OFFICES:
            answer.say("There is no office there.")
            answer.hangup()
            return twiml(answer)
        dial = Dial(action=url_for("goodbye"), caller_id=OURS, timeout=15)
        dial.number(OFFICES[code])
        answer.append(dial)
        return twiml(answer)

    @app.post("/goodbye")
    def goodbye() -> Response:
        answer = VoiceResponse()
        answer.say("Goodbye." if request.form["DialCallStatus"] == "completed" else "The office is busy.")
        return twiml(answer)

    return app


def twiml(answer: VoiceResponse) -> Response:
    return Response(str(answer), mimetype="text/xml")


@contextmanager
def line(switches: Switches | None = None) -> Iterator[Exchange]:
    product = WsgiProduct(forwarding_app())
    exchange = Exchange(
        clock=ManualClock(START),
        product=product,
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        switches=switches or Switches(),
    )
    exchange.add_number(OURS, voice_url="https://forward.example.com/welcome")
    exchange.add_producer(ANA, ProducerBehavior(talk_seconds=20))
    exchange.add_producer(BEN, BUSY)
    yield exchange
    assert product.exceptions == []
    assert exchange.record.violations == []
    assert exchange.record.alerts == []


@pytest.mark.parametrize("name", Switches.positions())
def test_a_caller_is_forwarded_in_every_position_of_the_switches(name: str) -> None:
    with line(Switches.positions()[name]) as exchange:
        caller = CallerBehavior(answers=["", "60601"], talk_seconds=None, stays_on_after_talk=True)

        call = exchange.call(CALLER, OURS, caller)
        exchange.run()

    assert call.bridged_to == [ANA]
    assert call.spoken[-1] == "Goodbye."
    assert [webhook.kind for webhook in call.webhooks] == ["document", "redirect", "gather", "action"]
    assert call.heard("calling from IL")


def test_a_busy_office_is_told_to_the_caller() -> None:
    with line() as exchange:
        call = exchange.call(CALLER, OURS, CallerBehavior(answers=["73301"]))
        exchange.run()

    assert call.bridged_to == []
    assert not call.rang(BEN)
    assert call.heard("The office is busy.")


def test_an_unknown_place_is_told_and_nobody_rings() -> None:
    with line() as exchange:
        call = exchange.call(CALLER, OURS, CallerBehavior(answers=["00000"]))
        exchange.run()

    assert call.spoken[-1] == "There is no office there."
    assert call.rung == []
