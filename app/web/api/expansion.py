"""/expansion, /documents and /states: into a new state, from the plan to the opening, and out of it at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.domain import states as jurisdictions
from app.domain.expansion import Needs, Obstacle, Step
from app.outside.documents import LARGEST_DOCUMENT, DocumentFolder
from app.rosters.errors import Refusal
from app.storage import expansion as storage
from app.storage.database import Transaction
from app.web.api import expansion_shapes as shapes
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Body, Loa, Npn, StateText
from app.web.api.keys import key, needs, tools
from app.web.api.moves import Day
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add, add_file
from app.web.api.uploads import one_file
from app.web.attachments import attachment
from app.workflows.licenses.add_application import NotAdded, add_application
from app.workflows.licenses.begin_expansion import (
    LARGEST_BUDGET_CENTS,
    LONGEST_NUMBER,
    AgencyLicense,
    NotBegun,
    begin_expansion,
)
from app.workflows.licenses.campaign_gaps import coverage
from app.workflows.licenses.close_state import LONGEST_REASON, NotClosed, close_state
from app.workflows.licenses.open_state import NotOpened, open_on_document
from app.workflows.licenses.rank_targets import DAYS, rank_targets
from app.workflows.licenses.read_document import MEDIA_TYPES, NotRead, Unreadable, read_document
from app.workflows.licenses.record_application import MOST_PAID_CENTS, NotRecorded, record_application
from app.workflows.licenses.show_expansion import Shown, show_expansion
from app.workflows.licenses.upload_document import Fault, NotUploaded, upload_document
from app.workflows.licenses.verify_document import NotVerified, verify_document
from app.workflows.licenses.verify_document import Refusal as Unverifiable

_ROOM_FOR_MULTIPART = 64 * 1024
_ERRORS_SHOWN = 100


class AgencyLicenseGiven(Body):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NUMBER)]
    expires_on: Day


class NewExpansion(Body):
    """Where one is under way, what is given is changed."""

    state: StateText
    budget_cents: Annotated[int, Field(ge=0, le=LARGEST_BUDGET_CENTS)] | None = None
    fewest_producers: Annotated[int, Field(ge=0, le=100_000)] | None = None
    agency_license: AgencyLicenseGiven | None = None


class NewApplication(Body):
    """`loa` is a line, or several joined by +."""

    npn: Npn
    loa: Loa


class ApplicationSteps(Body):
    """What is given is noted. `paid_cents` is all that was paid so far."""

    applied_on: Day | None = None
    approved_on: Day | None = None
    refused_on: Day | None = None
    paid_cents: Annotated[int, Field(ge=0, le=MOST_PAID_CENTS)] | None = None


class StateOpening(Body):
    """`zips`: a pilot territory; null: the whole state."""

    document_id: Annotated[int, Field(ge=1, lt=2**31)]
    zips: Annotated[list[Annotated[str, StringConstraints(max_length=10)]], Field(min_length=1)] | None = None


class StateClosing(Body):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class ExpansionQuery(Page):
    status: Literal["planned", "open", "closed"] | None = None


class TargetQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Annotated[int, Field(ge=1, le=366)] = DAYS


def add_to(blueprint: APIBlueprint) -> None:
    one, made = "/expansion/<state>", f"{ID}application_id>"
    add(blueprint, "GET", "/expansion", list_expansions, shapes.ProjectList, problems=[422])
    add(blueprint, "POST", "/expansion", post_expansion, shapes.ProjectBegun, status=201, problems=REFUSES_BODIES)
    add(blueprint, "GET", "/expansion/targets", list_targets, shapes.Targets, problems=[422])
    add(blueprint, "GET", one, get_expansion, shapes.ProjectWhole, problems=[404])
    refuses = [404, 409, *REFUSES_BODIES]
    add(blueprint, "POST", f"{one}/applications", post_application, shapes.ProjectWhole, status=201, problems=refuses)
    add(blueprint, "POST", f"{one}/applications/{made}", post_steps, shapes.ProjectWhole, problems=refuses)
    add(blueprint, "POST", f"{one}/documents", post_document, shapes.DocumentDone, status=201, problems=refuses)
    add(blueprint, "POST", f"/documents/{ID}document_id>/verify", verify, shapes.DocumentDone, problems=[404, 409, 413])
    add_file(blueprint, f"/documents/{ID}document_id>/file", get_file, MEDIA_TYPES.values(), problems=[404, 409])
    add(blueprint, "POST", "/states/<state>/open", open_, shapes.StateOpened, problems=refuses)
    add(blueprint, "POST", "/states/<state>/close", close, shapes.StateShut, problems=[404, *REFUSES_BODIES])


@needs("roster")
@takes_query(ExpansionQuery)
def list_expansions(query: ExpansionQuery) -> shapes.ProjectList:
    """Every expansion, oldest first."""
    with tools().database.read() as tx:
        found = storage.listed(tx, status=query.status, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return shapes.ProjectList(
        items=[shapes.project(each) for each in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


@needs("roster")
@takes(NewExpansion)
def post_expansion(body: NewExpansion) -> shapes.ProjectBegun:
    """Begin the expansion into a state, or change what is planned for it."""
    given = body.agency_license
    agency = None if given is None else AgencyLicense(given.number, given.expires_on)
    outcome = begin_expansion(
        body.state,
        budget_cents=body.budget_cents,
        fewest_producers=body.fewest_producers,
        agency_license=agency,
        actor=key().actor,
        database=tools().database,
        now=_now(),
    )
    if isinstance(outcome, NotBegun):
        raise Problem(422, outcome.why)
    return shapes.begun(_shown(body.state), created=outcome.created)


@needs("roster")
def get_expansion(state: str) -> shapes.ProjectWhole:
    """The state's expansion: the one under way, else the last."""
    return shapes.whole(_shown(state))


@needs("roster")
@takes(NewApplication)
def post_application(state: str, body: NewApplication) -> shapes.ProjectWhole:
    """Name a producer who is to apply there; 409 with every check that fails."""
    outcome = add_application(
        _code(state), body.npn, body.loa, actor=key().actor, database=tools().database, now=_now()
    )
    if isinstance(outcome, NotAdded):
        if outcome.obstacles:
            raise _against(outcome.obstacles)
        raise wrong_field(outcome.field, outcome.why) if outcome.field else Problem(404, _sentence(outcome.why))
    return shapes.whole(_shown(state))


@needs("roster")
@takes(ApplicationSteps)
def post_steps(state: str, application_id: int, body: ApplicationSteps) -> shapes.ProjectWhole:
    """When the application was filed and decided, and what was paid for it."""
    days = {Step.APPLIED: body.applied_on, Step.APPROVED: body.approved_on, Step.REFUSED: body.refused_on}
    steps: dict[Step, date] = {step: day for step, day in days.items() if day is not None}
    outcome = record_application(
        _code(state),
        application_id,
        steps=steps,
        paid_cents=body.paid_cents,
        actor=key().actor,
        database=tools().database,
        now=_now(),
    )
    if isinstance(outcome, NotRecorded):
        raise wrong_field(outcome.field, outcome.why) if outcome.field else Problem(404, _sentence(outcome.why))
    return shapes.whole(_shown(state))


@needs("roster", largest_body_bytes=LARGEST_DOCUMENT + _ROOM_FOR_MULTIPART)
def post_document(state: str) -> shapes.DocumentDone:
    """Bring a document (PDF, PNG or JPEG, as multipart/form-data) that another person is to verify."""
    code = _code(state)
    content, file_name = one_file((), "", most_bytes=LARGEST_DOCUMENT)
    outcome = upload_document(
        code,
        file_name,
        content,
        actor=key().actor,
        documents=_documents(),
        database=tools().database,
        now=_now(),
    )
    if isinstance(outcome, NotUploaded):
        if outcome.fault is Fault.NO_PROJECT:
            raise Problem(404, _sentence(outcome.why))
        statuses = {Fault.EMPTY: 422, Fault.TOO_LARGE: 413, Fault.WRONG_KIND: 415}
        raise _wrong_file(statuses[outcome.fault], outcome.why)
    return shapes.document(outcome.proof, again=outcome.again)


@needs("roster")
def get_file(document_id: int) -> Response:
    """The document itself, as it was uploaded; who reads it is in the ledger."""
    outcome = read_document(
        document_id, actor=key().actor, documents=_documents(), database=tools().database, now=_now()
    )
    if isinstance(outcome, NotRead):
        status = 404 if outcome.code is Unreadable.UNKNOWN else 409
        raise Problem(status, _sentence(outcome.why), more={"reasons": [str(outcome.code)]})
    return attachment(outcome.content, media_type=outcome.media_type, file_name=outcome.file_name)


@needs("roster")
def verify(document_id: int) -> shapes.DocumentDone:
    """The document proves what it should, says another key than the one that brought it."""
    actor = key().actor
    outcome = verify_document(
        document_id,
        verified_by=actor,
        actor=actor,
        documents=_documents(),
        database=tools().database,
        now=_now(),
    )
    if isinstance(outcome, NotVerified):
        if outcome.code is Unverifiable.UNKNOWN:
            raise Problem(404, _sentence(outcome.why))
        raise Problem(409, _sentence(outcome.why), more={"reasons": [str(outcome.code)]})
    return shapes.document(outcome.proof, again=outcome.again)


@needs("roster")
@takes(StateOpening)
def open_(state: str, body: StateOpening) -> shapes.StateOpened:
    """Open the state on a verified document, whole or for a territory; again to widen it."""
    outcome = open_on_document(
        _code(state),
        body.document_id,
        zips=None if body.zips is None else _lines(body.zips),
        actor=key().actor,
        documents=_documents(),
        database=tools().database,
        now=_now(),
        needs=_needs(),
    )
    if isinstance(outcome, Refusal):
        wrong = [{"pointer": f"/zips/{error.line - 1}", "message": error.why} for error in outcome.errors]
        raise Problem(422, f"zips: {outcome.errors[0].why}", wrong[:_ERRORS_SHOWN])
    if isinstance(outcome, NotOpened):
        raise _against(outcome.obstacles) if outcome.obstacles else Problem(409, _sentence(outcome.why))
    with tools().database.read() as tx:
        return shapes.opened(outcome, coverage(tx, outcome.states, _now()))


@needs("roster")
@takes(StateClosing)
def close(state: str, body: StateClosing) -> shapes.StateShut:
    """Close the state at once: a call that rings is refused at the key press."""
    outcome = close_state(_code(state), reason=body.reason, actor=key().actor, database=tools().database, now=_now())
    if isinstance(outcome, NotClosed):
        raise wrong_field(outcome.field, outcome.why) if outcome.field else Problem(404, _sentence(outcome.why))
    return shapes.StateShut(
        state=outcome.state, changed=outcome.version is not None, opening=shapes.opening(outcome.opening)
    )


@needs("roster")
@takes_query(TargetQuery)
def list_targets(query: TargetQuery) -> shapes.Targets:
    """States that are not open, by the leads and lost calls that we had from them."""
    return shapes.targets(rank_targets(database=tools().database, now=_now(), days=query.days))


# ---- what several of them do


def _code(text: str) -> str:
    code = text.upper()
    if not jurisdictions.is_state(code):
        raise Problem(404, "There is no such state.")
    return code


def _shown(state: str) -> Shown:
    code = _code(state)
    with tools().database.read() as tx:
        return _whole(tx, code)


def _whole(tx: Transaction, code: str) -> Shown:
    found = storage.newest_of(tx, code)
    if found is None:
        raise Problem(404, f"There was never an expansion into {code}.")
    return show_expansion(tx, found, needs=_needs(), now=_now())


def _lines(zips: list[str]) -> bytes:
    if wrong := [index for index, code in enumerate(zips) if not code.isascii() or not code.isdigit()]:
        pointer = f"/zips/{wrong[0]}"
        raise Problem(422, "zips: a ZIP is five digits", [{"pointer": pointer, "message": "a ZIP is five digits"}])
    return "\n".join(zips).encode()


def _against(obstacles: tuple[Obstacle, ...]) -> Problem:
    """409, each thing that speaks against it with its code."""
    why = "; ".join(obstacle.why for obstacle in obstacles)
    wrong = [{"message": obstacle.why} for obstacle in obstacles]
    return Problem(409, _sentence(why), wrong, more={"reasons": [obstacle.code for obstacle in obstacles]})


def _wrong_file(status: int, why: str) -> Problem:
    return Problem(status, _sentence(why), [{"field": "file", "message": why}])


def _documents() -> DocumentFolder:
    return DocumentFolder(tools().settings.documents_dir)


def _needs() -> Needs:
    settings = tools().settings
    return Needs(settings.opening_needs_drill_days, settings.opening_needs_producers)


def _now() -> datetime:
    return tools().clock.now()


def _sentence(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}."
