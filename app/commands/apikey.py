"""`threegate apikey …`: keys of machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.storage import access
from app.storage.access import SCOPES, KeptKey
from app.workflows.admin.create_key import KeyCreated, create_key
from app.workflows.admin.end_key import revoke_key, rotate_key
from app.workflows.admin.refused import Refused

LISTED = 1000
"""As many keys are listed."""


@click.group()
def apikey() -> None:
    """Keys for the JSON API."""


@apikey.command()
@click.option("--name", required=True, help="Whose key it is; the ledger names it.")
@click.option("--scope", "scopes", multiple=True, required=True, metavar="SCOPE...", help=", ".join(SCOPES))
@click.argument("more_scopes", nargs=-1, metavar="")
@click.option("--vendor", metavar="SLUG", help="The vendor whose campaigns it may name.")
@click.option("--days", type=int, help="It ends by itself after so many; without, when it is revoked.")
@click.option("--json", "as_json", is_flag=True)
def create(
    name: str,
    scopes: tuple[str, ...],
    more_scopes: tuple[str, ...],
    vendor: str | None,
    days: int | None,
    as_json: bool,
) -> None:
    """Make a key and print it, once: only its digest is kept.

    \b
    threegate apikey create --name dialer --scope authority read
    """
    wanted = list(dict.fromkeys(part for text in (*scopes, *more_scopes) for part in text.split(",") if part))
    with_ = command_tools()
    made = create_key(
        name=name,
        scopes=wanted,
        vendor=vendor,
        days=days,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(made, Refused):
        refuse(str(made))
    _print_key(made, as_json=as_json)


@apikey.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every key, newest first: what it may do, and whether it is in force. No key is shown."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        found = access.keys(tx, limit=LISTED)
    if as_json:
        print_json({"keys": [_shape(one, now) for one in found]})
        return
    header = ("id", "name", "scopes", "created", "last used", "ends")
    print_table(
        header,
        (
            (
                str(one.id),
                one.name,
                " ".join(one.scopes),
                instant(one.created_at) or "",
                instant(one.last_used_at) or "never",
                instant(one.ends_at) or "",
            )
            for one in found
        ),
    )


@apikey.command()
@click.argument("key_id", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def revoke(key_id: int, as_json: bool) -> None:
    """End a key at once; `apikey list` has its ID."""
    with_ = command_tools()
    ended = revoke_key(key_id, actor=operator(), database=with_.database, now=with_.clock.now())
    if ended is None:
        refuse(f"no key has the ID {key_id}", code=1)
    if isinstance(ended, Refused):
        refuse(str(ended), code=1)
    if as_json:
        print_json({"id": key_id, "name": ended.name, "revoked": True})
    else:
        click.echo(f"key {ended.name!r} is revoked: from now on it opens nothing")


@apikey.command()
@click.argument("key_id", type=int, metavar="ID")
@click.option("--overlap", "hours", default=24, show_default=True, help="For so many hours the old key works on.")
@click.option("--json", "as_json", is_flag=True)
def rotate(key_id: int, hours: int, as_json: bool) -> None:
    """Make a new key of the same name and scopes, and let the old one end."""
    with_ = command_tools()
    # Any number is clipped to what a timedelta holds; the act itself says how many hours there may be.
    overlap = timedelta(hours=max(-1, min(hours, 100_000)))
    made = rotate_key(key_id, overlap=overlap, actor=operator(), database=with_.database, now=with_.clock.now())
    if made is None:
        refuse(f"no key has the ID {key_id}", code=1)
    if isinstance(made, Refused):
        refuse(str(made))
    _print_key(made, as_json=as_json)


def _print_key(made: KeyCreated, *, as_json: bool) -> None:
    if as_json:
        print_json({"key": made.key, "name": made.name, "scopes": list(made.scopes)})
    else:
        click.echo(made.key)
        click.echo(f"key {made.name!r} may: {', '.join(made.scopes)}; it is not shown again", err=True)


def _shape(one: KeptKey, now: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "scopes": list(one.scopes),
        "created_at": instant(one.created_at),
        "last_used_at": instant(one.last_used_at),
        "ends_at": instant(one.ends_at),
        "in_force": one.in_force(now),
    }
