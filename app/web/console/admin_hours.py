"""Calling hours: what the law leaves open in each place, with its source, and what the agency narrowed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, abort, url_for

from app.domain import agency_hours, calling_rules, states
from app.domain.agency_hours import AgencyHours
from app.domain.calling_rules import US, DayClass, Jurisdiction, LocalHours, Rule, Scope
from app.storage import agency_hours as storage
from app.storage.agency_hours import HoursChange
from app.web.console.admin_forms import how, typed
from app.web.console.doors import Section, done, read, refused, render, tools
from app.workflows.admin.narrow_hours import lift_hours, narrow_hours
from app.workflows.admin.refused import Refused

DAYS = {
    DayClass.WEEKDAY: "Weekdays",
    DayClass.SATURDAY: "Saturdays",
    DayClass.SUNDAY: "Sundays",
    DayClass.HOLIDAY: "Holidays",
}


@dataclass(frozen=True)
class Day:
    """One kind of day in one place: the law's hours, the agency's, and what is left; None: no calls."""

    day_class: DayClass
    name: str
    law: LocalHours | None
    rules: tuple[Rule, ...]
    narrowed: bool
    agency: LocalHours | None
    left: LocalHours | None
    everywhere: bool
    changed: HoursChange | None

    @property
    def told(self) -> str:
        return _told(self.left)

    @property
    def law_told(self) -> str:
        return _told(self.law)

    @property
    def agency_told(self) -> str:
        return _told(self.agency)


def add_to(pages: Section) -> None:
    pages.add("GET", "/hours", hours)
    pages.add("GET", "/hours/<jurisdiction>", hours_of)
    pages.add("POST", "/hours/<jurisdiction>/<day_class>", narrow_hours_of)
    pages.add("POST", "/hours/<jurisdiction>/<day_class>/lift", lift_hours_of)


def hours() -> Response:
    on = tools().clock.now().date()
    with read() as tx:
        kept, changes = storage.in_force(tx), storage.last_changes(tx)
    places = [(US, "Everywhere"), *sorted(((code, states.name(code)) for code in states.ALL), key=lambda one: one[1])]
    rows = [(code, name, _days(code, kept, changes, on)) for code, name in places]
    return render("admin/hours.html", rows=rows, days=list(DAYS.values()), narrowed=len(kept.by_day))


def hours_of(jurisdiction: str) -> Response:
    return _page(jurisdiction, "", {}, "")


def narrow_hours_of(jurisdiction: str, day_class: str) -> Response:
    _check(jurisdiction, day_class)
    given = {"opens": typed("opens"), "closes": typed("closes")}
    closed = typed("closed")
    if not closed and not (given["opens"] and given["closes"]):
        why = "give both times, or choose no calls at all"
        return _page(jurisdiction, day_class, given, why, status=422)
    opens, closes = ("", "") if closed else (given["opens"], given["closes"])
    made = narrow_hours(jurisdiction, day_class, opens=opens, closes=closes, **how())
    if isinstance(made, Refused):
        return _page(jurisdiction, day_class, given, "; ".join(made.errors.values()), status=422)
    told = (
        "It was so already." if made is None else f"{DAYS[DayClass(day_class)]}: {_in_words(made.after)} from now on."
    )
    return done(told, to=url_for("admin.hours_of", jurisdiction=jurisdiction))


def lift_hours_of(jurisdiction: str, day_class: str) -> Response:
    _check(jurisdiction, day_class)
    back = url_for("admin.hours_of", jurisdiction=jurisdiction)
    made = lift_hours(jurisdiction, day_class, **how())
    if isinstance(made, Refused):
        return refused(f"{made}.", to=back)
    return done(f"{DAYS[DayClass(day_class)]}: as the law has it.", to=back)


def _check(jurisdiction: str, day_class: str) -> None:
    if (jurisdiction != US and not states.is_state(jurisdiction)) or day_class not in tuple(DayClass):
        abort(404)


def _page(jurisdiction: str, wrong_day: str, given: Mapping[str, str], why: str, *, status: int = 200) -> Response:
    _check(jurisdiction, DayClass.WEEKDAY)
    on = tools().clock.now().date()
    with read() as tx:
        kept, changes = storage.in_force(tx), storage.last_changes(tx)
    automated = [
        rule for rule in calling_rules.in_force(jurisdiction, on, Scope.AUTOMATED) if rule.scope is Scope.AUTOMATED
    ]
    days = _days(jurisdiction, kept, changes, on)
    return render(
        "admin/hours_of.html",
        status=status,
        jurisdiction=jurisdiction,
        name="Everywhere" if jurisdiction == US else states.name(jurisdiction),
        days=days,
        sources=_sources([rule for day in days for rule in day.rules]),
        automated=[(DAYS[rule.day_class], _told(rule.hours)) for rule in automated],
        most_per_day=next((rule.most_per_day for day in days for rule in day.rules if rule.most_per_day), None),
        coming=_coming(jurisdiction, on),
        wrong_day=wrong_day,
        given=given,
        why=why,
    )


def _days(
    jurisdiction: Jurisdiction,
    kept: AgencyHours,
    changes: Mapping[tuple[Jurisdiction, DayClass], HoursChange],
    on: date,
) -> list[Day]:
    return [_day(jurisdiction, day_class, kept, changes, on) for day_class in DAYS]


def _day(
    jurisdiction: Jurisdiction,
    day_class: DayClass,
    kept: AgencyHours,
    changes: Mapping[tuple[Jurisdiction, DayClass], HoursChange],
    on: date,
) -> Day:
    rules = agency_hours.law_on(jurisdiction, day_class, on)
    law = _common([rule.hours for rule in rules])
    own = [kept.by_day[place, day_class] for place in {US, jurisdiction} if (place, day_class) in kept.by_day]
    key = jurisdiction, day_class
    return Day(
        day_class=day_class,
        name=DAYS[day_class],
        law=law,
        rules=rules,
        narrowed=key in kept.by_day,
        agency=kept.by_day.get(key),
        left=_common([law, *own]),
        everywhere=jurisdiction != US and (US, day_class) in kept.by_day,
        changed=changes.get(key),
    )


def _common(hours: list[LocalHours | None]) -> LocalHours | None:
    opens, closes = datetime.min.time(), datetime.max.time()
    for each in hours:
        if each is None:
            return None
        opens, closes = max(opens, each.opens), min(closes, each.closes)
    return LocalHours(opens, closes) if opens < closes else None


def _told(hours: LocalHours | None) -> str:
    return "no calls" if hours is None else f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"


def _in_words(text: str) -> str:
    return "no calls" if text == "closed" else text.replace("-", "–")


def _sources(rules: list[Rule]) -> list[Rule]:
    """Each source once, the floor first."""
    found: dict[tuple[str, str, str], Rule] = {}
    for rule in rules:
        found.setdefault((rule.jurisdiction, rule.citation, rule.source), rule)
    return list(found.values())


def _coming(jurisdiction: Jurisdiction, on: date) -> list[tuple[date, str, str]]:
    """(since, day, hours) of rules that begin later."""
    later = [
        rule
        for rule in calling_rules.in_force(jurisdiction, date.max, Scope.LIVE)
        if rule.effective_from is not None and rule.effective_from > on
    ]
    return [(rule.effective_from, DAYS[rule.day_class], _told(rule.hours)) for rule in later if rule.effective_from]
