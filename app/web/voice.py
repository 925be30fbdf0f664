"""The voice doors. A producer's leg never gets a document that could bridge by accident: any surprise there is a hangup.

On a caller's leg a surprise is one spoken apology and a promise that is written down: in the database, or in the journal
while that is out of reach.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort

from app.carrier import addresses as places
from app.carrier import webhooks
from app.carrier.addresses import Addresses
from app.carrier.rendering import caller_fallback, producer_leg_error, render
from app.carrier.webhooks import BadWebhook, Form, Signature
from app.domain.instructions import Bridge, HangUpProducer, Instruction, Screen
from app.storage import journal
from app.storage.database import Collision, OutOfReach
from app.web.webhooks import document, signed_form
from app.wiring import Tools
from app.workflows.calls.conclude_offer import conclude_offer, note_progress
from app.workflows.calls.end_call import end_call
from app.workflows.calls.locate_caller import after_talk, locate_caller
from app.workflows.calls.producer_menu import producer_menu
from app.workflows.calls.receive_call import receive_call
from app.workflows.calls.report_trouble import report_trouble
from app.workflows.calls.screen_producer import press_key, screen_producer
from app.workflows.calls.wrong_state import move_on

log = logging.getLogger(__name__)

Verb = Callable[[Form], Instruction]

MOST_COLLISIONS = 3
"""Times that a webhook begins anew before it gives up."""


def voice(tools: Tools) -> Blueprint:
    """Every address that the carrier asks about a call."""
    door = VoiceDoor(tools)
    blueprint = Blueprint("voice", __name__)
    post = blueprint.post
    post(places.INCOMING)(door.incoming)
    post(places.STATUS)(door.status)
    post(places.FALLBACK)(door.fallback)
    post(places.ZIP)(door.zip)
    post(places.AFTER)(door.after)
    post(places.MENU)(door.menu)
    post(places.REDIRECTED)(door.redirected)
    post(places.SCREEN)(door.screen)
    post(places.KEY)(door.key)
    post(places.CONCLUDED)(door.concluded)
    post(places.PROGRESS)(door.progress)
    return blueprint


class VoiceDoor:
    """One method an address."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._signature = Signature(tools.settings.twilio_auth_token or "", tools.settings.public_base_url)
        self._addresses = Addresses(tools.settings.public_base_url)

    # ---- the caller's leg

    def incoming(self) -> Response:
        return self._caller(
            lambda form: receive_call(webhooks.arrival(form), database=self._tools.database, now=self._now())
        )

    def zip(self, call_sid: str, round: int) -> Response:
        return self._caller(
            lambda form: locate_caller(
                webhooks.keys(form), round, database=self._tools.database, now=self._now(), wording=self._tools.wording
            ),
            call_sid,
        )

    def after(self, call_sid: str, round: int) -> Response:
        return self._caller(
            lambda form: after_talk(
                webhooks.keys(form), round, database=self._tools.database, now=self._now(), wording=self._tools.wording
            ),
            call_sid,
        )

    def menu(self, call_sid: str) -> Response:
        return self._caller(
            lambda form: producer_menu(webhooks.keys(form), database=self._tools.database, now=self._now()), call_sid
        )

    def redirected(self, call_sid: str, number: int) -> Response:
        """We took the leg out of a talk in the wrong state; it asks what is next."""
        return self._caller(
            lambda form: move_on(
                webhooks.keys(form), number, database=self._tools.database, now=self._now(), wording=self._tools.wording
            ),
            call_sid,
        )

    def concluded(self, call_sid: str, number: int) -> Response:
        return self._caller(
            lambda form: conclude_offer(
                webhooks.dial_result(form),
                number,
                database=self._tools.database,
                now=self._now(),
                wording=self._tools.wording,
            ),
            call_sid,
        )

    def fallback(self) -> Response:
        """The carrier could not use a document of ours; which one, it tells us."""
        form = signed_form(self._signature)
        if webhooks.on_producer_leg(form):
            return document(producer_leg_error())
        return self._apologize(form, "the carrier could not use our document")

    # ---- reports

    def status(self) -> Response:
        return self._report(
            lambda form: end_call(
                webhooks.call_progress(form),
                database=self._tools.database,
                now=self._now(),
                wording=self._tools.wording,
            )
        )

    def progress(self, call_sid: str, number: int) -> Response:
        return self._report(
            lambda form: note_progress(
                webhooks.call_progress(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    # ---- the producer's leg

    def screen(self, call_sid: str, number: int) -> Response:
        return self._producer(
            lambda form: screen_producer(
                webhooks.producer_leg(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    def key(self, call_sid: str, number: int) -> Response:
        return self._producer(
            lambda form: press_key(
                webhooks.producer_leg(form), call_sid, number, database=self._tools.database, now=self._now()
            )
        )

    # ---- how each leg is answered

    def _caller(self, verb: Verb, call_sid: str | None = None) -> Response:
        form = signed_form(self._signature)
        if webhooks.on_producer_leg(form):
            return document(producer_leg_error())
        try:
            if call_sid is not None and ("CallSid", call_sid) not in form:
                raise BadWebhook("CallSid is not the one of the address")
            return self._document(_settled(verb, form))
        except BadWebhook as bad:
            abort(400, str(bad))
        except OutOfReach:
            log.exception("the database is out of reach; call %s goes to the journal", _sid(form))
            return self._write_down(form)
        except Exception:
            log.exception("call %s could not be worked on", _sid(form))
            return self._apologize(form, "an unexpected error")

    def _producer(self, verb: Verb) -> Response:
        """Only what a workflow decided leaves here; everything else ends the leg, because a document that ends bridges."""
        form = signed_form(self._signature)
        try:
            instruction = _settled(verb, form)
            if isinstance(instruction, Screen | Bridge | HangUpProducer):
                return self._document(instruction)
            log.error("a producer's leg was given %s; it is ended instead", type(instruction).__name__)
        except Exception:
            log.exception("producer's leg %s could not be worked on", _sid(form))
        return document(producer_leg_error())

    def _report(self, verb: Verb) -> Response:
        """A report moves nothing on the line; where it cannot be kept the carrier is asked to send it again."""
        form = signed_form(self._signature)
        try:
            return self._document(_settled(verb, form))
        except BadWebhook as bad:
            abort(400, str(bad))
        except Exception:
            log.exception("the report on %s could not be kept", _sid(form))
            abort(503)

    def _apologize(self, form: Form, what: str) -> Response:
        try:
            arrival = webhooks.arrival(form)
            facts = {"trouble": what, "error_code": webhooks.failure(form).error_code}
            tools = self._tools
            return self._document(
                report_trouble(arrival, facts, database=tools.database, now=self._now(), wording=tools.wording)
            )
        except Exception:
            log.exception("call %s could not even be escalated; it goes to the journal", _sid(form))
            return self._write_down(form)

    def _write_down(self, form: Form) -> Response:
        """The database cannot take it: the raw event goes to the journal, and only then is anything promised."""
        entry = journal.Entry("voice", self._now(), _sid(form), list(form))
        kept = journal.append(self._tools.settings.journal_dir, entry)
        return document(caller_fallback(written_down=kept))

    def _document(self, instruction: Instruction) -> Response:
        return document(render(instruction, addresses=self._addresses))

    def _now(self) -> datetime:
        return self._tools.clock.now()


def _settled(verb: Verb, form: Form) -> Instruction:
    """What the verb says, begun anew where another transaction was first."""
    for _ in range(MOST_COLLISIONS):
        try:
            return verb(form)
        except Collision:
            log.info("call %s collided with another transaction and begins again", _sid(form))
    return verb(form)


def _sid(form: Form) -> str:
    """The call's sid for logs and file names; a name of ours where there is none to trust."""
    try:
        return webhooks.keys(form).call_sid
    except BadWebhook:
        return "unknown"
