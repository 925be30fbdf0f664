"""`threegate drill`: what every caller of a state would experience now, on a copy of the roster; never dials anyone."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from app.commands.drill_told import show_progress, tell
from app.commands.lookback_told import check_writable
from app.commands.output import command_tools, operator, print_json, refuse
from app.domain import instants, states
from app.domain.drill_report import DrillReport, plain
from app.domain.instants import BadInstant
from app.domain.lines import BadRequirement, Requirement
from app.domain.states import State
from app.rosters.errors import shortened
from app.storage import drills
from app.storage.copying import RosterMoved
from app.storage.database import Database
from app.timekeeping import SystemClock

REQUESTED_NICENESS = 10


@click.command()
@click.option("--state", "state_texts", multiple=True, metavar="OH", help="Only this state, also one that is not open.")
@click.option("--campaign", "numbers", multiple=True, metavar="+1…", help="Only this campaign.")
@click.option("--loa", help="Another line than the campaign's: life, property+casualty.")
@click.option("--at", "at_text", metavar="ISO", help="At this instant; without: now, or when the hours open next.")
@click.option("--html", "html_path", type=click.Path(path_type=Path), help="Write the page there: one file.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--asked-by", hidden=True, help="For the scheduler: in whose name; only the numbers are printed.")
def drill(
    state_texts: tuple[str, ...],
    numbers: tuple[str, ...],
    loa: str | None,
    at_text: str | None,
    html_path: Path | None,
    as_json: bool,
    asked_by: str | None,
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

    if asked_by:
        # Nobody's call waits for a drill; and one that is told to end takes its copy along.
        os.nice(REQUESTED_NICENESS)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
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
        run_by=asked_by or operator(),
        roster_version=copied.roster_version,
        seconds=round((SystemClock().now() - began).total_seconds(), 1),
        covered=tuple(covered),
        only_campaigns=numbers,
    )
    ids = _keep(report, numbers, with_.database, now)
    if asked_by:
        print_json({"drills": ids, "passed": report.passed})
    else:
        tell(report, html_path, as_json=as_json)
    if not report.passed:
        sys.exit(1)


def _keep(report: DrillReport, numbers: Sequence[str], database: Database, now: datetime) -> list[int]:
    """A row for each state; their ids."""
    with database.begin() as tx:
        return [
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
            for one in _by_state(report)
        ]


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
