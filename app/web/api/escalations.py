"""/escalations/{id}: what supervisors do with one item of their queue, and what they look at before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from apiflask import APIBlueprint
from pydantic import StringConstraints

from app.domain.promises import Slot
from app.storage import escalations
from app.storage.escalations import Escalation
from app.web.api import record_shapes as shapes
from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import Answer, Body, Instant, Npn
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.assign_escalation import assign_escalation, candidates
from app.workflows.leads.call_now import call_now
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.escalation_in_hand import Refused
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from app.workflows.leads.schedule_escalation import schedule_escalation, slots_of

Found = TypeVar("Found")


class Assignment(Body):
    npn: Npn


class CallNow(Body):
    """Without `npn`: by whoever has authority and is free."""

    npn: Npn | None = None


class Schedule(Body):
    at: Instant


class Resolving(Body):
    outcome: Literal["served", "opted_out", "wrong_number", "duplicate", "blocked", "unreachable"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class Candidate(Answer):
    """A producer as this escalation sees them: `reasons` is empty where they are allowed."""

    npn: str
    name: str
    allowed: bool
    reasons: list[str]
    availability: str


class Candidates(Answer):
    """Those with authority first, among them those who are available."""

    items: list[Candidate]


class FreeSlot(Answer):
    """A call may start at `due_at` and must have started by `promised_by`."""

    due_at: datetime
    promised_by: datetime


class FreeSlots(Answer):
    items: list[FreeSlot]


def add_to(blueprint: APIBlueprint) -> None:
    one = f"/escalations/{ID}escalation_id>"
    add(blueprint, "GET", one, get_escalation, shapes.Escalation, problems=[404])
    add(blueprint, "GET", f"{one}/producers", get_candidates, Candidates, problems=[404, 409])
    add(blueprint, "GET", f"{one}/slots", get_slots, FreeSlots, problems=[404, 409])
    add(blueprint, "POST", f"{one}/claim", claim, shapes.Escalation, problems=[404, 409, 413])
    for verb, view in (("assign", assign), ("call", call), ("schedule", schedule), ("resolve", resolve)):
        add(blueprint, "POST", f"{one}/{verb}", view, shapes.Escalation, problems=[404, 409, *REFUSES_BODIES])


@needs("read")
def get_escalation(escalation_id: int) -> shapes.Escalation:
    """One item of the supervisors' queue."""
    with tools().database.read() as tx:
        return _answer(escalations.load(tx, escalation_id))


@needs("read")
def get_candidates(escalation_id: int) -> Candidates:
    """Everybody it could be assigned to, and why not."""
    found = _there(candidates(escalation_id, database=tools().database, now=tools().clock.now()))
    return Candidates(items=[Candidate(**{**vars(one), "reasons": list(one.reasons)}) for one in found])


@needs("read")
def get_slots(escalation_id: int) -> FreeSlots:
    """The next lawful times for a call."""
    found = _there(slots_of(escalation_id, database=tools().database, now=tools().clock.now()))
    return FreeSlots(items=[_slot(slot) for slot in found])


@needs("supervisor")
def claim(escalation_id: int) -> shapes.Escalation:
    """Take it: one wins. Automatic callbacks rest from then on."""
    return _answer(
        claim_escalation(escalation_id, actor=key().actor, database=tools().database, now=tools().clock.now())
    )


@needs("supervisor")
@takes(Assignment)
def assign(escalation_id: int, body: Assignment) -> shapes.Escalation:
    """Give it to a producer with authority, who calls at the first lawful moment."""
    return _answer(
        assign_escalation(
            escalation_id, body.npn, actor=key().actor, database=tools().database, now=tools().clock.now()
        )
    )


@needs("supervisor")
@takes(CallNow)
def call(escalation_id: int, body: CallNow) -> shapes.Escalation:
    """Have the person called now, where law, STOP and authority allow it."""
    return _answer(
        call_now(escalation_id, body.npn, actor=key().actor, database=tools().database, now=tools().clock.now())
    )


@needs("supervisor")
@takes(Schedule)
def schedule(escalation_id: int, body: Schedule) -> shapes.Escalation:
    """Promise a call at a lawful time."""
    return _answer(
        schedule_escalation(
            escalation_id, body.at, actor=key().actor, database=tools().database, now=tools().clock.now()
        )
    )


@needs("supervisor")
@takes(Resolving)
def resolve(escalation_id: int, body: Resolving) -> shapes.Escalation:
    """Say how it came out."""
    return _answer(
        resolve_escalation(
            escalation_id,
            Resolution(body.outcome),
            body.note,
            actor=key().actor,
            database=tools().database,
            now=tools().clock.now(),
        )
    )


def _answer(found: Escalation | Refused | Unmet | None) -> shapes.Escalation:
    if isinstance(found, Unmet):
        raise wrong_field(found.field, found.why)
    return shapes.escalation(_there(found), tools().clock.now())


def _there(found: Found | Refused | None) -> Found:
    """What was found, or the problem instead."""
    if found is None:
        raise Problem(404, "There is no such escalation.")
    if isinstance(found, Refused):
        raise _refusal(found)
    return found


def _refusal(refused: Refused) -> Problem:
    more: dict[str, Any] = {"reasons": list(refused.reasons)}
    if refused.has_it is not None:
        more["has_it"] = refused.has_it
    if refused.slots:
        more["slots"] = [_slot(slot).model_dump(mode="json") for slot in refused.slots]
    return Problem(409, f"Not done: {', '.join(refused.reasons)}.", more=more)


def _slot(slot: Slot) -> FreeSlot:
    return FreeSlot(due_at=slot.due_at, promised_by=slot.promised_by)
