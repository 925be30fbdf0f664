"""Where our roster and a report of the same producer differ, and whether the report gives less. Nothing is decided here.

Source: FLOWS.md, "Licenses": what says less takes authority away when it is seen; what says more waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from app.domain.licensing import IN_FORCE, Residency, Status, authority_instants
from app.domain.lines import Line, Requirement
from app.domain.spans import Span
from app.domain.states import State


class Kind(StrEnum):
    """What is wrong with one line of one producer in one state."""

    MISSING_HERE = "missing_here"  # the report gives it, the roster does not have it
    MISSING_THERE = "missing_there"  # in force here, and the report does not have it
    LAPSED = "lapsed"  # in force here, ended there
    DIFFERING = "differing"  # both have it, with other facts
    SOLD_NOT_HELD = "sold_not_held"  # a call was bridged for it that the report gives no license for
    UNMAPPED = "unmapped"  # the report has something in force that nobody can read for sure


class HeldLine(Protocol):
    """One line of authority as either side has it."""

    @property
    def state(self) -> State: ...
    @property
    def line(self) -> Line: ...
    @property
    def license_number(self) -> str: ...
    @property
    def residency(self) -> Residency: ...
    @property
    def status(self) -> Status: ...
    @property
    def effective_on(self) -> date | None: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def perpetual(self) -> bool: ...


FACTS = ("status", "residency", "license_number", "effective_on", "expires_on", "perpetual")
"""What is compared."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One line on which the two do not agree. `less`: the report gives less authority, from now on, than the roster."""

    state: State
    line: Line
    kind: Kind
    ours: HeldLine | None
    theirs: HeldLine | None
    less: bool


@dataclass(frozen=True, slots=True)
class Sale:
    """A call that was bridged to the producer: for each of these states, and what was required there."""

    call_sid: str
    states: tuple[State, ...]
    requirement: Requirement
    at: datetime


@dataclass(frozen=True, slots=True)
class Sold:
    """A line for which calls were bridged, and which the report does not give; the calls as `sales` had them."""

    state: State
    line: Line
    sales: tuple[Sale, ...]

    @property
    def last_at(self) -> datetime:
        return max(sale.at for sale in self.sales)


_instants = lru_cache(maxsize=65536)(authority_instants)


def compare(ours: Iterable[HeldLine], theirs: Iterable[HeldLine], now: datetime) -> list[Discrepancy]:
    """Everything on which the two disagree about one producer, by state and line; what is in force nowhere may be missing."""
    here, there = _by_line(ours), _by_line(theirs)
    found = []
    for state, line in sorted(here.keys() | there.keys()):
        mine, told = here.get((state, line)), there.get((state, line))
        kind = _kind(mine, told, now)
        if kind is not None:
            found.append(Discrepancy(state, line, kind, mine, told, _gives_less(mine, told, now)))
    return found


def _kind(mine: HeldLine | None, told: HeldLine | None, now: datetime) -> Kind | None:
    if mine is None:
        return Kind.MISSING_HERE if told is not None and may_give(told, now) else None
    if told is None:
        return Kind.MISSING_THERE if may_give(mine, now) else None
    if may_give(mine, now) and _has_ended(told, now):
        return Kind.LAPSED
    return Kind.DIFFERING if _facts(mine) != _facts(told) else None


def may_give(held: HeldLine, now: datetime) -> bool:
    """Whether it gives authority now, or will when its day comes; a date that is not known gives none."""
    return _ahead(held, now) is not None


def _ahead(held: HeldLine, now: datetime) -> Span | None:
    """When it gives authority from `now` on."""
    begins, ends = _stretch(held)
    if held.status not in IN_FORCE or begins is None or ends is None or ends <= now:
        return None
    return Span(max(begins, now), ends)


def _has_ended(held: HeldLine, now: datetime) -> bool:
    _, ends = _stretch(held)
    return held.status not in IN_FORCE or (ends is not None and ends <= now)


def _gives_less(mine: HeldLine | None, told: HeldLine | None, now: datetime) -> bool:
    """Less of what is still to come: a beginning that has passed on both sides takes nothing away."""
    here = None if mine is None else _ahead(mine, now)
    there = None if told is None else _ahead(told, now)
    if mine is None or here is None:
        return False
    if told is None or there is None:
        return True
    # A nonresident license needs a resident one behind it, and stands behind none.
    less_at_home = mine.residency is Residency.RESIDENT and told.residency is not Residency.RESIDENT
    return less_at_home or there.opens > here.opens or there.closes < here.closes


def sold_not_held(sales: Iterable[Sale], theirs: Iterable[HeldLine]) -> list[Sold]:
    """The lines that calls were bridged for, and that the report does not give for that day; by state and line."""
    there = _by_line(theirs)
    found: dict[tuple[State, Line], list[Sale]] = {}
    for sale in sales:
        for state in sale.states:
            for line in _lacking(there, state, sale):
                found.setdefault((state, line), []).append(sale)
    return [Sold(*key, tuple(found[key])) for key in sorted(found)]


def _lacking(there: Mapping[tuple[State, Line], HeldLine], state: State, sale: Sale) -> list[Line]:
    """What is missing of the alternative of which least is missing."""

    def missing(group: tuple[Line, ...]) -> list[Line]:
        return [line for line in group if not _gave(there.get((state, line)), sale.at)]

    return min((missing(group) for group in sale.requirement.alternatives), key=len)


def _gave(held: HeldLine | None, at: datetime) -> bool:
    """Whether the report shows it in force at `at`; one that has run out since was in force until then."""
    if held is None or held.status not in (*IN_FORCE, Status.EXPIRED):
        return False
    begins, ends = _stretch(held)
    return begins is not None and ends is not None and begins <= at < ends


def _by_line(held: Iterable[HeldLine]) -> dict[tuple[State, Line], HeldLine]:
    return {(each.state, each.line): each for each in held}


def _stretch(held: HeldLine) -> tuple[datetime | None, datetime | None]:
    return _instants(held.state, held.effective_on, held.expires_on, held.perpetual)


def _facts(held: HeldLine) -> tuple[object, ...]:
    number = "".join(held.license_number.split()).casefold()
    return tuple(number if name == "license_number" else getattr(held, name) for name in FACTS)
