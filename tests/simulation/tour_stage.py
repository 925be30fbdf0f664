"""The tour on the tests' stage: in process, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.simulator import tour
from app.simulator.calls import Call
from app.simulator.cast import STATES, members, packaged
from app.simulator.exchange import Exchange
from app.simulator.facts import Facts
from app.simulator.narrator import Line, closing, narrate
from tests.product import Stage

ROSTER = packaged("roster.csv")
PEOPLE = {member.phone: member for member in members(ROSTER)}


@dataclass
class TourStage:
    """`seconds_a_look`: how much virtual time goes by between two looks at a call; None plays it in one go."""

    stage: Stage
    seconds_a_look: float | None = None

    @property
    def exchange(self) -> Exchange:
        return self.stage.exchange

    def get(self, path: str) -> dict[str, Any]:
        return self.stage.get(path)

    def import_roster(self, roster: bytes) -> dict[str, Any]:
        return self._send("POST", "/roster/imports", data=roster, content_type="text/csv")

    def play(self, call: Call, watch: Callable[[], None]) -> None:
        while self.seconds_a_look is not None and not call.ended:
            self.exchange.run(self.seconds_a_look)
            watch()
        self.exchange.run()

    def prepare(self, roster: bytes) -> None:
        """As the demo does it: states, roster, everybody available."""
        self.stage.open(*STATES)
        self.import_roster(roster)
        for member in members(roster):
            self._send("PUT", f"/producers/{member.npn}/presence", json={"presence": "available"})

    def _send(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.stage.key}"}
        answer = self.stage.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **how)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found


def play(stage: Stage, roster: bytes = ROSTER) -> list[Facts]:
    """The facts of each scene."""
    prepared = TourStage(stage)
    prepared.prepare(roster)
    return [facts for _, facts in tour.play(prepared, roster)]


def told(facts: Facts) -> list[Line]:
    return [*narrate(facts, PEOPLE), *closing(facts, PEOPLE)]


def texts(facts: Facts) -> list[str]:
    """Each line as "who: text (code)"."""
    return [f"{line.who}: {line.text}{f' ({line.code})' if line.code else ''}" for line in told(facts)]
