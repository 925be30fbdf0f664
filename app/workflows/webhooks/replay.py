"""What was sent, or was not, is sent again: one delivery, or all that happened since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.storage import ledger, webhooks, webhooks_deliveries, webhooks_events
from app.storage.database import Database
from app.storage.webhooks import Endpoint
from app.storage.webhooks_deliveries import Delivery
from app.workflows.admin.refused import Refused, refused

MOST_AT_ONCE = 10_000
"""Events of one replay; who needs more asks again, from where this one ended."""

_PIECE = 500


@dataclass(frozen=True)
class Replayed:
    """`complete` False: there are more, and a later `since` finds them."""

    endpoint: Endpoint
    count: int
    complete: bool


def replay_delivery(
    delivery_id: int, *, only_vendor: int | None = None, actor: str, database: Database, now: datetime
) -> Delivery | Refused | None:
    """Send it again, now, with all its tries before it. The receiver sees the same id."""
    with database.begin() as tx:
        found = webhooks_deliveries.load(tx, delivery_id)
        endpoint = webhooks.load(tx, found.endpoint_id, vendor_id=only_vendor) if found else None
        if found is None or endpoint is None:
            return None
        if not endpoint.is_on:
            return refused("", _OFF)
        webhooks_deliveries.begin_again(tx, delivery_id, now)
        facts = {"endpoint": endpoint.id, "event": found.event_id}
        ledger.write(tx, kind="webhook_replayed", now=now, actor=actor, facts=facts)
        return webhooks_deliveries.load(tx, delivery_id)


def replay_since(
    endpoint_id: int,
    since: datetime,
    *,
    only_vendor: int | None = None,
    actor: str,
    database: Database,
    now: datetime,
) -> Replayed | Refused | None:
    """Send all that happened since then and that it hears of, whether it was told then or not: at most 30 days back."""
    with database.begin() as tx:
        endpoint = webhooks.load(tx, endpoint_id, vendor_id=only_vendor)
        if endpoint is None:
            return None
        if not endpoint.is_on:
            return refused("", _OFF)
        if not now - webhooks_events.KEPT <= since <= now:
            return refused("since", f"an instant of the last {webhooks_events.KEPT.days} days")
        facts = {"endpoint": endpoint.id, "since": since.isoformat()}
        ledger.write(tx, kind="webhook_replayed", now=now, actor=actor, facts=facts)
    count, after = 0, 0
    while count < MOST_AT_ONCE:
        # Short transactions, so that no webhook of the carrier waits for a long list.
        with database.begin() as tx:
            some, last = webhooks_events.send_again(tx, endpoint, since, now, after=after, limit=_PIECE)
        count += some
        if last is None:
            return Replayed(endpoint, count, True)
        after = last
    return Replayed(endpoint, count, False)


_OFF = "its endpoint is switched off; switch it on first"
