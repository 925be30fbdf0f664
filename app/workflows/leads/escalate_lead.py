"""A lead goes to the supervisors' queue: due the same business day, while its person may still be called."""

from __future__ import annotations

from datetime import datetime

from app.domain import business_hours, phone, residency
from app.domain.calling_hours import Called, next_span
from app.domain.lead import Custody
from app.domain.policy import Policy
from app.domain.residency import Evidence, Residence
from app.storage import escalations, leads, work
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead


def escalate_lead(
    tx: Transaction, lead: Lead, campaign: Campaign | None, reason: str, now: datetime, *, call_id: int | None = None
) -> Lead:
    """The lead as it stands then. One that is served or closed stays so; one that waits already keeps its deadline."""
    if not lead.custody.open:
        return lead
    policy = campaign.policy if campaign else Policy()
    waiting = escalations.open_of(tx, lead.id)
    due_at = waiting.due_at if waiting else due_by(lead, policy, now)
    lead = leads.move(tx, lead, Custody.ESCALATED, owed_by=due_at)
    escalations.escalate(
        tx,
        lead_id=lead.id,
        call_id=call_id,
        state=(residence_of(lead).states and "|".join(residence_of(lead).states)) or None,
        reason=f"{reason}{_why_not_called(tx, lead)}",
        due_at=due_at,
        now=now,
    )
    return lead


def due_by(lead: Lead, policy: Policy, now: datetime) -> datetime:
    """The earlier of the business day's end and of the legal window's closing (FLOWS.md, an escalation)."""
    closing = business_hours.due_by(policy, now)
    span = next_span(called(lead), now)
    return closing if span is None else min(closing, span.closes)


def residence_of(lead: Lead) -> Residence:
    """Where the person lives: as a call or a text settled it, else as far as the vendor's record and the number say."""
    if lead.residence is not None:
        return lead.residence
    return residency.settle(Evidence(vendor_state=lead.state, vendor_zip=lead.zip_code, phone=lead.phone))


def called(lead: Lead) -> Called:
    """Whose law protects this person: the residence's and the area code's."""
    residence, number = residence_of(lead), phone.parse(lead.phone) if lead.phone else None
    return Called(residence.states, number.area_code if number else None, residence.zip)


def opted_out(tx: Transaction, lead: Lead) -> bool:
    """Whether the person has said STOP."""
    return lead.phone is not None and "stop" in work.suppressed(tx, lead.phone)


def is_left_alone(tx: Transaction, lead: Lead, *, asked: bool = False) -> bool:
    """Whether our own list stands against calling this person.

    `asked`: they asked on the line to be called, which stands above a STOP, and never above a person of ours who blocked them.
    """
    return lead.phone is not None and is_number_left_alone(tx, lead.phone, asked=asked)


def is_number_left_alone(tx: Transaction, number: str, *, asked: bool = False) -> bool:
    """The same for a number (E.164), whoever's it is. One that only takes no texts may be called."""
    theirs = work.suppressed(tx, number)
    return "blocked" in theirs or ("stop" in theirs and not asked)


def _why_not_called(tx: Transaction, lead: Lead) -> str:
    if lead.phone is None:
        return ": no number"
    return ": opted out" if opted_out(tx, lead) else ""
