"""Expansion into a state: what must hold before somebody applies there, what it costs, what must hold before it opens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain import states
from app.domain.licensing import IN_FORCE, Opening, Producer, Question, Reason, authority_instants, judge
from app.domain.lines import Line, Requirement
from app.domain.states import State

_NPN = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True)
class Obstacle:
    """One thing that speaks against it: `code` for programs, `why` for a person."""

    code: str
    why: str


# ---- a producer's application


class Step(StrEnum):
    """What becomes of an application."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class Application:
    """One producer's application for a license in a project's state. `estimated_cents` is what our table said at first."""

    id: int
    npn: str
    name: str
    lines: tuple[Line, ...]
    added_at: datetime
    applied_on: date | None = None
    approved_on: date | None = None
    refused_on: date | None = None
    estimated_cents: int | None = None
    paid_cents: int | None = None

    @property
    def status(self) -> str:
        """added, applied, approved or refused."""
        if self.refused_on is not None:
            return Step.REFUSED
        if self.approved_on is not None:
            return Step.APPROVED
        return Step.APPLIED if self.applied_on is not None else "added"


def before_applying(
    producer: Producer,
    state: State,
    lines: Sequence[Line],
    *,
    has_open_move: bool,
    applied_for: Collection[Line],
    now: datetime,
) -> tuple[Obstacle, ...]:
    """Why an application for a nonresident license would be sent back; empty where nothing is known against it.

    `applied_for`: the lines of this producer's other applications there. Source: DOMAIN.md section 1, Applications.
    """
    found: list[Obstacle] = []
    if not (producer.first_name.strip() and producer.last_name.strip()):
        found.append(Obstacle("name_missing", "the roster has no first and last name to match the resident license"))
    if not _NPN.fullmatch(producer.npn):
        found.append(Obstacle("npn_missing", f"{producer.npn!r} is no NPN: 1 to 10 digits, the first not 0"))
    if producer.suspended:
        found.append(Obstacle("producer_suspended", "the producer is suspended"))
    if has_open_move or producer.domicile_holds & {state, producer.resident_state}:
        found.append(Obstacle("move_open", "a change of residence is not settled"))
    if producer.resident_state == state:
        found.append(
            Obstacle("resident_there", f"{state} is the resident state: nobody applies there as a nonresident")
        )
    else:
        found += _at_home(producer, lines, now)
    held = {license_.line for license_ in producer.licenses if license_.state == state and license_.status in IN_FORCE}
    if twice := [line for line in lines if line in held]:
        found.append(Obstacle("held_already", f"the roster has a license for {_listed(twice)} in {state}"))
    if twice := [line for line in lines if line in applied_for]:
        found.append(Obstacle("applied_already", f"there is an application for {_listed(twice)} in {state}"))
    return tuple(found)


_WORDS = {
    Reason.NO_LICENSE: "there is none",
    Reason.LICENSE_NOT_ACTIVE: "its status is not active",
    Reason.LICENSE_NOT_YET_EFFECTIVE: "it is not in effect yet",
    Reason.LICENSE_EXPIRED: "it has expired",
    Reason.EXPIRATION_UNKNOWN: "its expiration is not known",
    Reason.ROSTER_STALE: "it was not verified lately",
}


def _at_home(producer: Producer, lines: Sequence[Line], now: datetime) -> Iterable[Obstacle]:
    """What is wrong with the resident license, as the gate judges it."""
    home = producer.resident_state
    free = replace(producer, suspended=False, domicile_holds=frozenset())
    for line in lines:
        question = Question((home,), Requirement(((line,),)), openings={home: Opening(is_open=True)})
        reasons = judge(free, question, now).reasons
        if Reason.LOA_MISSING in reasons:
            yield Obstacle("resident_loa_missing", f"the resident license in {home} does not hold {line}")
        elif reasons:
            why = ", ".join(_WORDS[reason] for reason in reasons if reason in _WORDS) or "it is not a resident one"
            yield Obstacle("resident_license_invalid", f"the resident license for {line} in {home}: {why}")


def why_not(application: Application, step: Step, on: date, *, today: date) -> str | None:
    """Why the step cannot have been taken on that day; None where it can. A date that stands may be corrected."""
    if on > today:
        return f"{on} is still to come"
    if step is Step.APPLIED:
        decided_on = application.approved_on or application.refused_on
        return f"it was decided on {decided_on}, before that" if decided_on and decided_on < on else None
    if application.applied_on is None:
        return "it has not been applied for yet"
    if on < application.applied_on:
        return f"it was applied for on {application.applied_on}, after that"
    if step is Step.APPROVED and application.refused_on is not None:
        return f"it was refused on {application.refused_on}"
    if step is Step.REFUSED and application.approved_on is not None:
        return f"it was approved on {application.approved_on}"
    return None


# ---- a project and its money


@dataclass(frozen=True)
class Project:
    """An expansion into one state. `status`: planned, open, closed. A day on which the agency's own license ends counts."""

    id: int
    state: State
    status: str
    begun_at: datetime
    begun_by: str
    budget_cents: int | None
    fewest_producers: int | None
    agency_license_number: str | None
    agency_expires_on: date | None
    closed_at: datetime | None

    @property
    def agency_until(self) -> datetime | None:
        """When the agency's own license ends, by the state's own midnight; None where none is recorded."""
        return authority_instants(self.state, None, self.agency_expires_on, False)[1]


@dataclass(frozen=True)
class Costs:
    """In cents. `expected` is what was paid, and the estimate where nothing was; `unknown`: applications without either."""

    budget: int | None
    estimated: int
    paid: int
    expected: int
    unknown: int

    @property
    def left(self) -> int | None:
        """Negative where more is expected than the budget; None without a budget."""
        return None if self.budget is None else self.budget - self.expected


def costs(budget_cents: int | None, applications: Iterable[Application]) -> Costs:
    """Refused applications cost what was paid for them, and nothing is expected of them any more."""
    estimated = paid = expected = unknown = 0
    for application in applications:
        paid += application.paid_cents or 0
        alive = application.status != Step.REFUSED
        estimated += (application.estimated_cents or 0) if alive else 0
        if application.paid_cents is not None:
            expected += application.paid_cents
        elif alive:
            expected += application.estimated_cents or 0
            unknown += application.estimated_cents is None
    return Costs(budget_cents, estimated, paid, expected, unknown)


# ---- opening


@dataclass(frozen=True)
class Needs:
    """What an installation asks for before it opens any state; nothing where it says nothing."""

    drill_days: int | None = None
    producers: int | None = None


NO_NEEDS = Needs()


@dataclass(frozen=True)
class Drill:
    """The newest drill of a state."""

    at: datetime
    passed: bool
    roster_version: int


def before_opening(
    state: State,
    *,
    needs: Needs,
    project: Project | None,
    producers: int,
    drill: Drill | None,
    licenses_version: int,
    now: datetime,
) -> tuple[Obstacle, ...]:
    """What is missing before the state may open, its document aside.

    `producers` could take its calls today; `licenses_version` is the roster's when a license there last changed.
    """
    found: list[Obstacle] = []
    fewest = max(needs.producers or 0, (project and project.fewest_producers) or 0)
    if producers < fewest:
        found.append(Obstacle("too_few_producers", f"{producers} of {fewest} producers could take its calls today"))
    if project is not None and project.agency_until is not None and project.agency_until <= now:
        why = f"the agency's own license there ended on {project.agency_expires_on}"
        found.append(Obstacle("agency_license_expired", why))
    if needs.drill_days is not None:
        found += _drilled(state, drill, needs.drill_days, licenses_version, now)
    return tuple(found)


def _drilled(state: State, drill: Drill | None, days: int, licenses_version: int, now: datetime) -> Iterable[Obstacle]:
    how = f"run `threegate drill --state {state}`"
    if drill is None:
        yield Obstacle("drill_missing", f"no drill of {state}: {how}")
    elif not drill.passed:
        yield Obstacle("drill_failed", f"the drill of {drill.at:%Y-%m-%d} did not pass: mend what it found, then {how}")
    elif now - drill.at > timedelta(days=days):
        yield Obstacle("drill_too_old", f"the drill of {drill.at:%Y-%m-%d} is older than {days} days: {how}")
    elif drill.roster_version < licenses_version:
        why = f"licenses there have changed since the drill of {drill.at:%Y-%m-%d} (roster {drill.roster_version})"
        yield Obstacle("drill_outdated", f"{why}: {how}")


def could_serve(
    producer: Producer,
    state: State,
    requirement: Requirement,
    now: datetime,
    *,
    carrier: str | None = None,
    team: frozenset[int] | None = None,
) -> bool:
    """Whether the producer would have authority there if the state were open."""
    openings = {state: Opening(is_open=True)}
    question = Question((state,), requirement, openings=openings, carrier=carrier, team=team)
    return judge(producer, question, now).allowed


# ---- two people


def same_person(one: str, other: str) -> bool:
    """Whether two actors are one person, as far as their names tell: "command:Kim", "key:kim" and "user:kim@agency.example" are.

    Two addresses are one person's only where they are the same, what follows a + aside: such mail arrives in one box. Fails
    closed: namesakes count as one.
    """
    one, other = _plain(one), _plain(other)
    if "@" in one and "@" in other:
        return _box(one) == _box(other)
    return one.partition("@")[0] == other.partition("@")[0]


def _box(address: str) -> str:
    local, _, host = address.partition("@")
    return f"{local.partition('+')[0] or local}@{host}"


def _plain(actor: str) -> str:
    name = unicodedata.normalize("NFKC", actor).casefold()
    for door in ("command:", "key:", "user:"):
        name = name.removeprefix(door)
    return "".join(mark for mark in name if not mark.isspace() and unicodedata.category(mark) not in ("Cc", "Cf"))


def today_in(state: State, now: datetime) -> date:
    """The latest day that it is anywhere in the state."""
    return max(now.astimezone(zone).date() for zone in states.zones(state))


def _listed(lines: Iterable[Line]) -> str:
    return ", ".join(lines)
