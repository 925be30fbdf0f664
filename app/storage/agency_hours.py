"""What the agency narrowed of the law's calling hours, who did so, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, insert, select

from app.domain import agency_hours
from app.domain.agency_hours import AgencyHours, Narrowing
from app.domain.calling_rules import DayClass, Jurisdiction
from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.campaigns import AgencyHoursRow

_hours = table_of(AgencyHoursRow)

LIFTED = "as the law"


@dataclass(frozen=True)
class HoursChange:
    """One change; `before` and `after` as "09:00-18:00", "closed" or "as the law"."""

    at: datetime
    actor: str
    jurisdiction: Jurisdiction
    day_class: DayClass
    before: str
    after: str


def newest() -> ScalarSelect[str | None]:
    """The newest hours as a column of another statement: a campaign is never read without them."""
    return select(_hours.c.hours).order_by(_hours.c.id.desc()).limit(1).scalar_subquery()


def in_force(tx: Connection) -> AgencyHours:
    return agency_hours.read(tx.execute(select(newest())).scalar())


def change(
    tx: Connection, jurisdiction: Jurisdiction, day_class: DayClass, to: Narrowing, *, actor: str, now: datetime
) -> HoursChange | None:
    """Set or lift one entry. None where it is so already."""
    take_turns(tx, "agency_hours")
    standing = in_force(tx)
    changed = standing.changed(jurisdiction, day_class, to)
    if changed.by_day == standing.by_day:
        return None
    made = HoursChange(
        now,
        actor,
        jurisdiction,
        day_class,
        _told(standing, jurisdiction, day_class),
        _told(changed, jurisdiction, day_class),
    )
    tx.execute(
        insert(_hours).values(
            at=now,
            actor=actor,
            key=f"{jurisdiction} {day_class}",
            before=made.before,
            after=made.after,
            hours=changed.spelled(),
        )
    )
    return made


def last_changes(tx: Connection) -> dict[tuple[Jurisdiction, DayClass], HoursChange]:
    """The newest change of each entry."""
    found: dict[tuple[Jurisdiction, DayClass], HoursChange] = {}
    columns = (_hours.c.at, _hours.c.actor, _hours.c.key, _hours.c.before, _hours.c.after)
    for row in tx.execute(select(*columns).order_by(_hours.c.id)):
        place, day_class = row.key.split()
        found[place, DayClass(day_class)] = HoursChange(
            row.at, row.actor, place, DayClass(day_class), row.before, row.after
        )
    return found


def _told(hours: AgencyHours, jurisdiction: Jurisdiction, day_class: DayClass) -> str:
    key = jurisdiction, day_class
    return agency_hours.spelled(hours.by_day[key]) if key in hours.by_day else LIFTED
