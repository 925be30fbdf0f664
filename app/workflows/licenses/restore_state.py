"""After a move: authority comes back in one state, on a person's word and only where the roster bears it out."""

from __future__ import annotations

from datetime import datetime

from app.domain.licensing import Producer
from app.domain.moves import Move
from app.domain.restoration import is_through, why_not_restored
from app.domain.states import State
from app.storage import authority_facts, ledger, moves, roster
from app.storage.database import Database, Transaction
from app.workflows.licenses.file_address_change import step_of
from app.workflows.licenses.move_domicile import Objection, Refused


def restore_state(npn: str, state: State, *, actor: str, database: Database, now: datetime) -> Move | Refused:
    """Lift the suspension in the state; where it was the last one, the move is closed. Said again it changes nothing."""
    with database.begin() as tx:
        moves.keep_others_out(tx)
        found = step_of(tx, npn, state)
        if isinstance(found, Refused):
            return found
        move, step = found
        if step.restored_at is not None:
            return move
        producer = producer_of(tx, npn)
        why = why_not_restored(producer, move, step, now)
        if why is not None:
            return Refused(Objection.NOT_NOW, why)
        lift(tx, move, producer, state, actor=actor, now=now)
        move = moves.load(tx, move.id) or move
        close_if_through(tx, move, producer, actor=actor, now=now)
        return moves.load(tx, move.id) or move


def lift(tx: Transaction, move: Move, producer: Producer, state: State, *, actor: str, now: datetime) -> None:
    """Authority comes back in the state: nothing is missing there."""
    version = roster.lift_domicile_hold(tx, move.npn, [state], now, actor)
    moves.restore(tx, move.id, state, now)
    seen = [
        {"loa": str(license_.line), "version": license_.version, "verified_at": license_.verified_at.isoformat()}
        for license_ in producer.licenses
        if license_.state == state
    ]
    facts = {"move": move.id, "npn": move.npn, "state": state, "version": version, "licenses": seen}
    ledger.write(tx, kind="move_restored", now=now, actor=actor, facts=facts)


def close_if_through(tx: Transaction, move: Move, producer: Producer, *, actor: str, now: datetime) -> bool:
    """The clock ends. A state that has no license stays suspended: one that it gets later must be restored, too.

    Not where the report was withdrawn: they live where they lived, so nothing is suspended once that is borne out.
    """
    if not is_through(producer, move, now) or not moves.close(tx, move.id, now):
        return False
    suspended = [step.state for step in move.steps if step.restored_at is None]
    if move.withdrawn_at is not None:
        for state in suspended:
            lift(tx, move, producer, state, actor=actor, now=now)
        suspended = []
    facts = {"move": move.id, "npn": move.npn, "suspended": suspended}
    ledger.write(tx, kind="move_closed", now=now, actor=actor, facts=facts)
    return True


def producer_of(tx: Transaction, npn: str) -> Producer:
    """Somebody who has moved is on the roster."""
    producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, npn) or 0)
    assert producer is not None
    return producer


def what_is_missing(tx: Transaction, move: Move, now: datetime) -> dict[State, str | None]:
    """For each state that is still suspended, what is missing before it may be restored; None: it may."""
    producer = producer_of(tx, move.npn)
    return {step.state: why_not_restored(producer, move, step, now) for step in move.steps if step.restored_at is None}
