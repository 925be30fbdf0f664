"""/renewals and /calendar-feeds: licenses that run out, who renews them, and the calendar of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

from apiflask import APIBlueprint
from pydantic import StringConstraints

from app.domain.renewals import Step, days_left
from app.storage import renewals
from app.storage.database import Transaction
from app.storage.renewals import RenewalTask
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Answer, Body
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.licenses.calendar_feed import LONGEST_NAME, BadName, make_calendar_address
from app.workflows.licenses.touch_renewal import AlreadyClosed, assign_renewal, mark_step
from app.workflows.licenses.watch_renewals import untouched

Found = TypeVar("Found")


class RenewalQuery(Page):
    status: Literal["open", "closed"] | None = None


class Owner(Body):
    """A name or an email."""

    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]


class DoneStep(Body):
    step: Literal["education", "filed", "paid", "confirmed"]


class NewFeed(Body):
    """Whose calendar it is; the same name again ends the address before."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]


class Steps(Answer):
    """When each was marked as done; null where it was not."""

    education: datetime | None
    filed: datetime | None
    paid: datetime | None
    confirmed: datetime | None


class Renewal(Answer):
    """`closed_as` is renewed, withdrawn or lapsed: what the roster showed, at `closed_version` where it was renewed.

    `states_resting`: in so many other states authority ends with this license; 0 where it is not the resident one.
    """

    id: int
    npn: str
    name: str
    state: str
    resident: bool
    states_resting: int
    lines: list[str]
    expires_on: date
    days_left: int
    owner: str | None
    untouched: bool
    steps: Steps
    opened_at: datetime
    closed_at: datetime | None
    closed_as: str | None
    closed_version: int | None


class Renewals(Answer):
    """`next_cursor` is null on the last page."""

    items: list[Renewal]
    next_cursor: str | None


class Feed(Answer):
    """`address` is shown this once. `rotated`: an older address of the same name has ended."""

    name: str
    address: str
    rotated: bool


def add_to(blueprint: APIBlueprint) -> None:
    one = f"/renewals/{ID}renewal_id>"
    add(blueprint, "GET", "/renewals", list_renewals, Renewals, problems=[422])
    add(blueprint, "POST", f"{one}/assign", assign_owner, Renewal, problems=[404, 409, *REFUSES_BODIES])
    add(blueprint, "POST", f"{one}/steps", mark_done, Renewal, problems=[404, 409, *REFUSES_BODIES])
    add(blueprint, "POST", "/calendar-feeds", make_feed, Feed, status=201, problems=REFUSES_BODIES)


@needs("roster")
@takes_query(RenewalQuery)
def list_renewals(query: RenewalQuery) -> Renewals:
    """Licenses that run out within 90 days, and what became of others; oldest first."""
    now = tools().clock.now()
    with tools().database.read() as tx:
        is_open = None if query.status is None else query.status == "open"
        found = renewals.listed(tx, is_open=is_open, after=after_cursor(query.cursor), limit=query.limit + 1)
        page = found[: query.limit]
        return Renewals(
            items=[_shown(tx, task, now) for task in page],
            next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
        )


@needs("roster")
@takes(Owner)
def assign_owner(renewal_id: int, body: Owner) -> Renewal:
    """Let it belong to somebody."""
    return _answer(
        assign_renewal(renewal_id, body.owner, actor=key().actor, database=tools().database, now=tools().clock.now())
    )


@needs("roster")
@takes(DoneStep)
def mark_done(renewal_id: int, body: DoneStep) -> Renewal:
    """Say that a step is done; only a roster that shows a later date closes it."""
    return _answer(
        mark_step(renewal_id, Step(body.step), actor=key().actor, database=tools().database, now=tools().clock.now())
    )


@needs("roster")
@takes(NewFeed)
def make_feed(body: NewFeed) -> Feed:
    """A calendar's address, shown once; the one before it of the same name ends."""
    made = make_calendar_address(body.name, actor=key().actor, database=tools().database, now=tools().clock.now())
    if isinstance(made, BadName):
        raise wrong_field("name", made.why)
    return Feed(name=made.name, address=f"{tools().settings.public_base_url}{made.path}", rotated=made.rotated)


def _answer(found: RenewalTask | AlreadyClosed | None) -> Renewal:
    if found is None:
        raise Problem(404, "There is no such renewal.")
    if isinstance(found, AlreadyClosed):
        raise Problem(
            409, f"Not done: the roster has closed it as {found.task.closed_as}.", more={"reasons": ["closed"]}
        )
    with tools().database.read() as tx:
        return _shown(tx, found, tools().clock.now())


def _shown(tx: Transaction, task: RenewalTask, now: datetime) -> Renewal:
    runs_out = task.runs_out
    return Renewal(
        id=task.id,
        npn=task.npn,
        name=task.name,
        state=runs_out.state,
        resident=task.is_resident,
        states_resting=renewals.resting_on(tx, task, now),
        lines=[str(line) for line in runs_out.lines],
        expires_on=runs_out.expires_on,
        days_left=days_left(runs_out.state, runs_out.expires_on, now),
        owner=task.owner,
        untouched=untouched(task, now),
        steps=Steps(**{str(step): at for step, at in task.steps.items()}),
        opened_at=task.opened_at,
        closed_at=task.closed_at,
        closed_as=task.closed_as,
        closed_version=task.closed_version,
    )
