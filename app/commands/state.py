"""`threegate state …`: the expansion gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.commands.output import (
    command_tools,
    instant,
    operator,
    print_json,
    print_table,
    read_file,
    refuse,
    refuse_file,
)
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import openings
from app.storage.openings import StateOpening
from app.workflows.licenses.open_state import LARGEST_DOCUMENT, Document, NotOpened, open_state


@click.group()
def state() -> None:
    """The states that calls may come from."""


@state.command("open")
@click.argument("states", nargs=-1, required=True)
@click.option("--document", required=True, type=click.Path(path_type=Path), help="The proof that was verified.")
@click.option("--verified-by", required=True, metavar="EMAIL", help="Who verified it.")
@click.option(
    "--zips", type=click.Path(path_type=Path), help="A pilot territory: one ZIP a line, or a CSV with a zip column."
)
@click.option("--json", "as_json", is_flag=True)
def open_(states: tuple[str, ...], document: Path, verified_by: str, zips: Path | None, as_json: bool) -> None:
    """Open STATES (USPS codes) for routing, whole or for a territory of ZIPs."""
    proof = Document(document.name, read_file(document, LARGEST_DOCUMENT))
    territory = None if zips is None else read_file(zips, LARGEST_FILE)
    with_ = command_tools()
    outcome = open_state(
        states,
        document=proof,
        verified_by=verified_by.strip(),
        zips=territory,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, NotOpened):
        refuse(outcome.why)
    if isinstance(outcome, Refusal):
        assert zips is not None
        refuse_file(zips, outcome, as_json=as_json)
    if as_json:
        opened = [as_object(opening) for opening in outcome.states]
        print_json({"version": outcome.version, "changed": list(outcome.changed), "states": opened})
        return
    for opening in outcome.states:
        how = "opened" if opening.state in outcome.changed else "was open so already"
        click.echo(f"{opening.state}: {how}, {_extent(opening)}, verified by {opening.verified_by}")


@state.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every state that was ever opened."""
    with command_tools().database.read() as tx:
        found = openings.everywhere(tx)
    if as_json:
        print_json({"states": [as_object(opening) for opening in found]})
        return
    header = ("state", "open", "extent", "verified by", "document", "since")
    print_table(header, (_line(opening) for opening in found))


def as_object(opening: StateOpening) -> dict[str, Any]:
    """One state; `zips` null where the whole of it is open."""
    return {
        "state": opening.state,
        "open": opening.is_open,
        "zips": None if opening.zips is None else list(opening.zips),
        "document": opening.document_name,
        "document_sha256": opening.document_sha256,
        "verified_by": opening.verified_by,
        "opened_at": instant(opening.opened_at),
        "agency_until": instant(opening.agency_until),
        "version": opening.version,
    }


def _line(opening: StateOpening) -> tuple[str, ...]:
    return (
        opening.state,
        "yes" if opening.is_open else "no",
        _extent(opening),
        opening.verified_by,
        opening.document_name,
        instant(opening.opened_at) or "",
    )


def _extent(opening: StateOpening) -> str:
    return "the whole state" if opening.zips is None else f"a territory of ZIPs: {len(opening.zips)}"
