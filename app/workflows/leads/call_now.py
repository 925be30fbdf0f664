"""A supervisor has the person called now: by one producer, or by whoever is free. No override exists."""

from __future__ import annotations

from datetime import datetime

from app.storage import authority_facts, callbacks
from app.storage.database import Database, Transaction
from app.storage.escalations import Escalation
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.assign_escalation import give_to
from app.workflows.leads.escalation_in_hand import InHand, Refused, obstacle, take_in_hand
from app.workflows.leads.schedule_escalation import PROMISED, promise_to_anybody


def call_now(
    escalation_id: int, npn: str | None, *, actor: str, database: Database, now: datetime
) -> Escalation | Refused | Unmet | None:
    """The escalation with a callback that is due now; None: no such escalation.

    Refused with reasons where the window, STOP or authority says no.
    """
    with database.begin() as tx:
        hand = take_in_hand(tx, escalation_id)
        if hand is None:
            return None
        producer_id = None if npn is None else authority_facts.producer_id_of(tx, npn)
        if npn is not None and producer_id is None:
            return Unmet("npn", f"nobody on the roster has NPN {npn}")
        if _under_way(tx, hand, npn, now):
            return hand.escalation
        blocked = obstacle(tx, hand)
        if blocked is not None:
            return blocked
        if producer_id is not None:
            return give_to(tx, hand, producer_id, at=now, actor=actor, now=now)
        return promise_to_anybody(tx, hand, now, kind="escalation_called", actor=actor, now=now)


def _under_way(tx: Transaction, hand: InHand, npn: str | None, now: datetime) -> bool:
    """Whether this was asked before and the call is due or being made."""
    standing = callbacks.active_of(tx, hand.lead.id)
    if standing is None or standing.due_at > now:
        return False
    if npn is None:
        return hand.escalation.outcome == PROMISED
    return hand.escalation.assigned_npn == npn and standing.only_producer
