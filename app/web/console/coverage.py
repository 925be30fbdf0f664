"""The map of the 56 jurisdictions: who could take calls from there today, and where nobody could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, url_for

from app.domain import states
from app.domain.lines import Requirement
from app.reports import tile_grid
from app.reports.wording import counted
from app.web.console.asked import asked_requirement, asked_state, link_to, requirement_choices, spelled
from app.web.console.doors import Section, read, render, tools
from app.workflows.authority.coverage import Gate, StateCoverage, coverage_of, requirements, state_detail

GATES = {
    Gate.OPEN: "open",
    Gate.PILOT: "pilot, some ZIPs only",
    Gate.CLOSED: "closed",
    Gate.AGENCY_LAPSED: "open, but the agency's own license has ended",
}
_PIPS = {0: 0, 1: 1, 2: 2, 4: 3}


@dataclass(frozen=True)
class Tile:
    """One state on the map. `look` are its classes; `told` is what a screen reader and the pointer's tip say."""

    of: StateCoverage
    x: int
    y: int
    href: str
    look: str
    told: str
    mark: str
    pips: int


def add_to(pages: Section) -> None:
    pages.add("GET", "/coverage", coverage_map)
    pages.add("GET", "/coverage/<state>", coverage_state)


def coverage_map() -> Response:
    now = tools().clock.now()
    with read() as tx:
        known = requirements(tx)
        requirement = asked_requirement(known)
        covered = coverage_of(tx, requirement, now)
    return render(
        "compliance/coverage.html",
        requirement=requirement,
        spelled=spelled(requirement),
        choices=requirement_choices(known, requirement),
        tiles=[_tile(each, requirement) for each in covered],
        covered=sorted(covered, key=_weight),
        uncovered=[each.state for each in covered if each.is_uncovered],
        alone=[each.state for each in _taking_calls(covered) if each.producers == 1],
        open_count=len(_taking_calls(covered)),
        ending=sum(each.ending.producers for each in covered if each.ending),
        ready=[each.state for each in covered if each.gate is Gate.CLOSED and each.producers],
        gates=GATES,
        grid=tile_grid,
    )


def coverage_state(state: str) -> Response:
    asked_state(state)
    now = tools().clock.now()
    with read() as tx:
        known = requirements(tx)
        requirement = asked_requirement(known)
        detail = state_detail(tx, state, requirement, now)
    return render(
        "compliance/coverage_state.html",
        detail=detail,
        requirement=requirement,
        spelled=spelled(requirement),
        choices=requirement_choices(known, requirement),
        expansion=link_to("desk.expansion"),
    )


def _taking_calls(covered: Sequence[StateCoverage]) -> list[StateCoverage]:
    return [each for each in covered if each.gate in (Gate.OPEN, Gate.PILOT)]


def _weight(covered: StateCoverage) -> tuple[bool, bool, bool, str]:
    """What is wrong comes first, then what takes calls, then where somebody could."""
    takes = covered.gate in (Gate.OPEN, Gate.PILOT)
    return not covered.is_uncovered, not takes, not covered.producers, states.name(covered.state)


def _tile(covered: StateCoverage, requirement: Requirement) -> Tile:
    x, y = tile_grid.corner(covered.state)
    look = f"step-{covered.step} gate-{covered.gate.value.replace('_', '-')}"
    return Tile(
        of=covered,
        x=x,
        y=y,
        href=url_for("compliance.coverage_state", state=covered.state, line=str(requirement)),
        look=f"{look} is-uncovered" if covered.is_uncovered else look,
        told=_told(covered),
        mark="!" if covered.is_uncovered else {Gate.PILOT: "P", Gate.AGENCY_LAPSED: "A"}.get(covered.gate, ""),
        pips=_PIPS[covered.step],
    )


def _told(covered: StateCoverage) -> str:
    """ "Ohio: 3 producers, open; 1 ends within 90 days"."""
    who = counted(covered.producers, "producer") if covered.producers else "nobody"
    ending = f"; {counted(covered.ending.producers, 'license')} ending within 90 days" if covered.ending else ""
    return f"{states.name(covered.state)}: {who}, {GATES[covered.gate]}{ending}"
