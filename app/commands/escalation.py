"""`threegate escalation …`: the supervisors' queue."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any, NoReturn

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain import instants
from app.domain.instants import BadInstant
from app.storage import escalations
from app.storage.escalations import WAITING, Escalation
from app.wiring import Tools
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.assign_escalation import assign_escalation, candidates
from app.workflows.leads.call_now import call_now
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.escalation_in_hand import Refused
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from app.workflows.leads.schedule_escalation import schedule_escalation, slots_of

_JSON = click.option("--json", "as_json", is_flag=True)
_ID = click.argument("escalation_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))


@click.group()
def escalation() -> None:
    """The supervisors' queue."""


@escalation.command("list")
@click.option("--status", type=click.Choice([*WAITING, "resolved"]), help="Without it, all that are not resolved.")
@click.option("--overdue", is_flag=True, help="Only what is owed by now.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@_JSON
def list_(status: str | None, overdue: bool, limit: int, as_json: bool) -> None:
    """What waits, oldest first."""
    with_ = command_tools()
    now = with_.clock.now()
    statuses = (status,) if status else WAITING
    with with_.database.read() as tx:
        found = [
            one
            for each in statuses
            for one in escalations.listed(tx, status=each, after=0, limit=limit, overdue_at=now if overdue else None)
        ]
    found = sorted(found, key=lambda one: one.id)[:limit]
    if as_json:
        print_json({"items": [_object(one, now) for one in found]})
        return
    header = ("id", "state", "reason", "status", "waits", "due", "with", "next call")
    print_table(header, [_row(one, now) for one in found])


@escalation.command()
@_ID
@_JSON
def show(escalation_id: int, as_json: bool) -> None:
    """One of them, who could take it, and when the person may be called."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        found = escalations.load(tx, escalation_id)
    if found is None:
        _no_such(escalation_id)
    people = candidates(escalation_id, database=with_.database, now=now)
    times = slots_of(escalation_id, database=with_.database, now=now)
    shown = _object(found, now) | {
        "producers": [vars(one) | {"reasons": list(one.reasons)} for one in people] if isinstance(people, list) else [],
        "slots": [instant(slot.due_at) for slot in times] if isinstance(times, list) else [],
        "no_call_because": list(times.reasons) if isinstance(times, Refused) else [],
    }
    if as_json:
        print_json(shown)
        return
    print_table(("what", "is"), [(name, _cell(value)) for name, value in shown.items() if name != "producers"])
    rows = [(one["npn"], one["name"], one["availability"], " ".join(one["reasons"])) for one in shown["producers"]]
    print_table(("npn", "name", "availability", "why not"), rows)


@escalation.command()
@_ID
@_JSON
def claim(escalation_id: int, as_json: bool) -> None:
    """Take one; exit 1 where somebody else has it."""
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        claim_escalation(escalation_id, actor=operator(), database=with_.database, now=now),
        with_,
        escalation_id,
        as_json,
    )


@escalation.command()
@_ID
@click.argument("npn")
@_JSON
def assign(escalation_id: int, npn: str, as_json: bool) -> None:
    """Give one to a producer with authority; exit 1, with the reasons, for any other."""
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        assign_escalation(escalation_id, npn, actor=operator(), database=with_.database, now=now),
        with_,
        escalation_id,
        as_json,
    )


@escalation.command()
@_ID
@click.option("--npn", help="By this producer; else by whoever has authority and is free.")
@_JSON
def call(escalation_id: int, npn: str | None, as_json: bool) -> None:
    """Have the person called now; exit 1 where law, STOP or authority says no."""
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        call_now(escalation_id, npn, actor=operator(), database=with_.database, now=now),
        with_,
        escalation_id,
        as_json,
    )


@escalation.command()
@_ID
@click.argument("at", metavar="ISO8601")
@_JSON
def schedule(escalation_id: int, at: str, as_json: bool) -> None:
    """Promise a call at a lawful time; exit 1, with the next ones, for any other."""
    with_ = command_tools()
    now = with_.clock.now()
    try:
        moment = instants.parse(at)
    except BadInstant as error:
        refuse(str(error))
    _tell(
        schedule_escalation(escalation_id, moment, actor=operator(), database=with_.database, now=now),
        with_,
        escalation_id,
        as_json,
    )


@escalation.command()
@_ID
@click.argument("outcome", type=click.Choice([str(each) for each in Resolution]))
@click.option("--note", default="", help="What there is to know.")
@_JSON
def resolve(escalation_id: int, outcome: str, note: str, as_json: bool) -> None:
    """Say how one came out; exit 1 while the person is on the line, or where it came out otherwise."""
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        resolve_escalation(
            escalation_id, Resolution(outcome), note, actor=operator(), database=with_.database, now=now
        ),
        with_,
        escalation_id,
        as_json,
    )


def _tell(found: Escalation | Refused | Unmet | None, with_: Tools, escalation_id: int, as_json: bool) -> None:
    """The escalation as it stands now, or why not and exit 1."""
    if found is None:
        _no_such(escalation_id)
    if isinstance(found, Unmet):
        refuse(found.why)
    if isinstance(found, Refused):
        slots = [instant(slot.due_at) for slot in found.slots]
        if as_json:
            print_json({"reasons": list(found.reasons), "has_it": found.has_it, "slots": slots})
        who = f" ({found.has_it})" if found.has_it else ""
        when = f"; lawful: {', '.join(map(str, slots))}" if slots else ""
        click.echo(f"no: {', '.join(found.reasons)}{who}{when}", err=True)
        sys.exit(1)
    now = with_.clock.now()
    if as_json:
        print_json(_object(found, now))
        return
    ends = f" as {found.outcome}" if found.outcome else ""
    whose = f", NPN {found.assigned_npn}" if found.assigned_npn and not found.resolved else ""
    when = f", call due {instant(found.next.due_at)}" if found.next else ""
    click.echo(f"escalation {found.id}: {found.status}{ends}{whose}{when}")


def _no_such(escalation_id: int) -> NoReturn:
    refuse(f"there is no escalation {escalation_id}")


def _object(one: Escalation, now: datetime) -> dict[str, Any]:
    """As `GET /escalations` has it."""
    return {
        "id": one.id,
        "lead_id": one.lead_id,
        "call_sid": one.call_sid,
        "state": one.state,
        "status": one.status,
        "reason": one.reason,
        "opened_at": instant(one.opened_at),
        "due_at": instant(one.due_at),
        "age_seconds": one.age_seconds(now),
        "claimed_by": one.claimed_by,
        "assigned_to": one.assigned_npn,
        "outcome": one.outcome,
        "note": one.note,
        "next": None
        if one.next is None
        else {
            "due_at": instant(one.next.due_at),
            "promised_by": instant(one.next.promised_by),
            "npn": one.next.npn,
        },
    }


def _row(one: Escalation, now: datetime) -> tuple[str, ...]:
    minutes = one.age_seconds(now) // 60
    late = " overdue" if not one.resolved and one.due_at <= now else ""
    return (
        str(one.id),
        one.state or "?",
        one.reason,
        one.status,
        f"{minutes // 60}:{minutes % 60:02}",
        f"{instant(one.due_at)}{late}",
        one.assigned_npn or one.claimed_by or "",
        instant(one.next.due_at) or "" if one.next else "",
    )


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={each}" for name, each in value.items() if each is not None)
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
