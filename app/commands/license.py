"""`threegate license …`: what a lapse would take, what lapsed, and a license suspended by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import click

from app.commands.license_told import impact_object, lapse_object, refused, suspended_object, tell_gone
from app.commands.moves import Day
from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain import states
from app.domain.lines import Line
from app.storage import lapses as storage
from app.workflows.licenses.change_license import Refused, suspend_license
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.impact import NotHeld, impact_of

SHOWN = 50
"""So many calls of an exposure are printed; --json has them all."""


@click.group()
def license() -> None:
    """What rests on a license, what lapsed, and suspending one by hand."""


def _state(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    found = states.parse(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is not one of the 56 jurisdictions that license producers")
    return found


def _states(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_state(ctx, param, each) for each in value)


@license.command()
@click.option("--npn", required=True)
@click.option("--without", multiple=True, callback=_states, metavar="ST", help="Instead of the resident license.")
@click.option("--on", "on", type=Day(), help="As it would be on that day; now where it is not given.")
@click.option("--json", "as_json", is_flag=True)
def impact(npn: str, without: tuple[str, ...], on: date | None, as_json: bool) -> None:
    """What would go if a license lapsed: lines, promised calls, traffic, and who is left. Nothing is changed."""
    with_ = command_tools()
    found = impact_of(npn, without, on=on, database=with_.database, now=with_.clock.now())
    if isinstance(found, NotHeld):
        refuse(found.why, code=1)
    if as_json:
        print_json(impact_object(found))
        return
    who = f"NPN {npn} {found.producer.name}, resident in {found.producer.resident_state}"
    click.echo(f"{who}, without {', '.join(found.without)} at {instant(found.at)}:")
    tell_gone(found.gone)
    share = found.share
    click.echo(
        f"Of the last 30 days: {_part(share.arrived_there, share.arrived)} calls that arrived, "
        f"{_part(share.bridged_there, share.bridged)} that were bridged, {share.bridged_by_them} of them to this producer."
    )


def _part(part: int, whole: int) -> str:
    return f"{part} of {whole}{f' ({part / whole:.1%})' if whole else ''}"


@license.command()
@click.option("--npn", required=True)
@click.option("--state", "state", required=True, callback=_state, metavar="ST")
@click.option("--loa", type=click.Choice([str(line) for line in Line]), help="This line only; without it, every one.")
@click.option("--reason", required=True, help="Why; it stands in the ledger.")
@click.option("--since", type=Day(), help="It was not in force from this day on: list the calls that rested on it.")
@click.option("--json", "as_json", is_flag=True)
def suspend(npn: str, state: str, loa: str | None, reason: str, since: date | None, as_json: bool) -> None:
    """Suspend a license at once. Only an import that sees it active gives it back."""
    with_ = command_tools()
    found = suspend_license(
        npn,
        state,
        Line(loa) if loa else None,
        reason=reason,
        since=since,
        actor=operator(),
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(found, Refused):
        refused(found)
    if as_json:
        print_json(suspended_object(found))
        return
    lines = "+".join(found.lines)
    done = f"suspended for {lines} (roster version {found.version})" if lines else "was not in force; nothing changed"
    click.echo(f"NPN {npn} {found.name}, {state}: {done}")
    if lines:
        tell_gone(found.gone)
    if since is not None:
        _tell_exposed(found.exposed, since)


def _tell_exposed(exposed: tuple[Exposed, ...], since: date) -> None:
    click.echo(f"Exposure: {len(exposed)} calls bridged since {since} rested on it.")
    for each in exposed[:SHOWN]:
        click.echo(f"  {instant(each.at)}  {each.call_sid}  {'|'.join(each.states) or 'state not known'}  {each.why}")
    if len(exposed) > SHOWN:
        click.echo(f"  and {len(exposed) - SHOWN} more; --json has them all")


@license.command()
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True, help="So far back.")
@click.option("--json", "as_json", is_flag=True)
def lapses(days: int, as_json: bool) -> None:
    """Resident licenses that lapsed, what went with each, and whether it is back in force."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        found = storage.written(tx, now - timedelta(days=days))
        back = storage.in_force_at_home(tx, {entry.facts["npn"] for entry in found}, now)
    items = [lapse_object(entry, back) for entry in found]
    if as_json:
        print_json({"items": items})
        return
    header = ("ended_at", "npn", "name", "state", "loa", "how", "states", "lines", "promised_calls", "stands")
    print_table(header, (_lapse_row(item) for item in items))


def _lapse_row(item: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        *(item["ended_at"], item["npn"], item["name"], item["state"], "+".join(item["lines"]), item["how"]),
        *(str(len(item["states"])), str(len(item["going"])), str(len(item["callbacks"])), item["stands"]),
    )
