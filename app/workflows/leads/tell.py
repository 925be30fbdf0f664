"""The one unasked text after a failed attempt to be served: who we are, what was promised, how to answer, STOP."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.calling_hours import next_span
from app.domain.do_not_call import INQUIRY_COUNTS
from app.domain.lead import Custody
from app.storage import callbacks, dnc, texts
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.promise import lead_states, spoken_when
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.escalate_lead import called, opted_out, residence_of
from app.workflows.leads.tell_aloud import UNASKED, queue_spoken

ASKED = ":asked"
"""A text of this kind goes to somebody who had said STOP and asked for it on the call."""


def queue_unasked(
    tx: Transaction,
    lead: Lead,
    campaign: Campaign,
    *,
    subject: str,
    now: datetime,
    wording: Wording,
    asked: bool = False,
    after: timedelta = timedelta(0),
    key: str | None = None,
) -> bool:
    """Queue it, once for `subject`; False where no text may or can go to this person, who is then told in a call at most.

    It leaves when their law lets it; where what it says is over by then, it never does.
    """
    if lead.phone is None or not lead.custody.open:
        return False
    if not dnc.turned_to_us(tx, lead.phone, since=now - INQUIRY_COUNTS):
        # Whom only a producer of ours called hears from no machine.
        return False
    if texts.cannot_be_texted(tx, lead.phone):
        *_, true_until = what_is_true(tx, lead, campaign, now)
        queue_spoken(tx, lead, campaign, subject=subject, now=now, not_before=now + after, true_until=true_until)
        return False
    if opted_out(tx, lead) and not asked:
        return False
    span = next_span(called(lead), now + after)
    if span is None:
        return False
    what, values, true_until = what_is_true(tx, lead, campaign, now)
    return texts.queue(
        tx,
        subject=subject,
        kind=UNASKED + (ASKED if asked else ""),
        from_number=campaign.policy.text_sender or campaign.number,
        to_number=lead.phone,
        body=wording(key or what, lead.language, {"campaign": campaign.name, **values}),
        now=now,
        lead_id=lead.id,
        campaign_id=campaign.campaign_id,
        states=lead_states(lead),
        not_before=max(now + after, span.opens),
        true_until=None if key else true_until,
    )


def what_is_true(
    tx: Transaction, lead: Lead, campaign: Campaign, now: datetime
) -> tuple[str, dict[str, str], datetime | None]:
    """What a text may say of this lead now: the sentence, its values, and until when it is true."""
    standing = callbacks.active_of(tx, lead.id)
    if standing is not None:
        chosen = standing.made_by.startswith(("caller:", "text:"))
        at = standing.due_at if chosen else standing.promised_by
        when = {"when": spoken_when(at, lead, campaign, now)}
        return "text_promise" if chosen else "text_promise_by", when, standing.promised_by
    if not residence_of(lead).states and lead.custody is Custody.ESCALATED:
        return "text_ask_zip", {}, None
    return "text_follow_up", {}, None
