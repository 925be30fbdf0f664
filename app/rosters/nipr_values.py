"""What a NIPR report says, in the product's words; the same for each of its formats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from app.domain.states import State
from app.rosters.line_names import fold


@dataclass(frozen=True, slots=True)
class SeenLine:
    """One line of authority as the report has it. A date None is not known.

    `mirror`: the state grants whatever the resident license holds; this is one of those lines. `ce_...` is the standing
    in continuing education; None where the report does not tell. `updated_on` is when the state last told NIPR.
    """

    npn: str
    state: State
    line: Line
    license_number: str
    license_class: str
    residency: Residency
    status: Status
    effective_on: date | None
    expires_on: date | None
    perpetual: bool
    mirror: bool
    ce_compliant: bool | None
    ce_renewal_on: date | None
    ce_credits_needed: int | None
    updated_on: date | None
    line_number: int


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something of a license that gives no authority until a person has said what it is.

    `status` is what the report says of it: nobody needs to hurry over a line that is not in force.
    """

    npn: str
    state: State
    license_class: str
    loa_code: str
    loa_name: str
    why: str
    line_number: int
    status: Status

    @property
    def question(self) -> Question:
        return question(self.state, self.license_class, self.loa_name or self.loa_code)


Question = tuple[State, str, str]
"""What a person answers once for every producer: a state's class and line, spelled without case and punctuation."""


def question(state: State, license_class: str, loa: str) -> Question:
    return (state, fold(license_class), fold(loa))


@dataclass(frozen=True, slots=True)
class SeenAppointment:
    """What the report says of a company's appointment in a state. `lines` is empty where the name is not known for sure."""

    npn: str
    state: State
    company: str
    company_code: str
    lines: tuple[Line, ...]
    line_name: str
    active: bool
    status: str
    status_on: date | None
    renewal_on: date | None
    line_number: int


@dataclass(frozen=True, slots=True)
class SeenProducer:
    """One person. `npn` and names are empty where the format does not tell them.

    `resident_state` is None where no resident license, or more than one state's, is in the report. `unmapped` waits for
    a person; `remarks` are told and wait for nobody.
    """

    npn: str
    first_name: str
    last_name: str
    resident_state: State | None
    licenses: tuple[SeenLine, ...]
    unmapped: tuple[Unmapped, ...]
    remarks: tuple[Unmapped, ...]
    appointments: tuple[SeenAppointment, ...]
    line_number: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that says nothing of a person's authority: a firm, a place that licenses nobody here."""

    line_number: int
    why: str


@dataclass(frozen=True)
class Report:
    """A whole file, sound, in its order. `as_of` is the day NIPR made it; None where the format does not tell."""

    producers: tuple[SeenProducer, ...]
    as_of: date | None
    skipped: tuple[Skipped, ...] = ()


def of_producer(report: Report, npn: str) -> Report:
    """The report with `npn` given to the one person in it whom the file does not number.

    Raises ValueError unless there is exactly one such person.
    """
    [nameless] = [producer for producer in report.producers if not producer.npn]
    named = replace(
        nameless,
        npn=npn,
        licenses=tuple(replace(line, npn=npn) for line in nameless.licenses),
        unmapped=tuple(replace(line, npn=npn) for line in nameless.unmapped),
        remarks=tuple(replace(line, npn=npn) for line in nameless.remarks),
        appointments=tuple(replace(appointment, npn=npn) for appointment in nameless.appointments),
    )
    return replace(report, producers=tuple(named if one is nameless else one for one in report.producers))
