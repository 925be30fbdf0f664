"""Authority: who may take a caller of these states, for this line, at this instant, and every reason for a no.

The rule stands twice: here, and as one statement in storage/licensing_gate.py; tests/storage/test_gate_agrees.py holds
them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.domain import states
from app.domain.lines import Line, Requirement
from app.domain.states import State

RULE_VERSION = 1
"""Raised whenever `judge` decides anything differently; every decision stores it."""

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""`authority_until` of a perpetual license."""

BLOCK_AFTER = timedelta(days=45)
"""A license not seen for so long gives no authority. Source: FLOWS.md, Licenses."""


class Status(StrEnum):
    """A license's status, as the roster file spells it."""

    ACTIVE = "active"
    RENEWAL_PENDING = "renewal_pending"
    INACTIVE = "inactive"
    PENDING = "pending"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


IN_FORCE = (Status.ACTIVE, Status.RENEWAL_PENDING)
"""Statuses that give authority inside the license's dates; a pending renewal is good to its date."""


class Residency(StrEnum):
    RESIDENT = "resident"
    NONRESIDENT = "nonresident"


class Reason(StrEnum):
    """Why not. Part of the public interface (INTERFACE.md section 5)."""

    NO_LICENSE = "no_license"
    LICENSE_NOT_ACTIVE = "license_not_active"
    LICENSE_NOT_YET_EFFECTIVE = "license_not_yet_effective"
    LICENSE_EXPIRED = "license_expired"
    LOA_MISSING = "loa_missing"
    EXPIRATION_UNKNOWN = "expiration_unknown"
    RESIDENT_LICENSE_INVALID = "resident_license_invalid"
    RESIDENT_LOA_MISSING = "resident_loa_missing"
    DOMICILE_CHANGE_PENDING = "domicile_change_pending"
    PRODUCER_SUSPENDED = "producer_suspended"
    APPOINTMENT_MISSING = "appointment_missing"
    ROSTER_STALE = "roster_stale"
    STATE_NOT_OPEN = "state_not_open"
    STATE_UNKNOWN = "state_unknown"
    AGENCY_LICENSE_EXPIRED = "agency_license_expired"
    NOT_ON_TEAM = "not_on_team"


@dataclass(frozen=True)
class License:
    """One line of authority of one producer in one state, as the roster has it now.

    `authority_from` is included, `authority_until` and `stale_at` are not; None means not known, which is a no.
    """

    state: State
    line: Line
    license_number: str
    residency: Residency
    status: Status
    effective_on: date | None
    expires_on: date | None
    perpetual: bool
    authority_from: datetime | None
    authority_until: datetime | None
    verified_at: datetime
    stale_at: datetime
    version: int = 0


@dataclass(frozen=True)
class Appointment:
    """A carrier has appointed the producer in a state; `line` None covers every line."""

    state: State
    carrier: str
    line: Line | None
    active: bool
    authority_from: datetime | None
    authority_until: datetime | None


@dataclass(frozen=True)
class Producer:
    """What the roster says of one person."""

    producer_id: int
    npn: str
    first_name: str
    last_name: str
    resident_state: State
    suspended: bool
    licenses: tuple[License, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    domicile_holds: frozenset[State] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Opening:
    """A state behind the expansion gate. `zips` None: the whole state. `agency_until` None: no agency license recorded."""

    is_open: bool
    zips: frozenset[str] | None = None
    agency_until: datetime | None = None


@dataclass(frozen=True)
class Question:
    """May a caller who is governed by *each* of `states` be given to a producer?"""

    states: tuple[State, ...]
    requirement: Requirement
    openings: Mapping[State, Opening] = field(default_factory=dict)
    zip_code: str | None = None
    carrier: str | None = None
    team: frozenset[int] | None = None  # producer ids; None: everybody


@dataclass(frozen=True)
class Verdict:
    """Allowed only where there is no reason against it. `rests_on` names the licenses it was read from."""

    allowed: bool
    reasons: tuple[Reason, ...]
    rests_on: tuple[License, ...]


def authority_instants(
    state: State, effective_on: date | None, expires_on: date | None, perpetual: bool
) -> tuple[datetime | None, datetime | None]:
    """A license's dates as UTC instants: (from, until), None where a date is not known.

    An effective date begins with that day, an expiration date counts to the end of it, in the state's own time; where the
    state keeps two zones, the one that begins last and the one that ends first. Source: FLOWS.md, authority.
    """
    return _begins(state, effective_on), FOREVER if perpetual else _ends(state, expires_on)


def _begins(state: State, day: date | None) -> datetime | None:
    return None if day is None else max(_midnights(state, day))


def _ends(state: State, day: date | None) -> datetime | None:
    if day is None:
        return None
    if day >= FOREVER.date():
        return FOREVER
    return min(_midnights(state, day + timedelta(days=1)))


def _midnights(state: State, day: date) -> list[datetime]:
    return [datetime.combine(day, time(), zone).astimezone(UTC) for zone in states.zones(state)]


def judge(producer: Producer, question: Question, now: datetime) -> Verdict:
    """Whether `producer` may take the caller at `now`, with every reason against it in a fixed order.

    Fails closed: what is missing or not known is a no. Source: FLOWS.md, "Who may take it: authority".
    """
    reasons: list[Reason] = []
    rests_on: list[License] = []
    if not question.states:
        reasons.append(Reason.STATE_UNKNOWN)
    if producer.suspended:
        reasons.append(Reason.PRODUCER_SUSPENDED)
    if question.team is not None and producer.producer_id not in question.team:
        reasons.append(Reason.NOT_ON_TEAM)
    for state in question.states:
        reasons += _state_reasons(state, question, now)
        if state in producer.domicile_holds or producer.resident_state in producer.domicile_holds:
            reasons.append(Reason.DOMICILE_CHANGE_PENDING)
        against, licenses = _best_alternative(producer, state, question, now)
        reasons += against
        rests_on += licenses
    once = tuple(reason for reason in Reason if reason in reasons)
    return Verdict(not once, once, tuple(dict.fromkeys(rests_on)))


def _state_reasons(state: State, question: Question, now: datetime) -> Iterable[Reason]:
    """Whether the agency itself may take callers of `state`: the expansion gate and its own license."""
    opening = question.openings.get(state)
    if opening is None or not opening.is_open:
        yield Reason.STATE_NOT_OPEN
        return
    if opening.zips is not None and (question.zip_code is None or question.zip_code not in opening.zips):
        yield Reason.STATE_NOT_OPEN
    if opening.agency_until is not None and opening.agency_until <= now:
        yield Reason.AGENCY_LICENSE_EXPIRED


def _best_alternative(
    producer: Producer, state: State, question: Question, now: datetime
) -> tuple[list[Reason], list[License]]:
    """The alternative of the requirement with the least against it, and the licenses it was read from."""
    judged = [_all_lines(producer, state, group, question, now) for group in question.requirement.alternatives]
    return min(judged, key=lambda outcome: len(outcome[0]))


def _all_lines(
    producer: Producer, state: State, group: tuple[Line, ...], question: Question, now: datetime
) -> tuple[list[Reason], list[License]]:
    reasons: list[Reason] = []
    rests_on: list[License] = []
    for line in group:
        here = _find(producer, state, line)
        if here is None:
            known_there = any(license_.state == state for license_ in producer.licenses)
            reasons.append(Reason.LOA_MISSING if known_there else Reason.NO_LICENSE)
            continue
        rests_on.append(here)
        reasons += _license_reasons(here, now)
        if here.residency is not Residency.RESIDENT or producer.resident_state != state:
            reasons += _home_reasons(producer, line, now, rests_on)
        if question.carrier is not None and not _appointed(producer, state, line, question.carrier, now):
            reasons.append(Reason.APPOINTMENT_MISSING)
    return reasons, rests_on


def _license_reasons(license_: License, now: datetime) -> Iterable[Reason]:
    if license_.status not in IN_FORCE:
        yield Reason.LICENSE_NOT_ACTIVE
    if license_.authority_from is None or license_.authority_from > now:
        yield Reason.LICENSE_NOT_YET_EFFECTIVE
    if license_.authority_until is None:
        yield Reason.EXPIRATION_UNKNOWN
    elif license_.authority_until <= now:
        yield Reason.LICENSE_EXPIRED
    if license_.stale_at <= now:
        yield Reason.ROSTER_STALE


def _home_reasons(producer: Producer, line: Line, now: datetime, rests_on: list[License]) -> Iterable[Reason]:
    """The resident license must be in force and hold the line (policy, stricter than some statutes; FLOWS.md says so)."""
    at_home = [
        license_
        for license_ in producer.licenses
        if license_.state == producer.resident_state and license_.residency is Residency.RESIDENT
    ]
    home = next((license_ for license_ in at_home if license_.line is line), None)
    if home is None:
        yield Reason.RESIDENT_LOA_MISSING if at_home else Reason.RESIDENT_LICENSE_INVALID
        return
    rests_on.append(home)
    against = tuple(_license_reasons(home, now))
    if Reason.ROSTER_STALE in against:
        yield Reason.ROSTER_STALE
    if set(against) - {Reason.ROSTER_STALE}:
        yield Reason.RESIDENT_LICENSE_INVALID


def _find(producer: Producer, state: State, line: Line) -> License | None:
    return next((held for held in producer.licenses if held.state == state and held.line is line), None)


def _appointed(producer: Producer, state: State, line: Line, carrier: str, now: datetime) -> bool:
    wanted = carrier_key(carrier)
    return any(
        appointment.active
        and appointment.state == state
        and carrier_key(appointment.carrier) == wanted
        and appointment.line in (None, line)
        and appointment.authority_from is not None
        and appointment.authority_from <= now
        and (appointment.authority_until is None or now < appointment.authority_until)
        for appointment in producer.appointments
    )


def carrier_key(name: str) -> str:
    """Carriers are compared by their name without case and doubled blanks."""
    return " ".join(name.split()).casefold()
