"""`threegate producer moved`, `move`, `moves`, `move-filed`, `move-restored`, `move-withdrawn`: a change of residence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NoReturn

import click

from app.commands.output import command_tools, instant, operator, print_json, print_table, refuse
from app.domain.moves import Move, Step, filing_rule
from app.storage import moves as storage
from app.wiring import Tools
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.file_address_change import file_address_change
from app.workflows.licenses.move_domicile import Objection, Refused, Reported, exposure_of, move_domicile
from app.workflows.licenses.restore_state import restore_state, what_is_missing
from app.workflows.licenses.withdraw_move import withdraw_move

SHOWN = 50
"""So many calls of an exposure are printed; --json has them all."""


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a day of the calendar, e.g. 2026-11-18", param, ctx)


def _state(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    return value.strip().upper()


@click.command("moved")
@click.argument("npn")
@click.option("--to", "to_state", required=True, metavar="ST", callback=_state, help="The new resident state.")
@click.option("--on", "moved_on", required=True, type=Day(), help="The day of the move.")
@click.option("--correct", is_flag=True, help="Correct the move that is open; an earlier date stays.")
@click.option("--json", "as_json", is_flag=True)
def moved(npn: str, to_state: str, moved_on: date, correct: bool, as_json: bool) -> None:
    """Report that a producer moved to another state: authority is suspended at once."""
    with_ = command_tools()
    now = with_.clock.now()
    found = move_domicile(npn, to_state, moved_on, correct=correct, actor=operator(), database=with_.database, now=now)
    if isinstance(found, Refused):
        _refused(found)
    _print(with_, found, now, as_json=as_json)


@click.command("move")
@click.argument("npn")
@click.option("--json", "as_json", is_flag=True)
def move(npn: str, as_json: bool) -> None:
    """The open move of a producer: what is due, filed, restored and missing in each state."""
    with_ = command_tools()
    with with_.database.read() as tx:
        found = storage.open_of(tx, npn)
        if found is None:
            refuse(f"no move of NPN {npn[:20]} is open", code=1)
        shown = Reported(found, _suspended(found), exposure_of(tx, found))
    _print(with_, shown, with_.clock.now(), as_json=as_json)


@click.command("moves")
@click.option("--json", "as_json", is_flag=True)
def moves(as_json: bool) -> None:
    """Every open move, those whose clock ends first in front."""
    with_ = command_tools()
    now = with_.clock.now()
    with with_.database.read() as tx:
        found = storage.every_open(tx)
    if as_json:
        print_json({"items": [_object(each, now, {}) for each in found]})
        return
    header = ("move", "npn", "from", "to", "moved_on", "day", "due_on", "suspended", "remark")
    print_table(
        header,
        (
            (
                *(str(each.id), each.npn, each.from_state, each.to_state, str(each.moved_on), str(each.day(now))),
                *(str(each.due_on), ",".join(_suspended(each)), _remark(each)),
            )
            for each in found
        ),
    )


def _remark(found: Move) -> str:
    if found.withdrawn_at is not None:
        return "withdrawn"
    return "late" if found.late else ""


@click.command("move-filed")
@click.argument("npn")
@click.argument("state", metavar="ST", callback=_state)
@click.option("--on", "filed_on", type=Day(), help="The day on which it was filed; now where it is not given.")
@click.option("--json", "as_json", is_flag=True)
def move_filed(npn: str, state: str, filed_on: date | None, as_json: bool) -> None:
    """The change of address (in the new resident state: the application) is filed in ST."""
    with_ = command_tools()
    now = with_.clock.now()
    found = file_address_change(npn, state, filed_on, actor=operator(), database=with_.database, now=now)
    _done(with_, found, state, now, as_json=as_json)


@click.command("move-restored")
@click.argument("npn")
@click.argument("state", metavar="ST", callback=_state)
@click.option("--json", "as_json", is_flag=True)
def move_restored(npn: str, state: str, as_json: bool) -> None:
    """Give authority back in ST, where the roster bears it out."""
    with_ = command_tools()
    now = with_.clock.now()
    found = restore_state(npn, state, actor=operator(), database=with_.database, now=now)
    _done(with_, found, state, now, as_json=as_json)


@click.command("move-withdrawn")
@click.argument("npn")
@click.option("--because", required=True, help="Why the report was false, in one line.")
@click.option("--json", "as_json", is_flag=True)
def move_withdrawn(npn: str, because: str, as_json: bool) -> None:
    """The report of the open move was false. Another person than who reported it says so.

    What a roster has shown since the report comes back at once; the rest by `producer move-restored`, after one has.
    """
    with_ = command_tools()
    now = with_.clock.now()
    found = withdraw_move(npn, because, actor=operator(), database=with_.database, now=now)
    if isinstance(found, Refused):
        _refused(found)
    missing = _missing(with_, found, now)
    if as_json:
        print_json(_object(found, now, missing))
        return
    over = "Nothing is suspended any more." if found.closed_at else f"Suspended in {', '.join(_suspended(found))}."
    click.echo(f"NPN {found.npn} has not moved from {found.from_state} to {found.to_state}. {over}")
    for state, why in missing.items():
        click.echo(f"  {state}: {why or 'may be restored: threegate producer move-restored'}")


COMMANDS: Sequence[click.Command] = (moved, move, moves, move_filed, move_restored, move_withdrawn)
"""What the group `producer` has of them."""


def _refused(refused: Refused) -> NoReturn:
    refuse(refused.why, code=2 if refused.objection is Objection.WRONG else 1)


def _suspended(found: Move) -> tuple[str, ...]:
    return tuple(step.state for step in found.steps if step.restored_at is None)


def _done(with_: Tools, found: Move | Refused, state: str, now: datetime, *, as_json: bool) -> None:
    if isinstance(found, Refused):
        _refused(found)
    missing = _missing(with_, found, now)
    if as_json:
        print_json(_object(found, now, missing))
        return
    step = found.step(state)
    assert step is not None
    closed = "; the move is closed" if found.closed_at else ""
    click.echo(f"NPN {found.npn}, {state}: {missing.get(state) or _standing(step)}{closed}")


def _standing(step: Step) -> str:
    if step.restored_at is not None:
        return f"restored {instant(step.restored_at)}"
    return "may be restored: threegate producer move-restored"


def _print(with_: Tools, found: Reported, now: datetime, *, as_json: bool) -> None:
    missing = _missing(with_, found.move, now)
    if as_json:
        exposed = [_call(each) for each in found.exposed]
        print_json({**_object(found.move, now, missing), "suspended": list(found.suspended), "exposed": exposed})
        return
    the = found.move
    click.echo(
        f"NPN {the.npn} moved from {the.from_state} to {the.to_state} on {the.moved_on}; today is day {the.day(now)}. "
        f"Suspended in {', '.join(found.suspended) or 'no state'}."
    )
    header = ("state", "role", "due_on", "filed", "restored", "asks", "missing")
    print_table(header, (_row(the, step, missing) for step in the.steps))
    if the.late:
        click.echo(f"Reported late: {len(found.exposed)} calls were bridged since the move.")
    for each in found.exposed[:SHOWN]:
        click.echo(f"  {instant(each.at)}  {each.call_sid}  {'|'.join(each.states) or 'state not known'}  {each.why}")
    if len(found.exposed) > SHOWN:
        click.echo(f"  and {len(found.exposed) - SHOWN} more; --json has them all")


def _row(the: Move, step: Step, missing: dict[str, str | None]) -> tuple[str, ...]:
    return (
        step.state,
        str(the.role(step.state)),
        str(step.due_on),
        instant(step.filed_at) or "",
        instant(step.restored_at) or "",
        filing_rule(step.state).asks,
        missing.get(step.state) or "",
    )


def _missing(with_: Tools, found: Move, now: datetime) -> dict[str, str | None]:
    with with_.database.read() as tx:
        return what_is_missing(tx, found, now)


def _object(found: Move, now: datetime, missing: dict[str, str | None]) -> dict[str, Any]:
    return {
        "id": found.id,
        "npn": found.npn,
        "from": found.from_state,
        "to": found.to_state,
        "moved_on": found.moved_on.isoformat(),
        "due_on": found.due_on.isoformat(),
        "day": found.day(now),
        "reported_at": instant(found.reported_at),
        "reported_by": found.reported_by,
        "late": found.late,
        "exposed_calls": found.exposed_calls,
        "closed_at": instant(found.closed_at),
        "withdrawn_at": instant(found.withdrawn_at),
        "withdrawn_by": found.withdrawn_by,
        "withdrawn_because": found.withdrawn_because,
        "states": [
            {
                "state": step.state,
                "role": str(found.role(step.state)),
                "due_on": step.due_on.isoformat(),
                "asks": filing_rule(step.state).asks,
                "filed_at": instant(step.filed_at),
                "restored_at": instant(step.restored_at),
                "missing": missing.get(step.state),
            }
            for step in found.steps
        ],
    }


def _call(each: Exposed) -> dict[str, Any]:
    return {
        "call_sid": each.call_sid,
        "at": instant(each.at),
        "states": list(each.states),
        "decision_id": each.decision_id,
        "why": each.why,
    }
