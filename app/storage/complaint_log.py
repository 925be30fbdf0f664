"""Complaints about a call or a producer: written down, never changed. (complaints.py is about the database's own.)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.license_desk import ComplaintRow
from app.storage.models.roster import ProducerRow

_complaints, _calls, _producers = table_of(ComplaintRow), table_of(CallRow), table_of(ProducerRow)


@dataclass(frozen=True)
class Complaint:
    """What somebody complained of. A producer's `name` is empty where they are not on the roster."""

    id: int
    at: datetime
    npn: str | None
    name: str
    call_id: int | None
    call_sid: str | None
    told: str
    logged_by: str


def log(tx: Connection, *, npn: str | None, call_id: int | None, told: str, by: str, now: datetime) -> int:
    """Write one down. Returns its id."""
    made = tx.execute(insert(_complaints).values(at=now, npn=npn, call_id=call_id, told=told, logged_by=by))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def load(tx: Connection, complaint_id: int) -> Complaint | None:
    found = _read(tx, _all().where(_complaints.c.id == complaint_id))
    return found[0] if found else None


def listed(
    tx: Connection, *, npn: str | None = None, call_sid: str | None = None, after: int = 0, limit: int
) -> list[Complaint]:
    """Oldest first; of one producer, or of one call."""
    query = _all().where(_complaints.c.id > after)
    if npn is not None:
        query = query.where(_complaints.c.npn == npn)
    if call_sid is not None:
        query = query.where(_calls.c.call_sid == call_sid)
    return _read(tx, query.limit(limit))


def newest_first(
    tx: Connection, *, npn: str | None = None, call_sid: str | None = None, before: int | None = None, limit: int
) -> list[Complaint]:
    """The newest first; of one producer, or of one call; with `before` only those with smaller ids."""
    query = _all().order_by(None).order_by(_complaints.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_complaints.c.id < before)
    if npn is not None:
        query = query.where(_complaints.c.npn == npn)
    if call_sid is not None:
        query = query.where(_calls.c.call_sid == call_sid)
    return _read(tx, query)


def _all() -> Select[tuple[object, ...]]:
    return (
        select(_complaints, _calls.c.call_sid, _producers.c.first_name, _producers.c.last_name)
        .outerjoin(_calls, _calls.c.id == _complaints.c.call_id)
        .outerjoin(_producers, _producers.c.npn == _complaints.c.npn)
        .order_by(_complaints.c.id)
    )


def _read(tx: Connection, query: Select[tuple[object, ...]]) -> list[Complaint]:
    return [
        Complaint(
            id=row["id"],
            at=row["at"],
            npn=row["npn"],
            name=f"{row['first_name'] or ''} {row['last_name'] or ''}".strip(),
            call_id=row["call_id"],
            call_sid=row["call_sid"],
            told=row["told"],
            logged_by=row["logged_by"],
        )
        for row in tx.execute(query).mappings()
    ]
