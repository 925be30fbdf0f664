"""`threegate renewal …`: licenses that run out, and who renews them."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain.renewals import Step, days_left
from app.storage import renewals
from app.storage.database import Transaction
from app.storage.renewals import RenewalTask
from app.wiring import Tools
from app.workflows.licenses.calendar_feed import BadName, make_calendar_address
from app.workflows.licenses.touch_renewal import AlreadyClosed, assign_renewal, mark_step
from app.workflows.licenses.watch_renewals import untouched, urgency

_JSON = click.option("--json", "as_json", is_flag=True)
_ID = click.argument("renewal_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))


@click.group()
def renewal() -> None:
    """Licenses that run out, and who renews them."""


@renewal.command("list")
@click.option("--closed", is_flag=True, help="What the roster has closed, oldest first.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@_JSON
def list_(closed: bool, limit: int, as_json: bool) -> None:
    """What runs out within 90 days, the soonest; resident licenses first, because others rest on them."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        if closed:
            found = renewals.listed(tx, is_open=False, after=0, limit=limit)
        else:
            found = sorted(renewals.soonest(tx, limit=limit), key=lambda task: urgency(task, now))
        shown = [_object(tx, task, now) for task in found]
    if as_json:
        print_json({"items": shown})
        return
    header = ("id", "npn", "name", "state", "rest on it", "lines", "expires", "days", "owner", "done", "")
    print_table(header, [_row(one) for one in shown])


@renewal.command()
@_ID
@click.argument("owner")
@_JSON
def assign(renewal_id: int, owner: str, as_json: bool) -> None:
    """Let one belong to OWNER, a name or an email; exit 1 where the roster has closed it."""
    owner = " ".join(owner.split())
    if not owner or len(owner) > 254 or not owner.isprintable():
        refuse("whose is it? 1 to 254 characters, as in ann@example.com")
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        assign_renewal(renewal_id, owner, actor=operator(), database=with_.database, now=now),
        with_,
        renewal_id,
        as_json,
    )


@renewal.command()
@_ID
@click.argument("step", type=click.Choice([str(each) for each in Step]))
@_JSON
def step(renewal_id: int, step: str, as_json: bool) -> None:
    """Say that a step is done; only a roster that shows a later date closes it. Exit 1 where it is closed."""
    with_ = command_tools()
    now = with_.clock.now()
    _tell(
        mark_step(renewal_id, Step(step), actor=operator(), database=with_.database, now=now),
        with_,
        renewal_id,
        as_json,
    )


@renewal.command()
@click.argument("name")
@_JSON
def calendar(name: str, as_json: bool) -> None:
    """Print the address of a calendar for NAME, once; the one that NAME had before ends."""
    with_ = command_tools()
    made = make_calendar_address(name, actor=operator(), database=with_.database, now=with_.clock.now())
    if isinstance(made, BadName):
        refuse(made.why)
    address = f"{with_.settings.public_base_url}{made.path}"
    if as_json:
        print_json({"name": made.name, "address": address, "rotated": made.rotated})
        return
    click.echo(address)
    ended = "; the address before has ended" if made.rotated else ""
    click.echo(f"Whoever has this address can read the calendar. It is not shown again{ended}.", err=True)


def _tell(found: RenewalTask | AlreadyClosed | None, with_: Tools, renewal_id: int, as_json: bool) -> None:
    """The renewal as it stands now, or why not and exit 1."""
    if found is None:
        refuse(f"there is no renewal {renewal_id}")
    now = with_.clock.now()
    is_closed = isinstance(found, AlreadyClosed)
    task = found.task if isinstance(found, AlreadyClosed) else found
    with with_.database.read() as tx:
        shown = _object(tx, task, now)
    if as_json:
        print_json(shown)
    if is_closed:
        click.echo(f"no: the roster has closed renewal {task.id} as {task.closed_as}", err=True)
        sys.exit(1)
    if not as_json:
        done = ", ".join(task.done) or "nothing yet"
        click.echo(
            f"renewal {task.id}: {task.name}, {shown['state']}, belongs to {task.owner or 'nobody'}; done: {done}"
        )


def _object(tx: Transaction, task: RenewalTask, now: datetime) -> dict[str, Any]:
    """As `GET /renewals` has it."""
    runs_out = task.runs_out
    return {
        "id": task.id,
        "npn": task.npn,
        "name": task.name,
        "state": runs_out.state,
        "resident": task.is_resident,
        "states_resting": renewals.resting_on(tx, task, now),
        "lines": [str(line) for line in runs_out.lines],
        "expires_on": runs_out.expires_on.isoformat(),
        "days_left": days_left(runs_out.state, runs_out.expires_on, now),
        "owner": task.owner,
        "untouched": untouched(task, now),
        "steps": {str(step): instant(at) for step, at in task.steps.items()},
        "opened_at": instant(task.opened_at),
        "closed_at": instant(task.closed_at),
        "closed_as": task.closed_as,
        "closed_version": task.closed_version,
    }


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(one["id"]),
        one["npn"],
        one["name"],
        one["state"],
        str(one["states_resting"]) if one["resident"] else "",
        "+".join(one["lines"]),
        one["expires_on"],
        str(one["days_left"]),
        one["owner"] or "",
        " ".join(step for step, at in one["steps"].items() if at),
        one["closed_as"] or ("untouched" if one["untouched"] else ""),
    )
