"""Narrow the calling hours for all campaigns, or lift what was narrowed. What would widen the law is refused."""

from __future__ import annotations

import re
from datetime import datetime, time

from app.domain import agency_hours, states
from app.domain.agency_hours import BadHours, Narrowing
from app.domain.calling_rules import US, DayClass, LocalHours
from app.storage import agency_hours as storage
from app.storage import ledger
from app.storage.agency_hours import HoursChange
from app.storage.database import Database
from app.workflows.admin.refused import Refused, refused

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


def narrow_hours(
    jurisdiction: str,
    day_class: str,
    *,
    opens: str,
    closes: str,
    actor: str,
    database: Database,
    now: datetime,
) -> HoursChange | Refused | None:
    """Calls from `opens` to `closes` (local, HH:MM) only; both empty: none at all. None where it is so already.

    `jurisdiction` is a state, or US for everywhere; `day_class` weekday, saturday, sunday or holiday.
    """
    try:
        hours = None if not opens.strip() and not closes.strip() else LocalHours(_time(opens), _time(closes))
    except BadHours as error:
        return refused("hours", str(error))
    return _change(jurisdiction, day_class, Narrowing(hours), actor=actor, database=database, now=now)


def lift_hours(
    jurisdiction: str, day_class: str, *, actor: str, database: Database, now: datetime
) -> HoursChange | Refused | None:
    """As the law has it again; None where it is so already."""
    return _change(jurisdiction, day_class, Narrowing(None, lifted=True), actor=actor, database=database, now=now)


def _change(
    jurisdiction: str, day_class: str, to: Narrowing, *, actor: str, database: Database, now: datetime
) -> HoursChange | Refused | None:
    if jurisdiction != US and not states.is_state(jurisdiction):
        return refused("jurisdiction", f"{jurisdiction[:20]!r}: not one of the 56 jurisdictions, nor US")
    if day_class not in tuple(DayClass):
        return refused("day_class", f"{day_class[:20]!r}: expected one of {', '.join(DayClass)}")
    day = DayClass(day_class)
    if not to.lifted:
        try:
            agency_hours.check(jurisdiction, day, to.hours, now.date())
        except BadHours as error:
            return refused("hours", str(error))
    with database.begin() as tx:
        change = storage.change(tx, jurisdiction, day, to, actor=actor, now=now)
        if change is not None:
            facts = {
                "jurisdiction": jurisdiction,
                "day_class": day_class,
                "before": change.before,
                "after": change.after,
            }
            ledger.write(tx, kind="agency_hours", now=now, actor=actor, facts=facts)
        return change


def _time(text: str) -> time:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadHours(f"{text[:20]!r}: expected a time of day like 09:00")
    return time(int(match[1]), int(match[2]))
