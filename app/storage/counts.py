"""How many of what: for /metrics and `ledger verify`. Never anything by which a person could be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, func, select

from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.work import CallbackRow, EscalationRow, TextRow

_calls, _leads, _attempts = table_of(CallRow), table_of(LeadRow), table_of(AttemptRow)
_escalations, _callbacks, _texts = table_of(EscalationRow), table_of(CallbackRow), table_of(TextRow)
_ledger = table_of(LedgerRow)


@dataclass(frozen=True)
class Counts:
    """Numbers of rows by a column of theirs; `overdue_leads` should always be 0."""

    calls: dict[str, int]
    live_calls: dict[str, int]
    attempts: dict[str, int]
    leads: dict[str, int]
    callbacks: dict[str, int]
    escalations: dict[str, int]
    texts: dict[str, int]
    overdue_leads: int


def counts(tx: Connection, now: datetime) -> Counts:
    overdue = select(func.count()).select_from(_leads).where(_leads.c.owed_by < now)
    return Counts(
        calls=_by(tx, _calls, _calls.c.disposition),
        live_calls=_by(tx, _calls, _calls.c.phase, live=True),
        attempts=_by(tx, _attempts, _attempts.c.outcome),
        leads=_by(tx, _leads, _leads.c.custody),
        callbacks=_by(tx, _callbacks, _callbacks.c.status),
        escalations=_by(tx, _escalations, _escalations.c.status),
        texts=_by(tx, _texts, _texts.c.status),
        overdue_leads=tx.execute(overdue).scalar_one(),
    )


def ledger_entries(tx: Connection) -> int:
    found: int = tx.execute(select(func.count()).select_from(_ledger)).scalar_one()
    return found


def last_entry_at(tx: Connection) -> datetime | None:
    """When the newest entry of the ledger was written."""
    found: datetime | None = tx.execute(select(_ledger.c.at).order_by(_ledger.c.id.desc()).limit(1)).scalar()
    return found


def _by(tx: Connection, table: Table, column: Column[str], *, live: bool = False) -> dict[str, int]:
    query = select(column, func.count()).where(column.is_not(None)).group_by(column)
    if live:
        query = query.where(table.c.ended_at.is_(None))
    return {row[0]: row[1] for row in tx.execute(query)}
