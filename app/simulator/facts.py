"""What is known of one call: what the product's API says, and what the simulated carrier saw. Plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.simulator.bridges import is_producer_leg, pressed_before, producer_leg_of
from app.simulator.calls import Call
from app.simulator.legs import Leg
from app.simulator.parties import ProducerBehavior

Json = Mapping[str, Any]
Get = Callable[[str], Json]
"""Asks the product's API: a path below /api/v1, the answer's JSON."""

_TEXT_STEPS = {
    "queued": "sent",
    "received": "received",
    "delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
}

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
class Deed:
    """Something that `who` did to the product from outside, and what it answered."""

    at: datetime
    who: str
    what: str
    answer: Json


@dataclass(frozen=True)
class Done:
    """A deed by the call's clock; before the call came in the second is negative."""

    second: float
    what: str
    answer: Json
    who: str = "compliance"


@dataclass(frozen=True)
class Texted:
    """A text to the caller or from them: `what` is sent or received, then what became of it (delivered, undelivered,
    failed). `by_carrier`: the carrier's own answer to STOP and its like."""

    second: float
    what: str
    body: str
    error_code: int | None = None
    by_carrier: bool = False


@dataclass(frozen=True)
class Bridged:
    """Two people spoke: the producer's leg and number, the keys that they had pressed by then, and for how long."""

    leg: str
    number: str
    pressed: str
    second: float
    seconds: float


@dataclass(frozen=True)
class Facts:
    """One call. `story` is GET /calls/{sid}, `decisions` are GET /decisions/{id}, `lead` is GET /leads/{id}.

    `escalations` are those of GET /escalations about this call or its lead; `second` is how long ago it arrived.
    `caller` is the consumer, also where a callback rang the producer first (`was_placed`).
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
    texts: Sequence[Texted] = ()  # to and from the caller since the call arrived, by time
    was_placed: bool = False
    consumer_legs: frozenset[str] = frozenset()

    def is_consumer(self, leg: str) -> bool:
        """Whether the caller is on `leg`, and not a producer."""
        return leg in self.consumer_legs or (leg == self.story["call_sid"] and not self.was_placed)


def gather(call: Call, get: Get, *, done: Sequence[Deed] = (), decided: dict[int, Json]) -> Facts:
    """All that is known of `call` now. `decided` keeps the decisions that were asked for: they never change."""
    arrived_at = call.leg.started_at
    # The carrier first: what it has seen by now came of decisions that the product has already made.
    with call.leg.exchange.lock:
        second = (call.leg.exchange.now - arrived_at).total_seconds()
        moments, bridges = _moments(call, arrived_at), _bridges(call, arrived_at)
        consumers = [leg for leg in call.legs if not is_producer_leg(leg)]
    story = get(f"/calls/{call.sid}")
    for decision_id in story["decisions"]:
        if decision_id not in decided:
            decided[decision_id] = get(f"/decisions/{decision_id}")
    listed = get(f"/escalations?limit={MOST_ITEMS}")["items"]
    lead = get(f"/leads/{story['lead_id']}") if story["lead_id"] is not None else None
    # A callback whose producer never pressed 1 has rung no consumer: then the lead knows whom it was for.
    caller = consumers[0].number if consumers else (lead or {}).get("phone") or ""
    return Facts(
        caller=caller,
        number=call.leg.to_number,
        arrived_at=arrived_at,
        second=second,
        moments=moments,
        bridges=bridges,
        story=story,
        decisions=[decided[decision_id] for decision_id in story["decisions"]],
        lead=lead,
        escalations=[
            item for item in listed if item["call_sid"] == call.sid or (lead and item["lead_id"] == lead["lead_id"])
        ],
        done=[Done((deed.at - arrived_at).total_seconds(), deed.what, deed.answer, deed.who) for deed in done],
        texts=_texts(call, caller, arrived_at),
        was_placed=call.was_placed,
        consumer_legs=frozenset(leg.sid for leg in consumers),
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


def _texts(call: Call, caller: str, arrived_at: datetime) -> list[Texted]:
    """What was texted between the caller and us since the call arrived; `queued` and `sent` are one."""
    record = call.leg.exchange.record
    with call.leg.exchange.lock:
        found = [
            Texted(
                second=(at - arrived_at).total_seconds(),
                what=_TEXT_STEPS[status],
                body=text.body,
                error_code=text.error_code if status in ("failed", "undelivered") else None,
                by_carrier=text.by_carrier,
            )
            for text in (*record.texts_to(caller), *record.texts_from(caller))
            for at, status in text.statuses
            if text.created_at >= arrived_at and status in _TEXT_STEPS
        ]
    return sorted(found, key=lambda texted: texted.second)


def _bridges(call: Call, arrived_at: datetime) -> list[Bridged]:
    now = call.leg.exchange.now
    return [
        Bridged(
            leg=producer_leg_of(bridge).sid,
            number=producer_leg_of(bridge).number,
            pressed=pressed_before(bridge),
            second=(bridge.since - arrived_at).total_seconds(),
            seconds=((bridge.until or now) - bridge.since).total_seconds(),
        )
        for bridge in call.bridges
    ]
