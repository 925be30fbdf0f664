"""The tour: calls, each played until nothing of it is left to do. What comes of them is for the product to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.simulator.calls import Call
from app.simulator.cast import AGENCY, Member, members
from app.simulator.deeds import Asked, Hands
from app.simulator.exchange import Exchange
from app.simulator.facts import Facts, Json, gather
from app.simulator.legs import Leg
from app.simulator.parties import accepts
from app.simulator.scenes import SCENES, Cue, Scene
from app.simulator.storyline import Story


class Stage(Asked, Protocol):
    """A product that is running, with its roster imported and everybody available."""

    def play(self, look: Callable[[], bool]) -> None:
        """Let time go by, and `look` again and again until it says that the scene is over."""
        ...


@dataclass
class Playing:
    """One scene on a stage: the call, and what follows from it."""

    scene: Scene
    stage: Stage
    hands: Hands
    call: Call
    cues: list[Cue]
    """Those that are still to come, or under way."""
    decided: dict[int, Json] = field(default_factory=dict)

    def prepare(self, cue: Cue) -> None:
        """It is done when its time comes."""
        to_come = [cue.nth]

        def came(leg: Leg) -> None:
            is_meant = leg is self.call.leg if cue.whose == "caller" else leg.parent is self.call.leg
            if is_meant:
                to_come[0] -= 1
                if to_come[0] == 0:
                    leg.exchange.at(cue.seconds, lambda: self._do(cue, leg))

        self.stage.exchange.on(cue.happening, came)

    def _do(self, cue: Cue, leg: Leg) -> None:
        cue.do(self.hands, leg)
        self.cues.remove(cue)

    def story(self) -> Story | None:
        """All that is known now; None: the product has not answered the call yet."""
        if not (self.call.webhooks and self.call.webhooks[0].status == 200):
            return None
        first = self._gather(self.call, self.hands)
        later = [self._gather(call) for call in self._callbacks(first)]
        return Story(first, tuple(replace(facts, texts=()) for facts in later), self.scene.is_brief)

    def is_over(self, story: Story) -> bool:
        """Whether all has been done and every call has ended, for the carrier and for the product."""
        return (
            not self.cues
            and all(call.ended for call in (self.call, *self._callbacks(story.first)))
            and all(facts.story["phase"] == "ended" for facts in story.calls)
            and self.scene.goes_on_until(story.first)
        )

    def _callbacks(self, facts: Facts) -> list[Call]:
        """The calls that the product has placed for the lead, as far as it knows them by name."""
        exchange = self.stage.exchange
        known = facts.lead["calls"] if facts.lead else []
        with exchange.lock:
            return [call for call in exchange.placed_calls() if call.sid in known]

    def _gather(self, call: Call, hands: Hands | None = None) -> Facts:
        return gather(call, self.stage.get, done=tuple(hands.done) if hands else (), decided=self.decided)


def play(
    stage: Stage,
    roster: bytes,
    *,
    scenes: Sequence[Scene] = SCENES,
    watch: Callable[[Story], None] = lambda story: None,
) -> Iterator[tuple[Scene, Story]]:
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


def _play(scene: Scene, stage: Stage, roster: bytes, watch: Callable[[Story], None]) -> Story:
    hands = Hands(stage, roster)
    for npn in scene.away:
        hands.set_presence(npn, "away")
    stage.exchange.add_person(scene.caller, scene.called_back)
    stage.exchange.set_text_behavior(scene.caller, scene.texts)
    with stage.exchange.lock:
        call = stage.exchange.call(scene.caller, AGENCY, scene.behavior)
        playing = Playing(scene, stage, hands, call, list(scene.cues))
        for cue in scene.cues:
            playing.prepare(cue)
    seen: list[Story] = []

    def look() -> bool:
        story = playing.story()
        if story is None:
            return False
        seen[:] = [story]
        watch(story)
        return playing.is_over(story)

    stage.play(look)
    return seen[-1]
