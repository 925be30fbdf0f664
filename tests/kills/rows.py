"""What the database says at the end, read once in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from app.storage.database import Database
from app.storage.models import calls, desk, roster, work
from app.storage.models.base import Base, table_of

Row = RowMapping


@dataclass(frozen=True)
class Rows:
    """Every row that the checks look at; `now` is the product's instant of the reading."""

    now: datetime
    leads: Sequence[Row]
    calls: Sequence[Row]
    attempts: Sequence[Row]
    callbacks: Sequence[Row]
    escalations: Sequence[Row]
    texts: Sequence[Row]
    desks: Sequence[Row]
    producers: Sequence[Row]

    def call(self, sid: str) -> Row | None:
        return next((row for row in self.calls if row["call_sid"] == sid), None)

    def of_lead(self, rows: Sequence[Row], lead_id: int) -> list[Row]:
        return [row for row in rows if row["lead_id"] == lead_id]

    def npn(self, producer_id: int) -> str:
        return next(str(row["npn"]) for row in self.producers if row["id"] == producer_id)


def read(database: Database, now: datetime) -> Rows:
    with database.read() as tx:

        def all_of(model: type[Base]) -> Sequence[Row]:
            table = table_of(model)
            return tx.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()

        return Rows(
            now=now,
            leads=all_of(calls.LeadRow),
            calls=all_of(calls.CallRow),
            attempts=all_of(calls.AttemptRow),
            callbacks=all_of(work.CallbackRow),
            escalations=all_of(work.EscalationRow),
            texts=all_of(work.TextRow),
            desks=all_of(desk.DeskRow),
            producers=all_of(roster.ProducerRow),
        )


def states_of(call: Row) -> tuple[str, ...]:
    """The states that the product judged this call by."""
    residence: dict[str, Any] = json.loads(call["residence"]) if call["residence"] else {}
    return tuple(residence.get("states", ()))
