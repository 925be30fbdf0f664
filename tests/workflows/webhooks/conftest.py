"""Endpoints and events of a test's own, without a product around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest

from app.storage import webhooks, webhooks_deliveries, webhooks_events
from app.storage.database import Database
from app.storage.webhooks import Endpoint
from app.storage.webhooks_deliveries import Delivery
from app.storage.webhooks_events import NewEvent
from app.timekeeping import ManualClock
from app.workflows.webhooks.keep_endpoint import WithSecret, add_endpoint
from app.workflows.webhooks.send_due import send_due
from tests.workflows.webhooks.receiving import Receiver, Scripted, receiving

URL = "https://crm.example.com/hooks"


@dataclass
class Desk:
    """Who is told of what, and a sender that reaches nobody."""

    database: Database
    clock: ManualClock
    sender: Scripted = field(default_factory=Scripted)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def add(self, url: str = URL, *types: str) -> WithSecret:
        added = add_endpoint(url, types=types, local=True, actor="test", database=self.database, now=self.now)
        assert isinstance(added, WithSecret), added
        return added

    def happens(self, times: int = 1, *, kind: str = "lead.received") -> None:
        with self.database.begin() as tx:
            events = [NewEvent(kind, f"lead:{next(self.numbers)}", self.now, {"lead_id": 1}) for _ in range(times)]
            assert webhooks_events.record(tx, events, webhooks.listed(tx), self.now) == times

    def send(self) -> int:
        """Send what is due, with no jitter."""
        return send_due(database=self.database, sender=self.sender, now=self.clock.now, roll=lambda: 0.0)

    def log(self, endpoint_id: int = 1) -> list[Delivery]:
        """Oldest first."""
        with self.database.read() as tx:
            return webhooks_deliveries.listed(tx, endpoint_id, limit=1000)[::-1]

    def one(self) -> Delivery:
        (delivery,) = self.log()
        return delivery

    def endpoint(self, endpoint_id: int = 1) -> Endpoint:
        with self.database.read() as tx:
            found = webhooks.load(tx, endpoint_id)
            assert found is not None
            return found


@pytest.fixture
def desk(database: Database, clock: ManualClock) -> Desk:
    return Desk(database, clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
