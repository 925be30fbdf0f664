"""A person writes to us: a ZIP settles where they live, a time moves the promise, all else is a supervisor's.

Each message gets at most one answer, and what it says is true (FLOWS.md, tier 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import phone, residency, states
from app.domain.lead import Custody
from app.domain.message_meaning import Meaning, Message
from app.domain.policy import Policy
from app.domain.residency import Evidence
from app.domain.signals import TextReceived
from app.storage import callbacks, calls, campaigns, escalations, leads, texts, work
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.promise import promise, spoken_when, why_not
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.escalate_lead import due_by, escalate_lead, opted_out, residence_of

_REASONS = {"no_license": "nobody_licensed"}
_SENTENCES = {"no_license": "text_answer_nobody_licensed", "state_unknown": "text_answer_ask_zip"}


@dataclass(frozen=True)
class Exchange:
    """One message of a person, and whom it is from."""

    tx: Transaction
    text: TextReceived
    number: str
    lead: Lead
    campaign: Campaign | None
    now: datetime
    wording: Wording


def answer_person(
    tx: Transaction, text: TextReceived, message: Message, number: str, now: datetime, wording: Wording
) -> str:
    """Do what a person's message asks, and answer it through the outbox. Returns how it was understood."""
    # Whoever writes texts can read them.
    work.lift(tx, number, texts.CANNOT_BE_TEXTED)
    called = phone.parse(text.to_number)
    reached = campaigns.reached_by(tx, called.e164) if called else None
    known = leads.open_with_phone(tx, number, reached.campaign_id if reached else None)
    lead = known or _new_lead(tx, number, reached, now)
    campaign = campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else reached
    exchange = Exchange(tx, text, number, lead, campaign, now, wording)
    if lead.phone is None or _being_called(tx, lead):
        return _to_supervisors(exchange)
    match message:
        case Message(meaning=Meaning.ZIP, zip_code=str() as zip_code, at=at):
            return _take_zip(exchange, zip_code, at)
        case Message(meaning=Meaning.TIME, at=datetime() as at) if lead.custody is not Custody.IN_CALL:
            _promise(exchange, at)
            return "time"
    return _to_supervisors(exchange)


def _being_called(tx: Transaction, lead: Lead) -> bool:
    """Whether the promise is being kept this very moment: nothing of it can be moved."""
    standing = callbacks.active_of(tx, lead.id)
    return standing is not None and standing.status == "dialing"


def _new_lead(tx: Transaction, number: str, campaign: Campaign | None, now: datetime) -> Lead:
    """Somebody writes whom we owe nothing: from now on we do."""
    own = phone.parse(number)
    return leads.add(
        tx,
        custody=Custody.ESCALATED,
        owed_by=now,
        now=now,
        campaign_id=campaign.campaign_id if campaign else None,
        vendor_id=campaign.vendor_id if campaign else None,
        phone=own.e164 if own else None,
    )


def _take_zip(exchange: Exchange, zip_code: str, at: datetime | None) -> str:
    """Where they live is settled by the ZIP that they wrote; the promise follows it."""
    tx, lead = exchange.tx, exchange.lead
    before = lead.residence.evidence if lead.residence is not None else _told(lead)
    leads.settle(tx, lead.id, residency.settle(replace(before, keyed_zip=zip_code, silent=False)))
    settled = leads.load_to_write(tx, lead.id)
    assert settled is not None
    if settled.custody is not Custody.IN_CALL:
        # On the line somebody is looking for a producer already; then only the next promise rests on the ZIP.
        _promise(replace(exchange, lead=settled), at)
    return "zip"


def _told(lead: Lead) -> Evidence:
    return Evidence(vendor_state=lead.state, vendor_zip=lead.zip_code, phone=lead.phone)


def _promise(exchange: Exchange, at: datetime | None) -> None:
    """Promise a call at their own time where that is lawful, else at the next that is; and say when.

    Where none can be promised the supervisors have the lead, and the answer says so.
    """
    tx, lead, campaign, now = exchange.tx, exchange.lead, exchange.campaign, exchange.now
    if campaign is None:
        return _cannot_promise(exchange)
    theirs = at is not None and why_not(tx, lead, campaign, now, at) is None
    promised = promise(
        tx,
        lead,
        campaign,
        now=now,
        # Who chose a time themselves is told it to the minute from then on.
        made_by=f"{'zip' if at is None else 'text'}:{exchange.text.message_sid}",
        at=at if theirs else None,
        earliest=None if theirs else at,
    )
    if promised is None:
        return _cannot_promise(exchange)
    if at is None:
        return _answer(exchange, "text_answer_promised_by", promised, promised.promised_by)
    sentence = "text_answer_promised" if theirs else "text_answer_other_time"
    return _answer(exchange, sentence, promised, promised.due_at)


def _cannot_promise(exchange: Exchange) -> None:
    tx, lead, campaign = exchange.tx, exchange.lead, exchange.campaign
    reason = why_not(tx, lead, campaign, exchange.now) or "no_lawful_time"
    if reason in _SENTENCES:
        # What was promised before cannot be kept.
        callbacks.cancel_of_lead(tx, lead.id)
    escalate_lead(tx, lead, campaign, _REASONS.get(reason, reason), exchange.now, call_id=_last_call(exchange))
    _answer(exchange, _SENTENCES.get(reason, "text_answer_to_team"))


def _answer(exchange: Exchange, sentence: str, promised: Callback | None = None, when: datetime | None = None) -> None:
    """The one answer. Who has said STOP, or wrote to a number of no campaign, gets none."""
    tx, text, lead, campaign, now = exchange.tx, exchange.text, exchange.lead, exchange.campaign, exchange.now
    if campaign is None or opted_out(tx, lead):
        return
    governing = residence_of(lead).states
    values = {"campaign": campaign.name, "states": "|".join(states.name(state) for state in governing)}
    if when is not None:
        values["when"] = spoken_when(when, lead, campaign, now)
    texts.queue(
        tx,
        subject=f"text:{text.message_sid}",
        kind="answer",
        from_number=text.to_number,
        to_number=exchange.number,
        body=exchange.wording(sentence, lead.language, values),
        now=now,
        lead_id=lead.id,
        campaign_id=campaign.campaign_id,
        states="|".join(governing),
        true_until=promised.promised_by if promised is not None else None,
    )


def _to_supervisors(exchange: Exchange) -> str:
    """Anything else is a person who wants something that a person must read."""
    tx, lead, campaign, now = exchange.tx, exchange.lead, exchange.campaign, exchange.now
    if lead.custody is not Custody.IN_CALL:
        escalate_lead(tx, lead, campaign, "text_received", now, call_id=_last_call(exchange))
        return "to_supervisors"
    # Who is on the line stays in that call's custody.
    due_at = due_by(lead, campaign.policy if campaign else Policy(), now)
    escalations.escalate(
        tx,
        lead_id=lead.id,
        call_id=_last_call(exchange),
        state=lead.held_states,
        reason="text_received",
        due_at=due_at,
        now=now,
    )
    return "to_supervisors"


def _last_call(exchange: Exchange) -> int | None:
    sids = leads.calls_of(exchange.tx, exchange.lead.id)
    last = calls.read(exchange.tx, sids[-1]) if sids else None
    return last.id if last is not None else None
