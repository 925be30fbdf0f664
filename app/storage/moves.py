"""Changes of residence: the open one of a producer, what is done state by state, what was told of it.

The suspension itself are the roster's domicile holds (storage/roster.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, insert, literal, select, text, update

from app.domain.moves import Move, Step
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import MoveRow, MoveStateRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import NoticeRow

_moves, _steps, _producers = table_of(MoveRow), table_of(MoveStateRow), table_of(ProducerRow)
_notices = table_of(NoticeRow)


def keep_others_out(tx: Connection) -> None:
    """Other moves and changes of the roster wait until this transaction ends: what is read now stays so."""
    if tx.dialect.name == "postgresql":
        # SQLite's BEGIN IMMEDIATE already keeps other writers out. The lock is RosterChange's own.
        tx.execute(text("LOCK TABLE roster_versions IN EXCLUSIVE MODE"))


# ---- reading


def load(tx: Connection, move_id: int) -> Move | None:
    return next(iter(_read(tx, _moves.c.id == move_id)), None)


def open_of(tx: Connection, npn: str) -> Move | None:
    """The producer's one open move."""
    return next(iter(_read(tx, _producers.c.npn == npn, _moves.c.closed_at.is_(None))), None)


def of_producer(tx: Connection, npn: str) -> list[Move]:
    """Every move of the producer, the newest first."""
    return _read(tx, _producers.c.npn == npn)


def newest_with(tx: Connection, npn: str, state: State) -> Move | None:
    """The producer's newest move that touches the state, open or closed."""
    return next((move for move in of_producer(tx, npn) if move.step(state)), None)


def every_open(tx: Connection) -> list[Move]:
    """Open moves, those whose clock ends first in front."""
    return sorted(_read(tx, _moves.c.closed_at.is_(None)), key=lambda move: (move.due_on, move.id))


def notice_subject(move_id: int) -> str:
    """How a move is named among the notices that have gone out."""
    return f"move:{move_id}"


def notice_threshold(day: int) -> str:
    return f"day {day}"


def untold(tx: Connection) -> list[Move]:
    """Open moves with an alarm in the ledger of which no notice has gone out."""
    sent = (
        select(_notices.c.subject)
        .where(
            _notices.c.subject == literal("move:") + cast(_moves.c.id, String),
            _notices.c.threshold == literal("day ") + cast(_moves.c.told_days, String),
        )
        .correlate(_moves)
        .exists()
    )
    return _read(tx, _moves.c.closed_at.is_(None), _moves.c.withdrawn_at.is_(None), _moves.c.told_days > 0, ~sent)


def _read(tx: Connection, *where: ColumnElement[bool]) -> list[Move]:
    rows = (
        tx.execute(
            select(_moves, _producers.c.npn)
            .join(_producers, _producers.c.id == _moves.c.producer_id)
            .where(*where)
            .order_by(_moves.c.id.desc())
        )
        .mappings()
        .all()
    )
    steps: dict[int, list[Step]] = {row["id"]: [] for row in rows}
    found = select(_steps).where(_steps.c.move_id.in_(steps)).order_by(_steps.c.state)
    for step in tx.execute(found).mappings() if steps else ():
        steps[step["move_id"]].append(Step(step["state"], step["due_on"], step["filed_at"], step["restored_at"]))
    return [
        Move(**{name: value for name, value in row.items() if name != "producer_id"}, steps=tuple(steps[row["id"]]))
        for row in rows
    ]


# ---- writing


def start(
    tx: Connection,
    *,
    producer_id: int,
    from_state: State,
    to_state: State,
    moved_on: date,
    due_on: Mapping[State, date],
    now: datetime,
    actor: str,
) -> Move:
    """A new move, with the last day of each state that it touches."""
    written = tx.execute(
        insert(_moves).values(
            producer_id=producer_id,
            from_state=from_state,
            to_state=to_state,
            moved_on=moved_on,
            due_on=min(due_on.values()),
            reported_at=now,
            reported_by=actor,
            told_days=0,
        )
    )
    assert written.inserted_primary_key is not None
    move_id = int(written.inserted_primary_key[0])
    add_steps(tx, move_id, due_on)
    return _there(tx, move_id)


def correct(
    tx: Connection, move: Move, *, to_state: State, moved_on: date, due_on: Mapping[State, date], afresh: bool
) -> Move:
    """Another date or state; with `afresh` nothing that was filed or restored counts. The exposure is looked for again."""
    tx.execute(
        update(_moves)
        .where(_moves.c.id == move.id)
        .values(to_state=to_state, moved_on=moved_on, due_on=min(due_on.values()), exposed_calls=None)
    )
    for step in move.steps:
        changes: dict[str, Any] = {"filed_at": None, "restored_at": None} if afresh else {}
        _change_step(tx, move.id, step.state, due_on=due_on[step.state], **changes)
    add_steps(tx, move.id, {state: due for state, due in due_on.items() if move.step(state) is None})
    return _there(tx, move.id)


def add_steps(tx: Connection, move_id: int, due_on: Mapping[State, date]) -> None:
    rows = [{"move_id": move_id, "state": state, "due_on": due} for state, due in sorted(due_on.items())]
    if rows:
        tx.execute(insert(_steps), rows)


def file(tx: Connection, move_id: int, state: State, filed_at: datetime) -> None:
    """The change of address is filed in the state."""
    _change_step(tx, move_id, state, filed_at=filed_at)


def restore(tx: Connection, move_id: int, state: State, now: datetime) -> None:
    _change_step(tx, move_id, state, restored_at=now)


def close(tx: Connection, move_id: int, now: datetime) -> bool:
    """False where it was closed already."""
    return _change(tx, _moves.c.id == move_id, _moves.c.closed_at.is_(None), closed_at=now)


def withdraw(tx: Connection, move_id: int, *, by: str, because: str, now: datetime) -> Move:
    """The report was false. What it suspended stays so until it is restored."""
    _change(tx, _moves.c.id == move_id, withdrawn_at=now, withdrawn_by=by, withdrawn_because=because)
    return _there(tx, move_id)


def note_exposure(tx: Connection, move: Move, calls: int) -> bool:
    """True for the one who looked first; False, too, where the move was corrected meanwhile."""
    same = (_moves.c.id == move.id, _moves.c.moved_on == move.moved_on, _moves.c.to_state == move.to_state)
    return _change(tx, *same, _moves.c.exposed_calls.is_(None), exposed_calls=calls)


def look_again(tx: Connection, move_id: int) -> None:
    """The move touches more than was known: its exposure is to be looked for again."""
    _change(tx, _moves.c.id == move_id, exposed_calls=None)


def claim_alarm(tx: Connection, move_id: int, day: int) -> bool:
    """True for the one who is to write this alarm into the ledger."""
    return _change(tx, _moves.c.id == move_id, _moves.c.told_days < day, told_days=day)


def _there(tx: Connection, move_id: int) -> Move:
    move = load(tx, move_id)
    assert move is not None
    return move


def _change(tx: Connection, *where: ColumnElement[bool], **values: Any) -> bool:
    return tx.execute(update(_moves).where(*where).values(**values)).rowcount == 1


def _change_step(tx: Connection, move_id: int, state: State, **values: Any) -> None:
    tx.execute(update(_steps).where(_steps.c.move_id == move_id, _steps.c.state == state).values(**values))
