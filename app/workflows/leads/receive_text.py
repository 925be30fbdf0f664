"""A message comes in: STOP or START, a producer's command, or a person who wants something."""

from __future__ import annotations

from datetime import datetime

from app.domain import chosen_time, phone
from app.domain.message_meaning import Meaning, Message, understand_message
from app.domain.policy import Policy
from app.domain.signals import TextReceived
from app.storage import access, authority_facts, campaigns, desk, leads, received_texts, work
from app.storage.database import Database, Transaction
from app.storage.received_texts import ReceivedText
from app.workflows.callbacks.promise import zone_of
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.wrong_state import Noted
from app.workflows.leads.answer_person import answer_person
from app.workflows.leads.obey_producer import obey_producer
from app.workflows.leads.obey_stop import obey_stop


def receive_text(text: TextReceived, *, database: Database, now: datetime, wording: Wording) -> Noted | None:
    """Do what the message asks, once. Texts from a producer's phone are commands and never a lead.

    A wrong state that was reported is returned: a caller who must leave a talk is moved by `wrong_state.move_caller`.
    """
    noted = None
    chosen_time.get_ready()
    with database.begin() as tx:
        access.take_turns(tx, f"text:{text.message_sid}")
        if received_texts.seen(tx, text.message_sid):
            return None
        sender = phone.parse(text.from_number)
        number = sender.e164 if sender else text.from_number
        producer_id = authority_facts.producer_with_phone(tx, number)
        message = _understood(tx, text, number, now)
        # Kept before it is obeyed: who writes to us has turned to us, and may be called.
        kept = ReceivedText(text.message_sid, now, number, text.to_number, text.body, message.meaning)
        received_texts.keep(tx, kept)
        if message.meaning is Meaning.STOP:
            obey_stop(tx, number, now, by="text")
            understood = "stop"
            if producer_id is not None:
                desk.set_presence(tx, producer_id, "away", now, by="producer's text")
        elif message.meaning is Meaning.START:
            understood = "start"
            work.lift(tx, number, "stop")
        elif producer_id is not None:
            understood, noted = obey_producer(tx, producer_id, text, number, now, wording)
        elif message.meaning is Meaning.HELP:
            understood = "help"
        else:
            understood = answer_person(tx, text, message, number, now, wording)
        received_texts.understood(tx, text.message_sid, understood)
    return noted


def _understood(tx: Transaction, text: TextReceived, number: str, now: datetime) -> Message:
    """What the message asks for, read by the person's clock. START and HELP are answered by the carrier, like STOP."""
    if text.opt_out_type is not None:
        return Message(Meaning(text.opt_out_type.lower()))
    called = phone.parse(text.to_number)
    campaign = campaigns.reached_by(tx, called.e164) if called else None
    lead = leads.open_with_phone(tx, number, campaign.campaign_id if campaign else None)
    zone = zone_of(lead, campaign) if lead else (campaign.policy if campaign else Policy()).zone
    return understand_message(text.body, now=now, zone=zone, language=lead.language if lead else "en")
