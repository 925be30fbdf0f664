"""`threegate vendor …`: who sells us calls."""

from __future__ import annotations

import click

from app.commands.output import command_tools, operator, print_json, refuse
from app.domain import phone
from app.workflows.admin.keep_vendor import keep_vendor
from app.workflows.admin.refused import Refused


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
    with_ = command_tools()
    kept = keep_vendor(
        slug, name=name, trunks=numbers, actor=operator(), database=with_.database, now=with_.clock.now()
    )
    if isinstance(kept, Refused):
        refuse(str(kept))
    if as_json:
        print_json({"slug": slug, "name": name, "transfer_numbers": list(kept.trunks)})
    else:
        click.echo(f"vendor {slug}: {name}, transfers from {', '.join(kept.trunks) or 'no trunk of its own'}")


def e164(text: str, option: str) -> str:
    """The number in E.164; bad input where it is none."""
    number = phone.parse(text)
    if number is None:
        refuse(f"{option} {text!r}: not a telephone number")
    return number.e164
