"""Resident licenses that others rest on: what would go dark if one of them lapsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.licensing import IN_FORCE, License, Producer, Residency
from app.domain.lines import Requirement
from app.domain.lookback.report import SinglePoint
from app.domain.lookback.roster_then import Held, RosterThen
from app.domain.states import State

SHOWN = 5
FEWEST_STATES = 2
"""A resident license that carries fewer other states is no single point of anything."""


@dataclass(frozen=True)
class Holders:
    """Who held authority at an instant: NPNs by (state, requirement), for each requirement of a log."""

    at: datetime
    by_place: Mapping[tuple[State, str], frozenset[str]]

    @property
    def producers_in(self) -> dict[State, int]:
        """How many producers could take a call of the log there, for one requirement or another."""
        people: dict[State, set[str]] = {}
        for (state, _loa), npns in self.by_place.items():
            people.setdefault(state, set()).update(npns)
        return {state: len(npns) for state, npns in people.items()}


def holders(roster: RosterThen, at: datetime, demand: Mapping[tuple[str, str], int]) -> Holders:
    """Everybody's authority at `at`. `demand` is calls by (state, requirement), as the log has them."""
    wanted = {loa: Requirement.parse(loa) for _, loa in demand}
    found: dict[tuple[State, str], set[str]] = {}
    for producer in roster.producers.values():
        places = {(held.state, held.line) for held in producer.licenses if _may_count(held, at)}
        for loa, requirement in wanted.items():
            for state in {state for state, line in places if line in requirement.lines}:
                if roster.standing(producer.npn, (state,), requirement, at).held is Held.YES:
                    found.setdefault((state, loa), set()).add(producer.npn)
    return Holders(at, {place: frozenset(npns) for place, npns in found.items()})


def single_points(roster: RosterThen, held: Holders, demand: Mapping[tuple[str, str], int]) -> tuple[SinglePoint, ...]:
    """The resident licenses that leave most behind, the worst first."""
    carried: dict[tuple[str, str], list[State]] = {}
    for (state, loa), npns in held.by_place.items():
        for npn in npns:
            carried.setdefault((npn, loa), []).append(state)
    points = []
    for (npn, loa), there in carried.items():
        producer = roster.producers[npn]
        away = tuple(sorted(state for state in there if state != producer.resident_state))
        if len(away) < FEWEST_STATES or producer.resident_state not in there:
            continue
        alone = tuple(sorted(state for state in there if len(held.by_place[state, loa]) == 1))
        points.append(
            SinglePoint(
                npn=npn,
                name=producer.name,
                home_state=producer.resident_state,
                line=loa,
                states=away,
                alone_in=alone,
                calls=sum(demand.get((state, loa), 0) for state in away),
                calls_alone=sum(demand.get((state, loa), 0) for state in alone),
                expires_on=_first_to_end(producer, Requirement.parse(loa)),
            )
        )
    return tuple(sorted(points, key=_by_weight)[:SHOWN])


def _by_weight(point: SinglePoint) -> tuple[int, int, int, str, str]:
    return -len(point.alone_in), -len(point.states), -point.calls, point.npn, point.line


def _first_to_end(producer: Producer, requirement: Requirement) -> date | None:
    """The first last day among the resident licenses for these lines; None where all are perpetual."""
    ends = (
        held.expires_on
        for held in producer.licenses
        if held.state == producer.resident_state
        and held.line in requirement.lines
        and held.residency is Residency.RESIDENT
        and held.expires_on is not None
    )
    return min(ends, default=None)


def _may_count(license_: License, at: datetime) -> bool:
    """The cheap half of the question, for rosters of half a million licenses."""
    begun = license_.authority_from is not None and license_.authority_from <= at
    return (
        begun and license_.status in IN_FORCE and license_.authority_until is not None and at < license_.authority_until
    )
