"""May this person be called back at this moment? Judged when it is due, and again when the producer accepts."""

from __future__ import annotations

from datetime import datetime

from app.domain.calling_hours import most_per_day, open_at
from app.domain.policy import Policy
from app.storage import calls, outbound
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.calls_made import calls_made
from app.workflows.leads.escalate_lead import called, is_left_alone, residence_of
from app.workflows.outbound.do_not_call import dnc_unknown


def why_not_now(
    tx: Transaction, lead: Lead, callback: Callback, campaign: Campaign | None, now: datetime
) -> str | None:
    """over, on_the_line, dialing_off, opted_out, dnc_unknown, state_unknown, outside_hours, attempt_cap; None where the
    person may be called."""
    if not lead.custody.open or not callback.active:
        return "over"
    if calls.live_with_lead(tx, lead.id):
        return "on_the_line"
    if not outbound.is_dialing_on(tx):
        return "dialing_off"
    if is_left_alone(tx, lead, asked=callback.asked):
        return "opted_out"
    if dnc_unknown(tx, lead, now):
        return "dnc_unknown"
    if campaign is None or not residence_of(lead).states:
        return "state_unknown"
    return _why_not_at_this_hour(tx, lead, campaign.policy, now)


def _why_not_at_this_hour(tx: Transaction, lead: Lead, policy: Policy, now: datetime) -> str | None:
    protected = called(lead)
    if open_at(protected, now, hours=policy) is None:
        return "outside_hours"
    most = most_per_day(protected, now)
    assert lead.phone is not None, "nobody without a number is promised a call"
    if most is not None and calls_made(tx, lead.phone, now) >= most:
        return "attempt_cap"
    return None
