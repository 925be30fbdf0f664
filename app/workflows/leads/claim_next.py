"""The supervisor takes whatever is worst and nobody's yet."""

from __future__ import annotations

from datetime import datetime

from app.storage import escalations
from app.storage.database import Database
from app.storage.escalations import Escalation
from app.workflows.leads.claim_escalation import claim_escalation

_TRIED = 20
"""So many are tried where others are quicker at each."""


def claim_next(*, actor: str, database: Database, now: datetime) -> Escalation | None:
    """The open item that is due first, claimed; None where nobody waits whom nobody has."""
    with database.read() as tx:
        waiting = escalations.worst_first(tx, statuses=("open",), limit=_TRIED)
    for one in waiting:
        claimed = claim_escalation(one.id, actor=actor, database=database, now=now)
        if isinstance(claimed, Escalation):
            return claimed
    return None
