"""The tour: four calls, each played to its end. What comes of them is for the product to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.simulator.calls import Call
from app.simulator.cast import AGENCY, Member, members, suspended
from app.simulator.exchange import Exchange
from app.simulator.facts import Facts, Json, gather
from app.simulator.legs import Leg
from app.simulator.parties import NO_ANSWER, CallerBehavior, ProducerBehavior, accepts, voicemail
from app.simulator.wording import state_names

IMPORT_AFTER_SECONDS = 3.0
"""How long a phone rings before the file arrives that suspends its owner's license."""


class Stage(Protocol):
    """A product that is running, with its roster imported and everybody available."""

    @property
    def exchange(self) -> Exchange: ...

    def get(self, path: str) -> Json:
        """GET /api/v1{path}."""
        ...

    def import_roster(self, roster: bytes) -> Json:
        """POST /api/v1/roster/imports."""
        ...

    def play(self, call: Call, watch: Callable[[], None]) -> None:
        """Let the call go on until it is over, for the carrier and for the product; `watch` may be called meanwhile."""
        ...


@dataclass(frozen=True)
class Scene:
    """Who calls, what they key, and how producers (by NPN) take it; the others pick up and press 1."""

    title: str
    caller: str
    zip_code: str
    behaviors: Mapping[str, ProducerBehavior] = field(default_factory=dict)
    suspends_in: str | None = None
    """The state in which the license of whoever is rung first is suspended while the phone rings."""


GRACE, FRANK, BEN = "90000004", "90000006", "90000001"

SCENES = (
    Scene("A caller keys an Ohio ZIP", "+16145550150", "43215", {GRACE: NO_ANSWER}),
    Scene("A caller keys a Florida ZIP", "+13055550151", "33130"),
    Scene(
        "A license is suspended while the phone rings",
        "+12155550152",
        "19103",
        {FRANK: accepts(after=8)},
        suspends_in="PA",
    ),
    Scene("A machine picks up", "+15125550153", "78701", {BEN: voicemail()}),
)


@dataclass
class Playing:
    """One scene on a stage, from the ring of the first phone to the last word."""

    scene: Scene
    stage: Stage
    roster: bytes
    call: Call
    done: list[tuple[datetime, str, Json]] = field(default_factory=list)
    decided: dict[int, Json] = field(default_factory=dict)

    def facts(self) -> Facts:
        """All that is known now."""
        return gather(self.call, self.stage.get, done=tuple(self.done), decided=self.decided)

    def suspend(self, phone: str, state: str) -> None:
        """A roster file arrives that suspends what `phone`'s owner holds in `state`."""
        at = self.stage.exchange.now
        answer = self.stage.import_roster(suspended(self.roster, phone, state))
        name = next(member.name for member in members(self.roster) if member.phone == phone)
        self.done.append((at, f"imports a roster file: {name}, {state_names([state])}, suspended", answer))


def play(
    stage: Stage,
    roster: bytes,
    *,
    scenes: Sequence[Scene] = SCENES,
    watch: Callable[[Playing], None] = lambda playing: None,
) -> Iterator[tuple[Scene, Facts]]:
    """Each scene with what came of it; `watch` is called while it goes on."""
    people = members(roster)
    seat(stage.exchange, people)
    for scene in scenes:
        for member in people:
            stage.exchange.set_behavior(member.phone, scene.behaviors.get(member.npn, accepts()))
        yield scene, _play(scene, stage, roster, watch)


def seat(exchange: Exchange, people: list[Member]) -> None:
    """Give everybody a phone."""
    for member in people:
        exchange.add_producer(member.phone)


def _play(scene: Scene, stage: Stage, roster: bytes, watch: Callable[[Playing], None]) -> Facts:
    behavior = CallerBehavior(answers=[scene.zip_code], barge_in=True, press_after_seconds=4.0, talk_seconds=75.0)
    call = stage.exchange.call(scene.caller, AGENCY, behavior)
    playing = Playing(scene, stage, roster, call)
    if scene.suspends_in is not None:
        _suspend_at_first_ring(playing, scene.suspends_in)
    stage.play(call, lambda: watch(playing))
    return playing.facts()


def _suspend_at_first_ring(playing: Playing, state: str) -> None:
    waiting = [playing]

    def rings(leg: Leg) -> None:
        if leg.parent is playing.call.leg and waiting:
            waiting.clear()
            leg.exchange.at(IMPORT_AFTER_SECONDS, lambda: playing.suspend(leg.number, state))

    playing.stage.exchange.on("ringing", rings)
