"""What every act of a supervisor begins with: the escalation and its lead, locked, and whether anything may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.lead import Custody
from app.domain.promises import Slot
from app.storage import callbacks, campaigns, escalations, leads, ledger
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.escalations import Escalation
from app.storage.leads import Lead

IN_CALL = "in_call"
"""The person is on the line, or is being called: nothing is decided behind their back."""

RESOLVED = "resolved"
NO_CAMPAIGN = "no_campaign"
"""Nobody knows what this person wants: no campaign says which license it takes, nor from which number to call."""


@dataclass(frozen=True)
class Refused:
    """Why not. `reasons` are the codes of INTERFACE.md section 5, or in_call, resolved, claimed, assigned,
    no_campaign, no_number.

    `slots` are the next lawful ones, `has_it` is who has the escalation, where that is the reason.
    """

    reasons: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    has_it: str | None = None


@dataclass(frozen=True)
class InHand:
    """Nobody else moves these until the transaction ends."""

    escalation: Escalation
    lead: Lead
    campaign: Campaign | None


def take_in_hand(tx: Transaction, escalation_id: int) -> InHand | None:
    """None where there is no such escalation."""
    found = escalations.load(tx, escalation_id)
    lead = leads.load_to_write(tx, found.lead_id) if found else None
    locked = escalations.load_to_write(tx, escalation_id) if lead else None
    if lead is None or locked is None:
        return None
    campaign = campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None
    return InHand(locked, lead, campaign)


def obstacle(tx: Transaction, hand: InHand) -> Refused | None:
    """Why nothing can be done with it at all now."""
    if hand.escalation.resolved or not hand.lead.custody.open:
        return Refused((RESOLVED,), has_it=hand.escalation.resolved_by)
    promise = callbacks.active_of(tx, hand.lead.id)
    if hand.lead.custody is Custody.IN_CALL or (promise is not None and promise.status == "dialing"):
        return Refused((IN_CALL,))
    return None


def done(tx: Transaction, hand: InHand) -> Escalation:
    """The escalation as it stands after the act."""
    found = escalations.load(tx, hand.escalation.id)
    assert found is not None, "an escalation is never deleted"
    return found


def note(tx: Transaction, hand: InHand, kind: str, *, actor: str, now: datetime, **facts: Any) -> None:
    """Keep in the ledger who did it."""
    ledger.write(
        tx,
        kind=kind,
        now=now,
        actor=actor,
        facts={"escalation": hand.escalation.id, "reason": hand.escalation.reason, **facts},
        lead_id=hand.lead.id,
    )
