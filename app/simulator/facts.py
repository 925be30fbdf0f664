"""What is known of one call: what the product's API says, and what the simulated carrier saw. Plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.simulator.calls import Call
from app.simulator.legs import Leg
from app.simulator.parties import ProducerBehavior

Json = Mapping[str, Any]
Get = Callable[[str], Json]
"""Asks the product's API: a path below /api/v1, the answer's JSON."""

MOST_ITEMS = 200
"""As many escalations are asked for at once; the tour makes four."""


@dataclass(frozen=True)
class Moment:
    """Something that the carrier saw: `who` is a number, `what` and `detail` as in its transcript.

    Seconds count from the call's arrival; `by_machine` where no person answers on that leg.
    """

    second: float
    leg: str
    who: str
    what: str
    detail: str = ""
    by_machine: bool = False


@dataclass(frozen=True)
class Done:
    """Something that was done to the product from outside while the call went on, and what it answered."""

    second: float
    what: str
    answer: Json


@dataclass(frozen=True)
class Bridged:
    """Two people spoke: the producer's number, the keys that they had pressed, and for how long."""

    leg: str
    number: str
    pressed: str
    second: float
    seconds: float


@dataclass(frozen=True)
class Facts:
    """One call. `story` is GET /calls/{sid}, `decisions` are GET /decisions/{id}, `lead` is GET /leads/{id}.

    `escalations` are those of GET /escalations about this call; `second` is how long ago it arrived.
    """

    caller: str
    number: str
    arrived_at: datetime
    second: float
    moments: Sequence[Moment]  # in the order in which they came
    bridges: Sequence[Bridged]
    story: Json
    decisions: Sequence[Json]
    lead: Json | None
    escalations: Sequence[Json]
    done: Sequence[Done] = ()


def gather(call: Call, get: Get, *, done: Sequence[tuple[datetime, str, Json]] = (), decided: dict[int, Json]) -> Facts:
    """All that is known of `call` now. `decided` keeps the decisions that were asked for: they never change."""
    arrived_at = call.leg.started_at
    # The carrier first: what it has seen by now came of decisions that the product has already made.
    with call.leg.exchange.lock:
        second = (call.leg.exchange.now - arrived_at).total_seconds()
        moments, bridges = _moments(call, arrived_at), _bridges(call, arrived_at)
    story = get(f"/calls/{call.sid}")
    for decision_id in story["decisions"]:
        if decision_id not in decided:
            decided[decision_id] = get(f"/decisions/{decision_id}")
    listed = get(f"/escalations?limit={MOST_ITEMS}")["items"]
    return Facts(
        caller=call.leg.number,
        number=call.leg.to_number,
        arrived_at=arrived_at,
        second=second,
        moments=moments,
        bridges=bridges,
        story=story,
        decisions=[decided[decision_id] for decision_id in story["decisions"]],
        lead=get(f"/leads/{story['lead_id']}") if story["lead_id"] is not None else None,
        escalations=[item for item in listed if item["call_sid"] == call.sid],
        done=[Done((at - arrived_at).total_seconds(), what, answer) for at, what, answer in done],
    )


def _moments(call: Call, arrived_at: datetime) -> list[Moment]:
    return [
        Moment(
            second=(line.at - arrived_at).total_seconds(),
            leg=line.leg.sid,
            who=line.leg.number,
            what=line.what,
            detail=line.detail,
            by_machine=_is_machine(line.leg),
        )
        for line in call.transcript()
    ]


def _is_machine(leg: Leg) -> bool:
    behavior = leg.party.behavior if leg.party else None
    return isinstance(behavior, ProducerBehavior) and behavior.is_machine


def _bridges(call: Call, arrived_at: datetime) -> list[Bridged]:
    now = call.leg.exchange.now
    return [
        Bridged(
            leg=bridge.child.sid,
            number=bridge.child.number,
            pressed=bridge.child.pressed,
            second=(bridge.since - arrived_at).total_seconds(),
            seconds=((bridge.until or now) - bridge.since).total_seconds(),
        )
        for bridge in call.bridges
    ]
