"""May this person be called by a machine at this moment? Judged before the call leaves, and when they pick up."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.calling_hours import Scope, most_per_day, next_span, open_at
from app.domain.policy import Policy
from app.storage import callbacks, outbound
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.storage.texts import Text
from app.workflows.callbacks.calls_made import DAY, calls_made
from app.workflows.callbacks.send_texts import Drop, Wait
from app.workflows.leads.escalate_lead import called
from app.workflows.leads.tell_aloud import on_the_line, why_not_told

AGAIN_AFTER_CALL = timedelta(minutes=1)


def judge_notice(
    tx: Transaction, notice: Text, lead: Lead | None, campaign: Campaign | None, now: datetime
) -> Wait | Drop | None:
    """None where it may be said now. What is not known is a no."""
    if lead is None or campaign is None:
        return Drop("nobody knows whom it is for")
    why = why_not_told(tx, lead, campaign)
    if why is not None:
        return Drop(why, promised=True)
    until = notice.true_until
    if until is not None and until <= now:
        return Drop("it is no longer true")
    wait = _wait(tx, notice, lead, campaign.policy, now)
    if isinstance(wait, Wait) and until is not None and wait.until >= until:
        return Drop("no longer true at the next lawful hour")
    return wait


def _wait(tx: Transaction, notice: Text, lead: Lead, policy: Policy, now: datetime) -> Wait | Drop | None:
    standing = callbacks.active_of(tx, lead.id)
    if (
        not outbound.is_dialing_on(tx)
        or on_the_line(tx, lead)
        or (standing is not None and standing.status == "dialing")
    ):
        return Wait(now + AGAIN_AFTER_CALL)
    protected = called(lead)
    if open_at(protected, now, hours=policy, scope=Scope.AUTOMATED) is None:
        following = next_span(protected, now, hours=policy, scope=Scope.AUTOMATED)
        return Drop("there is no lawful hour for it", promised=True) if following is None else Wait(following.opens)
    most = most_per_day(protected, now)
    return (
        None if most is None or calls_made(tx, notice.to_number, now, but_notice=notice.id) < most else Wait(now + DAY)
    )
