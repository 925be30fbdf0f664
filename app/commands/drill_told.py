"""What `threegate drill` says: how far it is, a table of what callers would have experienced, what is wrong and what is thin."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.output import print_json, print_table
from app.domain.drill_report import Covered, DrillReport, Experience, plain

if TYPE_CHECKING:
    from app.simulator.drill_people import Pair


def show_progress(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Each pair, told on standard error where somebody looks."""
    for nth, pair in enumerate(pairs, 1):
        if sys.stderr.isatty():
            click.echo(f"{nth} of {len(pairs)}: {pair.state}, {pair.name}", err=True)
        yield pair


def tell(report: DrillReport, html_path: Path | None, *, as_json: bool) -> None:
    """JSON, or the table; and the page where one is asked for."""
    if html_path is not None:
        from app.reports.drill_page import page

        html_path.write_text(page(report), encoding="utf-8")
    if as_json:
        print_json(plain(report))
        return
    header = ("state", "campaign", "path", "what the caller would have experienced", "promises")
    print_table(header, [_row(one, experience) for one in report.covered for experience in one.experiences])
    for one in report.covered:
        where = f"{one.state}, {one.name}"
        if one.as_if_open:
            click.echo(f"{where}: not open; drilled as if it were")
        for gap in one.gaps:
            click.echo(f"{where}: thin: {gap}")
        for skipped in one.skipped:
            click.echo(f"{where}: not drilled: {skipped.title}: {skipped.why}")
    for one in report.covered:
        for experience in one.experiences:
            for why in experience.wrong:
                click.echo(f"{one.state}, {one.name}: {experience.title}: WRONG: {why}")
    failed = sum(not experience.passed for experience in report.experiences)
    total = len(report.experiences)
    verdict = "every one treated as promised" if not failed else f"{failed} of them treated against a promise"
    click.echo(f"{total} callers drilled in {report.seconds:.1f} s, {verdict}; nobody was dialed.")
    if html_path is not None:
        click.echo(f"{html_path}: the whole of it as one page")


def _row(one: Covered, experience: Experience) -> tuple[str, ...]:
    kept = "kept" if experience.passed else "BROKEN"
    return one.state, one.name, experience.title, experience.outcome, kept
