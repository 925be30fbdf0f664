"""`threegate producer suspend` and `unsuspend`: a producer taken out by hand, and given back by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from app.commands.license_told import gone_object, refused, tell_gone
from app.commands.output import command_tools, operator, print_json
from app.workflows.licenses.change_license import Refused
from app.workflows.licenses.change_producer import Changed, suspend_producer, unsuspend_producer


@click.command("suspend")
@click.argument("npn")
@click.option("--reason", required=True, help="Why; it stands in the ledger.")
@click.option("--json", "as_json", is_flag=True)
def suspend(npn: str, reason: str, as_json: bool) -> None:
    """Take a producer out at once: no call is offered, and none that rings can be accepted."""
    with_ = command_tools()
    _tell(
        suspend_producer(npn, reason=reason, actor=operator(), database=with_.database, now=with_.clock.now()), as_json
    )


@click.command("unsuspend")
@click.argument("npn")
@click.option("--reason", required=True, help="Why; it stands in the ledger.")
@click.option("--json", "as_json", is_flag=True)
def unsuspend(npn: str, reason: str, as_json: bool) -> None:
    """Give a producer back what their licenses give; no license comes back by this."""
    with_ = command_tools()
    _tell(
        unsuspend_producer(npn, reason=reason, actor=operator(), database=with_.database, now=with_.clock.now()),
        as_json,
    )


COMMANDS: Sequence[click.Command] = (suspend, unsuspend)
"""What the group `producer` has of them."""


def _tell(found: Changed | Refused, as_json: bool) -> None:
    if isinstance(found, Refused):
        refused(found)
    if as_json:
        print_json(changed_object(found))
        return
    standing = "suspended" if found.suspended else "not suspended"
    done = f"{standing} (roster version {found.version})" if found.version else f"was {standing} already"
    click.echo(f"NPN {found.npn} {found.name}: {done}")
    if found.suspended and found.version:
        tell_gone(found.gone)


def changed_object(found: Changed) -> dict[str, Any]:
    return {
        "npn": found.npn,
        "name": found.name,
        "suspended": found.suspended,
        "version": found.version,
        "ledger_id": found.entry_id,
        **gone_object(found.gone),
    }
