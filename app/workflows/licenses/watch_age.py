"""Once a day whoever is told hears which licenses have not been seen at their source for too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.domain.states import State
from app.domain.verification_age import EARLIEST_WARNING, warns_at
from app.outside.notices import Notice, Notices
from app.storage import access, verification_age, work
from app.storage import notices as told
from app.storage import renewal_watch as watch
from app.storage.database import Database
from app.storage.verification_age import Seen
from app.workflows.leads.notify_overdue import AGAIN_AFTER, MOST_NAMED

TURN = "license_age"

TOLD_FROM = timedelta(hours=13)
"""Into the day (UTC): a morning's news in New York and Los Angeles."""

PAGE = 500


@dataclass
class Ages:
    """How many licenses are warned of, by state and by producer, and how many of them give no authority any more."""

    by_state: Counter[State] = field(default_factory=Counter)
    by_producer: Counter[int] = field(default_factory=Counter)
    blocked_by_state: Counter[State] = field(default_factory=Counter)
    blocks_at: dict[State, datetime] = field(default_factory=dict)
    """When the next in that state stops giving authority."""

    def add_of_state(self, state: State, seen: Seen, now: datetime) -> None:
        self.by_state[state] += seen.licenses
        if seen.stale_at <= now:
            self.blocked_by_state[state] += seen.licenses
        else:
            self.blocks_at[state] = min(seen.stale_at, self.blocks_at.get(state, seen.stale_at))


def watch_age(*, database: Database, notices: Notices, now: datetime) -> int:
    """Send the day's warning. Returns how many licenses it counts: 0 where none is old, or the day's was sent.

    A day whose notice reached nobody is tried again a little later.
    """
    if not notices.anybody:
        return 0
    today = _day(now)
    with database.read() as tx:
        last, failed_at = work.last_beat(tx, TURN), told.failed_at(tx)
    if _has(last, today) or (failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER):
        return 0
    with database.begin() as tx:
        access.take_turns(tx, TURN)
        last = work.last_beat(tx, TURN)
        if _has(last, today):
            return 0
        work.beat(tx, TURN, now)
    ages = _ages(database, now)
    if not ages.by_state:
        return 0
    if not notices.send(_notice(ages, _named(database, ages))):
        with database.begin() as tx:
            work.beat(tx, TURN, last or now - timedelta(days=2))
            told.note_failure(tx, now)
        return 0
    return ages.by_state.total()


def _day(instant: datetime) -> date:
    return (instant.astimezone(UTC) - TOLD_FROM).date()


def _has(last: datetime | None, today: date) -> bool:
    return last is not None and _day(last) == today


def _ages(database: Database, now: datetime) -> Ages:
    ages = Ages()
    after = 0
    while True:
        with database.read() as tx:
            page = list(watch.page_after(tx, after, PAGE))
            if not page:
                return ages
            since = now - EARLIEST_WARNING
            of_states = verification_age.by_state(tx, page, since, now)
            of_producers = verification_age.by_producer(tx, page, since, now)
        for seen in of_states:
            if warns_at(seen.verified_at, seen.stale_at) <= now:
                ages.add_of_state(str(seen.of), seen, now)
        for seen in of_producers:
            if warns_at(seen.verified_at, seen.stale_at) <= now:
                ages.by_producer[int(seen.of)] += seen.licenses
        after = page[-1]


def _named(database: Database, ages: Ages) -> dict[int, str]:
    with database.read() as tx:
        return verification_age.names(tx, [each for each, _ in ages.by_producer.most_common(MOST_NAMED)])


# ---- what is said: producers by name, never a consumer


def _notice(ages: Ages, names: Mapping[int, str]) -> Notice:
    blocked = ages.blocked_by_state.total()
    lines = [_of_state(state, ages) for state in sorted(ages.by_state)]
    lines += [f"{names[each]}: {count}" for each, count in ages.by_producer.most_common(MOST_NAMED)]
    if len(ages.by_producer) > MOST_NAMED:
        lines.append(f"and {len(ages.by_producer) - MOST_NAMED} more producers")
    return Notice(
        title=(
            f"Licenses not seen lately: {ages.by_state.total()} of {_many(len(ages.by_producer), 'producer')} in "
            f"{_many(len(ages.by_state), 'state')}" + (f"; {blocked} give no authority any more" if blocked else "")
        ),
        body="\n".join([*lines, "To see them again: threegate roster import FILE"]),
    )


def _of_state(state: State, ages: Ages) -> str:
    blocked, next_at = ages.blocked_by_state[state], ages.blocks_at.get(state)
    parts = [f"{state}: {ages.by_state[state]}"]
    if blocked:
        parts.append(f"{blocked} give no authority any more")
    if next_at is not None:
        parts.append(f"the next stops at {next_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
