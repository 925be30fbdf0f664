"""GET /drills: what was drilled last, state by state. A drill itself is a command: it takes seconds to minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import StringConstraints

from app.storage import drills
from app.storage.drills import Drill
from app.web.api.bodies import takes_query
from app.web.api.fields import Answer
from app.web.api.keys import needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.routes import add


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


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/drills", list_drills, Drills, problems=[422])
    add(blueprint, "GET", "/drills/<int(max=2147483647):drill_id>", get_drill, DrillReport, problems=[404])


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
