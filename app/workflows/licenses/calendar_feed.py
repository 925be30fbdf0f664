"""A calendar of what runs out and what is due, at an address that only its person knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.storage import access, calendar_feeds, ledger, renewals
from app.storage.calendar_feeds import MoveDeadline
from app.storage.database import Database
from app.storage.renewals import RenewalTask

MOST_EVENTS = 2000
"""So many of each kind stand in one calendar, the soonest; the list has them all."""

LONGEST_NAME = 100


@dataclass(frozen=True)
class Address:
    """A calendar's address, shown this once. `rotated`: it ended an older one of the same name."""

    name: str
    path: str
    rotated: bool


@dataclass(frozen=True)
class Day:
    """Something of one whole day. `uid` stays the same as long as it is the same thing; `alarms` are days before."""

    uid: str
    on: date
    title: str
    text: str
    alarms: tuple[int, ...]


@dataclass(frozen=True)
class BadName:
    why: str


def make_calendar_address(name: str, *, actor: str, database: Database, now: datetime) -> Address | BadName:
    """A new address for this person; one that they had before ends."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return BadName(f"whose calendar? 1 to {LONGEST_NAME} characters, as in ann@example.com")
    with database.begin() as tx:
        access.take_turns(tx, f"calendar:{name}")
        secret, rotated = calendar_feeds.make_address(tx, name, actor=actor, now=now)
        facts = {"name": name, "rotated": rotated}
        ledger.write(tx, kind="calendar_address_made", now=now, actor=actor, facts=facts)
    return Address(name, f"/calendar/{secret}.ics", rotated)


def calendar_of(secret: str, *, database: Database) -> list[Day] | None:
    """What stands in the calendar at this address; None where there is none. Nothing of any caller."""
    if not calendar_feeds.is_secret(secret):
        return None
    with database.read() as tx:
        if calendar_feeds.name_of(tx, secret) is None:
            return None
        tasks = renewals.soonest(tx, limit=MOST_EVENTS)
        moves = calendar_feeds.move_deadlines(tx, limit=MOST_EVENTS)
    return sorted([*map(_expiration, tasks), *map(_move, moves)], key=lambda day: (day.on, day.uid))


def _expiration(task: RenewalTask) -> Day:
    runs_out = task.runs_out
    home = " resident" if task.is_resident else ""
    steps = ", ".join(f"{step} {at:%Y-%m-%d}" for step, at in task.steps.items() if at is not None)
    return Day(
        uid=f"renewal-{task.id}@threegate",
        on=runs_out.expires_on,
        title=f"{task.name}: {runs_out.state}{home} license runs out ({runs_out.spelled})",
        text=f"Renewal {task.id}. Done: {steps or 'nothing yet'}. Belongs to {task.owner or 'nobody'}.",
        alarms=(30, 14, 7, 1),
    )


def _move(move: MoveDeadline) -> Day:
    return Day(
        uid=f"move-{move.move_id}-{move.state}@threegate",
        on=move.due_on,
        title=f"{move.name}: report the move to {move.to_state} in {move.state}",
        text=f"The change of address is due in {move.state} by this day.",
        alarms=(10, 5, 1),
    )
