"""Ringing a phone: what its owner does about it."""

from __future__ import annotations

from enum import Enum

from app.simulator.account import CLIENT
from app.simulator.acting import Party
from app.simulator.legs import Leg
from app.simulator.parties import FAILED
from app.simulator.script import Listen, Pause, Script


class Rung(Enum):
    """How a ring ended; the value is the leg's final status where nobody answered."""

    ANSWERED = "answered"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"


def ring(leg: Leg, for_whom: Leg | None = None) -> Script[Rung]:
    """Ring `leg` until its party decides; one who does not answer rings until somebody gives up."""
    exchange = leg.exchange
    leg.note("is dialed", f"from {leg.from_number}")
    exchange.report(leg, "initiated")
    yield from exchange.tell("initiated", leg)
    behavior = exchange.next_behavior(leg.number)
    if behavior is None and leg.number.startswith(CLIENT):
        yield Pause(exchange.switches.connect_seconds)
        return Rung(exchange.switches.unregistered_client_status)
    behavior = behavior or FAILED
    leg.party = Party(leg, behavior)
    yield Pause(exchange.switches.connect_seconds)
    if behavior.rings in ("failed", "unreachable"):
        return Rung.FAILED
    if behavior.rings == "busy" or exchange.is_engaged(leg):
        return Rung.BUSY
    leg.ring()
    exchange.report(leg, "ringing")
    if for_whom is not None and for_whom.party is not None:
        for_whom.party.someone_rings()
    yield from exchange.tell("ringing", leg)
    if behavior.rings != "answers":
        while True:
            yield Listen()
    yield Pause(behavior.answers_after_seconds)
    leg.answer()
    return Rung.ANSWERED
