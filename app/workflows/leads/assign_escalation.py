"""An escalation is given to one producer: judged by the gate, then called back by nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.lead import Custody
from app.domain.licensing import Producer, Reason, Verdict, judge
from app.storage import authority_facts, campaigns, desk, escalations, leads, ledger, refusals
from app.storage.callbacks import Callback
from app.storage.database import Database, Transaction
from app.storage.escalations import Escalation
from app.workflows.callbacks.promise import promise, question_for, why_not
from app.workflows.calls.offer_call import decision_facts, residence_facts
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.escalate_lead import residence_of
from app.workflows.leads.escalation_in_hand import NO_CAMPAIGN, InHand, Refused, done, obstacle, take_in_hand


@dataclass(frozen=True)
class Candidate:
    """A producer as this escalation sees them. `availability` as the desk has it."""

    npn: str
    name: str
    allowed: bool
    reasons: tuple[str, ...]
    availability: str


def assign_escalation(
    escalation_id: int, npn: str, *, actor: str, database: Database, now: datetime
) -> Escalation | Refused | Unmet | None:
    """The escalation, its producer's callback promised at the first lawful moment; None: no such escalation.

    The same assignment again changes nothing. Refused with the gate's reasons where the producer has no authority.
    """
    with database.begin() as tx:
        hand = take_in_hand(tx, escalation_id)
        if hand is None:
            return None
        producer_id = authority_facts.producer_id_of(tx, npn)
        if producer_id is None:
            return Unmet("npn", f"nobody on the roster has NPN {npn}")
        if hand.escalation.assigned_to == producer_id and hand.escalation.next is not None:
            return hand.escalation
        return obstacle(tx, hand) or give_to(tx, hand, producer_id, at=None, actor=actor, now=now)


def give_to(
    tx: Transaction, hand: InHand, producer_id: int, *, at: datetime | None, actor: str, now: datetime
) -> Escalation | Refused:
    """Judge, promise, assign; with `at` at that lawful moment or not at all. Allow and deny are kept in the ledger."""
    if hand.campaign is None:
        return Refused((NO_CAMPAIGN,))
    verdict = _decide(tx, hand, producer_id, actor=actor, now=now)
    if not verdict.allowed:
        return Refused(tuple(verdict.reasons))
    # A promise to an open escalation's lead would resolve it: it is this producer's first.
    why = why_not(tx, hand.lead, hand.campaign, now, at)
    if why is not None:
        return Refused((why,))
    escalations.assign(tx, hand.escalation.id, producer_id)
    promised = promise(
        tx, hand.lead, hand.campaign, now=now, made_by=actor, at=at, producer_id=producer_id, only_producer=True
    )
    if promised is None:
        escalations.put_back(tx, hand.escalation)
        return Refused(("outside_hours",))
    _keep_escalated(tx, hand, promised)
    return done(tx, hand)


def _decide(tx: Transaction, hand: InHand, producer_id: int, *, actor: str, now: datetime) -> Verdict:
    assert hand.campaign is not None
    question = question_for(tx, hand.lead, hand.campaign)
    producer = authority_facts.producer(tx, producer_id, asked=question)
    assert producer is not None, "a producer is never deleted"
    verdict = judge(producer, question, now)
    facts = decision_facts(
        hand.campaign.number,
        question,
        verdict,
        npn=producer.npn,
        escalation=hand.escalation.id,
        residence=residence_facts(residence_of(hand.lead)),
    )
    ledger.write(tx, kind="assignment", now=now, actor=actor, facts=facts, lead_id=hand.lead.id)
    return verdict


def _keep_escalated(tx: Transaction, hand: InHand, promised: Callback) -> None:
    lead = leads.load_to_write(tx, hand.lead.id)
    assert lead is not None
    leads.move(tx, lead, Custody.ESCALATED, owed_by=promised.promised_by)


def candidates(escalation_id: int, *, database: Database, now: datetime) -> list[Candidate] | Refused | None:
    """Every producer, those with authority first; None: no such escalation."""
    with database.read() as tx:
        found = escalations.load(tx, escalation_id)
        lead = leads.load(tx, found.lead_id) if found else None
        if lead is None:
            return None
        if lead.campaign_id is None:
            return Refused((NO_CAMPAIGN,))
        question = question_for(tx, lead, campaigns.by_id(tx, lead.campaign_id))
        seats = {seat.producer_id: seat.availability(now) for seat in desk.overview(tx)}
        judged = [(one, judge(one, question, now)) for one in refusals.asked_about(tx, question)]
    listed = [_candidate(one, verdict.reasons, seats) for one, verdict in judged]
    return sorted(listed, key=lambda one: (not one.allowed, one.availability != "available", one.npn))


def _candidate(producer: Producer, reasons: tuple[Reason, ...], seats: dict[int, str]) -> Candidate:
    availability = seats.get(producer.producer_id, "offline")
    return Candidate(producer.npn, producer.name, not reasons, tuple(reasons), availability)
