"""Events: what happened and is told, each once; and which endpoints are to hear of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Insert, delete, func, insert, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.webhook_types import PING
from app.storage.models.base import table_of
from app.storage.models.webhooks import WebhookDeliveryRow, WebhookEventRow
from app.storage.webhooks import Endpoint

_events, _deliveries = table_of(WebhookEventRow), table_of(WebhookDeliveryRow)

KEPT = timedelta(days=30)
"""So long an event can be sent again. What it tells of stands elsewhere, for as long as it must."""

LARGEST_PAYLOAD = 20_000
"""Bytes. Source: Standard Webhooks, "Payload size"."""


@dataclass(frozen=True)
class NewEvent:
    """What happened, and what is said of it. `data` is JSON without anything personal."""

    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
    lead_id: int | None = None
    call_id: int | None = None
    vendor_id: int | None = None


def record(tx: Connection, events: Iterable[NewEvent], endpoints: Sequence[Endpoint], now: datetime) -> int:
    """Keep what was not kept yet, with a delivery for each endpoint that is on, hears of it and was there. Returns how many."""
    kept, deliveries = 0, list[dict[str, Any]]()
    for event in events:
        row = tx.execute(_add[tx.dialect.name], _values(event, now)).first()
        if row is None:
            continue
        kept += 1
        for endpoint in endpoints:
            was_there = endpoint.created_at <= event.at
            if endpoint.is_on and was_there and endpoint.is_told(event.type, event.vendor_id):
                deliveries.append(_delivery(row.id, endpoint.id, now))
    if deliveries:
        tx.execute(insert(_deliveries), deliveries)
    return kept


def ping(tx: Connection, endpoint: Endpoint, now: datetime) -> int:
    """An event for this endpoint alone, to try it. Returns the delivery's id."""
    event = NewEvent(PING, f"ping:{secrets.token_hex(8)}", now, {"endpoint_id": endpoint.id})
    row = tx.execute(_add[tx.dialect.name], _values(event, now)).one()
    return deliver(tx, row.id, endpoint.id, now)


def pings_since(tx: Connection, endpoint_id: int, since: datetime) -> int:
    """How often this endpoint was tried since then."""
    query = (
        select(func.count())
        .select_from(_events)
        .join(_deliveries, _deliveries.c.event_id == _events.c.id)
        .where(_events.c.seen_at > since, _events.c.type == PING, _deliveries.c.endpoint_id == endpoint_id)
    )
    return int(tx.execute(query).scalar_one())


def deliver(tx: Connection, event_row: int, endpoint_id: int, now: datetime) -> int:
    """One event for one endpoint, to be sent now. Returns the delivery's id."""
    written = tx.execute(insert(_deliveries).values(_delivery(event_row, endpoint_id, now)))
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def _delivery(event_row: int, endpoint_id: int, now: datetime) -> dict[str, Any]:
    return {
        "endpoint_id": endpoint_id,
        "event_id": event_row,
        "status": "waiting",
        "attempts": 0,
        "made_at": now,
        "next_try_at": now,
        "error": "",
        "answer": "",
        "replays": 0,
    }


def send_again(
    tx: Connection, endpoint: Endpoint, since: datetime, now: datetime, *, after: int, limit: int
) -> tuple[int, int | None]:
    """Events of its types from `since` on with ids above `after`, sent (again), at most `limit`.

    Returns how many, and the last one's id; None where that were all.
    """
    wanted = [str(each) for each in endpoint.subscribed]
    query = select(_events.c.id).where(_events.c.at >= since, _events.c.id > after, _events.c.type.in_(wanted))
    if endpoint.vendor_id is not None:
        query = query.where(_events.c.vendor_id == endpoint.vendor_id)
    ids = tx.execute(query.order_by(_events.c.id).limit(limit)).scalars().all()
    known = (_deliveries.c.endpoint_id == endpoint.id, _deliveries.c.event_id.in_(ids))
    tx.execute(update(_deliveries).where(*known).values(**anew(now)))
    have = set(tx.execute(select(_deliveries.c.event_id).where(*known)).scalars())
    if new := [_delivery(event_row, endpoint.id, now) for event_row in ids if event_row not in have]:
        tx.execute(insert(_deliveries), new)
    return len(ids), ids[-1] if len(ids) == limit else None


def anew(now: datetime) -> dict[str, Any]:
    """The columns of a delivery that is begun again."""
    return {
        "status": "waiting",
        "attempts": 0,
        "next_try_at": now,
        "claimed_until": null(),
        "replays": _deliveries.c.replays + 1,
    }


def forget_old(tx: Connection, now: datetime, *, limit: int = 1000) -> int:
    """Events whose time is over, with their deliveries, the oldest first. Returns how many."""
    old = select(_events.c.id).where(_events.c.seen_at < now - KEPT).order_by(_events.c.seen_at).limit(limit)
    found = list(tx.execute(old).scalars())
    tx.execute(delete(_deliveries).where(_deliveries.c.event_id.in_(found)))
    return tx.execute(delete(_events).where(_events.c.id.in_(found))).rowcount


def _adding(start: Any) -> Insert:
    added: Insert = start(_events).on_conflict_do_nothing(index_elements=["type", "subject"]).returning(_events.c.id)
    return added


_add = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}


def _values(event: NewEvent, now: datetime) -> dict[str, Any]:
    told = {"type": event.type, "timestamp": rfc3339(event.at), "data": event.data}
    payload = json.dumps(told, separators=(",", ":"))
    assert len(payload) < LARGEST_PAYLOAD, event.type
    return {
        "event_id": f"evt_{secrets.token_hex(16)}",
        "type": event.type,
        "subject": event.subject,
        "at": event.at,
        "seen_at": now,
        "lead_id": event.lead_id,
        "call_id": event.call_id,
        "vendor_id": event.vendor_id,
        "payload": payload,
    }


def rfc3339(at: datetime) -> str:
    """In UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
