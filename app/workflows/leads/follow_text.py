"""What becomes of a text of ours, and what follows where its person does not get it."""

from __future__ import annotations

from datetime import datetime

from app.domain.lead import Custody
from app.domain.signals import TextProgress
from app.storage import calls, campaigns, escalations, leads, texts, work
from app.storage.calls import Call
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.storage.texts import Text
from app.workflows.leads.escalate_lead import escalate_lead
from app.workflows.leads.tell_aloud import UNASKED, queue_spoken

STOPPED_AT_CARRIER = 21610
"""The carrier's code for a text to somebody who said STOP. Source: TELEPHONY.md section 6."""

TAKES_NO_TEXTS = frozenset({21614, 30006})
"""Not a mobile, a landline. Source: TELEPHONY.md section 6."""

# Ours, by the carrier's words for a text (app/carrier/webhooks.py). What is not named is no news.
_STATUSES = {"sent": "sent", "delivered": "delivered", "undelivered": "undelivered", "failed": "undelivered"}


def note_text_progress(progress: TextProgress, *, database: Database, now: datetime) -> None:
    """A report on a text. They come late, twice and in any order; an end that is known never goes back.

    One that overtakes our own note of the text's sid is not kept: `reconcile_texts` asks the carrier again.
    """
    status = _STATUSES.get(progress.status)
    if status is None:
        return
    with database.begin() as tx:
        error = None if progress.error_code is None else str(progress.error_code)
        if not texts.progressed(tx, progress.message_sid, status, error):
            return
        text = texts.with_sid(tx, progress.message_sid)
        if text is not None and status == "undelivered":
            note_refusal(tx, text, progress.error_code, now)


def note_refusal(tx: Transaction, text: Text, code: int | None, now: datetime) -> None:
    """The carrier says that the text does not arrive, and by `code` why. 21610 is STOP (FLOWS.md, tier 2)."""
    if code == STOPPED_AT_CARRIER:
        work.suppress(tx, text.to_number, "stop", source="carrier:21610", now=now)
    if code in TAKES_NO_TEXTS and text.to_person:
        work.suppress(tx, text.to_number, texts.CANNOT_BE_TEXTED, source=f"carrier:{code}", now=now)
    not_notified(tx, text, now)


def not_notified(tx: Transaction, text: Text, now: datetime) -> None:
    """A person does not know what we wrote: a supervisor's, unless somebody has talked with them (FLOWS.md, tier 3).

    A promise that stands is kept. Who is on the line right now is not lost: the end of that call decides. Where the
    number takes no texts at all, they may be told in a call first.
    """
    lead = leads.load_to_write(tx, text.lead_id) if text.lead_id is not None and text.to_person else None
    if lead is None or not lead.custody.open or lead.custody is Custody.IN_CALL:
        return
    campaign = campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None
    if campaign is not None and _said_instead(tx, text, lead, campaign, now):
        return
    if escalations.open_of(tx, lead.id) is not None or any(_talked(call) for call in _calls_of(tx, lead)):
        return
    escalate_lead(tx, lead, campaign, "not_notified", now)


def _said_instead(tx: Transaction, text: Text, lead: Lead, campaign: Campaign, now: datetime) -> bool:
    if text.kind != UNASKED or not texts.cannot_be_texted(tx, text.to_number):
        return False
    return queue_spoken(tx, lead, campaign, subject=text.subject, now=now, not_before=now, true_until=text.true_until)


def _calls_of(tx: Transaction, lead: Lead) -> list[Call]:
    found = (calls.read(tx, sid) for sid in leads.calls_of(tx, lead.id))
    return [call for call in found if call is not None]


def _talked(call: Call) -> bool:
    # On a callback's leg a producer accepts before the person has answered.
    return call.accepted_at is not None and (call.direction == "inbound" or call.served_seconds > 0)
