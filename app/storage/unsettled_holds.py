"""Domicile holds that no reported move stands behind: a report alone put them there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import MoveRow, MoveStateRow
from app.storage.models.roster import DomicileHoldRow, ProducerRow, RosterHistoryRow
from app.storage.roster_changes import Subject, read_back

_holds, _producers = table_of(DomicileHoldRow), table_of(ProducerRow)
_moves, _steps, _history = table_of(MoveRow), table_of(MoveStateRow), table_of(RosterHistoryRow)


def without_move(tx: Connection, homes: Mapping[str, State | None], before: date) -> dict[str, list[State]]:
    """States that were held before that day, by NPN, of those who are resident where `homes` has them and were so then.

    Nobody with a move that is open, and no state that any move of theirs touches.
    """
    touched = (
        select(_steps.c.state)
        .join(_moves, _moves.c.id == _steps.c.move_id)
        .where(_moves.c.producer_id == _holds.c.producer_id, _steps.c.state == _holds.c.state)
        .exists()
    )
    moving = (
        select(_moves.c.id).where(_moves.c.producer_id == _holds.c.producer_id, _moves.c.closed_at.is_(None)).exists()
    )
    rows = tx.execute(
        select(_producers.c.npn, _producers.c.resident_state, _holds.c.state, _holds.c.version)
        .join(_producers, _producers.c.id == _holds.c.producer_id)
        .where(_producers.c.npn.in_(list(homes)), _holds.c.moved_on < before, ~touched, ~moving)
        .order_by(_producers.c.npn, _holds.c.state)
    ).all()
    found: dict[str, list[State]] = {}
    for row in rows:
        at_home = homes[row.npn] == row.resident_state
        if at_home and _home_at(tx, row.npn, row.version) in (None, row.resident_state):
            found.setdefault(row.npn, []).append(row.state)
    return found


def _home_at(tx: Connection, npn: str, version: int) -> State | None:
    """The resident state as that version had it; None where nothing of the producer has changed since."""
    written = tx.execute(
        select(_history.c.before)
        .where(_history.c.subject == Subject.PRODUCER, _history.c.key == npn, _history.c.version > version)
        .order_by(_history.c.version)
        .limit(1)
    ).scalar()
    before = read_back(written)
    return None if before is None else str(before["resident_state"])
