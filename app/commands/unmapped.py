"""`threegate unmapped …`: lines of reports that nobody can read for sure, and what a person says that they are."""

from __future__ import annotations

from typing import Any

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain.lines import Line
from app.storage import unmapped_lines
from app.storage.unmapped_lines import UnmappedLine
from app.workflows.licenses.map_line import LineMapped, NotMapped, map_line

NONE = "none"

_JSON = click.option("--json", "as_json", is_flag=True)


@click.group()
def unmapped() -> None:
    """Lines of NIPR reports that wait for a person."""


@unmapped.command("list")
@click.option("--all", "answered", is_flag=True, help="Those that a person has answered, too.")
@click.option("--after", type=click.IntRange(0), default=0, metavar="ID", help="Begin behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
@_JSON
def list_(answered: bool, after: int, limit: int, as_json: bool) -> None:
    """What waits for a person, by number."""
    with command_tools().database.read() as tx:
        found = unmapped_lines.listed(tx, after=after, limit=limit, answered=answered)
    if as_json:
        print_json({"items": [_object(one) for one in found]})
        return
    header = ("id", "npn", "state", "class", "code", "line", "status", "since", "why", "answered by")
    print_table(
        header,
        (
            (
                *(str(one.id), one.npn, one.state, one.license_class, one.loa_code, one.loa_name, one.status),
                *(f"{one.first_seen_at:%Y-%m-%d}", one.why, one.resolved_by or ""),
            )
            for one in found
        ),
    )


@unmapped.command("map")
@click.argument("line_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@click.option("--as", "as_", required=True, metavar="LINES", help="e.g. life, life+health, none")
@click.option("--replace", is_flag=True, help="Change an answer; what rested on it is suspended until the next import.")
@_JSON
def map_(line_id: int, as_: str, replace: bool, as_json: bool) -> None:
    """Say what a line is, for every producer of that state and class.

    \b
    threegate unmapped map 7 --as life+health
    threegate unmapped map 8 --as none          it gives no authority
    """
    lines = _lines(as_)
    with_ = command_tools()
    outcome = map_line(
        line_id, lines, replace=replace, actor=operator(), database=with_.database, now=with_.clock.now()
    )
    if outcome is None:
        refuse(f"no line has the number {line_id}", code=1)
    if isinstance(outcome, NotMapped):
        refuse(f"not mapped: {outcome.why}{' (--replace)' if outcome.replaceable else ''}", code=1)
    if as_json:
        print_json(mapped_object(outcome))
    else:
        click.echo(_told(outcome))


def mapped_object(outcome: LineMapped) -> dict[str, Any]:
    """As `POST /unmapped/{id}/map` answers."""
    return {
        "state": outcome.state,
        "license_class": outcome.license_class,
        "loa": outcome.loa,
        "lines": [str(line) for line in outcome.lines],
        "answered": outcome.answered,
        "suspended": [{"npn": npn, "state": state, "loa": str(line)} for npn, state, line in outcome.suspended],
    }


def _told(outcome: LineMapped) -> str:
    named = f"{outcome.license_class}, {outcome.loa}" if outcome.license_class else outcome.loa
    meant = " and ".join(outcome.lines) or "no line that gives authority"
    suspended = f"{len(outcome.suspended)} licenses that may rest on the former answer are suspended; "
    return (
        f"{named} in {outcome.state} is {meant}; {outcome.answered} waited for it; "
        f"{suspended if outcome.suspended else ''}import the report again"
    )


def _lines(text: str) -> list[Line]:
    if text.strip().lower() == NONE:
        return []
    try:
        return [Line(name.strip().lower()) for name in text.split("+")]
    except ValueError as error:
        refuse(f"--as {error}; the lines are {', '.join(Line)}, joined by +, or {NONE}")


def _object(one: UnmappedLine) -> dict[str, Any]:
    """As `GET /unmapped` has it."""
    return {
        "id": one.id,
        "npn": one.npn,
        "state": one.state,
        "license_class": one.license_class,
        "loa_code": one.loa_code,
        "loa_name": one.loa_name,
        "status": one.status,
        "why": one.why,
        "first_seen_at": instant(one.first_seen_at),
        "last_seen_at": instant(one.last_seen_at),
        "resolved_at": instant(one.resolved_at),
        "resolved_by": one.resolved_by,
    }
