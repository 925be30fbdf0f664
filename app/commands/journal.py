"""`threegate journal …`: what came in while the database was out of reach."""

from __future__ import annotations

import click

from app.commands.output import command_tools, print_json


@click.group()
def journal() -> None:
    """Events that were spooled to files."""


@journal.command()
@click.option("--json", "as_json", is_flag=True)
def replay(as_json: bool) -> None:
    """Put what was spooled into the database now; the scheduler does so by itself. Twice does no harm."""
    from app import scheduler

    replayed = scheduler.replay(command_tools())
    if as_json:
        print_json({"replayed": replayed})
    else:
        click.echo(f"{replayed} event{'s' * (replayed != 1)} replayed")
