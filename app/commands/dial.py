"""`threegate dial …`: the switch that stops all dialing."""

from __future__ import annotations

import click

from app.commands.output import command_tools, instant, operator, print_json, refuse
from app.storage import outbound
from app.storage.outbound import DialSwitch
from app.workflows.outbound.ceilings import HOUR, turn_dialing


@click.group()
def dial() -> None:
    """The switch that stops all dialing."""


@dial.command()
@click.option("--because", required=True, help="Why, in one line: it is kept in the ledger.")
def off(because: str) -> None:
    """Stop every call of ours to a person at once: calls asked for, callbacks, spoken notices. Talks go on."""
    _turn(False, because)


@dial.command()
@click.option("--because", default="", help="Why, in one line.")
def on(because: str) -> None:
    """Let calls leave again."""
    _turn(True, because)


@dial.command()
@click.option("--json", "as_json", is_flag=True)
def show(as_json: bool) -> None:
    """Whether calls leave, who turned that last, and how many were asked for in the last hour. Exit 1 where it is off."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        last, asked = outbound.last_switch(tx), outbound.count_since(tx, now - HOUR)
    is_on = last is None or last.is_on
    if as_json:
        print_json(
            {
                "dialing": is_on,
                "since": None if last is None else instant(last.at),
                "by": None if last is None else last.actor,
                "because": None if last is None else last.reason,
                "asked_in_the_last_hour": asked,
                "most_in_an_hour": with_.settings.dial_per_hour,
                "most_of_a_producer": with_.settings.dial_per_producer_hour,
            }
        )
    else:
        click.echo(f"dialing is {_told(is_on, last)}; {asked} of {with_.settings.dial_per_hour} calls in the last hour")
    if not is_on:
        raise click.exceptions.Exit(1)


def _turn(is_on: bool, because: str) -> None:
    with_ = command_tools()
    if "\n" in because or len(because) > 200:
        refuse("--because: one line, at most 200 characters")
    turned = turn_dialing(is_on, reason=because, actor=operator(), database=with_.database, now=with_.clock.now())
    word = "on" if is_on else "off"
    click.echo(f"dialing is {word}" if turned else f"dialing is {word}, as it was before")


def _told(is_on: bool, last: DialSwitch | None) -> str:
    word = "on" if is_on else "off"
    if last is None:
        return word
    return f"{word} since {instant(last.at)}, by {last.actor}{f': {last.reason}' if last.reason else ''}"
