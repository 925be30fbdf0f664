"""One look of the scheduler: collect, begin to send, tell people of endpoints that we switched off, forget what is old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from app.outside.notices import Notice, Notices
from app.storage import webhooks, webhooks_events, work
from app.storage.database import Database
from app.storage.webhooks import Endpoint
from app.workflows.tell_once import tell_once
from app.workflows.webhooks.collect_events import collect_events
from app.workflows.webhooks.send_due import Lanes

SWEPT_EVERY = timedelta(hours=1)


def run_webhooks(*, database: Database, notices: Notices, lanes: Lanes, now: Callable[[], datetime]) -> None:
    """Asked each second. Whoever is slow to answer is waited for in a thread of its own, not here."""
    collect_events(database=database, now=now())
    lanes.start_due()
    tell_switched_off(database=database, notices=notices, now=now())
    forget_old(database=database, now=now())


def tell_switched_off(*, database: Database, notices: Notices, now: datetime) -> int:
    """Endpoints that were switched off by us and not by a person, each told once. Returns how many."""
    return tell_once(
        webhooks.switched_off_by_us, named=_named, notice=_notice, database=database, notices=notices, now=now
    )


def forget_old(*, database: Database, now: datetime) -> int:
    """Events older than 30 days and their deliveries, some at a time; then endpoints that were removed."""
    with database.read() as tx:
        last = work.last_beat(tx, _SWEEP)
        if last is not None and timedelta(0) <= now - last < SWEPT_EVERY:
            return 0
    with database.begin() as tx:
        if not work.take_turn(tx, _SWEEP, now, every=SWEPT_EVERY):
            return 0
    forgotten = 0
    while True:
        with database.begin() as tx:
            some = webhooks_events.forget_old(tx, now)
            webhooks.forget_removed(tx)
        forgotten += some
        if not some:
            return forgotten


_SWEEP = "webhook-sweep"


def _named(endpoint: Endpoint) -> tuple[str, str]:
    assert endpoint.off_at is not None
    return f"webhook:{endpoint.id}", f"off {endpoint.off_at:%Y%m%dT%H%M%S}"


def _notice(off: Sequence[Endpoint]) -> Notice:
    """Without the address, which may hold a token."""
    lines = [f"{each.id} {each.description}".strip() + f": {each.off_because}" for each in off]
    return Notice(
        title=f"Webhooks switched off: {len(off)}",
        body="\n".join(
            [*lines, "What happens meanwhile can be sent again for 30 days: threegate webhook on ID, then replay."]
        ),
    )
