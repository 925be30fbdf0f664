"""POST /calls/{sid}/wrong-state: a producer learned that the caller lives, or is right now, elsewhere."""

from __future__ import annotations

from typing import Annotated, Self

from apiflask import APIBlueprint
from pydantic import StringConstraints, model_validator

from app.carrier.addresses import Addresses
from app.domain import told_place
from app.domain.told_place import Place
from app.web.api import record_shapes as shapes
from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import Answer, Body, StateText, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import is_sid, residence_of
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.calls.wrong_state import Noted, NotMoved, report_wrong_state
from app.workflows.errors import UnknownCall


class WrongState(Body):
    """One of `state` and `zip`. A state is added to what is known of the caller; a ZIP is the caller's own word."""

    model_config = example(state="PA")

    state: StateText | None = None
    zip: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        one_of(state=self.state, zip=self.zip)
        return self


class StateNoted(Answer):
    """`residence` is what holds from here on; `redirected`: the carrier was asked to take the caller out of the talk."""

    call_sid: str
    phase: str
    residence: shapes.Residence
    redirected: bool


def add_to(blueprint: APIBlueprint) -> None:
    add(
        blueprint,
        "POST",
        "/calls/<call_sid>/wrong-state",
        wrong_state,
        StateNoted,
        problems=[404, 409, 502, *REFUSES_BODIES],
    )


@needs("presence")
@takes(WrongState)
def wrong_state(call_sid: str, body: WrongState) -> StateNoted:
    """Note where the caller lives or is, and move them out of a talk to a producer licensed there."""
    place = _place(body)
    try:
        if not is_sid(call_sid):
            raise UnknownCall(call_sid)
        told = report_wrong_state(
            call_sid,
            place,
            by=key().actor,
            database=tools().database,
            carrier=tools().carrier,
            address_of=Addresses(tools().settings.public_base_url).redirected,
            now=tools().clock.now(),
        )
    except UnknownCall:
        raise Problem(404, "There is no such call.") from None
    return _answer(told)


def _place(body: WrongState) -> Place:
    if body.zip is None:
        return Place(state=body.state)
    place = told_place.in_zip(body.zip)
    if place is None:
        raise wrong_field("zip", "not a ZIP that lies in a state")
    return place


def _answer(told: Noted | NotMoved) -> StateNoted:
    if isinstance(told, NotMoved):
        kept = "The state is noted, and the lead goes to the supervisors when the call ends"
        raise Problem(409 if told.over else 502, f"The caller could not be moved: {told.why}. {kept}.")
    if told.over:
        raise Problem(409, "The call is over. The state is noted, and the lead is with the supervisors.")
    call = told.call
    return StateNoted(
        call_sid=call.call_sid, phase=call.phase, residence=residence_of(call), redirected=told.leaves is not None
    )
