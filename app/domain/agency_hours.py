"""Hours that the agency narrowed for all of its campaigns. They only ever take away from what the law leaves open.

By jurisdiction (`US`: everywhere) and kind of day, as the law's own table (calling_rules.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from typing import TypeAlias

from app.domain import calling_rules
from app.domain.calling_rules import US, DayClass, Jurisdiction, LocalHours, Rule, Scope

Kept: TypeAlias = tuple[Jurisdiction, DayClass]
"""Where, and on which kind of day."""


@dataclass(frozen=True)
class AgencyHours:
    """What was narrowed; None: no calls at all on such a day. What is not in it is as the law has it."""

    by_day: Mapping[Kept, LocalHours | None] = field(default_factory=dict, hash=False)

    def narrowed(self, jurisdiction: Jurisdiction, on: date, hours: LocalHours) -> LocalHours | None:
        """What is left of `hours`, the law's, on the local date `on`; None where nothing is."""
        opens, closes = hours.opens, hours.closes
        classes = calling_rules.day_classes(jurisdiction, on) if self.by_day else ()
        for place in dict.fromkeys((US, jurisdiction)):
            for day_class in classes:
                if (place, day_class) in self.by_day:
                    kept = self.by_day[place, day_class]
                    if kept is None:
                        return None
                    opens, closes = max(opens, kept.opens), min(closes, kept.closes)
        return LocalHours(opens, closes) if opens < closes else None

    def changed(self, jurisdiction: Jurisdiction, day_class: DayClass, to: Narrowing) -> AgencyHours:
        """With one entry set, or lifted."""
        by_day = {key: kept for key, kept in self.by_day.items() if key != (jurisdiction, day_class)}
        if not to.lifted:
            by_day[jurisdiction, day_class] = to.hours
        return AgencyHours(by_day)

    def spelled(self) -> str:
        """JSON that `read` reads back: {"OH weekday": "09:00-18:00", "US sunday": "closed"}."""
        by_day = {f"{place} {day_class}": spelled(kept) for (place, day_class), kept in self.by_day.items()}
        return json.dumps(by_day, sort_keys=True)


NOTHING_TIGHTER = AgencyHours()


@dataclass(frozen=True)
class Narrowing:
    """What is asked for one kind of day: `hours`, None for no calls; `lifted`: as the law has it again."""

    hours: LocalHours | None
    lifted: bool = False


class BadHours(ValueError):
    """These hours cannot be kept; the message says why, and names the rule where they would widen it."""


@lru_cache(maxsize=16)  # the same text comes with every campaign that is loaded
def read(text: str | None) -> AgencyHours:
    """What `AgencyHours.spelled` wrote; None: nothing was ever narrowed."""
    if not text:
        return NOTHING_TIGHTER
    by_day: dict[Kept, LocalHours | None] = {}
    for key, hours in json.loads(text).items():
        place, day_class = key.split()
        opens, _, closes = hours.partition("-")
        by_day[place, DayClass(day_class)] = (
            None if hours == "closed" else LocalHours(time.fromisoformat(opens), time.fromisoformat(closes))
        )
    return AgencyHours(by_day)


def spelled(hours: LocalHours | None) -> str:
    return "closed" if hours is None else f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"


def law_on(jurisdiction: Jurisdiction, day_class: DayClass, on: date) -> tuple[Rule, ...]:
    """The rules that say when a live call may be made there on such a day: the floor, and the jurisdiction's own."""
    places = dict.fromkeys((US, jurisdiction))
    return tuple(
        rule
        for place in places
        for rule in calling_rules.in_force(place, on, Scope.LIVE)
        if rule.day_class is day_class
    )


def check(jurisdiction: Jurisdiction, day_class: DayClass, hours: LocalHours | None, on: date) -> None:
    """Raises BadHours unless `hours` lie inside of what every rule leaves open on such a day. No calls always do."""
    if hours is None:
        return
    if hours.opens >= hours.closes:
        raise BadHours(f"{spelled(hours)}: closing must be after opening")
    for rule in law_on(jurisdiction, day_class, on):
        if rule.hours is None or hours.opens < rule.hours.opens or hours.closes > rule.hours.closes:
            allowed = "no calls at all" if rule.hours is None else f"calls from {spelled(rule.hours)} only"
            raise BadHours(
                f"{spelled(hours)} would widen the law: on a {day_class} {rule.jurisdiction} allows {allowed} "
                f"({rule.citation or rule.source})"
            )
