"""A report of a move was false: nothing is due any more, and authority comes back where the roster bears that out."""

from __future__ import annotations

from datetime import datetime

from app.domain.expansion import same_person
from app.domain.licensing import Producer
from app.domain.moves import Move
from app.domain.restoration import why_not_restored
from app.storage import ledger, moves
from app.storage.database import Database, Transaction
from app.workflows.licenses.move_domicile import Objection, Refused
from app.workflows.licenses.restore_state import close_if_through, lift, producer_of

LONGEST_REASON = 500


def withdraw_move(npn: str, because: str, *, actor: str, database: Database, now: datetime) -> Move | Refused:
    """Withdraw the producer's open move, as another person than who reported it. Said again it changes nothing.

    The clock ends at once. A state comes back at once only if a roster that was seen since the report shows what it takes:
    the former resident license first. Every other one stays suspended, and waits for restore_state. Where the roster has
    borne the move out, in a state that was restored, it is withdrawn no more.
    """
    because = because.strip()
    if not 1 <= len(because) <= LONGEST_REASON or not because.isprintable():
        why = f"say in one line of 1 to {LONGEST_REASON} characters why the report was false"
        return Refused(Objection.WRONG, why, "because")
    with database.begin() as tx:
        moves.keep_others_out(tx)
        move = moves.open_of(tx, npn)
        if move is None:
            return Refused(Objection.UNKNOWN, f"no move of NPN {npn} is open")
        if move.withdrawn_at is not None:
            return move
        if why_not := _objection(move, actor):
            return Refused(Objection.NOT_NOW, why_not)
        move = moves.withdraw(tx, move.id, by=actor, because=because, now=now)
        producer = producer_of(tx, npn)
        facts = {
            "move": move.id,
            "npn": npn,
            "from": move.from_state,
            "to": move.to_state,
            "moved_on": move.moved_on.isoformat(),
            "reported_by": move.reported_by,
            "because": because,
        }
        ledger.write(tx, kind="move_withdrawn", now=now, actor=actor, facts=facts)
        move = _lift_what_was_seen(tx, move, producer, actor=actor, now=now)
        close_if_through(tx, move, producer, actor=actor, now=now)
        return moves.load(tx, move.id) or move


def _objection(move: Move, actor: str) -> str | None:
    if same_person(move.reported_by, actor):
        return f"{move.reported_by} reported it, so {actor} cannot withdraw it: another person must"
    if borne_out := [step.state for step in move.steps if step.restored_at is not None]:
        states = ", ".join(borne_out)
        return f"the roster has borne it out ({states} restored): if they have moved back, report that as a move"
    return None


def _lift_what_was_seen(tx: Transaction, move: Move, producer: Producer, *, actor: str, now: datetime) -> Move:
    """The home first: the others rest on it."""
    for step in sorted(move.steps, key=lambda each: each.state != move.home):
        if why_not_restored(producer, move, step, now) is None:
            lift(tx, move, producer, step.state, actor=actor, now=now)
            move = moves.load(tx, move.id) or move
    return move
