"""`threegate dnc …`: the do-not-call registry, and our own list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from app.commands.moves import Day
from app.commands.output import command_tools, instant, operator, print_json, read_file, refuse, refuse_file
from app.commands.vendor import e164
from app.domain.do_not_call import INQUIRY_COUNTS, OLDEST_SCRUB
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import dnc as storage
from app.storage import work
from app.workflows.outbound.import_scrub import import_scrub, leave_alone


@click.group()
def dnc() -> None:
    """The do-not-call registry, and our own list."""


@dnc.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scrubbed-on", "scrubbed_on", type=Day(), required=True, help="The day of the registry's version.")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, scrubbed_on: date, as_json: bool) -> None:
    """Keep a scrub's answer: CSV with the columns phone and listed (yes or no), a row for every number checked."""
    with_ = command_tools()
    now = with_.clock.now()
    if scrubbed_on > now.date():
        refuse(f"--scrubbed-on {scrubbed_on}: that day has not come yet")
    found = import_scrub(
        read_file(file, LARGEST_FILE),
        file_name=file.name,
        scrubbed_on=scrubbed_on,
        actor=operator(),
        database=with_.database,
        now=now,
    )
    if isinstance(found, Refusal):
        refuse_file(file, found, as_json=as_json)
    if as_json:
        print_json({"numbers": found.numbers, "listed": found.listed, "scrubbed_on": scrubbed_on.isoformat()})
        return
    click.echo(
        f"{found.numbers} numbers were checked on {scrubbed_on}, {found.listed} of them are listed; "
        f"good to {scrubbed_on + OLDEST_SCRUB}"
    )


@dnc.command()
@click.argument("number")
def add(number: str) -> None:
    """Put NUMBER on our own list: neither called nor texted from now on, and its open leads are closed."""
    with_ = command_tools()
    kept = e164(number, "NUMBER")
    new = leave_alone(kept, actor=operator(), database=with_.database, now=with_.clock.now())
    click.echo(f"{kept} is on our own list" + ("" if new else ", as it was before"))


@dnc.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True)
def show(number: str, as_json: bool) -> None:
    """What is known of NUMBER: our own list, the registry, and whether it turned to us."""
    with_ = command_tools()
    asked = e164(number, "NUMBER")
    with with_.database.read() as tx:
        since = work.suppressed_at(tx, asked, "stop")
        scrub = storage.scrub_of(tx, asked)
        exempt = storage.turned_to_us(tx, asked, since=with_.clock.now() - INQUIRY_COUNTS)
    if as_json:
        print_json(
            {
                "number": asked,
                "own_list_since": instant(since),
                "listed": None if scrub is None else scrub.listed,
                "scrubbed_on": None if scrub is None else scrub.scrubbed_on.isoformat(),
                "turned_to_us": exempt,
            }
        )
        return
    ours = f"on our own list since {instant(since)}" if since else "not on our own list"
    registry = "never checked against the registry"
    if scrub is not None:
        registry = f"{'listed' if scrub.listed else 'not listed'} by the registry on {scrub.scrubbed_on}"
    turned = f"{'has' if exempt else 'has not'} called or written to us in {INQUIRY_COUNTS.days} days, or consented"
    click.echo(f"{asked}: {ours}; {registry}; {turned}")
