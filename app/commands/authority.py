"""`threegate authority …`: who may take what, where."""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from itertools import chain

import click

from app.commands.output import command_tools, operator, print_json, print_table, refuse
from app.domain import instants, phone, states
from app.domain.instants import BadInstant
from app.domain.lines import BadRequirement, Requirement
from app.workflows.authority.check_authority import AuthorityQuestion, check_authority
from app.workflows.authority.matrix import Cell, every_cell


@click.group()
def authority() -> None:
    """Questions to the gate."""


@authority.command()
@click.option("--npn", required=True)
@click.option("--state", "state_text", required=True, help="e.g. OH or Ohio")
@click.option("--loa", required=True, help="e.g. life, property+casualty, personal_lines|property+casualty")
@click.option(
    "--dialing", "number", metavar="+1…", help="The number about to be called: hours, do-not-call, caps, too."
)
@click.option("--at", "at_text", metavar="ISO8601", help="An instant with its offset; without it, now.")
@click.option("--json", "as_json", is_flag=True)
def check(npn: str, state_text: str, loa: str, number: str | None, at_text: str | None, as_json: bool) -> None:
    """May this producer take a caller there, for this line? Exit 0 for yes, 1 for no."""
    if number is not None and at_text is not None:
        refuse("--dialing is about this moment: leave out --at")
    state = states.parse(state_text)
    if state is None:
        refuse(f"--state {state_text!r}: not one of the 56 jurisdictions that license producers")
    if not (1 <= len(npn) <= 10 and npn.isascii() and npn.isdigit()):
        refuse(f"--npn {npn!r}: 1 to 10 digits")
    asked = AuthorityQuestion(
        npn=npn,
        requirement=requirement(loa),
        state=state,
        at=_instant(at_text),
        dialing=None if number is None else _dialable(number),
    )
    with_ = command_tools()
    found = check_authority(asked, actor=operator(), database=with_.database, now=with_.clock.now())
    if as_json:
        print_json(
            {
                "allowed": found.allowed,
                "state": state,
                "reasons": list(found.reasons),
                "decision_id": found.decision_id,
            }
        )
    else:
        reasons = "" if found.allowed else f": {', '.join(found.reasons)}"
        answer = "yes" if found.allowed else "no"
        click.echo(f"{answer}, NPN {npn} in {state} for {asked.requirement}{reasons} (decision {found.decision_id})")
    sys.exit(0 if found.allowed else 1)


def requirement(text: str) -> Requirement:
    """`--loa` as a requirement; bad input where it is none."""
    try:
        return Requirement.parse(text)
    except BadRequirement as error:
        refuse(f"--loa {error}")


def _dialable(text: str) -> str:
    number = phone.parse(text)
    if number is None or not phone.is_dialable_us(number):
        refuse(f"--dialing {text!r}: no fixed or mobile number of a US state or territory")
    return number.e164


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else instants.parse(text)
    except BadInstant as error:
        refuse(f"--at {error}")


@authority.command()
@click.option("--npn", help="This producer only.")
@click.option("--csv", "as_csv", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def matrix(npn: str | None, as_csv: bool, as_json: bool) -> None:
    """Who may take what, where, today: a row for each license on the roster."""
    with_ = command_tools()
    cells = every_cell(with_.database, with_.clock.now(), npn)
    first = next(cells, None)
    if npn is not None and first is None:
        refuse(f"nothing on the roster for NPN {npn}", code=1)
    cells = chain(() if first is None else (first,), cells)
    if as_json:
        print_json({"rows": [_object(cell) for cell in cells]})
        return
    header = ("npn", "name", "state", "loa", "authority", "reasons")
    rows = (_row(cell) for cell in cells)
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([plain(text) for text in row] for row in rows)
    else:
        print_table(header, rows)


def _object(cell: Cell) -> dict[str, object]:
    return {
        "npn": cell.npn,
        "name": cell.name,
        "state": cell.state,
        "loa": cell.line,
        "allowed": cell.allowed,
        "territory": cell.territory,
        "reasons": list(cell.reasons),
    }


def _row(cell: Cell) -> tuple[str, ...]:
    answer = ("in the territory" if cell.territory else "yes") if cell.allowed else "no"
    return cell.npn, cell.name, cell.state, str(cell.line), answer, " ".join(cell.reasons)


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (RELIABILITY.md section 4)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") else text
