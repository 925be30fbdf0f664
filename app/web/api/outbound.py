"""POST /calls: a producer is asked to call somebody, through the same gate as every callback."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from apiflask import APIBlueprint
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.domain import zip_codes
from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import E164, Answer, Body, Loa, Npn, StateText, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.repeats import keeps_its_answer, repeatable
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.outbound.ask_call import ACCEPTED, Asked, NotAllowed, ask_call
from app.workflows.outbound.called_person import NoSuchLead, Wanted
from app.workflows.outbound.ceilings import Ceilings


def _zip(text: str) -> str:
    zip5 = zip_codes.normalize(text)
    if zip5 is None or zip_codes.lookup(zip5).kind is zip_codes.Kind.UNKNOWN:
        raise ValueError("there is no such ZIP")
    return zip5


class OutboundRequest(Body):
    """Whom to call: `lead_id`, or else `phone`, with the `state` or `zip` where the person lives as far as it is known."""

    model_config = example(npn="90000001", loa="life", phone="+16145550150", state="OH")

    npn: Npn
    loa: Loa
    lead_id: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    phone: E164 | None = None
    state: StateText | None = None
    zip: Annotated[str, StringConstraints(max_length=20), AfterValidator(_zip)] | None = None

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        one_of(lead_id=self.lead_id, phone=self.phone)
        if self.phone is None and (self.state is not None or self.zip is not None):
            raise ValueError("state and zip go with phone: where a lead lives is known")
        return self


class OutboundCall(Answer):
    """The producer is rung first, within seconds of `due_at`; the person by `promised_by`, or not at all."""

    callback_id: int
    lead_id: int
    due_at: datetime
    promised_by: datetime


class OutboundAccepted(Answer):
    call: OutboundCall
    decision_id: int


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/calls", post_call, OutboundAccepted, status=ACCEPTED, problems=[404, 409, *REFUSES_BODIES])


@needs("dial")
@keeps_its_answer
@takes(OutboundRequest)
def post_call(body: OutboundRequest) -> OutboundAccepted:
    """Have a producer call somebody. With an Idempotency-Key, a repeated request gets the first one's answer."""
    settings = tools().settings
    try:
        asked = ask_call(
            Wanted(body.npn, body.loa, body.lead_id, body.phone, body.state, body.zip),
            actor=key().actor,
            ceilings=Ceilings(settings.dial_per_producer_hour, settings.dial_per_hour),
            repeatable=repeatable(),
            database=tools().database,
            now=tools().clock.now(),
        )
    except NoSuchLead:
        raise Problem(404, "There is no such lead.") from None
    if isinstance(asked, Unmet):
        raise wrong_field(asked.field, asked.why)
    if isinstance(asked, NotAllowed):
        more = {"reasons": list(asked.reasons), "decision_id": asked.decision_id}
        raise Problem(409, asked.detail, more=more)
    return _accepted(asked)


def _accepted(asked: Asked) -> OutboundAccepted:
    call = OutboundCall(
        callback_id=asked.callback_id, lead_id=asked.lead_id, due_at=asked.due_at, promised_by=asked.promised_by
    )
    return OutboundAccepted(call=call, decision_id=asked.decision_id)
