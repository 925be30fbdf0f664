"""`threegate lookback`: what an old call log shows beside a roster. Nothing is stored, nothing is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from app.call_logs.layout import Options, Unreadable
from app.call_logs.reading import calls, look
from app.call_logs.tally import Tally
from app.commands.lookback_told import (
    about,
    check_writable,
    evidence_file,
    followed,
    show_layout,
    tell,
    tell_own,
)
from app.commands.output import command_tools, print_json, read_file, refuse, refuse_file
from app.domain.lines import BadRequirement, Requirement
from app.domain.lookback.analysis import LookBack
from app.domain.lookback.plain import plain
from app.domain.lookback.report import Report
from app.domain.lookback.roster_then import RosterThen
from app.reports.lookback_page import page
from app.rosters import csv_table
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Problems, Refusal, shortened
from app.settings import Settings
from app.workflows.lookback import own as own_calls
from app.workflows.lookback.rosters import roster_of_database, roster_of_file


@click.command()
@click.option("--calls", "calls_path", type=click.Path(path_type=Path), help="The call log: CSV, or Twilio's JSON.")
@click.option("--roster", "roster_path", type=click.Path(path_type=Path), help="A roster file; without: the database.")
@click.option("--html", "html_path", type=click.Path(path_type=Path), help="Write the page there: one file.")
@click.option("--evidence", "evidence_path", type=click.Path(path_type=Path), help="Write every call found as CSV.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--loa", help="The line these calls were for, where the log does not say: life, property+casualty.")
@click.option("--campaign-loa", multiple=True, metavar="NAME=LOA", help="The line of one campaign of the log.")
@click.option("--price", "price", multiple=True, metavar="LOA=DOLLARS", help="What a lead of that line costs.")
@click.option(
    "--column", multiple=True, metavar="OURS=THEIRS", help='Where the guess is wrong: --column at="Call Date".'
)
@click.option("--time-zone", help="Of times that are written without one: America/New_York.")
@click.option("--format", "kind", help="How the log was exported, where the guess is wrong.")
@click.option("--agents", type=click.Path(path_type=Path), help="A CSV of agent,npn for logs that name agents.")
@click.option("--own", is_flag=True, help="Our own calls instead of a file.")
@click.option("--last", help="With --own: 30d, 12w, 24h.")
def lookback(
    calls_path: Path | None,
    roster_path: Path | None,
    html_path: Path | None,
    evidence_path: Path | None,
    as_json: bool,
    loa: str | None,
    campaign_loa: tuple[str, ...],
    price: tuple[str, ...],
    column: tuple[str, ...],
    time_zone: str | None,
    kind: str | None,
    agents: Path | None,
    own: bool,
    last: str | None,
) -> None:
    """What an old call log shows: calls without a license, lost leads, the cost.

    \b
    threegate lookback --calls calls.csv --roster roster.csv --html lookback.html
    threegate lookback --calls ringba.csv --loa life --time-zone America/New_York --price life=45
    threegate lookback --own --last 30d
    """
    if own:
        given = (calls_path, roster_path, loa, time_zone, kind, agents, evidence_path, *campaign_loa, *price, *column)
        if any(given):
            refuse(
                "--own reads our own calls and roster: of the other options only --last, --html and --json go with it"
            )
        look_back_on_own(last or "30d", html_path, as_json=as_json)
        return
    if calls_path is None or last is not None:
        refuse("give --calls FILE (with --roster FILE), or --own (with --last 30d)")
    for path in (html_path, evidence_path):
        check_writable(path)
    options = Options(
        columns=_pairs("--column", column),
        time_zone=_zone(time_zone),
        loa=None if loa is None else _requirement("--loa", loa),
        loa_by_campaign={
            name: _requirement("--campaign-loa", wanted)
            for name, wanted in _pairs("--campaign-loa", campaign_loa).items()
        },
        format=kind,
    )
    prices = {_requirement("--price", wanted): _cents(dollars) for wanted, dollars in _pairs("--price", price).items()}
    roster, now = _roster(roster_path, _agents(agents))
    try:
        report = _read(calls_path, options, roster, prices, evidence_path, roster_path.name if roster_path else None)
    except Unreadable as unreadable:
        refuse(str(unreadable))
    if not report.calls:
        refuse(f"{calls_path}: no row could be read as a call: {_unread(report)}")
    if html_path is not None:
        html_path.write_text(page(report, written_at=now), encoding="utf-8")
    if as_json:
        print_json(plain(report))
    else:
        tell(report, html_path)


def look_back_on_own(last: str, html_path: Path | None, *, as_json: bool) -> None:
    """Exit 1 where somebody was let through without authority, or without a proof."""
    check_writable(html_path)
    with_ = command_tools()
    now = with_.clock.now()
    try:
        since, until = own_calls.last_span(last, now)
    except own_calls.BadSpan as bad:
        refuse(f"--last: {bad}")
    found = own_calls.look_back_on_own(database=with_.database, since=since, until=until, now=now)
    if html_path is not None:
        html_path.write_text(page(found.report, title="Our own calls", written_at=now), encoding="utf-8")
    if as_json:
        told = plain(found)
        print_json({"clean": found.is_clean, **told.pop("report"), **told})
    else:
        tell_own(found, html_path)
    if not found.is_clean:
        sys.exit(1)


def _read(
    path: Path,
    options: Options,
    roster: RosterThen,
    prices: Mapping[str, int],
    evidence_path: Path | None,
    roster_name: str | None,
) -> Report:
    layout = look(path, options)
    show_layout(path, layout)
    tally = Tally()
    with evidence_file(evidence_path) as found:
        looking = LookBack(lambda _: roster, prices=prices, judges_hours=layout.times != "assumed UTC", found=found)
        for call in followed(calls(path, layout, options, tally), tally, path.stat().st_size):
            looking.take(call)
    return looking.report(about(path, layout, options, tally, roster_name))


def _roster(path: Path | None, agents: Mapping[str, str]) -> tuple[RosterThen, datetime]:
    """The file's roster, or the database's; and now, for what is written on the page."""
    if path is not None:
        now = Settings().clock().now()
        found = roster_of_file(read_file(path, LARGEST_FILE), now=now, agents=agents)
        if isinstance(found, Refusal):
            refuse_file(path, found, as_json=False, consequence="nothing was judged")
        return found, now
    with_ = command_tools()
    now = with_.clock.now()
    roster = roster_of_database(with_.database, now=now, agents=agents)
    if not roster.producers:
        refuse("the database has no producer yet: import a roster, or name one with --roster FILE")
    return roster, now


def _agents(path: Path | None) -> dict[str, str]:
    """A dialer's agent ids with the producers that they are."""
    if path is None:
        return {}
    problems = Problems()
    rows = list(csv_table.read(read_file(path, LARGEST_FILE), ("agent", "npn"), problems))
    if refusal := problems.refusal():
        refuse_file(path, refusal, as_json=False, consequence="nothing was judged")
    return {row.cells[0]: row.cells[1] for row in rows}


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.rpartition("=") if option != "--column" else text.partition("=")
        if not equals or not name.strip():
            refuse(f"{option} {shortened(text)}: expected NAME=VALUE")
        pairs[name.strip()] = value.strip()
    return pairs


def _requirement(option: str, text: str) -> str:
    try:
        return str(Requirement.parse(text))
    except BadRequirement as bad:
        refuse(f"{option}: {bad}")


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        refuse(f"--time-zone {shortened(name)}: not a time zone; e.g. America/New_York")


def _cents(text: str) -> int:
    if not re.fullmatch(r"\$?\d{1,5}(\.\d{1,2})?", text):
        refuse(f"--price: {shortened(text)!r} is no price; e.g. --price life=42.50")
    return int(Decimal(text.removeprefix("$")) * 100)


def _unread(report: Report) -> str:
    first = min(report.about.unread, key=lambda unread: unread.first_line, default=None)
    return f"line {first.first_line}: {first.why}" if first else "the log has no rows"
