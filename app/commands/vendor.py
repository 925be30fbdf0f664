"""`threegate vendor …`: who sells us calls."""

from __future__ import annotations

import re

import click

from app.commands.output import command_tools, operator, print_json, refuse
from app.domain import phone
from app.storage import campaigns, ledger

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


@click.group()
def vendor() -> None:
    """Vendors and the numbers they transfer from."""


@vendor.command()
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--transfer-number", "numbers", multiple=True, metavar="+1…", help="A trunk: nobody's own number.")
@click.option("--json", "as_json", is_flag=True)
def add(slug: str, name: str, numbers: tuple[str, ...], as_json: bool) -> None:
    """Add a vendor, or bring its name and trunks up to date: what is not given any more is gone."""
    if not _SLUG.fullmatch(slug):
        refuse(f"{slug!r}: a slug is 1 to 60 small letters, digits, - and _")
    if not 1 <= len(name) <= 200:
        refuse("--name: 1 to 200 characters")
    trunks = list(dict.fromkeys(e164(number, "--transfer-number") for number in numbers))
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.begin() as tx:
        for number in trunks:
            owner = campaigns.vendor_of_trunk(tx, number)
            known = campaigns.vendor(tx, slug)
            if owner is not None and (known is None or known.vendor_id != owner):
                refuse(f"--transfer-number {number}: it is another vendor's already")
        campaigns.add_vendor(tx, slug=slug, name=name, trunks=trunks)
        facts = {"slug": slug, "name": name, "transfer_numbers": trunks}
        ledger.write(tx, kind="vendor_set", now=now, actor=operator(), facts=facts)
    if as_json:
        print_json({"slug": slug, "name": name, "transfer_numbers": trunks})
    else:
        click.echo(f"vendor {slug}: {name}, transfers from {', '.join(trunks) or 'no trunk of its own'}")


def e164(text: str, option: str) -> str:
    """The number in E.164; bad input where it is none."""
    number = phone.parse(text)
    if number is None:
        refuse(f"{option} {text!r}: not a telephone number")
    return number.e164
