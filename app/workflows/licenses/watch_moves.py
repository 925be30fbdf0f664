"""What time does to a move: alarms on their days. And what came to light since: more states to suspend, never fewer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.moves import Move
from app.domain.restoration import came_to_light, is_through
from app.outside.notices import Notice, Notices
from app.storage import ledger, moves
from app.storage.database import Database, Transaction
from app.workflows.leads.notify_overdue import MOST_NAMED
from app.workflows.licenses.move_domicile import due_days, hold, list_exposure
from app.workflows.licenses.restore_state import close_if_through, producer_of
from app.workflows.tell_once import tell_once

ACTOR = "scheduler"


def watch_moves(*, database: Database, notices: Notices, now: datetime) -> int:
    """Do what is due about open moves, and tell compliance of it. Returns how many moves the notice names.

    An alarm stands in the ledger once, whether anybody can be told or not. Several that have come at once are told as the last.
    """
    with database.read() as tx:
        due = [move for move in moves.every_open(tx) if _is_due(tx, move, now)]
    for move in due:
        with database.begin() as tx:
            moves.keep_others_out(tx)
            _settle(tx, move.id, now)
        list_exposure(move.id, actor=ACTOR, database=database, now=now)
    return tell_once(
        moves.untold,
        named=_named,
        notice=lambda alarmed: _notice(alarmed, now),
        database=database,
        notices=notices,
        now=now,
    )


def _is_due(tx: Transaction, move: Move, now: datetime) -> bool:
    if (move.exposed_calls is None and move.withdrawn_at is None) or move.alarm(now) is not None:
        return True
    producer = producer_of(tx, move.npn)
    return bool(came_to_light(producer, move, now)) or is_through(producer, move, now)


def _settle(tx: Transaction, move_id: int, now: datetime) -> None:
    move = moves.load(tx, move_id)
    if move is None or move.closed_at is not None:
        return
    producer = producer_of(tx, move.npn)
    if found := came_to_light(producer, move, now):
        moves.add_steps(tx, move.id, due_days(found, from_state=move.from_state, moved_on=move.moved_on))
        moves.look_again(tx, move.id)
        move = moves.load(tx, move.id) or move
        hold(tx, move, found, kind="move_widened", actor=ACTOR, now=now)
    if close_if_through(tx, move, producer, actor=ACTOR, now=now):
        return
    day = move.alarm(now)
    if day is not None and moves.claim_alarm(tx, move.id, day):
        facts = {
            "move": move.id,
            "npn": move.npn,
            "day": day,
            "not_filed": _not_filed(move),
            "not_restored": _not_restored(move),
        }
        ledger.write(tx, kind="move_alarm", now=now, actor=ACTOR, facts=facts)


def _not_filed(move: Move) -> list[str]:
    return [step.state for step in move.steps if not (step.filed_at or step.restored_at)]


def _not_restored(move: Move) -> list[str]:
    return [step.state for step in move.steps if step.restored_at is None]


# ---- who hears of it


def _named(move: Move) -> tuple[str, str]:
    return moves.notice_subject(move.id), moves.notice_threshold(move.told_days)


def _notice(alarmed: Sequence[Move], now: datetime) -> Notice:
    """Neither a name nor a number of the person: the command says who it is."""
    worst_first = sorted(alarmed, key=lambda move: (move.due_on, move.id))
    lines = [_line(move, now) for move in worst_first[:MOST_NAMED]]
    if len(worst_first) > MOST_NAMED:
        lines.append(f"and {len(worst_first) - MOST_NAMED} more")
    count = len(worst_first)
    return Notice(
        title=f"Changes of residence: {count} not settled",
        body="\n".join([*lines, "Who, and what is missing: threegate producer moves"]),
    )


def _line(move: Move, now: datetime) -> str:
    said = [f"move {move.id}, {move.from_state} to {move.to_state}: day {move.day(now)}, due {move.due_on}"]
    if not_filed := _not_filed(move):
        said.append(f"not filed in {', '.join(not_filed)}")
    said.append(f"suspended in {', '.join(_not_restored(move))}")
    if move.late:
        said.append(f"reported late, {move.exposed_calls or 0} calls bridged since")
    return "; ".join(said)
