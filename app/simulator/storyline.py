"""The lines that a story is told in, and how people and times are named in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.simulator import wording
from app.simulator.cast import Member
from app.simulator.facts import Bridged, Facts

Tone = Literal["phone", "speech", "gate", "yes", "no", "bridge", "outside"]


@dataclass(frozen=True)
class Line:
    """One line. `second` counts from the call's arrival; None continues the line above. `code` is the product's own."""

    second: float | None
    who: str
    text: str
    tone: Tone = "phone"
    code: str = ""


People = Mapping[str, Member]
"""Producers by their number."""


@dataclass(frozen=True)
class Story:
    """A scene: the call that came in, and the `later` ones that the product placed because of it.

    `is_brief`: those without authority are told in one line.
    """

    first: Facts
    later: Sequence[Facts] = ()
    is_brief: bool = False

    @property
    def calls(self) -> Sequence[Facts]:
        return (self.first, *self.later)

    @property
    def bridges(self) -> Sequence[Bridged]:
        return [bridge for facts in self.calls for bridge in facts.bridges]

    def second_of(self, facts: Facts, second: float) -> float:
        """A second of one of `calls`, counted from the first one's arrival."""
        return second + (facts.arrived_at - self.first.arrived_at).total_seconds()


def name_of(number: str, people: People) -> str:
    return people[number].name if number in people else wording.spoken_number(number)


def second_of(facts: Facts, at: str) -> float:
    """The product's instant `at`, in seconds from the call's arrival."""
    return (datetime.fromisoformat(at) - facts.arrived_at).total_seconds()
