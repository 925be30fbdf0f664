"""`threegate vendor …`: who sells us calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain import phone, vendor_terms
from app.storage import campaigns
from app.storage.campaigns import Vendor
from app.workflows.admin.agree_terms import agree_terms
from app.workflows.admin.keep_vendor import keep_vendor
from app.workflows.admin.refused import Refused
from app.workflows.leads.limits import Traffic, traffic_of


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


@vendor.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Everybody who sells us calls."""
    with command_tools().database.read() as tx:
        found = campaigns.vendors(tx)
    if as_json:
        print_json({"vendors": [_named(one) for one in found]})
        return
    print_table(("vendor", "name", "transfers from"), [(one.slug, one.name, " ".join(one.trunks)) for one in found])


@vendor.command("set")
@click.argument("slug")
@click.argument("terms", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--json", "as_json", is_flag=True)
def set_(slug: str, terms: tuple[str, ...], as_json: bool) -> None:
    """Write down what was agreed with a vendor; all of it or nothing. See `vendor show` for the keys."""
    with_ = command_tools()
    made = agree_terms(slug, pairs(terms), actor=operator(), database=with_.database, now=with_.clock.now())
    if made is None:
        refuse(f"there is no vendor {slug!r}")
    if isinstance(made, Refused):
        refuse(str(made))
    if as_json:
        print_json({"slug": slug, "terms": dict(made.after)})
        return
    for key, after in made.after.items():
        was = made.before[key]
        click.echo(f"{key}: {after}" + (f" (was {was})" if was != after else " (as it was)"))


@vendor.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True)
def show(slug: str, as_json: bool) -> None:
    """A vendor: what was agreed, and what it has brought this hour and today."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = campaigns.vendor(tx, slug)
        if found is None:
            refuse(f"there is no vendor {slug!r}")
        zone = ZoneInfo(with_.settings.time_zone)
        traffic = traffic_of(tx, found.vendor_id, with_.clock.now(), agency_zone=zone)
    shown = _shown(found, traffic)
    if as_json:
        print_json(shown)
        return
    click.echo(f"vendor {slug}: {found.name}, transfers from {', '.join(found.trunks) or 'no trunk of its own'}")
    now = shown["now"]
    click.echo(f"calls: {now['calls_this_hour']} this hour, {now['calls_today']} today")
    click.echo(f"leads: {now['leads_this_hour']} this hour, {now['leads_today']} today")
    held_back = f"; held back until {now['held_back_until']}" if now["held_back_until"] else ""
    click.echo(f"unanswered calls this hour: {now['unanswered']}{held_back}")
    rows = ((key, one["value"], one["default"]) for key, one in shown["terms"].items())
    print_table(("term", "value", "default"), rows)


def _named(found: Vendor) -> dict[str, Any]:
    return {"slug": found.slug, "name": found.name, "transfer_numbers": list(found.trunks)}


def _shown(found: Vendor, traffic: Traffic) -> dict[str, Any]:
    values = vendor_terms.spelled(traffic.terms)
    defaults = vendor_terms.spelled(vendor_terms.AGREED_BY_DEFAULT)
    return {
        **_named(found),
        "terms": {key: {"value": values[key], "default": defaults[key]} for key in values},
        "now": {
            "calls_this_hour": traffic.calls_this_hour,
            "calls_today": traffic.calls_today,
            "leads_this_hour": traffic.leads.this_hour,
            "leads_today": traffic.leads.today,
            "at_cap": traffic.is_at_cap,
            "unanswered": traffic.unanswered,
            "held_back_until": instant(traffic.held_back_until),
        },
    }


# ---- what other commands use, too


def pairs(given: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE arguments by key; bad input where one is none, or is given twice."""
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            refuse(f"{text!r}: expected KEY=VALUE")
        if key.strip() in found:
            refuse(f"{key.strip()}: given twice")
        found[key.strip()] = value
    return found


def e164(text: str, option: str) -> str:
    """The number in E.164; bad input where it is none."""
    number = phone.parse(text)
    if number is None:
        refuse(f"{option} {text!r}: not a telephone number")
    return number.e164
