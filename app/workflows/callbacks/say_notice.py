"""The leg of a person whom we tell something by machine: said once, 9 is STOP, and nobody is ever bridged."""

from __future__ import annotations

from datetime import datetime

from app.domain.instructions import Farewell, Instruction, Nothing, SpeakNotice, Words
from app.domain.signals import CallProgress, KeysPressed
from app.storage import campaigns, leads, spoken_notices
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.storage.texts import Text
from app.workflows.callbacks.judge_notice import judge_notice
from app.workflows.callbacks.send_texts import Drop
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.follow_text import not_notified
from app.workflows.leads.obey_stop import obey_stop
from app.workflows.leads.tell import what_is_true

STOP = "9"

_HANG_UP = Farewell(())

# What a text would say -> what is said. Whoever would be asked for a ZIP cannot write one back.
_SENTENCES = {"text_promise": "notice_promise", "text_promise_by": "notice_promise_by"}


def say_notice(
    pressed: KeysPressed, text_id: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The person picked up: who we are, what is true now, and the key that stops it. A second delivery hears the same."""
    with database.begin() as tx:
        notice = spoken_notices.of_leg(tx, text_id, pressed.call_sid)
        lead = leads.load_to_write(tx, notice.lead_id) if notice is not None and notice.lead_id is not None else None
        if notice is None or lead is None:
            return _HANG_UP
        if notice.body:
            return SpeakNotice(notice.id, notice.body, lead.language)
        campaign = campaigns.by_id(tx, notice.campaign_id) if notice.campaign_id is not None else None
        against = judge_notice(tx, notice, lead, campaign, now)
        if campaign is None or against is not None or notice.settled:
            _say_nothing(
                tx, notice, against.why if isinstance(against, Drop) else "not at the moment they picked up", now
            )
            return _HANG_UP
        body = _body(tx, lead, campaign, now, wording)
        spoken_notices.say(tx, notice, body)
        return SpeakNotice(notice.id, body, lead.language)


def take_notice_key(pressed: KeysPressed, text_id: int, *, database: Database, now: datetime) -> Instruction:
    """9 stops calls and texts at once, as the text STOP does; any other key only ends the call."""
    with database.begin() as tx:
        notice = spoken_notices.of_leg(tx, text_id, pressed.call_sid)
        if notice is None or pressed.digits != STOP:
            return _HANG_UP
        obey_stop(tx, notice.to_number, now, by=f"notice:{notice.id}")
        return Farewell((Words("notice_stopped"),), _language(tx, notice))


def end_notice(progress: CallProgress, text_id: int, *, database: Database, now: datetime) -> Instruction:
    """The carrier reports on that leg. Only what was said can have been delivered; an end that is known never goes back."""
    with database.begin() as tx:
        notice = spoken_notices.of_leg(tx, text_id, progress.call_sid) if progress.final else None
        if notice is None:
            return Nothing()
        if progress.status == "completed" and notice.body:
            spoken_notices.end(tx, notice, "delivered")
        elif spoken_notices.end(tx, notice, "undelivered", progress.status):
            not_notified(tx, notice, now)
    return Nothing()


def _say_nothing(tx: Transaction, notice: Text, why: str, now: datetime) -> None:
    if spoken_notices.end(tx, notice, "dropped", why):
        not_notified(tx, notice, now)


def _body(tx: Transaction, lead: Lead, campaign: Campaign, now: datetime, wording: Wording) -> str:
    what, values, _ = what_is_true(tx, lead, campaign, now)
    sentence = _SENTENCES.get(what, "notice_follow_up")
    told = wording(sentence, lead.language, {"campaign": campaign.name, **values})
    return f"{told} {wording('notice_stop', lead.language, {})}"


def _language(tx: Transaction, notice: Text) -> str:
    lead = leads.load(tx, notice.lead_id) if notice.lead_id is not None else None
    return lead.language if lead else "en"
