"""`threegate drill`: what every caller of a state would experience now, on a copy of the roster; never dials anyone."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from app.commands.drill_told import show_progress, tell
from app.commands.lookback_told import check_writable
from app.commands.output import command_tools, operator, refuse
from app.domain import instants, states
from app.domain.drill_report import DrillReport, plain
from app.domain.instants import BadInstant
from app.domain.lines import BadRequirement, Requirement
from app.domain.states import State
from app.rosters.errors import shortened
from app.storage import drills
from app.storage.copying import RosterMoved
from app.timekeeping import SystemClock


@click.command()
@click.option("--state", "state_texts", multiple=True, metavar="OH", help="Only this state, also one that is not open.")
@click.option("--campaign", "numbers", multiple=True, metavar="+1…", help="Only this campaign.")
@click.option("--loa", help="Another line than the campaign's: life, property+casualty.")
@click.option("--at", "at_text", metavar="ISO", help="At this instant; without: now, or when the hours open next.")
@click.option("--html", "html_path", type=click.Path(path_type=Path), help="Write the page there: one file.")
@click.option("--json", "as_json", is_flag=True)
def drill(
    state_texts: tuple[str, ...],
    numbers: tuple[str, ...],
    loa: str | None,
    at_text: str | None,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """What every caller would experience, on a copy of the roster; nobody is dialed.

    Exit 1 where a caller would be treated against a promise.

    \b
    threegate drill                                   every open state with every campaign
    threegate drill --state OH --html drill.html
    threegate drill --state IN --loa health           before it is opened, as if it were
    """
    from app.commands.drill_copy import CopiedProduct, NotMadeUp
    from app.commands.drill_pairs import NothingToDrill, pairs_of
    from app.simulator.drill import drill as play

    check_writable(html_path)
    asked = [_state(text) for text in state_texts]
    requirement, at = _requirement(loa), _instant(at_text)
    with_ = command_tools()
    now, began = with_.clock.now(), SystemClock().now()
    with tempfile.TemporaryDirectory(prefix="threegate-drill-") as folder:
        try:
            copied = CopiedProduct(with_.database, with_.settings, Path(folder), now)
        except (RosterMoved, NotMadeUp) as refusal:
            refuse(str(refusal), code=1)
        try:
            pairs = pairs_of(copied, with_.database, asked, numbers, requirement, now)
            covered = [play(copied, pair, at or pair.daytime(now)) for pair in show_progress(pairs)]
        except NothingToDrill as nothing:
            refuse(str(nothing))
        finally:
            copied.close()
    report = DrillReport(
        at=now,
        run_by=operator(),
        roster_version=copied.roster_version,
        seconds=round((SystemClock().now() - began).total_seconds(), 1),
        covered=tuple(covered),
        only_campaigns=numbers,
    )
    with with_.database.begin() as tx:
        for one in _by_state(report):
            drills.add(
                tx,
                now=now,
                run_by=one.run_by,
                state=one.covered[0].state,
                campaign=numbers[0] if len(numbers) == 1 else None,
                roster_version=one.roster_version,
                passed=one.passed,
                report=plain(one),
                facts={"experiences": len(one.experiences), "failed": sum(not each.passed for each in one.experiences)},
            )
    tell(report, html_path, as_json=as_json)
    if not report.passed:
        sys.exit(1)


def _by_state(report: DrillReport) -> list[DrillReport]:
    """The same report, a part for each state."""
    found = dict.fromkeys(one.state for one in report.covered)
    return [replace(report, covered=tuple(one for one in report.covered if one.state == state)) for state in found]


def _state(text: str) -> State:
    found = states.parse(text)
    if found is None:
        refuse(f"--state {shortened(text)}: not a state that licenses producers; e.g. OH")
    return found


def _requirement(text: str | None) -> Requirement | None:
    try:
        return None if text is None else Requirement.parse(text)
    except BadRequirement as bad:
        refuse(f"--loa {bad}")


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else instants.parse(text)
    except BadInstant as error:
        refuse(f"--at {error}")
