"""Producers whom an accepted ping was promised, for some seconds: two vendors are never promised the same person.

A hold gives no right to anybody: who may take a caller is asked of the gate, as ever. It is over by the clock, or once the
producer was offered a call since; both are compared when somebody asks, and nothing has to end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.models.base import table_of
from app.storage.models.desk import DeskRow
from app.storage.models.ping_holds import PingHoldRow

_holds, _desk = table_of(PingHoldRow), table_of(DeskRow)


@dataclass(frozen=True)
class Hold:
    """`vendor_id` is whose ping it was, None for a key and a campaign of nobody's. `lead_id`: the lead posted with it."""

    producer_id: int
    ping_id: int | None
    vendor_id: int | None
    campaign_id: int
    lead_id: int | None
    held_at: datetime
    until: datetime


_in_force = (
    select(_holds)
    .join(_desk, _desk.c.producer_id == _holds.c.producer_id)
    .where(_holds.c.until > bindparam("now"), _desk.c.last_offered_at <= _holds.c.held_at)
)


def in_force(tx: Connection, now: datetime) -> dict[int, Hold]:
    """Who is held for a ping right now, by the producer."""
    return {row.producer_id: Hold(**row._mapping) for row in tx.execute(_in_force, {"now": now})}


_TAKEN = ("ping_id", "vendor_id", "campaign_id", "lead_id", "held_at", "until")


def take(
    tx: Connection,
    producer_id: int,
    *,
    vendor_id: int | None,
    campaign_id: int,
    last_offered_at: datetime,
    now: datetime,
    until: datetime,
) -> bool:
    """Hold a free producer for a ping, where no other does. One row or none, the same on both databases.

    `last_offered_at` is the desk's: a hold from before it is over.
    """
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = upsert(_holds).values(
        producer_id=producer_id,
        ping_id=None,
        vendor_id=vendor_id,
        campaign_id=campaign_id,
        lead_id=None,
        held_at=now,
        until=until,
    )
    over = or_(_holds.c.until <= now, _holds.c.held_at < last_offered_at)
    taken = new.on_conflict_do_update(
        index_elements=["producer_id"], set_={name: new.excluded[name] for name in _TAKEN}, where=over
    )
    return tx.execute(taken.returning(_holds.c.producer_id)).first() is not None


def name(tx: Connection, producer_id: int, ping_id: int) -> None:
    """The ping for which the producer was just held is known by its entry in the ledger only now."""
    tx.execute(update(_holds).where(_holds.c.producer_id == producer_id).values(ping_id=ping_id))


def belongs_to(tx: Connection, ping_id: int, lead_id: int) -> None:
    """The lead of a ping was posted: whom the ping holds is held for that lead's call."""
    tx.execute(update(_holds).where(_holds.c.ping_id == ping_id, _holds.c.lead_id.is_(None)).values(lead_id=lead_id))


def promised(
    tx: Connection, now: datetime, *, vendor_id: int | None = None, campaign_id: int | None = None
) -> tuple[int, datetime | None]:
    """How many of a vendor's or a campaign's pings hold somebody whose lead has not come, and when the first one is over."""
    whose = _holds.c.vendor_id == vendor_id if vendor_id is not None else _holds.c.campaign_id == campaign_id
    waiting = and_(whose, _holds.c.until > now, _holds.c.lead_id.is_(None), _desk.c.last_offered_at <= _holds.c.held_at)
    row = tx.execute(
        select(func.count(), func.min(_holds.c.until))
        .select_from(_holds.join(_desk, _desk.c.producer_id == _holds.c.producer_id))
        .where(waiting)
    ).one()
    return int(row[0]), row[1]
