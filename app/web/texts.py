"""The doors of text messages."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, abort

from app.carrier import addresses as places
from app.carrier import webhooks
from app.carrier.addresses import Addresses
from app.carrier.webhooks import BadWebhook, Signature
from app.storage import journal
from app.web.webhooks import signed_form
from app.wiring import Tools
from app.workflows.calls.wrong_state import move_caller
from app.workflows.leads.follow_text import note_text_progress
from app.workflows.leads.receive_text import receive_text

log = logging.getLogger(__name__)


def texts(tools: Tools) -> Blueprint:
    """/sms/incoming and /sms/status. Answers leave through the outbox, never in the reply."""
    blueprint = Blueprint("texts", __name__)
    signature = Signature(tools.settings.twilio_auth_token or "", tools.settings.public_base_url)

    @blueprint.post(places.SMS_INCOMING)
    def incoming() -> Response:
        form = signed_form(signature)
        try:
            text = webhooks.text_received(form)
        except BadWebhook as bad:
            abort(400, str(bad))
        now = tools.clock.now()
        try:
            noted = receive_text(text, database=tools.database, now=now, wording=tools.wording)
        except Exception:
            # The carrier does not ask again for a text: it is kept here, or it is lost.
            log.exception("text %s goes to the journal", text.message_sid)
            entry = journal.Entry("text", now, text.message_sid, list(form))
            if not journal.append(tools.settings.journal_dir, entry):
                abort(503)
        else:
            if noted is not None:
                address_of = Addresses(tools.settings.public_base_url).redirected
                move_caller(noted, database=tools.database, carrier=tools.carrier, address_of=address_of, now=now)
        return Response(status=204)

    @blueprint.post(places.SMS_STATUS)
    def status() -> Response:
        form = signed_form(signature)
        try:
            note_text_progress(webhooks.text_progress(form), database=tools.database, now=tools.clock.now())
        except BadWebhook as bad:
            abort(400, str(bad))
        except Exception:
            log.exception("a report on a text could not be kept")
            abort(503)
        return Response(status=204)

    return blueprint
