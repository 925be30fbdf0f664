"""`threegate campaign …`: what is sold at which number, by whom, and how its calls are treated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import click

from app.commands.authority import requirement
from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.commands.vendor import e164
from app.domain import policy, states
from app.domain.policy import BadSetting, Policy
from app.domain.recording_consent import Mode
from app.domain.retention import HEALTH_SALE, retention_of
from app.storage import authority_facts, campaigns, ledger
from app.storage.campaigns import Campaign, TeamMember
from app.storage.database import Transaction
from app.workflows.authority.matrix import Gaps, gaps_of


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
    called, needed, texts = e164(number, "--number"), requirement(loa), _pairs(settings)
    if not 1 <= len(name) <= 200:
        refuse("--name: 1 to 200 characters")
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.begin() as tx:
        vendor_id = _vendor_id(tx, vendor)
        campaign_id = campaigns.add(tx, number=called, name=name, requirement=needed, vendor_id=vendor_id)
        if campaign_id is None:
            refuse(f"--number {called}: there is a campaign at it already")
        _change(tx, campaigns.by_id(tx, campaign_id), texts, now)
        made = campaigns.by_id(tx, campaign_id)
        facts = {"number": called, "name": name, "loa": str(needed), "vendor": vendor, "settings": texts}
        ledger.write(tx, kind="campaign_added", now=now, actor=operator(), facts=facts)
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
    texts = _pairs(settings)
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.begin() as tx:
        before = found_campaign(tx, number)
        changed = policy.spelled(_change(tx, before, texts, now))
        facts = {"campaign": before.number, "settings": {key: changed[key] for key in texts}}
        ledger.write(tx, kind="campaign_set", now=now, actor=operator(), facts=facts)
    if as_json:
        print_json({"number": before.number, "settings": {key: changed[key] for key in texts}})
        return
    was = policy.spelled(before.policy)
    for key in texts:
        click.echo(f"{key}: {changed[key]}" + (f" (was {was[key]})" if was[key] != changed[key] else " (as it was)"))


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
    called = e164(added, "number")
    state = states.parse(state_text)
    if state_text is not None and state is None:
        refuse(f"--state {state_text!r}: not one of the 56 jurisdictions that license producers")
    with_ = command_tools()
    with with_.database.begin() as tx:
        found = found_campaign(tx, campaign_number)
        if not campaigns.add_number(tx, number=called, campaign_id=found.campaign_id, pool=pool, state=state):
            refuse(f"{called}: it reaches a campaign already")
        facts = {"campaign": found.number, "number": called, "pool": pool, "state": state}
        ledger.write(tx, kind="campaign_number_added", now=with_.clock.now(), actor=operator(), facts=facts)
    if as_json:
        print_json({"number": called, "campaign": found.number, "pool": pool, "state": state})
    else:
        click.echo(f"{called} reaches campaign {found.number}")


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
    with with_.database.begin() as tx:
        found = found_campaign(tx, number)
        for npn in dict.fromkeys(npns):
            producer_id = authority_facts.producer_id_of(tx, npn)
            if producer_id is None:
                refuse(f"no producer has NPN {npn}")
            if change == "add":
                member = TeamMember(producer_id, priority, weight, cap, language)
                campaigns.put_on_team(tx, found.campaign_id, member)
            elif not campaigns.take_off_team(tx, found.campaign_id, producer_id):
                refuse(f"NPN {npn} is not on the team of {found.number}")
        facts: dict[str, Any] = {"campaign": found.number, "change": change, "npns": list(npns)}
        if change == "add":
            facts |= {"priority": priority, "weight": weight, "cap": cap, "language": language}
        ledger.write(tx, kind="campaign_team", now=with_.clock.now(), actor=operator(), facts=facts)
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


def _change(tx: Transaction, found: Campaign, texts: Mapping[str, str], now: datetime) -> Policy:
    try:
        return campaigns.change_settings(tx, found, texts, actor=operator(), now=now)
    except BadSetting as error:
        _bad_setting(error)


def _bad_setting(error: BadSetting) -> NoReturn:
    refuse(str(error))


def _vendor_id(tx: Transaction, slug: str | None) -> int | None:
    if slug is None:
        return None
    found = campaigns.vendor(tx, slug)
    if found is None:
        refuse(f"no vendor {slug!r}; threegate vendor add makes one")
    return found.vendor_id


def _pairs(settings: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in settings:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            refuse(f"{text!r}: expected KEY=VALUE")
        if key.strip() in pairs:
            refuse(f"{key.strip()}: given twice")
        pairs[key.strip()] = value
    return pairs
