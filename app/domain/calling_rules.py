"""At which local times the law lets us call: one rule for each jurisdiction, kind of day and kind of call.

Tables: app/data/calling_windows.csv (state, day_class, allowed, start, end, effective_from, scope, applies_to_texts,
max_solicitations_per_24h, citation, source, confidence, note). Beside the 56 jurisdictions it knows `US`, the floor
under every state, and `UNKNOWN`, for a person whose state nobody knows. Which days are holidays: legal_holidays.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TypeAlias

from app.domain import legal_holidays, states, tables

Jurisdiction: TypeAlias = str
"""A State, US or UNKNOWN."""

US: Jurisdiction = "US"
UNKNOWN: Jurisdiction = "UNKNOWN"


class Scope(StrEnum):
    """Who speaks. A text counts as LIVE; AUTOMATED is any recorded or artificial voice."""

    LIVE = "live"
    AUTOMATED = "automated"


class DayClass(StrEnum):
    """The kinds of day that the law tells apart. A holiday is a weekday, a Saturday or a Sunday besides."""

    WEEKDAY = "weekday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


@dataclass(frozen=True)
class LocalHours:
    """From `opens` to `closes` by the clock on the wall; `closes` is not included."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Rule:
    """One row of the table. `hours` None: no calls on such a day. `scope` AUTOMATED: for automated calls only."""

    jurisdiction: Jurisdiction
    day_class: DayClass
    hours: LocalHours | None
    scope: Scope
    effective_from: date | None
    most_per_day: int | None
    citation: str
    source: str
    confidence: str
    note: str

    def applies(self, on: date, scope: Scope) -> bool:
        """Whether the rule is in force on the local date `on`, for calls of `scope`."""
        begun = self.effective_from is None or self.effective_from <= on
        return begun and self.scope in (Scope.LIVE, scope)


def in_force(jurisdiction: Jurisdiction, on: date, scope: Scope) -> list[Rule]:
    """The rules of `jurisdiction`, of every kind of day, on the local date `on`; the floor under it is not among them.

    Empty where the jurisdiction's own rule begins later. Raises KeyError for anything but a Jurisdiction.
    """
    return [rule for rule in _by_jurisdiction()[jurisdiction] if rule.applies(on, scope)]


@lru_cache(maxsize=4096)  # promises ask for the same days again and again; the date is part of the question
def hours_on(jurisdiction: Jurisdiction, on: date, scope: Scope) -> LocalHours | None:
    """The hours of the local date `on` that the floor and every rule of `jurisdiction` leave open; None where none.

    A holiday's rule adds to the rule of its day of the week: a holiday never opens what a Sunday closes.
    """
    classes = day_classes(jurisdiction, on)
    rules = [*in_force(US, on, scope), *in_force(jurisdiction, on, scope)]
    return _common(rule.hours for rule in rules if rule.day_class in classes)


def day_classes(jurisdiction: Jurisdiction, on: date) -> set[DayClass]:
    """What kind of day `on` is there: its place in the week, and HOLIDAY besides where it is one."""
    weekend = {5: DayClass.SATURDAY, 6: DayClass.SUNDAY}
    holiday = {DayClass.HOLIDAY} if legal_holidays.named(jurisdiction, on) else set()
    return {weekend.get(on.weekday(), DayClass.WEEKDAY)} | holiday


def _common(hours: Iterable[LocalHours | None]) -> LocalHours | None:
    opens, closes = time.min, time.max
    for each in hours:
        if each is None:
            return None
        opens, closes = max(opens, each.opens), min(closes, each.closes)
    return LocalHours(opens, closes) if opens < closes else None


@cache
def _by_jurisdiction() -> MappingProxyType[Jurisdiction, tuple[Rule, ...]]:
    rules: dict[Jurisdiction, list[Rule]] = {place: [] for place in (US, UNKNOWN, *states.ALL)}
    for row in tables.rows("calling_windows.csv"):
        rule = _read(row)
        rules[rule.jurisdiction].append(rule)
    _check(rules)
    # A person whose state nobody knows may live where a machine may hardly call at all.
    rules[UNKNOWN] += [rule for state in states.ALL for rule in rules[state] if rule.scope is Scope.AUTOMATED]
    return MappingProxyType({place: tuple(found) for place, found in rules.items()})


def _read(row: list[str]) -> Rule:
    state, day_class, allowed, start, end, since, scope, _texts, cap, citation, source, confidence, note = row
    return Rule(
        jurisdiction=state,
        day_class=DayClass(day_class),
        hours={"yes": _hours, "no": _closed}[allowed](start, end),
        scope={"live_and_automated": Scope.LIVE, "automated_or_prerecorded_only": Scope.AUTOMATED}[scope],
        effective_from=date.fromisoformat(since) if since else None,
        most_per_day=int(cap) if cap else None,
        citation=citation,
        source=source,
        confidence=confidence,
        note=note,
    )


def _hours(start: str, end: str) -> LocalHours:
    return LocalHours(time.fromisoformat(start), time.fromisoformat(end))


def _closed(_start: str, _end: str) -> None:
    return None


def _check(rules: dict[Jurisdiction, list[Rule]]) -> None:
    """A kind of day without a row would count as open from 8 to 21, so there is none."""
    for place, found in rules.items():
        for scope in {Scope.LIVE} | {rule.scope for rule in found}:
            listed = {rule.day_class for rule in found if rule.scope is scope}
            if missing := set(DayClass) - listed:
                raise ValueError(f"calling_windows.csv: {place} has no row for {', '.join(sorted(missing))} ({scope})")
