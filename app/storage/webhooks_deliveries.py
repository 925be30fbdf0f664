"""Deliveries: claimed by one process, sent outside of any transaction, settled; and the log of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, update

from app.storage.models.base import table_of
from app.storage.models.webhooks import WebhookDeliveryRow, WebhookEndpointRow, WebhookEventRow
from app.storage.webhooks_events import anew

_deliveries, _events = table_of(WebhookDeliveryRow), table_of(WebhookEventRow)
_endpoints = table_of(WebhookEndpointRow)

WAITING, SENT, FAILED, GIVEN_UP = "waiting", "sent", "failed", "given_up"
STATUSES = (WAITING, SENT, FAILED, GIVEN_UP)

LEASE = timedelta(minutes=10)
"""Whoever sends it has said by then what came of it, or has died: then somebody else sends it."""

AT_ONCE = 10
"""Claimed together, and settled together: two transactions for ten deliveries."""


@dataclass(frozen=True)
class Claimed:
    """One delivery that is ours to send until `until`."""

    id: int
    event_id: str
    payload: str
    attempts: int
    until: datetime


@dataclass(frozen=True)
class Delivery:
    """One line of the log. `number` is the event's own row; `event_id` the name that receivers see."""

    id: int
    endpoint_id: int
    number: int
    event_id: str
    type: str
    at: datetime
    lead_id: int | None
    payload: str
    status: str
    attempts: int
    made_at: datetime
    next_try_at: datetime | None
    tried_at: datetime | None
    status_code: int | None
    error: str
    answer: str
    replays: int


# ---- sending


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    leased = or_(_deliveries.c.claimed_until.is_(None), _deliveries.c.claimed_until <= now)
    return _deliveries.c.next_try_at <= now, leased


def endpoints_due(tx: Connection, now: datetime) -> list[int]:
    """Ids of endpoints that are on and have something to be sent."""
    rows = tx.execute(
        select(_deliveries.c.endpoint_id)
        .join(_endpoints, _endpoints.c.id == _deliveries.c.endpoint_id)
        .where(*_free(now), _endpoints.c.status == "on")
        .distinct()
        .order_by(_deliveries.c.endpoint_id)
    )
    return [row[0] for row in rows]


def claim(tx: Connection, endpoint_id: int, now: datetime, *, limit: int = AT_ONCE) -> list[Claimed]:
    """What is due for it, the oldest first; each is nobody else's for LEASE. Nothing where it is switched off."""
    due = tx.execute(
        select(_deliveries.c.id, _deliveries.c.attempts, _events.c.event_id, _events.c.payload)
        .join(_events, _events.c.id == _deliveries.c.event_id)
        .join(_endpoints, _endpoints.c.id == _deliveries.c.endpoint_id)
        .where(_deliveries.c.endpoint_id == endpoint_id, *_free(now), _endpoints.c.status == "on")
        .order_by(_deliveries.c.next_try_at, _deliveries.c.id)
        .limit(limit)
    ).all()
    until = now + LEASE
    taken = []
    for row in due:
        # Two who read the same row: the second waits here for the first, and finds the lease taken.
        landed = tx.execute(
            update(_deliveries)
            .where(_deliveries.c.id == row.id, *_free(now))
            .values(claimed_until=until, attempts=row.attempts + 1)
        )
        if landed.rowcount == 1:
            taken.append(Claimed(row.id, row.event_id, row.payload, row.attempts + 1, until))
    return taken


def put_back(tx: Connection, claimed: Claimed) -> None:
    """Not tried after all."""
    _settle(tx, claimed, attempts=claimed.attempts - 1)


def sent(tx: Connection, claimed: Claimed, now: datetime, *, code: int, answer: str) -> None:
    _settle(tx, claimed, status=SENT, next_try_at=None, tried_at=now, status_code=code, error="", answer=answer)


def failed(
    tx: Connection,
    claimed: Claimed,
    now: datetime,
    *,
    code: int | None,
    error: str,
    answer: str,
    next_try_at: datetime | None,
) -> None:
    """Tried in vain; `next_try_at` None: it is given up."""
    _settle(
        tx,
        claimed,
        status=GIVEN_UP if next_try_at is None else FAILED,
        next_try_at=next_try_at,
        tried_at=now,
        status_code=code,
        error=error[:200],
        answer=answer,
    )


def _settle(tx: Connection, claimed: Claimed, **values: Any) -> None:
    """Nothing where it is not ours any more: the lease ran out, or somebody had it begun again."""
    ours = (
        _deliveries.c.id == claimed.id,
        _deliveries.c.claimed_until == claimed.until,
        _deliveries.c.attempts == claimed.attempts,
    )
    tx.execute(update(_deliveries).where(*ours).values(claimed_until=None, **values))


# ---- the log

_columns = select(
    _deliveries,
    _events.c.id.label("number"),
    _events.c.event_id.label("event_name"),
    _events.c.type,
    _events.c.at,
    _events.c.lead_id,
    _events.c.payload,
).join(_events, _events.c.id == _deliveries.c.event_id)


def listed(
    tx: Connection,
    endpoint_id: int,
    *,
    statuses: Collection[str] = STATUSES,
    kind: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Delivery]:
    """Newest first; with `before` only those with smaller ids."""
    query = _columns.where(_deliveries.c.endpoint_id == endpoint_id, _deliveries.c.status.in_(list(statuses)))
    if kind is not None:
        query = query.where(_events.c.type == kind)
    if before is not None:
        query = query.where(_deliveries.c.id < before)
    return [_delivery(row) for row in tx.execute(query.order_by(_deliveries.c.id.desc()).limit(limit)).mappings()]


def load(tx: Connection, delivery_id: int) -> Delivery | None:
    row = tx.execute(_columns.where(_deliveries.c.id == delivery_id)).mappings().first()
    return None if row is None else _delivery(row)


def counts(tx: Connection, endpoint_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many of each status, by endpoint."""
    found: dict[int, dict[str, int]] = {each: dict.fromkeys(STATUSES, 0) for each in endpoint_ids}
    rows = tx.execute(
        select(_deliveries.c.endpoint_id, _deliveries.c.status, func.count())
        .where(_deliveries.c.endpoint_id.in_(list(endpoint_ids)))
        .group_by(_deliveries.c.endpoint_id, _deliveries.c.status)
    )
    for endpoint_id, status, number in rows:
        found[endpoint_id][status] = number
    return found


def begin_again(tx: Connection, delivery_id: int, now: datetime) -> None:
    tx.execute(update(_deliveries).where(_deliveries.c.id == delivery_id).values(**anew(now)))


def _delivery(row: RowMapping) -> Delivery:
    fields = {name: row[name] for name in Delivery.__dataclass_fields__ if name != "event_id"}
    return Delivery(**fields, event_id=row["event_name"])
