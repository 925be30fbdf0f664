"""POST /ping and POST /leads: what vendors send before they transfer a call."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from pydantic import Field, StringConstraints, model_validator

from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import E164, Answer, Body, StateText, Text, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.repeats import keeps_its_answer, repeatable
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.leads.answer_ping import PingAnswer, answer_ping
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.limits import LimitReached
from app.workflows.leads.receive_lead import LeadReceived, PostedLead, receive_lead

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class Ping(Body):
    """Where the caller would be: one of `state`, `zip`, `phone`."""

    model_config = example(campaign="+18005550199", state="OH")

    campaign: E164
    state: StateText | None = None
    zip: Text | None = None
    phone: Text | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        one_of(state=self.state, zip=self.zip, phone=self.phone)
        return self


class PingVerdict(Answer):
    """`reason` where it is a no; only an accepted ping has a number to send the caller to, by `expires_at`.

    Until `held_until` one producer who may take that call is promised to no other ping.
    """

    accept: bool
    state: str | None
    licensed: bool
    available: bool
    reason: str | None
    ping_id: int
    transfer_to: str | None
    expires_at: datetime | None
    held_until: datetime | None


class NewLead(Body):
    """A lead as the vendor has it. A `state` or `zip` that cannot be read is kept, and counts as not given."""

    campaign: E164
    phone: E164
    first_name: Name | None = None
    last_name: Name | None = None
    state: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] | None = None
    zip: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] | None = None
    address: Text | None = None
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    consent: Annotated[str, StringConstraints(max_length=10_000)] | dict[str, Any] | None = None
    ping_id: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class LeadResidence(Answer):
    states: list[str]
    confidence: str
    conflict: bool


class LeadAccepted(Answer):
    """`duplicate`: the same phone is open on this campaign already; `lead_id` is then that lead's."""

    lead_id: int
    residence: LeadResidence
    duplicate: bool
    transfer_to: str
    expires_at: datetime


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/ping", ping, PingVerdict, problems=REFUSES_BODIES)
    add(blueprint, "POST", "/leads", post_lead, LeadAccepted, status=201, problems=[409, *REFUSES_BODIES])


@needs("vendor")
@takes(Ping)
def ping(body: Ping) -> PingVerdict:
    """Would a call from there be served lawfully right now?"""
    answered = answer_ping(
        body.campaign,
        state=body.state,
        zip_code=body.zip,
        phone=body.phone,
        key=key(),
        agency_zone=ZoneInfo(tools().settings.time_zone),
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(answered, Unmet):
        raise wrong_field(answered.field, answered.why)
    return _verdict(answered)


def _verdict(answered: PingAnswer) -> PingVerdict:
    return PingVerdict(
        accept=answered.accept,
        state="|".join(answered.states) or None,
        licensed=answered.licensed,
        available=answered.available,
        reason=answered.reason,
        ping_id=answered.ping_id,
        transfer_to=answered.transfer_to,
        expires_at=answered.expires_at,
        held_until=answered.held_until,
    )


@needs("vendor")
@keeps_its_answer
@takes(NewLead)
def post_lead(body: NewLead) -> LeadAccepted:
    """A lead whose call is about to come. With an Idempotency-Key, a repeated request gets the first one's answer."""
    now = tools().clock.now()
    received = receive_lead(
        _posted(body),
        key=key(),
        repeatable=repeatable(),
        database=tools().database,
        now=now,
        agency_zone=ZoneInfo(tools().settings.time_zone),
    )
    if isinstance(received, LimitReached):
        raise _not_now(received, now)
    if isinstance(received, Unmet):
        raise wrong_field(received.field, received.why)
    return _accepted(received)


def _not_now(limit: LimitReached, now: datetime) -> Problem:
    seconds = max(1, math.ceil((limit.until - now).total_seconds()))
    told = f"{limit.why[0].upper()}{limit.why[1:]}. Nothing was kept."
    return Problem(409, told, headers={"Retry-After": str(seconds)}, more={"reasons": [limit.reason]})


def _posted(body: NewLead) -> PostedLead:
    consent = body.consent
    return PostedLead(
        campaign=body.campaign,
        phone=body.phone,
        first_name=body.first_name or "",
        last_name=body.last_name or "",
        state=body.state or None,
        zip_code=body.zip or None,
        address=body.address or "",
        external_id=body.external_id,
        consent=json.dumps(consent, ensure_ascii=False) if isinstance(consent, dict) else consent,
        ping_id=body.ping_id,
    )


def _accepted(received: LeadReceived) -> LeadAccepted:
    residence = received.residence
    return LeadAccepted(
        lead_id=received.lead_id,
        residence=LeadResidence(
            states=list(residence.states), confidence=residence.confidence, conflict=residence.conflict
        ),
        duplicate=received.duplicate,
        transfer_to=received.transfer_to,
        expires_at=received.expires_at,
    )
