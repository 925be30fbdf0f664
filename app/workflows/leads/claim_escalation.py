"""A supervisor takes an escalation: one winner, and automatic callbacks rest from then on."""

from __future__ import annotations

from datetime import datetime

from app.storage import escalations, ledger
from app.storage.database import Database
from app.storage.escalations import Escalation
from app.workflows.leads.escalation_in_hand import RESOLVED, Refused


def claim_escalation(
    escalation_id: int, *, actor: str, database: Database, now: datetime
) -> Escalation | Refused | None:
    """The claimed escalation, the same for the same actor again; who has it where somebody else was first; None: no such."""
    with database.begin() as tx:
        won = escalations.claim(tx, escalation_id, by=actor, now=now)
        found = escalations.load(tx, escalation_id)
        if found is None:
            return None
        if won:
            facts = {"escalation": found.id, "reason": found.reason}
            ledger.write(tx, kind="escalation_claimed", now=now, actor=actor, facts=facts, lead_id=found.lead_id)
    if won or (found.status == "claimed" and found.claimed_by == actor):
        return found
    has_it = {"claimed": found.claimed_by, "assigned": found.assigned_npn, RESOLVED: found.resolved_by}
    return Refused((found.status,), has_it=has_it.get(found.status))
