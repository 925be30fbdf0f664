"""Would a call from there be served lawfully right now? Answered from the gate itself; nothing is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.licensing import Question, Reason
from app.domain.states import State
from app.storage import ledger, licensing_gate
from app.storage.access import ApiKey
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.authority.check_authority import place_of
from app.workflows.calls.fair_share import before_arrival, left_over
from app.workflows.calls.offer_call import decision_facts
from app.workflows.calls.question import question_at
from app.workflows.leads.asked_campaign import TRANSFER_HOLDS, Unmet, asked_campaign

_EVERYBODY = 100_000

NOBODY_AVAILABLE = "nobody_available"
"""Somebody is licensed, and nobody of them is free: a reason of a ping, never of a producer."""


@dataclass(frozen=True)
class PingAnswer:
    """`licensed`: somebody has authority there. `available`: one of them could be rung now. `reason`: why not."""

    accept: bool
    states: tuple[State, ...]
    licensed: bool
    available: bool
    reason: str | None
    ping_id: int
    transfer_to: str | None
    expires_at: datetime | None


def answer_ping(
    campaign_number: str,
    *,
    state: State | None,
    zip_code: str | None,
    phone: str | None,
    key: ApiKey,
    database: Database,
    now: datetime,
) -> PingAnswer | Unmet:
    """One of `state`, `zip_code` and `phone` says where the caller would be."""
    with database.begin() as tx:
        campaign = asked_campaign(tx, campaign_number, key.vendor_id)
        if isinstance(campaign, Unmet):
            return campaign
        states, known_zip = place_of(state, zip_code, phone)
        question = question_at(tx, campaign, states, known_zip)
        licensed = licensing_gate.somebody_licensed(tx, question, now, campaign_id=campaign.campaign_id)
        available = licensed and _somebody_free(tx, question, campaign, now)
        reason = None if available else (NOBODY_AVAILABLE if licensed else _why_not(question, now))
        facts = decision_facts(campaign.number, question, None, npn=None) | {
            "allowed": available,
            "reasons": [reason] if isinstance(reason, Reason) else [],
            "licensed": licensed,
            "available": available,
            "reason": reason,
        }
        ping_id = ledger.write(tx, kind="ping", now=now, actor=key.actor, facts=facts)
    return PingAnswer(
        accept=available,
        states=states,
        licensed=licensed,
        available=available,
        reason=reason,
        ping_id=ping_id,
        transfer_to=campaign.number if available else None,
        expires_at=now + TRANSFER_HOLDS if available else None,
    )


def _somebody_free(tx: Transaction, question: Question, campaign: Campaign, now: datetime) -> bool:
    """Whether somebody could be rung now, whom nobody on hold and no urgent callback waits for."""
    claims = before_arrival(tx, now)
    found = licensing_gate.eligible(
        tx,
        question,
        now,
        campaign_id=campaign.campaign_id,
        on=now.astimezone(campaign.policy.zone).date(),
        limit=_EVERYBODY if claims else 1,
    )
    return bool(left_over(tx, [candidate.producer_id for candidate in found], claims, now))


def _why_not(question: Question, now: datetime) -> Reason:
    """Why nobody at all may: the agency's side first, then the producers'."""
    if not question.states:
        return Reason.STATE_UNKNOWN
    for state in question.states:
        opening = question.openings.get(state)
        if opening is None or not opening.is_open:
            return Reason.STATE_NOT_OPEN
        if opening.zips is not None and question.zip_code not in opening.zips:
            return Reason.STATE_NOT_OPEN
        if opening.agency_until is not None and opening.agency_until <= now:
            return Reason.AGENCY_LICENSE_EXPIRED
    return Reason.NO_LICENSE
