"""What producers have reported through *wrong state*. The ledger keeps it with the act; here it is read back as evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from app.storage import ledger
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow

_ledger = table_of(LedgerRow)

KIND = "wrong_state"


@dataclass(frozen=True)
class Report:
    """`offer` is the number of the last talk before it; `states` are those that the caller lives or is in."""

    call_id: int
    offer: int
    states: tuple[str, ...]


_reports: Select[Any] = select(_ledger.c.call_id, _ledger.c.facts).where(_ledger.c.kind == KIND).order_by(_ledger.c.id)
_of_call = _reports.where(_ledger.c.call_id == bindparam("call_id"))
_of_lead = _reports.where(_ledger.c.lead_id == bindparam("lead_id"))


def of_call(tx: Connection, call_id: int) -> list[Report]:
    """What was reported on one call, oldest first."""
    return [_report(row) for row in tx.execute(_of_call, {"call_id": call_id})]


def of_lead(tx: Connection, lead_id: int) -> list[Report]:
    """What was reported on any call of a lead, oldest first."""
    return [_report(row) for row in tx.execute(_of_lead, {"lead_id": lead_id})]


def write(
    tx: Connection,
    *,
    call_id: int,
    lead_id: int | None,
    offer: int,
    states: tuple[str, ...],
    zip_code: str | None,
    required: tuple[str, ...],
    by: str,
    now: datetime,
) -> int:
    """Keep a report; `required` are the states in which a license is required from here on. Returns the entry's id."""
    facts = {"offer": offer, "states": list(states), "zip": zip_code, "required": list(required)}
    return ledger.write(tx, kind=KIND, now=now, actor=by, facts=facts, call_id=call_id, lead_id=lead_id)


def _report(row: Row[Any]) -> Report:
    facts = json.loads(row.facts)
    # Facts that were erased report nothing: no talk has the number 0.
    return Report(call_id=row.call_id, offer=facts.get("offer", 0), states=tuple(facts.get("states", ())))
