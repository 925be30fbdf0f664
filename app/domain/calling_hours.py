"""May we call or text this person now, and when may we next?

The law of every place that may protect the called person counts at once, each in every time zone that the person may
be in, and the floor of the United States under all of them: we call only while all of it, and the campaign's own
hours, are open. Source: DOMAIN.md sections 4 and 5. The rules: calling_rules.py. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain import area_codes, calling_rules, spans, states, zip_zones
from app.domain.agency_hours import NOTHING_TIGHTER, AgencyHours
from app.domain.calling_rules import UNKNOWN, US, Jurisdiction, Rule
from app.domain.calling_rules import Scope as Scope
from app.domain.policy import Policy
from app.domain.spans import Span as Span
from app.domain.states import State

LOOKED_AHEAD = timedelta(days=21)
SOON = timedelta(days=1)
"""Nearly always the next opening is within a day: looked at first."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Called:
    """Whose law protects the called person.

    `states`: the residence, all of them; empty where it is not known. `area_code`: of the number that is called;
    None, or one that no state has, where it says nothing. `zip_code`: of the residence, five digits.
    """

    states: tuple[State, ...]
    area_code: str | None
    zip_code: str | None = None


@dataclass(frozen=True)
class Place:
    """A law and a clock that it may have to be read by."""

    jurisdiction: Jurisdiction
    zone: ZoneInfo


def open_at(called: Called, at: datetime, *, hours: Policy | None = None, scope: Scope = Scope.LIVE) -> Span | None:
    """The open span that `at` lies in, or None where we may not call now.

    `hours` is the campaign, whose hours, and with them the agency's, only ever narrow what the law leaves. Raises
    KeyError where a residence is not one of the 56 jurisdictions.
    """
    instant = at.astimezone(UTC)
    # The law closes every night, so no span that the instant lies in reaches past the neighboring days.
    found = _open_spans(called, instant - _ONE_DAY, instant + _ONE_DAY, hours, scope)
    return next((span for span in found if instant in span), None)


def is_open(called: Called, at: datetime, *, scope: Scope = Scope.LIVE) -> bool:
    """Whether the law leaves `at` (in UTC) open: what `open_at` says, for millions of calls of an old log."""
    found = _places_of(called)
    return bool(found) and all_open(found, at, scope=scope)


def all_open(several: Sequence[Place], at: datetime, *, scope: Scope = Scope.LIVE) -> bool:
    """Whether each of `several` leaves `at` (in UTC) open."""
    day = at.toordinal()
    for place in several:
        for span in _spans_about(place.jurisdiction, place.zone, day, scope):
            if span.opens <= at < span.closes:
                break
        else:
            return False
    return True


def next_span(
    called: Called, after: datetime, *, hours: Policy | None = None, scope: Scope = Scope.LIVE
) -> Span | None:
    """The span that `after` lies in, cut to begin at `after`, or the next one to open; None if none in 21 days."""
    begins = after.astimezone(UTC)
    for ahead in (SOON, LOOKED_AHEAD):
        for span in _open_spans(called, begins - _ONE_DAY, begins + ahead + _ONE_DAY, hours, scope):
            if begins < span.closes and span.opens <= begins + ahead:
                return replace(span, opens=max(span.opens, begins))
    return None


def most_per_day(called: Called, at: datetime) -> int | None:
    """The strictest limit of solicitations in 24 hours that is in force at `at`; None where no law sets one."""
    caps = [rule.most_per_day for rule in rules(called, at, scope=Scope.AUTOMATED)]
    return min((cap for cap in caps if cap is not None), default=None)


def rules(called: Called, at: datetime, *, scope: Scope = Scope.LIVE) -> list[Rule]:
    """Every rule that counts for `called` at `at`, the floor of the United States first; all kinds of day."""
    days = [(place.jurisdiction, at.astimezone(place.zone).date()) for place in places(called)]
    if not days:
        days = [(UNKNOWN, at.astimezone(UTC).date())]
    found = {rule: None for jurisdiction, on in days for rule in calling_rules.in_force(jurisdiction, on, scope)}
    return [*calling_rules.in_force(US, days[0][1], scope), *found]


def places(called: Called) -> list[Place]:
    """Every law with every clock that counts for `called`; empty where nothing at all is known.

    Where the residence is not known, the area code's state stands for it, in all of its zones. Where no state is
    known, the person may be in New York or on Guam, and there is no hour between 10 and 18 for both.
    """
    code = area_codes.lookup(called.area_code or "")
    if called.states:
        residences = [Place(state, zone) for state in called.states for zone in _zones(state, called.zip_code)]
        numbers = [Place(code.state, zone) for zone in code.zones] if code.state else []
        return list(dict.fromkeys([*residences, *numbers]))
    if code.state is None:
        return []
    return [Place(law, zone) for law in (UNKNOWN, code.state) for zone in states.zones(code.state)]


def _zones(state: State, zip_code: str | None) -> tuple[ZoneInfo, ...]:
    """The zones that a resident of `state` may be in: the ZIP's own where it is known for sure."""
    zone = None if zip_code is None else zip_zones.of(zip_code, state)
    return states.zones(state) if zone is None else (zone,)


def _open_spans(called: Called, first: datetime, last: datetime, hours: Policy | None, scope: Scope) -> Sequence[Span]:
    """What is open in every place of `called`, on the local dates from that of `first` to that of `last`."""
    agency = NOTHING_TIGHTER if hours is None else hours.agency_hours
    sets = [_of_place(place, first, last, scope, agency) for place in places(called)]
    if not sets:
        return []
    return spans.common(sets if hours is None else [*sets, _of_campaign(hours, first, last)])


@lru_cache(maxsize=4096)
def _places_of(called: Called) -> tuple[Place, ...]:
    return tuple(places(called))


@lru_cache(maxsize=65_536)
def _spans_about(jurisdiction: Jurisdiction, zone: ZoneInfo, day: int, scope: Scope) -> tuple[Span, ...]:
    """The open spans of the local dates that lie in a day of UTC, and of their neighbors."""
    place, middle = Place(jurisdiction, zone), date.fromordinal(day)
    found = (_span_on(place, on, scope) for on in (middle - _ONE_DAY, middle, middle + _ONE_DAY))
    return tuple(span for span in found if span)


@lru_cache(maxsize=16_384)
def _span_on(place: Place, on: date, scope: Scope) -> Span | None:
    local = calling_rules.hours_on(place.jurisdiction, on, scope)
    return spans.by_the_wall(place.zone, on, local.opens, local.closes) if local else None


def _narrowed_on(place: Place, on: date, scope: Scope, agency: AgencyHours) -> Span | None:
    local = calling_rules.hours_on(place.jurisdiction, on, scope)
    kept = agency.narrowed(place.jurisdiction, on, local) if local else None
    return spans.by_the_wall(place.zone, on, kept.opens, kept.closes) if kept else None


def _of_place(place: Place, first: datetime, last: datetime, scope: Scope, agency: AgencyHours) -> list[Span]:
    dates = _dates(place.zone, first, last)
    if agency.by_day:
        return [span for on in dates if (span := _narrowed_on(place, on, scope, agency))]
    return [span for on in dates if (span := _span_on(place, on, scope))]


def _of_campaign(policy: Policy, first: datetime, last: datetime) -> list[Span]:
    hours = ((on, policy.hours.by_weekday[on.weekday()]) for on in _dates(policy.zone, first, last))
    found = (spans.by_the_wall(policy.zone, on, local.opens, local.closes) for on, local in hours if local)
    # A campaign that works around the clock does not close at its own midnight.
    return spans.joined(span for span in found if span)


def _dates(zone: ZoneInfo, first: datetime, last: datetime) -> list[date]:
    begin, end = first.astimezone(zone).date(), last.astimezone(zone).date()
    return [begin + timedelta(days=days) for days in range((end - begin).days + 1)]
