"""A supervisor agrees a time: the escalation becomes a promised callback, at a lawful moment only."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.lead import Custody
from app.domain.promises import Slot
from app.storage import callbacks, campaigns, escalations, leads
from app.storage.database import Database, Transaction
from app.storage.escalations import Escalation
from app.workflows.callbacks.promise import promise, slots, why_not
from app.workflows.leads.escalation_in_hand import NO_CAMPAIGN, InHand, Refused, done, note, obstacle, take_in_hand

FARTHEST = timedelta(days=21)
"""As far ahead as we promise at all; a lead that is owed nothing for longer would be forgotten."""

PROMISED = "promised"
"""The outcome of an escalation that a promise takes over; where that is not kept, a new escalation is opened."""


def schedule_escalation(
    escalation_id: int, at: datetime, *, actor: str, database: Database, now: datetime
) -> Escalation | Refused | None:
    """The escalation, resolved by a callback promised at `at`; None: no such escalation.

    The same time again changes nothing. Refused with the next lawful slots where `at` is none.
    """
    with database.begin() as tx:
        hand = take_in_hand(tx, escalation_id)
        if hand is None:
            return None
        if _stands(tx, hand, at):
            return hand.escalation
        blocked = obstacle(tx, hand)
        if blocked is not None:
            return blocked
        if not now <= at <= now + FARTHEST:
            return Refused(("outside_hours",), slots=_next(tx, hand, now))
        return promise_to_anybody(tx, hand, at, kind="escalation_scheduled", actor=actor, now=now)


def promise_to_anybody(
    tx: Transaction, hand: InHand, at: datetime, *, kind: str, actor: str, now: datetime
) -> Escalation | Refused:
    """Promise a call at that moment by whoever has authority and is free then; the queue is done with the lead."""
    lead, campaign = hand.lead, hand.campaign
    if campaign is None:
        return Refused((NO_CAMPAIGN,))
    why = why_not(tx, lead, campaign, now, at)
    promised = None if why else promise(tx, lead, campaign, now=now, made_by=actor, at=at)
    note(tx, hand, kind, actor=actor, now=now, at=at.isoformat(), promised=promised is not None, why=why)
    if promised is None:
        return Refused((why or "outside_hours",), slots=_next(tx, hand, now))
    escalations.resolve_of_lead(tx, lead.id, outcome=PROMISED, by=actor, now=now)
    current = leads.load_to_write(tx, lead.id)
    assert current is not None
    leads.move(tx, current, Custody.PROMISED, owed_by=promised.promised_by)
    return done(tx, hand)


def slots_of(escalation_id: int, *, database: Database, now: datetime) -> list[Slot] | Refused | None:
    """The next lawful times at which the person may be promised a call; None: no such escalation."""
    with database.read() as tx:
        found = escalations.load(tx, escalation_id)
        lead = leads.load(tx, found.lead_id) if found else None
        if lead is None:
            return None
        campaign = campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None
        if campaign is None:
            return Refused((NO_CAMPAIGN,))
        why = why_not(tx, lead, campaign, now)
        return Refused((why,)) if why else slots(tx, lead, campaign, now=now)


def _next(tx: Transaction, hand: InHand, now: datetime) -> tuple[Slot, ...]:
    if hand.campaign is None or why_not(tx, hand.lead, hand.campaign, now) is not None:
        return ()
    return tuple(slots(tx, hand.lead, hand.campaign, now=now))


def _stands(tx: Transaction, hand: InHand, at: datetime) -> bool:
    """Whether this very promise was made from here before."""
    if hand.escalation.outcome != PROMISED:
        return False
    standing = callbacks.active_of(tx, hand.lead.id)
    return standing is not None and standing.due_at == at
