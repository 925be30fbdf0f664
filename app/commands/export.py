"""`threegate export …`."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from app.commands.moves import Day
from app.commands.output import command_tools, operator, print_json, refuse
from app.storage.exports import EXPORTS
from app.workflows.data.export import FORMATS, Count, exported, note_export, told, wanted
from app.workflows.leads.asked_campaign import Unmet


@click.command(short_help="Everything out, as CSV or JSON lines.")
@click.argument("what", required=False, type=click.Choice(list(EXPORTS)), metavar="[WHAT]")
@click.option("--format", "file_format", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--from", "first", type=Day(), help="The first day, of the agency's time zone.")
@click.option("--to", "last", type=Day(), help="The last day, included.")
@click.option("--out", type=click.Path(path_type=Path), help="Write it there instead of printing it.")
@click.option("--json", "as_json", is_flag=True, help="Without WHAT: the list of exports with their columns, as JSON.")
def export(
    what: str | None, file_format: str, first: date | None, last: date | None, out: Path | None, as_json: bool
) -> None:
    """Print WHAT as a file: CSV for spreadsheets, or JSON lines. Without WHAT: what there is.

    \b
    threegate export leads --from 2026-11-01 --to 2026-11-30 --out leads.csv
    threegate export ledger --format jsonl | gzip > ledger.jsonl.gz
    """
    if what is None:
        _list(as_json)
        return
    with_ = command_tools()
    meant = wanted(what, file_format, first, last, zone=ZoneInfo(with_.settings.time_zone))
    if isinstance(meant, Unmet):
        refuse(f"--{meant.field}: {meant.why}")
    note_export(meant, actor=operator(), database=with_.database, now=with_.clock.now())
    count = Count()
    pieces = exported(meant, database=with_.database, count=count)
    if out is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        refuse(f"{out}: {error.strerror}")
    click.echo(f"{out}: {count.rows} rows", err=True)


def _list(as_json: bool) -> None:
    if as_json:
        print_json({"exports": [told(one) for one in EXPORTS.values()]})
        return
    for one in EXPORTS.values():
        click.echo(f"{one.what:24}{one.told}")
