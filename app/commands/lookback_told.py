"""What `threegate lookback` says: how the log was read, how far it is, what was found."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.call_logs.layout import Layout, Options
from app.call_logs.tally import Tally
from app.commands.output import instant, print_table, refuse
from app.domain.lookback.calls import LoggedCall
from app.domain.lookback.report import About, Evidence, Report
from app.reports.sentences import findings, ranged
from app.reports.wording import counted, dollars_ranged
from app.workflows.lookback.own import OwnLookBack

TOLD_EVERY = 5_000
"""Calls between two words of progress."""

SHOWN = 12
"""Rows of a table in the terminal; page and JSON have all."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_writable(path: Path | None) -> None:
    """Bad input where the file cannot be written: said before the work, not after it."""
    if path is None:
        return
    try:
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        refuse(f"{path}: {error.strerror}")


def show_layout(path: Path, layout: Layout) -> None:
    """On standard error: how the columns were understood, and how to say otherwise."""
    used = ", ".join(f"{ours}={theirs}" for ours, theirs in layout.columns)
    click.echo(f"{path.name}: read as {layout.format}: {used}", err=True)
    if layout.unused:
        click.echo(f"not used: {', '.join(layout.unused)} (--column OURS=THEIRS says otherwise)", err=True)
    if layout.times == "assumed UTC":
        click.echo(f"{_NO_ZONE} Say it: --time-zone America/New_York", err=True)


_NO_ZONE = "The log's times have no zone: they were read as UTC, and calling hours were not judged."


def about(path: Path, layout: Layout, options: Options, tally: Tally, roster_name: str | None) -> About:
    """What was read, and what had to be assumed."""
    notes = [_NO_ZONE] if layout.times == "assumed UTC" else []
    if options.time_zone is not None and layout.times == "time zone given":
        notes.append(f"Times without a zone were read as {options.time_zone.key}.")
    if options.loa is not None:
        notes.append(f"Calls whose line the log does not say were read as {options.loa}.")
    return About(
        calls_name=path.name,
        calls_format=layout.format,
        roster_name=roster_name or "the database",
        columns=layout.columns,
        unread=tally.unread(),
        notes=tuple(notes),
    )


def followed(calls: Iterable[LoggedCall], tally: Tally, size_bytes: int) -> Iterator[LoggedCall]:
    """The calls, with a bar on a terminal; a pipe or a file is told nothing."""
    if not sys.stderr.isatty():
        yield from calls
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=size_bytes)
        for number, call in enumerate(calls, 1):
            if number % TOLD_EVERY == 0:
                progress.update(task, completed=tally.bytes_read, description=f"{number:,} calls")
            yield call


@contextmanager
def evidence_file(path: Path | None) -> Iterator[Callable[[Evidence], None] | None]:
    """Where each finding goes as a row; None where nobody asked for the file."""
    if path is None:
        yield None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Evidence)])
        yield lambda evidence: writer.writerow([_cell(value) for value in astuple(evidence)])


def _cell(value: object) -> str:
    """As a spreadsheet may open it: nothing begins like a formula (OWASP ASVS 1.2.10)."""
    if isinstance(value, datetime):
        return instant(value) or ""
    text = "|".join(value) if isinstance(value, tuple) else str(value)
    text = text.removeprefix("+1 ")
    return f"'{text}" if text.startswith(_FORMULA) else text


def tell(report: Report, html_path: Path | None) -> None:
    """The findings, and the tables that somebody acts on."""
    first, last = report.first_at, report.last_at
    assert first is not None
    assert last is not None
    unreached = f", {report.unreached:,} dialed and not answered" if report.unreached else ""
    click.echo(
        f"{report.calls:,} calls, {first:%Y-%m-%d} to {last:%Y-%m-%d}: {report.taken:,} taken, {report.lost:,} lost{unreached}"
    )
    for unread in report.about.unread:
        click.echo(f"not read: {counted(unread.rows, 'row')} ({unread.why}; the first is line {unread.first_line})")
    click.echo()
    for finding in findings(report):
        mark = {"bad": "!!", "watch": " !", "good": "ok"}[finding.weight]
        click.echo(f"{mark}  {finding.title}")
        click.echo(f"    {finding.told}")
    _tell_missing(report)
    _tell_licenses_to_get(report)
    click.echo()
    click.echo(
        "Best case: only what is certain. Worst case: also what our gate would have refused on what the log knows."
    )
    if html_path is None:
        click.echo("The whole of it, with every state, producer and call: --html lookback.html")
    else:
        click.echo(f"The page: {html_path}")


def _tell_missing(report: Report) -> None:
    if not report.missing:
        return
    click.echo("\nWhich license was missing:")
    header = ("producer", "npn", "what", "calls", "from", "to")
    rows = [
        (row.name, row.npn, row.why, ranged(row.calls), f"{row.first_at:%Y-%m-%d}", f"{row.last_at:%Y-%m-%d}")
        for row in report.missing[:SHOWN]
    ]
    print_table(header, rows)
    if len(report.missing) > SHOWN:
        click.echo(f"and {len(report.missing) - SHOWN} more")


def _tell_licenses_to_get(report: Report) -> None:
    if not report.licenses_to_get:
        return
    click.echo("\nThe licenses that would have caught most:")
    header = ("producer", "state", "line", "what to do", "calls without authority", "lost leads", "fee", "waiting")
    rows = [
        (
            row.name,
            row.state,
            row.lines,
            row.what,
            ranged(row.unauthorized),
            ranged(row.lost),
            "ask the state"
            if row.fee_low_cents is None or row.fee_high_cents is None
            else dollars_ranged(row.fee_low_cents, row.fee_high_cents),
            row.waiting,
        )
        for row in report.licenses_to_get
    ]
    print_table(header, rows)


def tell_own(found: OwnLookBack, html_path: Path | None) -> None:
    """Zero, or what is not."""
    report = found.report
    click.echo(
        f"our own calls, {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}: "
        f"{report.taken:,} talks, {report.lost:,} callers whom nobody took, {found.dialed:,} people rung back"
    )
    for what, rows in (
        ("without authority by what was known then", found.found),
        ("rung outside the hours of the law", found.dialed_outside_hours),
        ("without authority by today's roster only (a change reached back: exposure)", found.exposed),
    ):
        click.echo(f"{len(rows)} {what}")
        for evidence in rows[:SHOWN]:
            who = evidence.name or "nobody"
            click.echo(f"    call {evidence.line}, {evidence.at:%Y-%m-%d %H:%M}Z, {who}: {evidence.why}")
    click.echo(f"{len(found.unproved)} without an acceptance in the ledger that says yes again")
    for unproved in found.unproved[:SHOWN]:
        click.echo(f"    call {unproved.call_sid}, NPN {unproved.npn}: {unproved.why}")
    click.echo("It reads zero." if found.is_clean else "It does not read zero.")
    if html_path is not None:
        click.echo(f"The page: {html_path}")
