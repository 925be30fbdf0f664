"""/licenses and /producers/{npn}/suspend: what rests on a license, what lapsed, and taking out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.domain import states
from app.domain.lines import Line
from app.storage import lapses
from app.web.api import license_shapes as shapes
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Answer, Body, Npn, StateText
from app.web.api.keys import key, needs, tools
from app.web.api.moves import Day
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.presence import is_npn, nobody
from app.web.api.problems import Problem
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.licenses.change_license import LONGEST_REASON, Objection, Refused, suspend_license
from app.workflows.licenses.change_producer import Changed, suspend_producer, unsuspend_producer
from app.workflows.licenses.impact import NotHeld, impact_of


def _listed_states(text: str) -> str:
    unknown = [each for each in text.split(",") if states.parse(each) is None]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not one of the 56 jurisdictions that license producers, e.g. FL,GA")
    return ",".join(states.parse(each) or "" for each in text.split(","))


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ImpactQuery(_Query):
    """`without`: states joined by commas; the resident one where it is not given. `on`: as it would be on that day."""

    npn: Npn
    without: Annotated[str, StringConstraints(max_length=300), AfterValidator(_listed_states)] | None = None
    on: Day | None = None


class LapseQuery(Page):
    days: Annotated[int, Field(ge=1, le=3660)] = 30


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class LicenseSuspension(Body):
    """Without `loa`: every line. `since`: it was not in force from that day on; the calls that rested on it are listed."""

    npn: Npn
    state: StateText
    loa: Literal[tuple(str(line) for line in Line)] | None = None  # type: ignore[valid-type]
    reason: Reason
    since: Day | None = None


class ProducerReason(Body):
    reason: Reason


class Lapses(Answer):
    """`next_cursor` is null on the last page."""

    items: list[shapes.Lapse]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    producer = "/producers/<npn>"
    changes = [404, *REFUSES_BODIES]
    add(blueprint, "GET", "/licenses/impact", show_impact, shapes.LicenseImpact, problems=[404, 422])
    add(blueprint, "GET", "/licenses/lapses", list_lapses, Lapses, problems=[422])
    add(blueprint, "POST", "/licenses/suspend", suspend_one_license, shapes.SuspendedLicense, problems=changes)
    add(blueprint, "POST", f"{producer}/suspend", suspend_one_producer, shapes.ChangedProducer, problems=changes)
    add(blueprint, "POST", f"{producer}/unsuspend", unsuspend_one_producer, shapes.ChangedProducer, problems=changes)


@needs("roster")
@takes_query(ImpactQuery)
def show_impact(query: ImpactQuery) -> shapes.LicenseImpact:
    """What would go if a license lapsed; nothing is changed."""
    wanted = query.without.split(",") if query.without else ()
    found = impact_of(query.npn, wanted, on=query.on, database=tools().database, now=tools().clock.now())
    if isinstance(found, NotHeld):
        raise Problem(404, _sentence(found.why))
    return shapes.impact(found)


@needs("roster")
@takes_query(LapseQuery)
def list_lapses(query: LapseQuery) -> Lapses:
    """Resident licenses that lapsed, and what went with each; oldest first."""
    now = tools().clock.now()
    with tools().database.read() as tx:
        since = now - timedelta(days=query.days)
        found = lapses.written(tx, since, after=after_cursor(query.cursor), limit=query.limit + 1)
        page = found[: query.limit]
        back = lapses.in_force_at_home(tx, {entry.facts["npn"] for entry in page}, now)
    return Lapses(
        items=[shapes.lapse(entry, back) for entry in page],
        next_cursor=cursor_after(page[-1].entry_id) if len(found) > len(page) else None,
    )


@needs("roster")
@takes(LicenseSuspension)
def suspend_one_license(body: LicenseSuspension) -> shapes.SuspendedLicense:
    """Suspend a license at once; only an import that sees it active gives it back."""
    found = suspend_license(
        body.npn,
        body.state,
        Line(body.loa) if body.loa else None,
        reason=body.reason,
        since=body.since,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(found, Refused):
        raise _problem(found)
    return shapes.suspended(found)


@needs("roster")
@takes(ProducerReason)
def suspend_one_producer(npn: str, body: ProducerReason) -> shapes.ChangedProducer:
    """Take a producer out at once."""
    if not is_npn(npn):
        raise nobody()
    now = tools().clock.now()
    return _changed(suspend_producer(npn, reason=body.reason, actor=key().actor, database=tools().database, now=now))


@needs("roster")
@takes(ProducerReason)
def unsuspend_one_producer(npn: str, body: ProducerReason) -> shapes.ChangedProducer:
    """Give a producer back what their licenses give."""
    if not is_npn(npn):
        raise nobody()
    now = tools().clock.now()
    return _changed(unsuspend_producer(npn, reason=body.reason, actor=key().actor, database=tools().database, now=now))


def _problem(refused: Refused) -> Problem:
    if refused.objection is Objection.WRONG and refused.field:
        return wrong_field(refused.field, refused.why)
    return Problem(404, _sentence(refused.why))


def _sentence(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}."


def _changed(found: Changed | Refused) -> shapes.ChangedProducer:
    if isinstance(found, Refused):
        raise _problem(found)
    return shapes.changed(found)
