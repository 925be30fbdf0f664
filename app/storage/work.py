"""Numbers that must be left alone, signs of life, and the end of all work on a lead."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage import callbacks, escalations
from app.storage.models.base import table_of
from app.storage.models.work import HeartbeatRow, SuppressionRow

_suppressions, _heartbeats = table_of(SuppressionRow), table_of(HeartbeatRow)


def resolve_of_lead(tx: Connection, lead_id: int, *, outcome: str, by: str, now: datetime) -> None:
    """The lead is served or closed: nothing of it waits any longer."""
    escalations.resolve_of_lead(tx, lead_id, outcome=outcome, by=by, now=now)
    callbacks.cancel_of_lead(tx, lead_id)


_suppressed = select(_suppressions.c.kind).where(_suppressions.c.number == bindparam("number"))


def suppressed(tx: Connection, number: str) -> set[str]:
    """Why a number must be left alone: `stop` (no texts, no calls to it), `blocked` (its calls are refused); or nothing."""
    return {row[0] for row in tx.execute(_suppressed, {"number": number})}


def suppress(tx: Connection, number: str, kind: str, *, source: str, now: datetime) -> None:
    if kind not in suppressed(tx, number):
        tx.execute(insert(_suppressions).values(number=number, kind=kind, at=now, source=source))


_suppressed_at = select(_suppressions.c.at).where(
    _suppressions.c.number == bindparam("number"), _suppressions.c.kind == bindparam("kind")
)


def suppressed_at(tx: Connection, number: str, kind: str) -> datetime | None:
    """Since when the number must be left alone for this reason."""
    found: datetime | None = tx.execute(_suppressed_at, {"number": number, "kind": kind}).scalar()
    return found


def lift(tx: Connection, number: str, kind: str) -> None:
    """The person wants to hear from us again."""
    tx.execute(delete(_suppressions).where(_suppressions.c.number == number, _suppressions.c.kind == kind))


def beat(tx: Connection, name: str, now: datetime) -> None:
    """A process says that it is alive; several of one name do not get into each other's way."""
    known = tx.execute(update(_heartbeats).where(_heartbeats.c.name == name).values(at=now))
    if known.rowcount == 0:
        upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        tx.execute(upsert(_heartbeats).values(name=name, at=now).on_conflict_do_nothing())


def take_turn(tx: Connection, name: str, now: datetime, *, every: timedelta) -> bool:
    """Whether it is this process's turn at something that is done once in `every`, however many schedulers there are."""
    last = last_beat(tx, name)
    if last is None:
        beat(tx, name, now)
        return True
    taken = tx.execute(
        update(_heartbeats)
        .where(_heartbeats.c.name == name, or_(_heartbeats.c.at <= now - every, _heartbeats.c.at > now))
        .values(at=now)
    )
    return taken.rowcount == 1


def last_beat(tx: Connection, name: str) -> datetime | None:
    found: datetime | None = tx.execute(select(_heartbeats.c.at).where(_heartbeats.c.name == name)).scalar()
    return found
