"""The tour on the tests' stage: in process, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app import scheduler
from app.simulator import tour
from app.simulator.cast import STATES, members, packaged
from app.simulator.exchange import Exchange
from app.simulator.facts import Json
from app.simulator.narrator import closing, tell
from app.simulator.scenes import SCENES, Scene
from app.simulator.storyline import Line, Story
from app.storage import access
from tests.product import Stage

ROSTER = packaged("roster.csv")
LONGEST_SCENE_SECONDS = 600
PEOPLE = {member.phone: member for member in members(ROSTER)}


@dataclass
class TourStage:
    """`seconds_a_look`: how much virtual time goes by between two ticks of the scheduler, and two looks."""

    stage: Stage
    seconds_a_look: float = 5.0

    @property
    def exchange(self) -> Exchange:
        return self.stage.exchange

    def get(self, path: str) -> dict[str, Any]:
        return self.stage.get(path)

    def import_roster(self, roster: bytes) -> dict[str, Any]:
        return self._send("POST", "/roster/imports", data=roster, content_type="text/csv")

    def send(self, method: str, path: str, body: Json) -> dict[str, Any]:
        return self._send(method, path, also=(409,), json=body)

    def play(self, look: Callable[[], bool]) -> None:
        for _ in range(int(LONGEST_SCENE_SECONDS / self.seconds_a_look)):
            self.exchange.run(self.seconds_a_look)
            scheduler.tick(self.stage.tools)
            if look():
                return
        raise AssertionError(f"the scene is not over after {LONGEST_SCENE_SECONDS} s")

    def prepare(self, roster: bytes) -> None:
        """As the demo does it: states, roster, everybody available."""
        self.stage.open(*STATES)
        self.import_roster(roster)
        for member in members(roster):
            self.send("PUT", f"/producers/{member.npn}/presence", {"presence": "available"})

    @cached_property
    def key(self) -> str:
        """An API key as the demo's own."""
        with self.stage.database.begin() as tx:
            scopes = ("read", "presence", "roster", "supervisor")
            return access.create_key(tx, name="demo", scopes=scopes, now=self.stage.now)

    def _send(self, method: str, path: str, *, also: Sequence[int] = (), **how: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = self.stage.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **how)
        assert answer.status_code in (200, *also), answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found


def play(stage: Stage, *numbers: int, roster: bytes = ROSTER) -> list[Story]:
    """What came of the scenes with those numbers, from 1; of each where none is given."""
    return [story for _, story in played(TourStage(stage), *numbers, roster=roster)]


def played(
    prepared: TourStage,
    *numbers: int,
    roster: bytes = ROSTER,
    watch: Callable[[Story], None] = lambda story: None,
) -> Iterator[tuple[Scene, Story]]:
    prepared.prepare(roster)
    scenes = [SCENES[number - 1] for number in numbers] if numbers else SCENES
    yield from tour.play(prepared, roster, scenes=scenes, watch=watch)


def texts(story: Story) -> list[str]:
    """Each line as "who: text (code)"."""
    lines: list[Line] = [*tell(story, PEOPLE), *closing(story.first, PEOPLE, later=story.later)]
    return [f"{line.who}: {line.text}{f' ({line.code})' if line.code else ''}" for line in lines]
