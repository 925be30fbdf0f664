"""`threegate producer …`: who is there, and who has moved."""

from __future__ import annotations

import click

from app.commands import moves, suspensions
from app.commands.output import command_tools, instant, operator, print_json, refuse
from app.storage.desk import PRESENCES
from app.workflows.presence.set_presence import set_presence


@click.group()
def producer() -> None:
    """One producer's presence, and their moves to other states."""


for command in (*moves.COMMANDS, *suspensions.COMMANDS):
    producer.add_command(command)


@producer.command()
@click.argument("npn")
@click.argument("presence", metavar="|".join(PRESENCES), type=click.Choice(PRESENCES))
@click.option("--json", "as_json", is_flag=True)
def presence(npn: str, presence: str, as_json: bool) -> None:
    """Set a producer's presence; it lasts four hours without a sign."""
    with_ = command_tools()
    now = with_.clock.now()
    seat = set_presence(npn, presence, by=operator(), database=with_.database, now=now)
    if seat is None:
        refuse(f"no producer has NPN {npn}")
    if as_json:
        print_json(
            {
                "npn": npn,
                "presence": seat.presence,
                "availability": seat.availability(now),
                "present_until": instant(seat.present_until),
            }
        )
        return
    until = f" until {instant(seat.present_until)}" if presence == "available" else ""
    click.echo(f"NPN {npn}: {seat.presence}{until}")
