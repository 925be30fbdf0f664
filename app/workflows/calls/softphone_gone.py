"""A softphone that was dialed and is not there: no miss of the producer's, and their phone is rung the next time."""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Outcome
from app.domain.softphone import never_rang
from app.storage import softphones
from app.storage.attempts import Attempt
from app.storage.database import Transaction


def unless_gone(tx: Transaction, attempt: Attempt, outcome: Outcome, dial_status: str, now: datetime) -> Outcome:
    """`outcome`, or FAILED where the browser never rang; then it is rung again only after its next sign of life."""
    if outcome not in (Outcome.NO_ANSWER, Outcome.FAILED) or attempt.recorded is not None:
        return outcome
    if not never_rang(attempt.dialed, dial_status, started_at=attempt.started_at, now=now):
        return outcome
    softphones.set_registered(tx, attempt.producer_id, now)
    return Outcome.FAILED
