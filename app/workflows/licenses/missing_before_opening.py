"""What an installation and a project ask for before a state opens, and is missing; its document aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.expansion import Needs, Obstacle, before_opening
from app.domain.states import State
from app.storage import expansion
from app.storage.database import Database, Transaction
from app.workflows.licenses.campaign_gaps import producers_for


def missing_before_opening(
    codes: Sequence[State], *, needs: Needs, database: Database, now: datetime
) -> tuple[Obstacle, ...]:
    """Of each state, named in `why`.

    Counted before the transaction that opens, so that no call waits for it: a call's own authority is judged anyway.
    """
    found: list[Obstacle] = []
    for code in codes:
        with database.read() as tx:
            found += [replace(lack, why=f"{code}: {lack.why}") for lack in missing(tx, code, needs, now)]
    return tuple(found)


def missing(tx: Transaction, code: State, needs: Needs, now: datetime) -> tuple[Obstacle, ...]:
    """Of one state. Only what is asked for is counted."""
    project = expansion.project_of(tx, code)
    counts = needs.producers or (project and project.fewest_producers)
    drilled = needs.drill_days is not None
    return before_opening(
        code,
        needs=needs,
        project=project,
        producers=producers_for(tx, code, now) if counts else 0,
        drill=expansion.newest_drill(tx, code) if drilled else None,
        licenses_version=expansion.licenses_version(tx, code) if drilled else 0,
        now=now,
    )
