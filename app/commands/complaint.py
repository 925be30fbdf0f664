"""`threegate complaint …`: what somebody complained of, on a call or about a producer."""

from __future__ import annotations

from typing import Any

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.storage import complaint_log
from app.storage.complaint_log import Complaint
from app.workflows.licenses.log_complaint import NotLogged, log_complaint

_JSON = click.option("--json", "as_json", is_flag=True)
_OPTION = {"told": "TEXT", "npn": "--npn", "call_sid": "--call"}


@click.group()
def complaint() -> None:
    """Complaints about calls and producers."""


@complaint.command()
@click.argument("told", metavar="TEXT")
@click.option("--call", "call_sid", metavar="SID", help="The call that it is about.")
@click.option("--npn", help="The producer that it is about; of a call, whoever talked on it is found.")
@_JSON
def log(told: str, call_sid: str | None, npn: str | None, as_json: bool) -> None:
    """Write a complaint down.

    \b
    threegate complaint log "would not say which company it was" --call CA0123…
    """
    with_ = command_tools()
    now = with_.clock.now()
    outcome = log_complaint(told, npn=npn, call_sid=call_sid, actor=operator(), database=with_.database, now=now)
    if isinstance(outcome, NotLogged):
        refuse(f"{_OPTION[outcome.field]}: {outcome.why}")
    if as_json:
        print_json(complaint_object(outcome))
    else:
        click.echo(f"complaint {outcome.id}: {_about(outcome)}")


@complaint.command("list")
@click.option("--call", "call_sid", metavar="SID")
@click.option("--npn")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
@_JSON
def list_(call_sid: str | None, npn: str | None, limit: int, as_json: bool) -> None:
    """What was written down, oldest first."""
    with command_tools().database.read() as tx:
        found = complaint_log.listed(tx, npn=npn, call_sid=call_sid, limit=limit)
    if as_json:
        print_json({"items": [complaint_object(one) for one in found]})
        return
    rows = [(str(one.id), instant(one.at) or "", _about(one), one.told, one.logged_by) for one in found]
    print_table(("id", "at", "about", "what", "logged by"), rows)


def complaint_object(one: Complaint) -> dict[str, Any]:
    """As `GET /complaints` has it."""
    return {
        "id": one.id,
        "at": instant(one.at),
        "npn": one.npn,
        "name": one.name or None,
        "call_sid": one.call_sid,
        "told": one.told,
        "logged_by": one.logged_by,
    }


def _about(one: Complaint) -> str:
    who = f"NPN {one.npn} {one.name}".strip() if one.npn else ""
    return ", ".join(filter(None, (who, f"call {one.call_sid}" if one.call_sid else "")))
