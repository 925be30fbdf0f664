"""The one spoken notice: where no text is possible, said in an automated call, to who has agreed to such calls."""

from __future__ import annotations

from datetime import datetime

from app.domain.consent import allows_automated_calls
from app.domain.lead import Custody
from app.storage import calls, texts, work
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.promise import lead_states

UNASKED = "unasked"
"""The kind of a text that nobody has asked for; only such a one is said instead."""

_ATTEMPT = "call:"
"""So begins the subject of what is told after a failed attempt to be served. A promise that slipped is not told aloud."""


def queue_spoken(
    tx: Transaction,
    lead: Lead,
    campaign: Campaign,
    *,
    subject: str,
    now: datetime,
    not_before: datetime,
    true_until: datetime | None,
) -> bool:
    """Queue it, once for `subject`, a text's; False where this person must not be told so. `body` is empty until it is said."""
    if not subject.startswith(_ATTEMPT) or lead.phone is None or lead.custody is Custody.IN_CALL:
        return False
    if why_not_told(tx, lead, campaign) is not None:
        return False
    texts.queue(
        tx,
        subject=subject,
        kind=texts.SPOKEN,
        from_number=campaign.number,
        to_number=lead.phone,
        body="",
        now=now,
        lead_id=lead.id,
        campaign_id=campaign.campaign_id,
        states=lead_states(lead),
        not_before=not_before,
        true_until=true_until,
    )
    return True


def why_not_told(tx: Transaction, lead: Lead, campaign: Campaign) -> str | None:
    """Why an automated call to this person is never right, at any hour; None where it may be."""
    if not campaign.policy.spoken_notice:
        return "the campaign has spoken notices off"
    if not allows_automated_calls(lead.consent):
        return "there is no consent to automated calls"
    if not lead.custody.open:
        return "the lead is served" if lead.custody is Custody.SERVED else "the lead is closed"
    suppressed = work.suppressed(tx, lead.phone) if lead.phone else {"blocked"}
    if "stop" in suppressed:
        return "the number has said STOP"
    return "the number is blocked" if "blocked" in suppressed else None


def on_the_line(tx: Transaction, lead: Lead) -> bool:
    """Whether the person is talking with us, or about to be."""
    return lead.custody is Custody.IN_CALL or calls.live_with_lead(tx, lead.id)
