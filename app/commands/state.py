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
from app.domain.expansion import Needs
from app.outside.documents import DocumentFolder
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import openings
from app.storage.openings import StateOpening
from app.wiring import Tools
from app.workflows.licenses.campaign_gaps import coverage
from app.workflows.licenses.close_state import NotClosed, close_state
from app.workflows.licenses.open_state import LARGEST_DOCUMENT, Document, NotOpened, Opened, open_state


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
        documents=document_folder(with_),
        needs=needs_of(with_),
    )
    if isinstance(outcome, NotOpened):
        refuse(outcome.why, code=1 if outcome.obstacles else 2)
    if isinstance(outcome, Refusal):
        assert zips is not None
        refuse_file(zips, outcome, as_json=as_json, consequence="nothing was opened")
    print_opened(with_, outcome, as_json=as_json)


def print_opened(with_: Tools, outcome: Opened, *, as_json: bool) -> None:
    """What is open now, and the roster's gaps there: where a campaign would find nobody, or hang on one producer."""
    with with_.database.read() as tx:
        covered = coverage(tx, outcome.states, with_.clock.now())
    if as_json:
        print_json(
            {
                "version": outcome.version,
                "changed": list(outcome.changed),
                "states": [as_object(opening) for opening in outcome.states],
                "gaps": [{**vars(each), "gap": each.gap} for each in covered if each.gap],
            }
        )
        return
    for opening in outcome.states:
        how = "opened" if opening.state in outcome.changed else "was open so already"
        click.echo(f"{opening.state}: {how}, {_extent(opening)}, verified by {opening.verified_by}")
    for each in covered:
        if each.gap:
            click.echo(f"gap: {each.gap}", err=True)


@state.command("close")
@click.argument("code", metavar="ST")
@click.option("--reason", default="", help="Kept in the ledger.")
@click.option("--json", "as_json", is_flag=True)
def close(code: str, reason: str, as_json: bool) -> None:
    """Close ST at once: nobody of it is offered any more, and a call that rings is refused at the key press."""
    close_one(code, reason, as_json=as_json)


def close_one(code: str, reason: str, *, as_json: bool) -> None:
    """As `state close` and `expansion close` do it. Closed again it stays closed."""
    with_ = command_tools()
    now = with_.clock.now()
    outcome = close_state(code, reason=reason, actor=operator(), database=with_.database, now=now)
    if isinstance(outcome, NotClosed):
        refuse(outcome.why, code=2 if outcome.field else 1)
    if as_json:
        opening = None if outcome.opening is None else as_object(outcome.opening)
        print_json({"version": outcome.version, "project": outcome.project_id, "state": opening})
        return
    how = "closed" if outcome.version else "was closed already" if outcome.opening else "was never open"
    project = f"; its expansion (project {outcome.project_id}) is closed" if outcome.project_id else ""
    click.echo(f"{outcome.state}: {how}{project}")


def document_folder(with_: Tools) -> DocumentFolder:
    return DocumentFolder(with_.settings.documents_dir)


def needs_of(with_: Tools) -> Needs:
    """What this installation asks for before a state opens."""
    return Needs(with_.settings.opening_needs_drill_days, with_.settings.opening_needs_producers)


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
