"""How a leg is answered. A producer's never gets a document that could bridge by accident: any surprise there is a hangup.

On a caller's leg a surprise is one spoken apology and a promise that is written down: in the database, or in the journal
while that is out of reach.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from flask import Response, abort

from app.carrier import webhooks
from app.carrier.addresses import Addresses
from app.carrier.rendering import caller_fallback, producer_leg_error, render
from app.carrier.webhooks import BadWebhook, Form, Signature
from app.domain.instructions import (
    AskServed,
    Bridge,
    DialCaller,
    HangUpProducer,
    Instruction,
    Screen,
    ScreenCallback,
)
from app.domain.signals import KeysPressed
from app.storage import journal
from app.storage.database import Collision, Database, OutOfReach
from app.web.webhooks import document, signed_form
from app.wiring import Tools
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.report_trouble import report_trouble

log = logging.getLogger(__name__)

Verb = Callable[[Form], Instruction]

FOR_PRODUCERS = (Screen, Bridge, HangUpProducer, ScreenCallback, DialCaller, AskServed)
"""All that may ever be said where a document that ends bridges: on a producer's leg, and when a person answers a callback.

Only Bridge lets two people talk.
"""

MOST_COLLISIONS = 3
"""Times that a webhook begins anew before it gives up."""


class AskedVerb(Protocol):
    """What works on the answer to a question that we asked a caller; the number counts the questions."""

    def __call__(
        self, pressed: KeysPressed, round_: int, /, *, database: Database, now: datetime, wording: Wording
    ) -> Instruction: ...


class LegDoor:
    """What every door of a call's leg does with what a workflow says, or cannot say."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._signature = Signature(tools.settings.twilio_auth_token or "", tools.settings.public_base_url)
        self._addresses = Addresses(tools.settings.public_base_url)

    def _asked(self, verb: AskedVerb, call_sid: str, round: int) -> Response:
        """A question of ours to a caller has come back, with keys, speech or nothing."""
        tools = self._tools
        return self._caller(
            lambda form: verb(
                webhooks.keys(form), round, database=tools.database, now=self._now(), wording=tools.wording
            ),
            call_sid,
        )

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

    def _producer(self, verb: Verb, *, sayable: tuple[type, ...] = FOR_PRODUCERS) -> Response:
        """Only what a workflow decided leaves here; everything else ends the leg, because a document that ends bridges."""
        form = signed_form(self._signature)
        try:
            instruction = _settled(verb, form)
            if isinstance(instruction, sayable):
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
