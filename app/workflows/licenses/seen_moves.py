"""Moves that nobody reported: a roster shows a producer resident in another state than we had."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.domain import moves as clock
from app.domain.states import State
from app.storage import moves
from app.storage.database import Database
from app.workflows.licenses.move_domicile import Reported, move_domicile


def report_seen_moves(
    moved: Iterable[tuple[str, State]], *, actor: str, database: Database, now: datetime
) -> tuple[Reported, ...]:
    """Report each (NPN, new state) as a move of today, before the roster says so: its licenses are suspended at once.

    What takes authority away applies when it is seen (FLOWS.md, Licenses). A move to that state that is open already is the
    same one; one to another state is corrected; one that was withdrawn is over, unless the roster shows them where they
    live after all. The day is the day of the sight, for nobody said another; `producer moved --correct` makes it earlier.
    """
    found = []
    for npn, to_state in moved:
        with database.read() as tx:
            standing = moves.open_of(tx, npn)
        if standing is not None and standing.home == to_state:
            continue
        outcome = move_domicile(
            npn,
            to_state,
            clock.latest_day((to_state,), now),
            correct=standing is not None and standing.withdrawn_at is None,
            actor=actor,
            database=database,
            now=now,
        )
        if isinstance(outcome, Reported):
            found.append(outcome)
    return tuple(found)
