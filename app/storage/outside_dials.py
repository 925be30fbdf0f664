"""Calls that outside dialers were allowed: the caps of the law count them beside our own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from app.storage.models.base import table_of
from app.storage.models.outbound import OutsideDialRow

_dials = table_of(OutsideDialRow)

KEPT = timedelta(days=7)
"""The longest cap is of 24 hours; what was allowed stands in the ledger."""

_since = (
    select(func.count())
    .select_from(_dials)
    .where(_dials.c.number == bindparam("number"), _dials.c.at >= bindparam("since"))
)


def add(tx: Connection, *, number: str, decision_id: int, now: datetime) -> None:
    """Count a call to `number` (E.164), and forget the number's old ones."""
    tx.execute(delete(_dials).where(_dials.c.number == number, _dials.c.at < now - KEPT))
    tx.execute(insert(_dials).values(decision_id=decision_id, at=now, number=number))


def calls_made(tx: Connection, number: str, since: datetime) -> int:
    return int(tx.execute(_since, {"number": number, "since": since}).scalar_one())
