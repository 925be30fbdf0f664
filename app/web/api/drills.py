"""/drills: what was drilled, state by state; and asking for a drill, which the scheduler then runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field, StringConstraints

from app.storage import drills, requested_work
from app.storage.drills import Drill
from app.storage.requested_work import RequestedWork
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import E164, Answer, Body, StateText
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.repeats import keeps_its_answer, repeatable
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.licenses.ask_drill import ACCEPTED, KIND, TooMany, ask_drill

RETRY_SECONDS = 60


class DrillQuery(Page):
    state: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] | None = None


class DrillShown(Answer):
    """`campaign` null: every campaign there was. `passed`: nobody would have been treated against a promise."""

    id: int
    at: datetime
    run_by: str
    state: str
    campaign: str | None
    roster_version: int
    passed: bool


class Drills(Answer):
    """`next_cursor` is null on the last page."""

    items: list[DrillShown]
    next_cursor: str | None


class DrillReport(DrillShown):
    """A drill with its report, as `threegate drill --json` prints one state."""

    report: dict[str, Any]


class NewDrill(Body):
    """`states` null: every open one; `campaign` null: every one. A state that is not open is drilled as if it were."""

    states: Annotated[list[StateText], Field(min_length=1, max_length=56)] | None = None
    campaign: E164 | None = None


class DrillAccepted(Answer):
    """`GET /drills/requests/{request_id}` says how far it is."""

    request_id: int
    status: str


class DrillRequest(Answer):
    """`status`: waiting, running, done or failed. `drill_ids`, one for each state, are there when it is done."""

    request_id: int
    status: str
    states: list[str]
    campaign: str | None
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    why: str
    passed: bool | None
    drill_ids: list[int]


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/drills", list_drills, Drills, problems=[422])
    add(blueprint, "POST", "/drills", post_drill, DrillAccepted, status=ACCEPTED, problems=[429, *REFUSES_BODIES])
    add(blueprint, "GET", f"/drills/{ID}drill_id>", get_drill, DrillReport, problems=[404])
    add(blueprint, "GET", f"/drills/requests/{ID}request_id>", get_drill_request, DrillRequest, problems=[404])


@needs("roster")
@takes_query(DrillQuery)
def list_drills(query: DrillQuery) -> Drills:
    """Every drill, oldest first; with `state` only its own."""
    with tools().database.read() as tx:
        found = drills.listed(tx, state=query.state, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return Drills(
        items=[DrillShown(**_fields(drill)) for drill in page],
        next_cursor=cursor_after(page[-1].drill_id) if len(found) > len(page) else None,
    )


@needs("roster")
def get_drill(drill_id: int) -> DrillReport:
    """One drill, with what each caller would have experienced."""
    with tools().database.read() as tx:
        drill, report = drills.one(tx, drill_id), drills.report(tx, drill_id)
    if drill is None or report is None:
        raise Problem(404, "There is no such drill.")
    return DrillReport(**_fields(drill), report=report)


@needs("roster")
@keeps_its_answer
@takes(NewDrill)
def post_drill(body: NewDrill) -> DrillAccepted:
    """Ask for a drill; the scheduler runs it on a copy of the roster. With an Idempotency-Key, once."""
    asked = ask_drill(
        body.states or (),
        body.campaign,
        asked_by=key().actor,
        repeatable=repeatable(),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(asked, Unmet):
        raise wrong_field(asked.field, asked.why)
    if isinstance(asked, TooMany):
        raise Problem(429, f"{asked.waiting} drills wait already.", headers={"Retry-After": str(RETRY_SECONDS)})
    return DrillAccepted(request_id=asked.request_id, status=asked.status)


@needs("roster")
def get_drill_request(request_id: int) -> DrillRequest:
    """How far a drill is that was asked for, and what came of it."""
    with tools().database.read() as tx:
        work = requested_work.load(tx, request_id)
    if work is None or work.kind != KIND:
        raise Problem(404, "Nobody has asked for such a drill; requests are kept for 30 days.")
    return _request(work)


def _request(work: RequestedWork) -> DrillRequest:
    found = work.found or {}
    return DrillRequest(
        request_id=work.id,
        status=work.status,
        states=work.asked["states"],
        campaign=work.asked["campaign"],
        asked_by=work.asked_by,
        asked_at=work.asked_at,
        started_at=work.started_at,
        finished_at=work.finished_at,
        why=work.why,
        passed=found.get("passed"),
        drill_ids=found.get("drills", []),
    )


def _fields(drill: Drill) -> dict[str, Any]:
    return {
        "id": drill.drill_id,
        "at": drill.at,
        "run_by": drill.run_by,
        "state": drill.state,
        "campaign": drill.campaign,
        "roster_version": drill.roster_version,
        "passed": drill.passed,
    }
