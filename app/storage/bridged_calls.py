"""What a producer's bridged calls rested on: for whoever asks which of them a change of the roster reaches back to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from app.domain.call import Outcome
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import DomicileHoldRow

_attempts, _calls, _ledger, _holds = (table_of(row) for row in (AttemptRow, CallRow, LedgerRow, DomicileHoldRow))

_LONGEST_RING = timedelta(days=1)
"""A generous bound between a ring and its key press, for the index on when it began."""


@dataclass(frozen=True)
class BridgedCall:
    """One key press that let two people talk. `facts` are the acceptance's; None where the ledger has none to read."""

    call_sid: str
    at: datetime
    decision_id: int | None
    facts: Mapping[str, Any] | None


def bridged_since(tx: Connection, producer_id: int, since: datetime) -> Iterator[BridgedCall]:
    """The producer's bridged calls from `since` on, oldest first; one that the carrier did not bridge is none."""
    rows = tx.execute(
        select(_calls.c.call_sid, _attempts.c.accepted_at, _attempts.c.acceptance_id, _ledger.c.facts)
        .join(_calls, _calls.c.id == _attempts.c.call_id)
        .outerjoin(_ledger, _ledger.c.id == _attempts.c.acceptance_id)
        .where(
            _attempts.c.producer_id == producer_id,
            _attempts.c.started_at >= since - _LONGEST_RING,
            _attempts.c.accepted_at >= since,
            or_(_attempts.c.outcome.is_(None), _attempts.c.outcome == Outcome.ACCEPTED),
        )
        .order_by(_attempts.c.accepted_at, _attempts.c.id)
    )
    for call_sid, at, decision_id, facts in rows:
        yield BridgedCall(call_sid, at, decision_id, _facts(facts))


def holds_of(tx: Connection, producer_id: int) -> dict[State, date]:
    """The producer's domicile holds: the day of the move, by state."""
    rows = tx.execute(select(_holds.c.state, _holds.c.moved_on).where(_holds.c.producer_id == producer_id))
    return {row.state: row.moved_on for row in rows}


def facts_of_kind(tx: Connection, kind: str, since: datetime) -> list[dict[str, Any]]:
    """The facts of the ledger's entries of one kind from `since` on, oldest first; what cannot be read is left out."""
    rows = tx.execute(
        select(_ledger.c.facts)
        .where(_ledger.c.kind == kind, _ledger.c.at >= since)
        .order_by(_ledger.c.at, _ledger.c.id)
    )
    return [dict(facts) for facts in (_facts(row[0]) for row in rows) if facts is not None]


def _facts(written: str | None) -> Mapping[str, Any] | None:
    try:
        facts = json.loads(written) if written is not None else None
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
