"""A producer has moved to another state: authority is gone at once, everywhere that rested on the old residence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.domain import moves as clock
from app.domain import states as jurisdictions
from app.domain.licensing import Producer
from app.domain.moves import Move
from app.domain.states import State
from app.storage import authority_facts, ledger, moves, roster
from app.storage.database import Database, Transaction
from app.workflows.licenses.exposure import Exposed, Held, exposure_since, write_exposure, written_exposure


class Objection(StrEnum):
    """What kind of no it is."""

    UNKNOWN = "unknown"  # there is no such producer, or no such move
    WRONG = "wrong"  # what was said cannot be
    NOT_NOW = "not_now"  # as things stand


@dataclass(frozen=True)
class Refused:
    """Nothing was done, and why. `field` names what was wrong in the request."""

    objection: Objection
    why: str
    field: str = ""


@dataclass(frozen=True)
class Reported:
    """The move as it stands, the states that are suspended, and every call that was bridged since it."""

    move: Move
    suspended: tuple[State, ...]
    exposed: tuple[Exposed, ...]


def move_domicile(
    npn: str,
    to_state: State,
    moved_on: date,
    *,
    correct: bool = False,
    actor: str,
    database: Database,
    now: datetime,
) -> Reported | Refused:
    """Suspend the old and the new resident state and every state with a license, until each is restored.

    `correct` changes the open move instead; its earlier date stays where the new one is later. The exposure is looked for
    once the suspension is committed: nobody's calls wait for it, and where this process dies `watch_moves` makes it good.
    """
    if refused := _never(to_state, moved_on):
        return refused
    with database.begin() as tx:
        moves.keep_others_out(tx)
        outcome = _suspend(tx, npn, to_state, moved_on, correct=correct, actor=actor, now=now)
    if isinstance(outcome, Refused):
        return outcome
    list_exposure(outcome.id, actor=actor, database=database, now=now)
    return reported(outcome.id, database=database)


def list_exposure(move_id: int, *, actor: str, database: Database, now: datetime) -> bool:
    """Write every call that was bridged since the move into the ledger, once. Read first: writers do not wait for it."""
    with database.read() as tx:
        move = moves.load(tx, move_id)
        if move is None or move.exposed_calls is not None or move.withdrawn_at is not None:
            return False
        held = {step.state: Held(clock.begins_at(step.state, move.moved_on), step.restored_at) for step in move.steps}
        exposed = exposure_since(tx, move.npn, move.clock_runs_from, held=held)
    with database.begin() as tx:
        if not moves.note_exposure(tx, move, len(exposed)):
            return False
        write_exposure(tx, exposed, because=_because(move), now=now, actor=actor)
    return True


def exposure_of(tx: Transaction, move: Move) -> tuple[Exposed, ...]:
    """The calls that were found bridged since the move, as the ledger has them."""
    return written_exposure(tx, because=_because(move), since=move.reported_at)


def reported(move_id: int, *, database: Database) -> Reported:
    with database.read() as tx:
        move = moves.load(tx, move_id)
        assert move is not None
        suspended = tuple(step.state for step in move.steps if step.restored_at is None)
        return Reported(move, suspended, exposure_of(tx, move))


def hold(
    tx: Transaction, move: Move, states: Iterable[State], *, kind: str, actor: str, now: datetime, **more: Any
) -> None:
    """Suspend the states and say so in the ledger."""
    held = sorted(states)
    version = roster.hold_domicile(tx, move.npn, held, move.moved_on, now, actor)
    facts = {
        "move": move.id,
        "npn": move.npn,
        "from": move.from_state,
        "to": move.to_state,
        "moved_on": move.moved_on.isoformat(),
        "due_on": {step.state: step.due_on.isoformat() for step in move.steps},
        "suspended": held,
        "version": version,
        **more,
    }
    ledger.write(tx, kind=kind, now=now, actor=actor, facts=facts)


def due_days(states: Iterable[State], *, from_state: State, moved_on: date) -> dict[State, date]:
    """The last day of each state."""
    return {state: clock.due_on(state, from_state=from_state, moved_on=moved_on) for state in states}


def _because(move: Move) -> dict[str, int]:
    return {"move": move.id}


def _never(to_state: State, moved_on: date) -> Refused | None:
    if not jurisdictions.is_state(to_state):
        why = f"{to_state[:20]!r} is not the USPS code of a state or territory that licenses producers"
        return Refused(Objection.WRONG, why, "to")
    if moved_on < clock.FIRST_DAY:
        return Refused(Objection.WRONG, f"{moved_on} is before {clock.FIRST_DAY}: is the year right?", "on")
    return None


def _suspend(
    tx: Transaction, npn: str, to_state: State, moved_on: date, *, correct: bool, actor: str, now: datetime
) -> Move | Refused:
    producer_id = authority_facts.producer_id_of(tx, npn)
    producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
    if producer is None:
        return Refused(Objection.UNKNOWN, f"no producer has NPN {npn}")
    standing = moves.open_of(tx, npn)
    from_state = standing.from_state if standing else producer.resident_state
    withdrawn = standing if standing and standing.withdrawn_at else None
    standing = None if withdrawn else standing
    if refused := _not_now(standing, from_state, to_state, moved_on, correct=correct, now=now):
        return refused
    if standing is not None:
        return _correct(tx, producer, standing, to_state, moved_on, actor=actor, now=now)
    touched = {from_state, to_state, *_licensed(producer), *producer.domicile_holds}
    if withdrawn is not None:
        # They have moved after all, or again: what takes authority away never waits for what gives it back.
        moves.close(tx, withdrawn.id, now)
    move = moves.start(
        tx,
        producer_id=producer.producer_id,
        from_state=from_state,
        to_state=to_state,
        moved_on=moved_on,
        due_on=due_days(touched, from_state=from_state, moved_on=moved_on),
        now=now,
        actor=actor,
    )
    hold(tx, move, touched, kind="producer_moved", actor=actor, now=now, after_the_clock=move.late)
    return move


def _not_now(
    standing: Move | None, from_state: State, to_state: State, moved_on: date, *, correct: bool, now: datetime
) -> Refused | None:
    if standing is not None and not correct:
        why = (
            f"a move from {standing.from_state} to {standing.to_state} on {standing.moved_on} is open; correct that one"
        )
        return Refused(Objection.NOT_NOW, why)
    if standing is None and correct:
        return Refused(Objection.NOT_NOW, "no move is open that could be corrected")
    if to_state == from_state:
        return Refused(Objection.NOT_NOW, f"{to_state} is the state that they would have moved from", "to")
    if moved_on > clock.latest_day((from_state, to_state), now):
        return Refused(Objection.WRONG, f"{moved_on} has not come yet; report the move when it has", "on")
    return None


def _correct(
    tx: Transaction, producer: Producer, move: Move, to_state: State, moved_on: date, *, actor: str, now: datetime
) -> Move:
    # The clock runs from the earlier of the two dates: a later one would only make the exposure smaller.
    moved_on = min(moved_on, move.moved_on)
    if (to_state, moved_on) == (move.to_state, move.moved_on):
        return move
    afresh = to_state != move.to_state
    touched = {to_state, *(step.state for step in move.steps), *_licensed(producer)}
    due_on = due_days(touched, from_state=move.from_state, moved_on=moved_on)
    before = {"to": move.to_state, "moved_on": move.moved_on.isoformat()}
    move = moves.correct(tx, move, to_state=to_state, moved_on=moved_on, due_on=due_on, afresh=afresh)
    suspended = [step.state for step in move.steps if step.restored_at is None]
    hold(tx, move, suspended, kind="move_corrected", actor=actor, now=now, before=before, after_the_clock=move.late)
    return move


def _licensed(producer: Producer) -> set[State]:
    return {license_.state for license_ in producer.licenses}
