"""/complaints: what somebody complained of, on a call or about a producer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import StringConstraints

from app.storage import complaint_log
from app.storage.complaint_log import Complaint
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Answer, Body, Npn
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.licenses.log_complaint import LONGEST, NotLogged, log_complaint

_Sid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,34}$")]


class NewComplaint(Body):
    """About a call, a producer, or both."""

    told: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    npn: Npn | None = None
    call_sid: _Sid | None = None


class ComplaintQuery(Page):
    npn: Npn | None = None
    call_sid: _Sid | None = None


class ComplaintShown(Answer):
    """`name` is the producer's; of a complaint about a call alone, whoever talked on it."""

    id: int
    at: datetime
    npn: str | None
    name: str | None
    call_sid: str | None
    told: str
    logged_by: str


class Complaints(Answer):
    """`next_cursor` is null on the last page."""

    items: list[ComplaintShown]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/complaints", post_complaint, ComplaintShown, status=201, problems=REFUSES_BODIES)
    add(blueprint, "GET", "/complaints", list_complaints, Complaints, problems=[422])


@needs("roster")
@takes(NewComplaint)
def post_complaint(body: NewComplaint) -> ComplaintShown:
    """Write a complaint down; it stays."""
    outcome = log_complaint(
        body.told,
        npn=body.npn,
        call_sid=body.call_sid,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, NotLogged):
        raise wrong_field(outcome.field, outcome.why)
    return _shown(outcome)


@needs("roster")
@takes_query(ComplaintQuery)
def list_complaints(query: ComplaintQuery) -> Complaints:
    """Complaints, oldest first; of one producer, or on one call."""
    with tools().database.read() as tx:
        found = complaint_log.listed(
            tx, npn=query.npn, call_sid=query.call_sid, after=after_cursor(query.cursor), limit=query.limit + 1
        )
    page = found[: query.limit]
    return Complaints(
        items=[_shown(one) for one in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )


def _shown(one: Complaint) -> ComplaintShown:
    return ComplaintShown(**{name: getattr(one, name) or None for name in ComplaintShown.model_fields})
