"""What happened since the last look becomes events, each once, and a delivery for everybody who is to hear of it.

No call waits for this: nothing is written where something happens. Reads come first, in a transaction that holds up
nobody; only what was found is written. Where nobody is told anything, nothing is read, either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.webhook_types import EventType
from app.storage import openings, webhooks, webhooks_events, webhooks_sources, work
from app.storage.database import Database, Transaction
from app.storage.webhooks_events import NewEvent
from app.storage.webhooks_sources import (
    CALL_ENDS,
    CALLBACKS,
    COVERAGE,
    ESCALATIONS,
    LEADS,
    LEDGER,
    LOOK,
    Happened,
    Mark,
)
from app.workflows.licenses import campaign_gaps
from app.workflows.webhooks.compose_events import compose, from_entry

MARKED_EVERY = timedelta(seconds=30)
"""How far a look came without finding anything is written no oftener."""

FAR = 200
"""Unless it came so far: what was passed need not be read a hundred times."""

WRITTEN_AT_ONCE = 50
"""Events in one transaction, each with a delivery for everybody who hears of it."""

COVERAGE_EVERY = timedelta(minutes=1)
MOST_LOOKS = 20


@dataclass
class _Look:
    events: list[NewEvent] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    came_far: bool = False


def collect_events(*, database: Database, now: datetime) -> int:
    """Look until nothing new is found. Returns how many events there are more."""
    found = 0
    for _ in range(MOST_LOOKS):
        kept = _collect(database, now)
        found += kept
        if not kept:
            break
    return found + _collect_coverage(database, now)


def _collect(database: Database, now: datetime) -> int:
    with database.read() as tx:
        endpoints = webhooks.listed(tx)
        if not endpoints:
            return 0
        marks = webhooks_sources.marks(tx)
        look = _look(tx, marks, now)
    looked_at = marks[LOOK].at or now
    # A clock that was set back is written down, too.
    if not look.events and not look.came_far and timedelta(0) <= now - looked_at < MARKED_EVERY:
        return 0
    kept = 0
    # Short transactions, so that no call waits for a list of leads that somebody brought.
    for start in range(0, len(look.events), WRITTEN_AT_ONCE):
        with database.begin() as tx:
            kept += webhooks_events.record(tx, look.events[start : start + WRITTEN_AT_ONCE], endpoints, now)
    with database.begin() as tx:
        webhooks_sources.go_on(tx, look.positions, now)
    return kept


def _look(tx: Transaction, marks: dict[str, Mark], now: datetime) -> _Look:
    look, happened = _Look(), list[Happened]()
    for source, read in (
        (LEADS, webhooks_sources.new_leads),
        (CALLBACKS, webhooks_sources.new_callbacks),
        (ESCALATIONS, webhooks_sources.new_escalations),
        (CALL_ENDS, webhooks_sources.call_ends),
    ):
        new, look.positions[source] = read(tx, marks[source].position, now)
        happened += new
    entries, look.positions[LEDGER] = webhooks_sources.from_ledger(tx, marks[LEDGER].position)
    happened += [told for entry in entries if (told := from_entry(entry)) is not None]
    happened += webhooks_sources.overdue(tx, now)
    since = min(marks[LOOK].at or now, now) - webhooks_sources.OVERLAP
    happened += webhooks_sources.resolved(tx, since)
    look.events = sorted(compose(tx, happened), key=lambda each: each.at)
    look.came_far = any(position - marks[source].position >= FAR for source, position in look.positions.items())
    return look


# ---- coverage: a state is lost where it was covered at the last look


def _collect_coverage(database: Database, now: datetime) -> int:
    """Once a minute, and where somebody wants to hear of it. The first look only remembers."""
    with database.read() as tx:
        endpoints = [each for each in webhooks.listed(tx) if EventType.COVERAGE_LOST in each.subscribed]
        last = work.last_beat(tx, _TURN)
        if not endpoints or (last is not None and timedelta(0) <= now - last < COVERAGE_EVERY):
            return 0
    with database.begin() as tx:
        if not work.take_turn(tx, _TURN, now, every=COVERAGE_EVERY):
            return 0
    with database.read() as tx:
        before = webhooks_sources.marks(tx)[COVERAGE].told
        opened = [each for each in openings.everywhere(tx) if each.is_open]
        gaps = campaign_gaps.coverage(tx, opened, now)
    covered = {f"{each.state} {each.campaign}": each for each in gaps if each.producers}
    is_known = webhooks_sources.covered_of(before)
    lost = [each for each in gaps if not each.producers and f"{each.state} {each.campaign}" in is_known]
    if set(covered) == is_known and before is not None:
        return 0
    with database.begin() as tx:
        if not webhooks_sources.remember_covered(tx, covered, before=before, now=now):
            return 0
        return webhooks_events.record(tx, _lost(lost, now), endpoints, now)


_TURN = "webhook-coverage"


def _lost(lost: Sequence[campaign_gaps.Coverage], now: datetime) -> list[NewEvent]:
    return [
        NewEvent(
            EventType.COVERAGE_LOST,
            f"coverage:{each.state}:{each.campaign}:{now.timestamp():.0f}",
            now,
            {"state": each.state, "campaign": each.campaign, "loa": each.loa},
        )
        for each in lost
    ]
