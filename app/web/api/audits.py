"""/audits and /discrepancies: the roster held against a report, what that found, and who answers for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import audits, discrepancies
from app.storage.audits import Audit
from app.storage.database import Transaction
from app.storage.discrepancies import Recorded
from app.web.api.bodies import takes, takes_query
from app.web.api.fields import Answer, Body, Npn
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add
from app.web.api.uploads import one_file, takes_file
from app.workflows.licenses.audit_roster import audit_roster
from app.workflows.licenses.resolve_discrepancy import (
    LONGEST_NOTE,
    LONGEST_OWNER,
    NotSettled,
    Settled,
    assign_discrepancy,
    resolve_discrepancy,
)
from app.workflows.licenses.sign_audit import NotSigned, sign_audit
from app.workflows.licenses.their_report import NotAudited

_ROOM_FOR_MULTIPART = 64 * 1024
_FILES = ("text/csv", "text/xml", "application/xml")
_ERRORS_SHOWN = 100


class AuditQuery(BaseModel):
    """`format` is known by the first bytes where it is not said; `npn`: whose report it is, where the file does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["csv", "nipr-detail", "nipr-csr"] | None = None
    npn: Npn | None = None
    whole: bool = False
    period: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")] | None = None
    file_name: str = "report"


class AuditSigning(Body):
    """As what the holder of the key signs."""

    role: Literal["compliance", "admin", "supervisor"]


class DiscrepancyResolving(Body):
    """kept: our roster is right; corrected: an import puts it right; mistaken: the report is wrong, and the note says why."""

    as_: Literal["kept", "corrected", "mistaken"] = Field(alias="as")
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE)] = ""


class DiscrepancyOwner(Body):
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_OWNER)]


class AuditShown(Answer):
    """`roster_version` is the roster it left behind. `finished_at` null: cut off; the same file again goes on there."""

    id: int
    period: str
    begun_at: datetime
    begun_by: str
    file_name: str
    file_sha256: str
    format: str
    whole: bool
    as_of: date | None
    roster_version: int
    compared: int
    not_in_report: int
    discrepancies: int
    open: int
    suspended: int
    finished_at: datetime | None
    signed_at: datetime | None
    signed_by: str | None
    signed_role: str | None


class AuditMade(AuditShown):
    """`again`: the same file was compared with this very roster before, and this is that audit."""

    again: bool


class DiscrepancyShown(Answer):
    """`loa` is null for what nobody can read for sure. `suspended`: only an import that shows it active brings it back."""

    id: int
    audit_id: int
    npn: str
    state: str
    loa: str | None
    kind: Literal["missing_here", "missing_there", "lapsed", "differing", "sold_not_held", "unmapped"]
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    less: bool
    suspended: bool
    owner: str | None
    due_at: datetime
    overdue: bool
    resolved_at: datetime | None
    resolved_by: str | None
    resolved_as: str | None
    note: str | None


class AuditList(Answer):
    """`next_cursor` is null on the last page."""

    items: list[AuditShown]
    next_cursor: str | None


class AuditWithDiscrepancies(AuditShown):
    """`items` are its discrepancies, page by page; `next_cursor` is null on the last one."""

    items: list[DiscrepancyShown]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    one, discrepancy = f"/audits/{ID}audit_id>", f"/discrepancies/{ID}discrepancy_id>"
    add(blueprint, "POST", "/roster/audits", audit_file, AuditMade, problems=[413, 415, 422])
    add(blueprint, "GET", "/audits", list_audits, AuditList, problems=[422])
    add(blueprint, "GET", one, get_audit, AuditWithDiscrepancies, problems=[404, 422])
    add(blueprint, "POST", f"{one}/sign", sign, AuditShown, problems=[404, 409, *REFUSES_BODIES])
    for verb, view in (("resolve", resolve_one), ("assign", assign_one)):
        add(blueprint, "POST", f"{discrepancy}/{verb}", view, DiscrepancyShown, problems=[404, 409, *REFUSES_BODIES])


@needs("roster", largest_body_bytes=LARGEST_FILE + _ROOM_FOR_MULTIPART)
@takes_file(*_FILES)
@takes_query(AuditQuery)
def audit_file(query: AuditQuery) -> AuditMade:
    """Hold the roster against a report without importing it; the same file on the same roster is compared once."""
    content, file_name = one_file(_FILES, query.file_name)
    outcome = audit_roster(
        content,
        file_name=file_name,
        file_format=query.format,
        npn=query.npn,
        whole=query.whole,
        period=query.period,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotAudited):
        raise Problem(422, f"Nothing was compared: {outcome.why}.")
    if isinstance(outcome, Refusal):
        raise _refused(outcome)
    return AuditMade(**_fields(outcome.audit), again=outcome.again)


@needs("roster")
@takes_query(Page)
def list_audits(query: Page) -> AuditList:
    """Every audit, oldest first."""
    with tools().database.read() as tx:
        found = audits.listed(tx, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return AuditList(
        items=[AuditShown(**_fields(one)) for one in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("roster")
@takes_query(Page)
def get_audit(audit_id: int, query: Page) -> AuditWithDiscrepancies:
    """One audit with what it found."""
    with tools().database.read() as tx:
        one = _there(tx, audit_id)
        found = discrepancies.of_audit(tx, audit_id, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return AuditWithDiscrepancies(
        **_fields(one),
        items=[_discrepancy(each) for each in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("roster")
@takes(AuditSigning)
def sign(audit_id: int, body: AuditSigning) -> AuditShown:
    """Answer for an audit, once nothing of it is open."""
    outcome = sign_audit(audit_id, body.role, actor=key().actor, database=tools().database, now=tools().clock.now())
    if outcome is None:
        raise Problem(404, "There is no such audit.")
    if isinstance(outcome, NotSigned):
        raise Problem(409, f"Not signed: {outcome.why}.", more={"open": outcome.open})
    return AuditShown(**_fields(outcome))


@needs("roster")
@takes(DiscrepancyResolving)
def resolve_one(discrepancy_id: int, body: DiscrepancyResolving) -> DiscrepancyShown:
    """Say what became of a discrepancy. It gives nobody authority."""
    outcome = resolve_discrepancy(
        discrepancy_id,
        Settled(body.as_),
        body.note,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    return _settled(outcome)


@needs("roster")
@takes(DiscrepancyOwner)
def assign_one(discrepancy_id: int, body: DiscrepancyOwner) -> DiscrepancyShown:
    """Give a discrepancy to somebody; its deadline stays."""
    outcome = assign_discrepancy(
        discrepancy_id, body.owner, actor=key().actor, database=tools().database, now=tools().clock.now()
    )
    return _settled(outcome)


def _settled(outcome: Recorded | NotSettled | None) -> DiscrepancyShown:
    if outcome is None:
        raise Problem(404, "There is no such discrepancy.")
    if isinstance(outcome, NotSettled):
        raise Problem(409, f"Not done: {outcome.why}.")
    return _discrepancy(outcome)


def _there(tx: Transaction, audit_id: int) -> Audit:
    one = audits.load(tx, audit_id)
    if one is None:
        raise Problem(404, "There is no such audit.")
    return one


def _fields(one: Audit) -> dict[str, Any]:
    return {name: getattr(one, "file_format" if name == "format" else name) for name in AuditShown.model_fields}


def _discrepancy(one: Recorded) -> DiscrepancyShown:
    now = tools().clock.now()
    more = {"loa": one.line or None, "note": one.resolution, "overdue": one.is_overdue(now)}
    return DiscrepancyShown(**{**vars(one), **more})


def _refused(refusal: Refusal) -> Problem:
    errors = [
        {"line": error.line, "column": error.column, "message": error.why, "value": error.value}
        for error in refusal.errors[:_ERRORS_SHOWN]
    ]
    many = "error" if refusal.total == 1 else "errors"
    return Problem(422, f"{refusal.total} {many}; nothing was compared.", errors)
