"""PUT /producers/{npn}/presence: a producer is there, or not."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from apiflask import APIBlueprint

from app.web.api.bodies import takes
from app.web.api.fields import Answer, Body
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.presence.set_presence import set_presence


class Presence(Body):
    presence: Literal["available", "away", "offline"]


class PresenceNow(Answer):
    """`availability` is held while a call rings or talks; `present_until` is when presence ends by itself."""

    npn: str
    presence: str
    availability: str
    present_until: datetime


def add_to(blueprint: APIBlueprint) -> None:
    add(
        blueprint,
        "PUT",
        "/producers/<npn>/presence",
        put_presence,
        PresenceNow,
        problems=[404, *REFUSES_BODIES],
    )


@needs("presence")
@takes(Presence)
def put_presence(npn: str, body: Presence) -> PresenceNow:
    """Set a producer's presence; it lasts four hours without a sign."""
    now = tools().clock.now()
    seat = set_presence(npn, body.presence, by=key().actor, database=tools().database, now=now) if is_npn(npn) else None
    if seat is None:
        raise nobody()
    return PresenceNow(
        npn=npn,
        presence=seat.presence,
        availability=seat.availability(now),
        present_until=seat.present_until,
    )


def is_npn(npn: str) -> bool:
    """Whether it could be one at all; what could not is never looked up."""
    return 1 <= len(npn) <= 10 and npn.isascii() and npn.isdigit()


def nobody() -> Problem:
    return Problem(404, "The roster has no such producer.")
