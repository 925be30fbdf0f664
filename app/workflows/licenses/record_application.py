"""Note what became of an application: when it was filed and decided, what was paid for it. It gives no authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.expansion import Application, Obstacle, Project, Step, today_in, why_not
from app.domain.states import State
from app.storage import expansion, ledger, moves
from app.storage.database import Database
from app.workflows.licenses.add_application import checks

MOST_PAID_CENTS = 100_000_00


@dataclass(frozen=True)
class Recorded:
    """The application as it stands. `obstacles`: what speaks against it today, where it has just been filed."""

    project: Project
    application: Application
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True)
class NotRecorded:
    """`field` names what was wrong; empty where there is no such application."""

    why: str
    field: str = ""


def record_application(
    state: State,
    application_id: int,
    *,
    steps: Mapping[Step, date],
    paid_cents: int | None = None,
    actor: str,
    database: Database,
    now: datetime,
) -> Recorded | NotRecorded:
    """Note each step with its day, and all that was paid for it so far; all of it or nothing, and again it changes nothing.

    Only a roster that shows the license gives authority. Being filed is a fact, so it is noted whatever speaks against it.
    """
    if paid_cents is not None and not 0 <= paid_cents <= MOST_PAID_CENTS:
        return NotRecorded(f"what was paid is 0 to {MOST_PAID_CENTS // 100} dollars", field="paid_cents")
    with database.begin() as tx:
        moves.keep_others_out(tx)
        project = expansion.project_of(tx, state)
        before = None if project is None else expansion.application(tx, project.id, application_id)
        if project is None or before is None:
            return NotRecorded(f"the expansion into {state} that is under way has no such application")
        changes: dict[str, Any] = {} if paid_cents is None else {"paid_cents": paid_cents}
        standing = before
        for step in (step for step in Step if step in steps):
            if why := why_not(standing, step, steps[step], today=today_in(state, now)):
                return NotRecorded(f"{step} on {steps[step]}: {why}", field=f"{step}_on")
            changes[f"{step}_on"] = steps[step]
            standing = Application(**{**vars(standing), f"{step}_on": steps[step]})
        changes = {name: value for name, value in changes.items() if value != getattr(before, name)}
        if not changes:
            return Recorded(project, before)
        expansion.change_application(tx, application_id, **changes)
        obstacles = checks(tx, project, before.npn, before.lines, now, but=before.id) if "applied_on" in changes else ()
        facts = {
            "project": project.id,
            "state": state,
            "application": application_id,
            "npn": before.npn,
            "was": {name: _spelled(getattr(before, name)) for name in changes},
            "is": {name: _spelled(value) for name, value in changes.items()},
            "against": [obstacle.code for obstacle in obstacles],
        }
        ledger.write(tx, kind="application_changed", now=now, actor=actor, facts=facts)
        after = expansion.application(tx, project.id, application_id)
        assert after is not None
    return Recorded(project, after, obstacles)


def _spelled(value: date | int | None) -> str | int | None:
    return value.isoformat() if isinstance(value, date) else value
