"""What rests on a license: the states and lines that go when it lapses, and who is left.

Judged by the rule itself (licensing.py), each state taken as open: what the agency may do is told apart from this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from app.domain.licensing import License, Opening, Producer, Question, Residency, Status, judge
from app.domain.lines import Line, Requirement
from app.domain.states import State

Pair: TypeAlias = tuple[State, Line]
"""One line of authority somewhere."""


@dataclass(frozen=True, slots=True)
class Going:
    """One line of authority that goes. `itself`: it is the lapsing license's own, and rests on no other."""

    license: License
    itself: bool

    @property
    def pair(self) -> Pair:
        return self.license.state, self.license.line


def without(producer: Producer, states: Collection[State], lines: Collection[Line] | None = None) -> Producer:
    """The producer as they would stand if their licenses in `states` (of these lines) had lapsed."""
    return replace(
        producer,
        licenses=tuple(
            replace(held, status=Status.EXPIRED)
            if held.state in states and (lines is None or held.line in lines)
            else held
            for held in producer.licenses
        ),
    )


def putting_back(producer: Producer, licenses: Iterable[License]) -> Producer:
    """The producer with these licenses in place of those that they have there now."""
    earlier = {(held.state, held.line): held for held in licenses}
    return replace(producer, licenses=tuple(earlier.get((held.state, held.line), held) for held in producer.licenses))


def authority_of(producer: Producer, at: datetime) -> frozenset[Pair]:
    """Every state and line that the producer may take a caller for at `at`, wherever the state is open."""
    return frozenset(
        (held.state, held.line)
        for held in producer.licenses
        if judge(producer, _question(held.state, held.line), at).allowed
    )


def cascade(before: Producer, after: Producer, at: datetime) -> tuple[Going, ...]:
    """What `before` has and `after` does not: the lapsing licenses' own lines first, then what rested on them."""
    kept = authority_of(after, at)
    lost = authority_of(before, at) - kept
    there = {(held.state, held.line): held for held in after.licenses}
    going = [
        Going(held, itself=held != there.get((held.state, held.line)))
        for held in before.licenses
        if (held.state, held.line) in lost
    ]
    return tuple(sorted(going, key=lambda each: (not each.itself, each.pair)))


def serves(authority: Collection[Pair], states: Iterable[State], requirement: Requirement) -> bool:
    """Whether these lines of authority are enough, in each of the states; no states at all are not."""
    governed = tuple(states)
    return bool(governed) and all(
        any(all((state, line) in authority for line in group) for group in requirement.alternatives)
        for state in governed
    )


def coverage(others: Iterable[Producer], wanted: Collection[Pair], at: datetime) -> Mapping[Pair, tuple[Producer, ...]]:
    """Who else may take a caller for each of the `wanted`, whether they are there or not."""
    left: dict[Pair, list[Producer]] = {pair: [] for pair in wanted}
    for producer in others:
        for pair in {(held.state, held.line) for held in producer.licenses} & left.keys():
            if judge(producer, _question(*pair), at).allowed:
                left[pair].append(producer)
    return MappingProxyType({pair: tuple(found) for pair, found in left.items()})


def is_home(producer: Producer, license_: License) -> bool:
    """Whether it is the resident license that others rest on."""
    return license_.state == producer.resident_state and license_.residency is Residency.RESIDENT


def _question(state: State, line: Line) -> Question:
    return Question((state,), Requirement(((line,),)), openings={state: Opening(is_open=True)})
