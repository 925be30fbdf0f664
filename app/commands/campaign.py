"""`threegate campaign …`: what is sold at which number, by whom, and how its calls are treated."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.commands.vendor import e164, pairs
from app.domain import policy
from app.domain.policy import Policy
from app.domain.recording_consent import Mode
from app.domain.retention import HEALTH_SALE, retention_of
from app.storage import authority_facts, campaigns
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.admin.add_campaign import add_campaign
from app.workflows.admin.add_number import add_number as add_number_to
from app.workflows.admin.change_settings import change_settings
from app.workflows.admin.change_team import Standing, put_on_team, take_off_team
from app.workflows.admin.refused import Refused
from app.workflows.authority.matrix import Gaps, gaps_of


class _How(TypedDict):
    """What every act is told."""

    actor: str
    database: Database
    now: datetime


@click.group()
def campaign() -> None:
    """Campaigns, their numbers, teams and settings."""


@campaign.command()
@click.option("--number", required=True, metavar="+1…", help="The number that callers reach; the campaign's name.")
@click.option("--name", required=True, help="The product, as the producer hears it.")
@click.option("--loa", required=True, help="e.g. life, property+casualty, personal_lines|property+casualty")
@click.option("--vendor", metavar="SLUG")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="See `campaign show` for the keys.")
@click.option("--json", "as_json", is_flag=True)
def add(number: str, name: str, loa: str, vendor: str | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Add a campaign, and print the roster's gaps for its line."""
    texts = pairs(settings)
    with_ = command_tools()
    now = with_.clock.now()
    made = add_campaign(
        number=number,
        name=name,
        loa=loa,
        vendor=vendor,
        settings=texts,
        actor=operator(),
        database=with_.database,
        now=now,
    )
    if isinstance(made, Refused):
        refuse(str(made))
    called, needed = made.number, made.requirement
    with with_.database.read() as tx:
        # The whole roster is read for it: calls must not wait for that.
        gaps = gaps_of(tx, made, now)
    _warn_unrecorded(made)
    if as_json:
        print_json({"number": called, "name": name, "loa": str(needed), "vendor": vendor, "gaps": _gaps(gaps)})
        return
    click.echo(f"campaign {called}: {name}, for {needed}")
    _print_gaps(gaps)


def _gaps(gaps: Gaps) -> dict[str, list[str]]:
    return {
        "open_without_authority": list(gaps.open_without_authority),
        "authority_but_not_open": list(gaps.authority_but_not_open),
    }


def _print_gaps(gaps: Gaps) -> None:
    for what, found in (
        ("open, and no producer has authority there today", gaps.open_without_authority),
        ("a producer could serve it, but the state is not open", gaps.authority_but_not_open),
    ):
        if found:
            click.echo(f"gap: {what}: {' '.join(found)}", err=True)


@campaign.command("set")
@click.argument("number", metavar="+1…")
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.option("--json", "as_json", is_flag=True)
def set_(number: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Change settings of a campaign; all of them or none."""
    texts = pairs(settings)
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        found = found_campaign(tx, number)
    changed = change_settings(found.campaign_id, texts, actor=operator(), database=with_.database, now=now)
    if isinstance(changed, Refused):
        refuse(str(changed))
    assert changed is not None
    if as_json:
        print_json({"number": changed.number, "settings": dict(changed.after)})
        return
    for key, after in changed.after.items():
        was = changed.before[key]
        click.echo(f"{key}: {after}" + (f" (was {was})" if was != after else " (as it was)"))


@campaign.command()
@click.argument("number", metavar="+1…")
@click.option("--json", "as_json", is_flag=True)
def show(number: str, as_json: bool) -> None:
    """A campaign: every setting, its default, and who changed it when."""
    with command_tools().database.read() as tx:
        found = found_campaign(tx, number)
        shown = _shown(tx, found)
    _warn_unrecorded(found)
    if as_json:
        print_json(shown)
        return
    click.echo(f"campaign {found.number}: {found.name}, for {found.requirement}")
    click.echo(f"numbers: {', '.join(one['number'] for one in shown['numbers'])}")
    click.echo(f"team: {', '.join(one['npn'] for one in shown['team']) or 'everybody'}")
    header = ("setting", "value", "default", "changed", "by")
    print_table(
        header,
        (
            (key, one["value"], one["default"], one["changed_at"] or "", one["changed_by"] or "")
            for key, one in shown["settings"].items()
        ),
    )


def _shown(tx: Transaction, found: Campaign) -> dict[str, Any]:
    values, defaults = policy.spelled(found.policy), policy.spelled(Policy())
    changes = campaigns.last_changes(tx, found.campaign_id)
    npns = {producer.producer_id: producer.npn for producer in authority_facts.everybody(tx)} if found.team else {}
    return {
        "number": found.number,
        "name": found.name,
        "loa": str(found.requirement),
        "numbers": [
            {"number": number, "pool": pool, "state": state}
            for number, pool, state in campaigns.numbers_of(tx, found.campaign_id)
        ],
        "team": [
            {
                "npn": npns[member.producer_id],
                "priority": member.priority,
                "weight": member.weight,
                "cap": member.cap,
                "language": member.language,
            }
            for member in campaigns.team(tx, found.campaign_id)
        ],
        "settings": {
            key: {
                "value": values[key],
                "default": defaults[key],
                "changed_at": instant(changes[key].at) if key in changes else None,
                "changed_by": changes[key].actor if key in changes else None,
            }
            for key in values
        },
    }


@campaign.group()
def number() -> None:
    """Further numbers that reach a campaign."""


@number.command("add")
@click.argument("added", metavar="+1…")
@click.option("--campaign", "campaign_number", required=True, metavar="+1…")
@click.option("--pool", is_flag=True, help="Lent to one lead at a time.")
@click.option("--state", "state_text", help="The vendor gives this number for callers of this state.")
@click.option("--json", "as_json", is_flag=True)
def add_number(added: str, campaign_number: str, pool: bool, state_text: str | None, as_json: bool) -> None:
    """Have a further number reach a campaign."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = found_campaign(tx, campaign_number)
    made = add_number_to(
        found.campaign_id,
        number=added,
        pool=pool,
        state=state_text,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(made, Refused):
        refuse(str(made))
    assert made is not None
    if as_json:
        print_json({"number": made.number, "campaign": made.campaign, "pool": pool, "state": made.state})
    else:
        click.echo(f"{made.number} reaches campaign {made.campaign}")


@campaign.command()
@click.argument("number", metavar="+1…")
@click.argument("change", metavar="add|remove", type=click.Choice(["add", "remove"]))
@click.argument("npns", nargs=-1, required=True, metavar="NPN...")
@click.option("--priority", default=0, type=click.IntRange(0, 1000), help="1 rings before 2; 0 is none, and last.")
@click.option("--weight", default=1, type=click.IntRange(1, 1000))
@click.option("--cap", type=click.IntRange(1, 10_000), help="Calls a day.")
@click.option("--language", type=click.Choice(["en", "es"]))
@click.option("--json", "as_json", is_flag=True)
def team(
    number: str,
    change: str,
    npns: tuple[str, ...],
    priority: int,
    weight: int,
    cap: int | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Put producers on a campaign's team, or take them off. Without a team, everybody is on it."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = found_campaign(tx, number)
    how: _How = {"actor": operator(), "database": with_.database, "now": with_.clock.now()}
    if change == "add":
        changed = put_on_team(found.campaign_id, npns, Standing(priority, weight, cap, language), **how)
    else:
        changed = take_off_team(found.campaign_id, npns, **how)
    if isinstance(changed, Refused):
        refuse(str(changed))
    with with_.database.read() as tx:
        members = _shown(tx, found_campaign(tx, number))["team"]
    if not members:
        click.echo("the team is empty now, which means everybody", err=True)
    if as_json:
        print_json({"number": found.number, "team": members})
    else:
        click.echo(f"team of {found.number}: {', '.join(one['npn'] for one in members) or 'everybody'}")


# ---- what several of them do


def found_campaign(tx: Transaction, number: str) -> Campaign:
    """The campaign at a number; bad input where there is none."""
    called = e164(number, "number")
    found = campaigns.reached_by(tx, called)
    if found is None:
        refuse(f"no campaign has the number {called}")
    return found


def _warn_unrecorded(found: Campaign) -> None:
    """A standing warning, on standard error: sales of health coverage have to be recorded (DOMAIN.md section 4)."""
    if retention_of(found.requirement) is HEALTH_SALE and found.policy.recording == Mode.OFF:
        click.echo(
            f"warning: campaign {found.number} may sell health coverage and records nothing, but CMS asks for recordings of "
            f"Medicare sales calls, kept {HEALTH_SALE.years} years; see recording in `campaign show`",
            err=True,
        )
