"""How well each state is covered for a line: who could take its calls today, who could not and why, what came from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain import states as jurisdictions
from app.domain.licensing import Opening, Producer, Question, Reason, judge
from app.domain.lines import Line, Requirement
from app.domain.states import State
from app.storage import campaigns, coverage, impact_facts, openings, state_traffic
from app.storage.coverage import Ending, Which
from app.storage.database import Transaction
from app.storage.openings import StateOpening
from app.storage.state_traffic import Traffic

ENDING_WITHIN = timedelta(days=90)
LOOKED_BACK = timedelta(days=30)

MOST_LISTED = 100
"""So many producers of each kind stand on a state's page; the matrix has them all."""


class Gate(StrEnum):
    """How a state stands behind the expansion gate."""

    OPEN = "open"
    PILOT = "pilot"  # open for some ZIPs only
    CLOSED = "closed"
    AGENCY_LAPSED = "agency_lapsed"  # open, but the agency's own license there has ended


def gate_of(opening: Opening | None, now: datetime) -> Gate:
    if opening is None or not opening.is_open:
        return Gate.CLOSED
    if opening.agency_until is not None and opening.agency_until <= now:
        return Gate.AGENCY_LAPSED
    return Gate.OPEN if opening.zips is None else Gate.PILOT


@dataclass(frozen=True)
class StateCoverage:
    """One tile. `producers` have authority for the line today, whether they are at their desk or not."""

    state: State
    producers: int
    gate: Gate
    ending: Ending | None

    @property
    def is_uncovered(self) -> bool:
        """Calls may come from there, and nobody could take them."""
        return self.producers == 0 and self.gate in (Gate.OPEN, Gate.PILOT)

    @property
    def step(self) -> int:
        """The map's four steps: 0, 1, 2 (to 3), 4 (and more)."""
        return self.producers if self.producers < 3 else 2 if self.producers == 3 else 4


def coverage_of(tx: Transaction, requirement: Requirement, now: datetime) -> tuple[StateCoverage, ...]:
    """Every jurisdiction, by code."""
    counted = coverage.counted(tx, requirement, now)
    ending = coverage.ending(tx, requirement, now, now + ENDING_WITHIN)
    gates = impact_facts.every_opening(tx)
    return tuple(
        StateCoverage(state, counted.get(state, 0), gate_of(gates.get(state), now), ending.get(state))
        for state in jurisdictions.ALL
    )


def requirements(tx: Transaction) -> tuple[Requirement, ...]:
    """What a map may be asked for: what the campaigns require, then every single line that somebody has."""
    asked = [campaign.requirement for campaign in campaigns.everything(tx)]
    lines = [Requirement(((line,),)) for line in coverage.lines_held(tx)]
    return tuple(dict.fromkeys([*asked, *lines])) or (Requirement(((Line.LIFE,),)),)


def uncovered(tx: Transaction, now: datetime) -> dict[Requirement, tuple[State, ...]]:
    """For each requirement of a campaign, the open states where nobody on the roster could take its calls."""
    gates = impact_facts.every_opening(tx)
    wanted = [state for state, opening in gates.items() if gate_of(opening, now) in (Gate.OPEN, Gate.PILOT)]
    found = {}
    for requirement in dict.fromkeys(campaign.requirement for campaign in campaigns.everything(tx)):
        counted = coverage.counted(tx, requirement, now)
        found[requirement] = tuple(sorted(state for state in wanted if not counted.get(state)))
    return found


# ---- one state


@dataclass(frozen=True)
class Able:
    """Somebody who could take its calls. `until`: the last day of the first license that this rests on; None: no end."""

    producer: Producer
    until: date | None


@dataclass(frozen=True)
class Unable:
    """Somebody with a license there who could not, and every reason."""

    producer: Producer
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class StateDetail:
    """One state for one requirement. The lists hold the first MOST_LISTED by name; the totals count everybody."""

    state: State
    requirement: Requirement
    gate: Gate
    opening: StateOpening | None
    able: tuple[Able, ...]
    able_total: int
    unable: tuple[Unable, ...]
    unable_total: int
    unlicensed_total: int
    ending: Ending | None
    traffic: Traffic


def state_detail(tx: Transaction, state: State, requirement: Requirement, now: datetime) -> StateDetail:
    """Who could take the state's calls, who could not and why, and what came from there in the last 30 days."""
    allowed, blocked = (
        coverage.search(tx, requirement, now, which=which, state=state, limit=MOST_LISTED)
        for which in (Which.ALLOWED, Which.BLOCKED)
    )
    everybody = coverage.search(tx, requirement, now, which=Which.EVERYBODY, limit=0).total
    gates = impact_facts.every_opening(tx)
    return StateDetail(
        state=state,
        requirement=requirement,
        gate=gate_of(gates.get(state), now),
        opening=openings.of_state(tx, state),
        able=_able(coverage.people(tx, allowed.producer_ids, there=state), state, requirement, now),
        able_total=allowed.total,
        unable=tuple(
            Unable(producer, judge(producer, question_of(state, requirement), now).reasons)
            for producer in coverage.people(tx, blocked.producer_ids, there=state)
        ),
        unable_total=blocked.total,
        unlicensed_total=everybody - allowed.total - blocked.total,
        ending=coverage.ending(tx, requirement, now, now + ENDING_WITHIN).get(state),
        traffic=state_traffic.since_in(tx, now - LOOKED_BACK, state),
    )


def _able(people: Sequence[Producer], state: State, requirement: Requirement, now: datetime) -> tuple[Able, ...]:
    found = []
    for producer in people:
        rests_on = judge(producer, question_of(state, requirement), now).rests_on
        ends = [held.expires_on for held in rests_on if held.expires_on is not None and not held.perpetual]
        found.append(Able(producer, min(ends, default=None)))
    return tuple(found)


def question_of(state: State, requirement: Requirement) -> Question:
    """Asked of the producer alone: the state is taken as open."""
    return Question((state,), requirement, openings={state: Opening(is_open=True)})
