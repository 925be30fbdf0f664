"""`threegate ledger …`: every allow and every deny."""

from __future__ import annotations

import click

from app.commands.output import command_tools, instant, print_json, refuse
from app.storage import ledger as storage
from app.storage.counts import ledger_entries


@click.group()
def ledger() -> None:
    """The ledger of decisions."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """How many entries there are, and how many have no seal yet, since when."""
    with command_tools().database.read() as tx:
        entries = ledger_entries(tx)
        unsealed, since = storage.count_unsealed(tx)
    if as_json:
        print_json(
            {
                "ok": True,
                "entries": entries,
                "sealed": entries - unsealed,
                "unsealed": unsealed,
                "unsealed_since": instant(since),
            }
        )
        return
    waiting = f", {unsealed} not sealed yet, since {instant(since)}" if unsealed else ""
    click.echo(f"{entries} entries, {entries - unsealed} sealed{waiting}")


@ledger.command()
def anchor() -> None:
    """Export the head of the chain, to be kept elsewhere."""
    refuse("nothing is sealed yet, so there is no head to anchor; sealing comes with a later version", code=1)
