"""Endpoints: the addresses that are told what happened, and how they are doing."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from app.domain.webhook_retries import is_dead
from app.domain.webhook_types import EventType, open_to
from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.campaigns import VendorRow
from app.storage.models.webhooks import WebhookDeliveryRow, WebhookEndpointRow

_endpoints, _deliveries, _vendors = table_of(WebhookEndpointRow), table_of(WebhookDeliveryRow), table_of(VendorRow)

MOST, MOST_A_VENDOR = 20, 5
"""Endpoints in all, and of those each vendor's: the sender has a thread for each."""

OLD_SECRET_KEPT = timedelta(hours=24)

ON, OFF, REMOVED = "on", "off", "removed"

SCHEDULER = "scheduler"
"""Who switched it off, where it was us and nobody in person."""


@dataclass(frozen=True)
class Endpoint:
    """One address. `types` empty: every type that is open to it. `status` is on, off or removed."""

    id: int
    url: str
    description: str
    types: tuple[str, ...]
    vendor_id: int | None
    vendor: str | None
    status: str
    off_at: datetime | None
    off_by: str | None
    off_because: str
    failures: int
    failing_since: datetime | None
    created_at: datetime
    created_by: str
    old_secret_until: datetime | None
    secret: str = field(repr=False)
    old_secret: str | None = field(repr=False)

    @property
    def is_on(self) -> bool:
        return self.status == ON

    @property
    def subscribed(self) -> tuple[EventType, ...]:
        """What it is told of."""
        return tuple(each for each in open_to(self.vendor_id) if not self.types or each in self.types)

    def is_told(self, kind: str, vendor_id: int | None) -> bool:
        """Whether it is told of an event of this type, which is about a lead of that vendor's."""
        return kind in self.subscribed and self.vendor_id in (None, vendor_id)

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What a delivery is signed with: for a day after it was replaced with the old one, too."""
        old = self.old_secret if self.old_secret_until is not None and now < self.old_secret_until else None
        return (self.secret,) if old is None else (self.secret, old)


def new_secret() -> str:
    """32 random bytes, as Standard Webhooks spells them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def take_turn(tx: Connection) -> None:
    """Who adds an endpoint counts those that are there: one at a time."""
    take_turns(tx, "webhook-endpoints")


def add(
    tx: Connection,
    *,
    url: str,
    description: str,
    types: Sequence[str],
    vendor_id: int | None,
    secret: str,
    created_by: str,
    now: datetime,
) -> int:
    written = tx.execute(
        insert(_endpoints).values(
            url=url,
            description=description,
            types=" ".join(types),
            vendor_id=vendor_id,
            secret=secret,
            status=ON,
            off_because="",
            failures=0,
            created_at=now,
            created_by=created_by,
        )
    )
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def count(tx: Connection, vendor_id: int | None = None) -> int:
    """How many there are, removed ones apart; with `vendor_id` that vendor's."""
    query = select(func.count()).select_from(_endpoints).where(_endpoints.c.status != REMOVED)
    if vendor_id is not None:
        query = query.where(_endpoints.c.vendor_id == vendor_id)
    return int(tx.execute(query).scalar_one())


_columns = select(_endpoints, _vendors.c.slug.label("vendor")).outerjoin(
    _vendors, _vendors.c.id == _endpoints.c.vendor_id
)


def load(tx: Connection, endpoint_id: int, *, vendor_id: int | None = None) -> Endpoint | None:
    """One that is not removed; with `vendor_id` only where it is that vendor's."""
    return _one(tx, _found(endpoint_id, vendor_id))


def load_to_write(tx: Connection, endpoint_id: int, *, vendor_id: int | None = None) -> Endpoint | None:
    """The same, nobody else's to change until the transaction ends."""
    return _one(tx, _found(endpoint_id, vendor_id).with_for_update(of=_endpoints))


def listed(
    tx: Connection, *, vendor_id: int | None = None, after: int = 0, limit: int = MOST, ids: Sequence[int] | None = None
) -> list[Endpoint]:
    """Those that are not removed, by id; with `vendor_id` that vendor's."""
    query = _columns.where(_endpoints.c.status != REMOVED, _endpoints.c.id > after)
    if vendor_id is not None:
        query = query.where(_endpoints.c.vendor_id == vendor_id)
    if ids is not None:
        query = query.where(_endpoints.c.id.in_(list(ids)))
    return [_endpoint(row) for row in tx.execute(query.order_by(_endpoints.c.id).limit(limit)).mappings()]


def change(tx: Connection, endpoint_id: int, **changes: Any) -> None:
    """Set columns of an endpoint; `types` as a sequence."""
    if "types" in changes:
        changes["types"] = " ".join(changes["types"])
    tx.execute(update(_endpoints).where(_endpoints.c.id == endpoint_id).values(**changes))


def switch_off(tx: Connection, endpoint_id: int, *, by: str, because: str, now: datetime) -> bool:
    """False where it was not on."""
    switched = tx.execute(
        update(_endpoints)
        .where(_endpoints.c.id == endpoint_id, _endpoints.c.status == ON)
        .values(status=OFF, off_at=now, off_by=by, off_because=because[:200])
    )
    return switched.rowcount == 1


def switch_on(tx: Connection, endpoint_id: int) -> None:
    """What failed before is forgotten: it has five days again."""
    change(tx, endpoint_id, status=ON, off_at=None, off_by=None, off_because="", failures=0, failing_since=None)


def succeeded(tx: Connection, endpoint_id: int) -> None:
    tx.execute(
        update(_endpoints)
        .where(_endpoints.c.id == endpoint_id, _endpoints.c.failures > 0)
        .values(failures=0, failing_since=None)
    )


def failed(tx: Connection, endpoint_id: int, times: int, now: datetime) -> bool:
    """Count failures with no success among them. True where nothing else has come for so long that it is dead."""
    row = tx.execute(
        update(_endpoints)
        .where(_endpoints.c.id == endpoint_id)
        .values(
            failures=_endpoints.c.failures + times,
            failing_since=func.coalesce(_endpoints.c.failing_since, now),
        )
        .returning(_endpoints.c.failing_since)
    ).first()
    return row is not None and is_dead(row.failing_since, now)


def switched_off_by_us(tx: Connection) -> list[Endpoint]:
    """What people should be told of."""
    rows = tx.execute(_columns.where(_endpoints.c.status == OFF, _endpoints.c.off_by == SCHEDULER))
    return [_endpoint(row) for row in rows.mappings()]


def forget_removed(tx: Connection) -> int:
    """Removed endpoints of which no delivery is left. Returns how many."""
    left = select(_deliveries.c.id).where(_deliveries.c.endpoint_id == _endpoints.c.id).exists()
    return tx.execute(delete(_endpoints).where(_endpoints.c.status == REMOVED, ~left)).rowcount


def _found(endpoint_id: int, vendor_id: int | None) -> Any:
    query = _columns.where(_endpoints.c.id == endpoint_id, _endpoints.c.status != REMOVED)
    return query if vendor_id is None else query.where(_endpoints.c.vendor_id == vendor_id)


def _one(tx: Connection, query: Any) -> Endpoint | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else _endpoint(row)


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(**{**row, "types": tuple(row["types"].split())})
