"""After a move: the change of address is filed in a state. It gives no authority; the roster must show the license then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain import moves as clock
from app.domain.moves import Move, Step
from app.domain.states import State
from app.storage import ledger, moves
from app.storage.database import Database, Transaction
from app.workflows.licenses.move_domicile import Objection, Refused


def file_address_change(
    npn: str, state: State, filed_on: date | None, *, actor: str, database: Database, now: datetime
) -> Move | Refused:
    """It was filed now, or on that day. Said again without a day it changes nothing; with another day, that one counts.

    A day counts from its end in the state, for nobody knows whether what a roster saw on it came before or after.
    """
    with database.begin() as tx:
        moves.keep_others_out(tx)
        found = step_of(tx, npn, state)
        if isinstance(found, Refused):
            return found
        move, step = found
        if filed_on is not None and (refused := _impossible(move, state, filed_on, now)):
            return refused
        if step.restored_at is not None:
            return move
        if move.withdrawn_at is not None:
            return Refused(Objection.NOT_NOW, "the report of the move was withdrawn: nothing is to be filed")
        filed_at = now if filed_on is None else min(now, clock.over_at(state, filed_on))
        if step.filed_at is not None and (filed_on is None or _is_on(step.filed_at, state, filed_on)):
            return move
        moves.file(tx, move.id, state, filed_at)
        on = (filed_on or clock.latest_day((state,), now)).isoformat()
        facts = {"move": move.id, "npn": npn, "state": state, "on": on, "late": on > step.due_on.isoformat()}
        ledger.write(tx, kind="move_filed", now=now, actor=actor, facts=facts)
        steps = (replace(each, filed_at=filed_at) if each.state == state else each for each in move.steps)
        return replace(move, steps=tuple(steps))


def step_of(tx: Transaction, npn: str, state: State) -> tuple[Move, Step] | Refused:
    """The producer's newest move that touches the state. A closed one, too: what had no license then may get one later."""
    move = moves.newest_with(tx, npn, state)
    step = move.step(state) if move else None
    if move is None or step is None:
        return Refused(Objection.UNKNOWN, f"no move of NPN {npn} touches {state}")
    return move, step


def _is_on(filed_at: datetime, state: State, day: date) -> bool:
    """Whether it was filed on that day: the day's end itself where the day was said afterwards."""
    return clock.over_at(state, day - timedelta(days=1)) < filed_at <= clock.over_at(state, day)


def _impossible(move: Move, state: State, filed_on: date, now: datetime) -> Refused | None:
    if filed_on < move.moved_on:
        return Refused(Objection.WRONG, f"{filed_on} is before the move on {move.moved_on}", "on")
    if filed_on > clock.latest_day((state,), now):
        return Refused(Objection.WRONG, f"{filed_on} has not come yet", "on")
    return None
