"""`threegate apikey …`: keys of machines."""

from __future__ import annotations

import click

from app.commands.output import command_tools, operator, print_json, refuse
from app.storage import access, campaigns, ledger
from app.storage.access import SCOPES, UnknownScope


@click.group()
def apikey() -> None:
    """Keys for the JSON API."""


@apikey.command()
@click.option("--name", required=True, help="Whose key it is; the ledger names it.")
@click.option("--scope", "scopes", multiple=True, required=True, metavar="SCOPE...", help=", ".join(SCOPES))
@click.argument("more_scopes", nargs=-1, metavar="")
@click.option("--vendor", metavar="SLUG", help="The vendor whose campaigns it may name.")
@click.option("--json", "as_json", is_flag=True)
def create(name: str, scopes: tuple[str, ...], more_scopes: tuple[str, ...], vendor: str | None, as_json: bool) -> None:
    """Make a key and print it, once: only its digest is kept.

    \b
    threegate apikey create --name dialer --scope authority read
    """
    wanted = list(dict.fromkeys(part for text in (*scopes, *more_scopes) for part in text.split(",") if part))
    if not 1 <= len(name) <= 100:
        refuse("--name: 1 to 100 characters")
    with_ = command_tools()
    now = with_.clock.now()
    try:
        with with_.database.begin() as tx:
            vendor_id = None
            if vendor is not None:
                found = campaigns.vendor(tx, vendor)
                if found is None:
                    refuse(f"no vendor {vendor!r}; threegate vendor add makes one")
                vendor_id = found.vendor_id
            key = access.create_key(tx, name=name, scopes=wanted, now=now, vendor_id=vendor_id)
            facts = {"name": name, "scopes": wanted, "vendor": vendor}
            ledger.write(tx, kind="apikey_created", now=now, actor=operator(), facts=facts)
    except UnknownScope as error:
        refuse(str(error))
    if as_json:
        print_json({"key": key, "name": name, "scopes": wanted})
    else:
        click.echo(key)
        click.echo(f"key {name!r} may: {', '.join(wanted)}; it is not shown again", err=True)
