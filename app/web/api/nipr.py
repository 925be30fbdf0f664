"""/unmapped: lines of NIPR reports that wait for a person. What POST /roster/imports says of such a report stands here, too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import Field

from app.domain.lines import Line
from app.rosters.nipr_values import Unmapped
from app.storage import unmapped_lines
from app.storage.unmapped_lines import UnmappedLine
from app.web.api.bodies import takes, takes_query
from app.web.api.fields import Answer, Body
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.licenses.import_nipr import NiprImported
from app.workflows.licenses.map_line import NotMapped, map_line

SHOWN = 100
"""As many of each list of a report are told; the counts are whole."""

FORMATS = Literal["csv", "nipr-detail", "nipr-csr"]
_LineName = Literal[
    "life",
    "health",
    "property",
    "casualty",
    "personal_lines",
    "variable",
    "car_rental",
    "credit",
    "crop",
    "surety",
    "travel",
]


class UnmappedQuery(Page):
    """`all`: those that a person has answered, too."""

    all: bool = False


class LineMapping(Body):
    """What the line is; no `lines`: it gives no authority. `replace` changes an answer that stands."""

    lines: Annotated[list[_LineName], Field(max_length=len(Line))]
    replace: bool = False


class UnmappedShown(Answer):
    """A line that nobody can read for sure. It gives no authority; `resolved_at` null: it waits for a person."""

    id: int
    npn: str
    state: str
    license_class: str
    loa_code: str
    loa_name: str
    status: str
    why: str
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


class UnmappedList(Answer):
    """`next_cursor` is null on the last page."""

    items: list[UnmappedShown]
    next_cursor: str | None


class LicenseNamed(Answer):
    npn: str
    state: str
    loa: str


class LineMappingShown(Answer):
    """It counts for everybody from the next import on. `suspended` are licenses that may rest on the former answer."""

    state: str
    license_class: str
    loa: str
    lines: list[str]
    answered: int
    suspended: list[LicenseNamed]


class DifferenceShown(Answer):
    npn: str
    subject: str
    state: str | None
    loa: str | None
    what: str
    before: str
    after: str


class LineOfReport(Answer):
    npn: str
    state: str
    license_class: str
    loa_code: str
    loa_name: str
    status: str
    why: str
    line_number: int


class ResidentElsewhereShown(Answer):
    """`do` is what a person is to do."""

    npn: str
    ours: str
    theirs: str
    suspended: list[str]
    do: str


class AtHomeShown(Answer):
    npn: str
    lifted: list[str]


class WithheldShown(LicenseNamed):
    known_since: datetime


class NiprReportShown(Answer):
    """What a NIPR report said. Counts are whole; of each list the first hundred, of differences the first 10,000.

    `unknown_producers` are not added, because a report knows no phone. `withheld` was not taken: the report is older than
    what the roster knows. `unmapped` waits for a person. `at_home`: what an earlier report suspended is lifted.
    """

    as_of: date | None
    producers: int
    differences_total: int
    differences: list[DifferenceShown]
    unknown_producers_total: int
    unknown_producers: list[str]
    unmapped_total: int
    unmapped: list[LineOfReport]
    resident_elsewhere_total: int
    resident_elsewhere: list[ResidentElsewhereShown]
    at_home: list[AtHomeShown]
    withheld_total: int
    withheld: list[WithheldShown]
    remarks_total: int
    remarks: list[LineOfReport]
    exposed: int


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/unmapped", list_unmapped, UnmappedList, problems=[422])
    where = f"/unmapped/{ID}line_id>/map"
    add(blueprint, "POST", where, map_one, LineMappingShown, problems=(404, 409, *REFUSES_BODIES))


@needs("roster")
@takes_query(UnmappedQuery)
def list_unmapped(query: UnmappedQuery) -> UnmappedList:
    """Lines of NIPR reports that wait for a person, by number."""
    with tools().database.read() as tx:
        found = unmapped_lines.listed(tx, after=after_cursor(query.cursor), limit=query.limit + 1, answered=query.all)
    page = found[: query.limit]
    return UnmappedList(
        items=[_unmapped(one) for one in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("roster")
@takes(LineMapping)
def map_one(line_id: int, body: LineMapping) -> LineMappingShown:
    """Say what a line is, for every producer of that state and class; the next import acts on it."""
    outcome = map_line(
        line_id,
        [Line(line) for line in body.lines],
        replace=body.replace,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    if outcome is None:
        raise Problem(404, "There is no such line.")
    if isinstance(outcome, NotMapped):
        raise Problem(409, f"Not mapped: {outcome.why}.", more={"replaceable": outcome.replaceable})
    return LineMappingShown(
        state=outcome.state,
        license_class=outcome.license_class,
        loa=outcome.loa,
        lines=[str(line) for line in outcome.lines],
        answered=outcome.answered,
        suspended=[LicenseNamed(npn=npn, state=state, loa=str(line)) for npn, state, line in outcome.suspended],
    )


def report_shown(imported: NiprImported) -> NiprReportShown:
    """What POST /roster/imports says of a NIPR report besides the counts of every import."""
    return NiprReportShown(
        as_of=imported.as_of,
        producers=imported.producers,
        differences_total=imported.differences_total,
        differences=[
            DifferenceShown(
                npn=one.npn,
                subject=one.subject,
                state=one.state,
                loa=None if one.line is None else str(one.line),
                what=one.what,
                before=one.before,
                after=one.after,
            )
            for one in imported.differences
        ],
        unknown_producers_total=len(imported.unknown_producers),
        unknown_producers=list(imported.unknown_producers[:SHOWN]),
        unmapped_total=len(imported.unmapped),
        unmapped=[_of_report(one) for one in imported.unmapped[:SHOWN]],
        resident_elsewhere_total=len(imported.resident_elsewhere),
        resident_elsewhere=[
            ResidentElsewhereShown(npn=one.npn, ours=one.ours, theirs=one.theirs, suspended=list(one.held), do=one.told)
            for one in imported.resident_elsewhere[:SHOWN]
        ],
        at_home=[AtHomeShown(npn=one.npn, lifted=list(one.lifted)) for one in imported.at_home[:SHOWN]],
        withheld_total=len(imported.withheld),
        withheld=[
            WithheldShown(npn=one.npn, state=one.state, loa=str(one.line), known_since=one.known_at)
            for one in imported.withheld[:SHOWN]
        ],
        remarks_total=len(imported.remarks),
        remarks=[_of_report(one) for one in imported.remarks[:SHOWN]],
        exposed=len(imported.exposed),
    )


def _unmapped(one: UnmappedLine) -> UnmappedShown:
    return UnmappedShown(**vars(one))


def _of_report(one: Unmapped) -> LineOfReport:
    return LineOfReport(**{name: getattr(one, name) for name in LineOfReport.model_fields})
