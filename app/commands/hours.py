"""`threegate hours …`: when the law lets us call, and what says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain import agency_hours, calling_hours, instants, legal_holidays, phone, states, zip_codes
from app.domain.calling_hours import Called, Scope, Span
from app.domain.calling_rules import DayClass, Rule
from app.domain.instants import BadInstant
from app.settings import Settings
from app.storage import agency_hours as storage
from app.storage.agency_hours import HoursChange
from app.workflows.admin.narrow_hours import lift_hours, narrow_hours
from app.workflows.admin.refused import Refused

CALLS = {Scope.LIVE: "live calls and texts", Scope.AUTOMATED: "automated calls"}
DAYS = {
    DayClass.WEEKDAY: "weekdays",
    DayClass.SATURDAY: "Saturdays",
    DayClass.SUNDAY: "Sundays",
    DayClass.HOLIDAY: "holidays",
}


@dataclass(frozen=True)
class Opening:
    """The span that is open now, and the first one after it."""

    now: Span | None
    following: Span | None


@click.group()
def hours() -> None:
    """When the law lets us call."""


@hours.command()
@click.argument("residence", metavar="[STATE]...", nargs=-1)
@click.option("--phone", "number", help="The number that is called: its area code's state counts, too.")
@click.option("--zip", "zip_text", help="Where the person lives: for the time zone of a state that keeps two.")
@click.option("--at", "at_text", metavar="ISO8601", help="An instant with its offset; without it, now.")
@click.option("--json", "as_json", is_flag=True)
def show(
    residence: tuple[str, ...], number: str | None, zip_text: str | None, at_text: str | None, as_json: bool
) -> None:
    """Whether a person who lives in STATE may be called now, when next, and the rules.

    \b
    threegate hours show OH
    threegate hours show TN --zip 38103 --phone +12125550101
    threegate hours show --phone +16145550101        the residence is not known
    """
    called = _called(residence, number, zip_text)
    at = _instant(at_text) or Settings().clock().now().replace(microsecond=0)
    try:
        openings = {scope: _opening(called, at, scope) for scope in CALLS}
        rules = calling_hours.rules(called, at, scope=Scope.AUTOMATED)
    except OverflowError:
        refuse(f"--at {at_text!r}: too near to the end of the calendar")
    if as_json:
        print_json(_object(called, at, openings, rules))
    else:
        for line in _lines(called, at, openings, rules):
            click.echo(line)


@hours.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """What the agency narrowed of the law's hours, for all of its campaigns."""
    with command_tools().database.read() as tx:
        kept, changes = storage.in_force(tx), storage.last_changes(tx)
    rows = [
        {
            "jurisdiction": place,
            "day_class": day_class.value,
            "hours": agency_hours.spelled(narrowed),
            "changed_at": instant(changes[place, day_class].at),
            "changed_by": changes[place, day_class].actor,
        }
        for (place, day_class), narrowed in sorted(kept.by_day.items())
    ]
    if as_json:
        print_json({"hours": rows})
    else:
        print_table(("where", "day", "hours", "changed", "by"), ([cell or "" for cell in row.values()] for row in rows))


@hours.command()
@click.argument("jurisdiction", metavar="ST|US")
@click.argument("day_class", metavar="DAY", type=click.Choice([day.value for day in DayClass]))
@click.argument("span", metavar="09:00-18:00|closed")
@click.option("--json", "as_json", is_flag=True)
def narrow(jurisdiction: str, day_class: str, span: str, as_json: bool) -> None:
    """Call only within these local hours on such a DAY; more than the law leaves open is refused.

    \b
    threegate hours narrow OH weekday 09:00-18:00
    threegate hours narrow US sunday closed
    """
    opens, dash, closes = ("", "-", "") if span.lower() == "closed" else span.partition("-")
    if not dash:
        refuse(f"{span!r}: expected hours like 09:00-18:00, or closed")
    with_ = command_tools()
    place = states.parse(jurisdiction) or jurisdiction.upper()
    changed = narrow_hours(
        place,
        day_class,
        opens=opens,
        closes=closes,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    _tell_change(place, day_class, changed, as_json=as_json)


@hours.command()
@click.argument("jurisdiction", metavar="ST|US")
@click.argument("day_class", metavar="DAY", type=click.Choice([day.value for day in DayClass]))
@click.option("--json", "as_json", is_flag=True)
def lift(jurisdiction: str, day_class: str, as_json: bool) -> None:
    """Call within the law's hours again on such a DAY."""
    with_ = command_tools()
    place = states.parse(jurisdiction) or jurisdiction.upper()
    changed = lift_hours(place, day_class, actor=operator(), database=with_.database, now=with_.clock.now())
    _tell_change(place, day_class, changed, as_json=as_json)


def _tell_change(place: str, day_class: str, changed: HoursChange | Refused | None, *, as_json: bool) -> None:
    if isinstance(changed, Refused):
        refuse("; ".join(changed.errors.values()))
    if as_json:
        told = None if changed is None else {"before": changed.before, "after": changed.after}
        print_json({"jurisdiction": place, "day_class": day_class, "changed": told})
    elif changed is None:
        click.echo(f"{place} {day_class}: as it was")
    else:
        click.echo(f"{place} {day_class}: {changed.after} (was {changed.before})")


# ---- the question


def _called(residence: Sequence[str], number: str | None, zip_text: str | None) -> Called:
    found = tuple(dict.fromkeys(_state(text) for text in residence))
    zip_code = None if zip_text is None else _zip(zip_text)
    if zip_code:
        of_zip = zip_codes.states_of(zip_code)
        found = found or of_zip
        if not set(found) & set(of_zip):
            refuse(f"--zip {zip_code}: it is in {' and '.join(of_zip)}")
    if not found and number is None:
        refuse("give a STATE, --zip or --phone")
    return Called(found, None if number is None else _area_code(number), zip_code)


def _state(text: str) -> str:
    state = states.parse(text)
    if state is None:
        refuse(f"{text!r}: not one of the 56 jurisdictions that license producers")
    return state


def _zip(text: str) -> str:
    zip_code = zip_codes.normalize(text)
    if zip_code is None or not zip_codes.states_of(zip_code):
        refuse(f"--zip {text!r}: no ZIP of a state")
    return zip_code


def _area_code(text: str) -> str | None:
    number = phone.parse(text)
    if number is None:
        refuse(f"--phone {text!r}: not a phone number")
    return number.area_code


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else instants.parse(text)
    except BadInstant as error:
        refuse(f"--at {error}")


# ---- the answer


def _opening(called: Called, at: datetime, scope: Scope) -> Opening:
    now = calling_hours.open_at(called, at, scope=scope)
    return Opening(now, calling_hours.next_span(called, now.closes if now else at, scope=scope))


def _lines(called: Called, at: datetime, openings: dict[Scope, Opening], rules: list[Rule]) -> Iterable[str]:
    yield f"{_whom(called)}, at {_told(called, at)}"
    for scope, opening in openings.items():
        yield f"{CALLS[scope]}: {_state_of(called, opening)}"
    cap = calling_hours.most_per_day(called, at)
    yield f"limit: {'none' if cap is None else f'{cap} solicitations in 24 hours'}"
    for state, names in _holidays(called, at).items():
        yield f"holiday in {state}: {', '.join(names)}"
    for group in _grouped(rules):
        rule = group[0]
        only = "" if rule.scope is Scope.LIVE else ", automated calls only"
        since = f", since {rule.effective_from}" if rule.effective_from else ""
        yield ""
        yield f"{rule.jurisdiction}{only}{since}: {_week(group)}"
        yield f"  {rule.citation or 'no citation'} (confidence: {rule.confidence})"
        yield f"  source: {rule.source}"
        if rule.note:
            yield f"  note: {rule.note}"


def _whom(called: Called) -> str:
    code = f", area code {called.area_code}" if called.area_code else ""
    zip_code = f", ZIP {called.zip_code}" if called.zip_code else ""
    return f"{' and '.join(map(states.name, called.states)) or 'residence unknown'}{zip_code}{code}"


def _state_of(called: Called, opening: Opening) -> str:
    following = (
        f"opens {_told(called, opening.following.opens)}" if opening.following else "does not open within 21 days"
    )
    if opening.now is None:
        return f"closed, {following}"
    return f"open, closes {_told(called, opening.now.closes)}, {following}"


def _told(called: Called, at: datetime) -> str:
    """By every clock that the person may have, and in UTC: "2026-11-18 09:00 CST, 10:00 EST (2026-11-18T15:00:00Z)"."""
    zones = dict.fromkeys(place.zone for place in calling_hours.places(called))
    local = dict.fromkeys(f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}" for zone in zones)
    return f"{', '.join(local)} ({instant(at)})" if local else f"{instant(at)}"


def _holidays(called: Called, at: datetime) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place in calling_hours.places(called):
        names = legal_holidays.named(place.jurisdiction, at.astimezone(place.zone).date())
        if names and legal_holidays.has_list(place.jurisdiction):
            found[place.jurisdiction] = list(dict.fromkeys([*found.get(place.jurisdiction, []), *names]))
    return found


def _grouped(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rows that differ by nothing but the kind of day."""
    groups: dict[Rule, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(replace(rule, day_class=DayClass.WEEKDAY, hours=None), []).append(rule)
    return list(groups.values())


def _week(group: list[Rule]) -> str:
    by_day = {rule.day_class: _hours(rule) or "no calls" for rule in group}
    if len(set(by_day.values())) == 1 and len(by_day) == len(DayClass):
        return f"every day {by_day[DayClass.WEEKDAY]}"
    return ", ".join(f"{DAYS[day]} {told}" for day, told in by_day.items())


def _hours(rule: Rule) -> str | None:
    return f"{rule.hours.opens:%H:%M}-{rule.hours.closes:%H:%M}" if rule.hours else None


def _object(called: Called, at: datetime, openings: dict[Scope, Opening], rules: list[Rule]) -> dict[str, Any]:
    return {
        "states": list(called.states),
        "area_code": called.area_code,
        "zip": called.zip_code,
        "at": instant(at),
        "zones": list(dict.fromkeys(place.zone.key for place in calling_hours.places(called))),
        **{scope.value: _opening_object(opening) for scope, opening in openings.items()},
        "most_per_day": calling_hours.most_per_day(called, at),
        "holidays": _holidays(called, at),
        "rules": [_rule_object(group) for group in _grouped(rules)],
    }


def _opening_object(opening: Opening) -> dict[str, Any]:
    return {
        "open": opening.now is not None,
        "closes_at": instant(opening.now.closes) if opening.now else None,
        "next_opens_at": instant(opening.following.opens) if opening.following else None,
    }


def _rule_object(group: list[Rule]) -> dict[str, Any]:
    rule = group[0]
    return {
        "jurisdiction": rule.jurisdiction,
        "scope": rule.scope,
        "hours": {each.day_class.value: _hours(each) for each in group},
        "effective_from": rule.effective_from.isoformat() if rule.effective_from else None,
        "most_per_day": rule.most_per_day,
        "citation": rule.citation,
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
    }
