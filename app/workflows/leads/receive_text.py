"""A message comes in: a producer's command, STOP, or a person who wants something."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain import business_hours, opt_out, phone, states, told_place
from app.domain.lead import ClosedAs, Custody
from app.domain.policy import Policy
from app.domain.signals import TextProgress, TextReceived
from app.storage import access, attempts, authority_facts, calls, campaigns, desk, leads, texts, work
from app.storage.database import Database, Transaction
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.wrong_state import Noted, note_wrong_state

STOPPED_AT_CARRIER = 21610
"""The carrier's code for a text to somebody who said STOP. Source: TELEPHONY.md section 6."""

WRONG_STATE_WITHIN = timedelta(minutes=1)
"""Of the end of the talk. Source: FLOWS.md, wrong state."""

_COMMANDS = {"ON": "available", "OFF": "away"}
_ANSWERS = {"available": "text_presence_on", "away": "text_presence_off"}


def receive_text(text: TextReceived, *, database: Database, now: datetime, wording: Wording) -> Noted | None:
    """Do what the message asks, once. Texts from a producer's phone are commands and never a lead.

    A wrong state that was reported is returned: a caller who must leave a talk is moved by `wrong_state.move_caller`.
    """
    noted = None
    with database.begin() as tx:
        access.take_turns(tx, f"text:{text.message_sid}")
        if texts.seen(tx, text.message_sid):
            return None
        sender = phone.parse(text.from_number)
        number = sender.e164 if sender else text.from_number
        producer_id = authority_facts.producer_with_phone(tx, number)
        if text.opt_out_type == "STOP" or opt_out.means_stop(text.body):
            understood = _stop(tx, number, now)
            if producer_id is not None:
                desk.set_presence(tx, producer_id, "away", now, by="producer's text")
        elif producer_id is not None and told_place.is_command(text.body):
            understood, noted = _wrong_state(tx, producer_id, text, number, now, wording)
        elif producer_id is not None:
            understood = _command(tx, producer_id, text, number, now, wording)
        else:
            understood = _to_supervisors(tx, text, number, now)
        texts.receive(
            tx,
            message_sid=text.message_sid,
            from_number=number,
            to_number=text.to_number,
            body=text.body,
            understood_as=understood,
            now=now,
        )
    return noted


def _wrong_state(
    tx: Transaction, producer_id: int, text: TextReceived, number: str, now: datetime, wording: Wording
) -> tuple[str, Noted | None]:
    """`WRONG TX`: during the producer's last talk, or within a minute of its end."""
    place = told_place.in_command(text.body)
    talk = attempts.last_talk(tx, producer_id)
    recent = talk is not None and (talk.ended_at is None or now - talk.ended_at <= WRONG_STATE_WITHIN)
    known = calls.by_id(tx, talk.call_id) if talk is not None and recent else None
    call = calls.load(tx, known.call_sid) if known is not None else None
    noted = None
    if place is not None and talk is not None and call is not None:
        noted = note_wrong_state(tx, call, place, by=f"producer:{talk.npn}", now=now, talk=talk.number)
    if place is not None and noted is not None:
        named = "|".join(states.name(state) for state in place.states)
        body = wording("text_wrong_state", "en", {"states": named})
    else:
        body = wording("text_wrong_state_unclear", "en", {})
    _answer(tx, text, number, body, now)
    return ("wrong_state:noted" if noted else "wrong_state:unclear"), noted


def _command(
    tx: Transaction, producer_id: int, text: TextReceived, number: str, now: datetime, wording: Wording
) -> str:
    presence = _COMMANDS.get(text.body.strip().upper())
    if presence is not None:
        desk.set_presence(tx, producer_id, presence, now, by="producer's text")
    _answer(tx, text, number, wording(_ANSWERS.get(presence or "", "text_command_unknown"), "en", {}), now)
    return f"command:{presence}" if presence else "command:unknown"


def _answer(tx: Transaction, text: TextReceived, number: str, body: str, now: datetime) -> None:
    texts.queue(
        tx,
        subject=f"text:{text.message_sid}",
        kind="answer",
        from_number=text.to_number,
        to_number=number,
        body=body,
        now=now,
    )


def _stop(tx: Transaction, number: str, now: datetime) -> str:
    """No texts and no calls any more, at once; the carrier answers, we do not (FLOWS.md, tier 2)."""
    if len(number) <= 16:
        work.suppress(tx, number, "stop", source="text", now=now)
    lead = leads.open_with_phone(tx, number, None)
    while lead is not None and lead.custody is not Custody.IN_CALL:
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
        work.resolve_of_lead(tx, lead.id)
        lead = leads.open_with_phone(tx, number, None)
    return "stop"


def _to_supervisors(tx: Transaction, text: TextReceived, number: str, now: datetime) -> str:
    """Anything else is a person who wants something: a lead, and on the supervisors' queue."""
    called = phone.parse(text.to_number)
    campaign = campaigns.reached_by(tx, called.e164) if called else None
    due_at = business_hours.due_by(campaign.policy if campaign else Policy(), now)
    lead = leads.open_with_phone(tx, number, campaign.campaign_id if campaign else None)
    if lead is None:
        own = phone.parse(number)
        lead = leads.add(
            tx,
            custody=Custody.ESCALATED,
            owed_by=due_at,
            now=now,
            campaign_id=campaign.campaign_id if campaign else None,
            vendor_id=campaign.vendor_id if campaign else None,
            phone=own.e164 if own else None,
        )
    elif lead.custody is not Custody.IN_CALL:
        leads.move(tx, lead, Custody.ESCALATED, owed_by=min(due_at, lead.owed_by or due_at))
    work.escalate(tx, lead_id=lead.id, call_id=None, state=None, reason="text_received", due_at=due_at, now=now)
    return "to_supervisors"


def note_text_progress(progress: TextProgress, *, database: Database, now: datetime) -> None:
    """What became of a text of ours; 21610 is the carrier's word for STOP, which came between queue and send."""
    error = None if progress.error_code is None else str(progress.error_code)
    if progress.status in ("sent", "delivered", "undelivered", "failed"):
        with database.begin() as tx:
            status = "undelivered" if progress.status == "failed" else progress.status
            texts.progressed(tx, progress.message_sid, status, error)
            if progress.error_code == STOPPED_AT_CARRIER and (sent := texts.with_sid(tx, progress.message_sid)):
                work.suppress(tx, sent.to_number, "stop", source="carrier:21610", now=now)
