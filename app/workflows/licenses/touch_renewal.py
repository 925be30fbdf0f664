"""A person gives a renewal to somebody, or says that a step of it is done. Neither closes it: only the roster does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.renewals import Step
from app.storage import ledger, renewals
from app.storage.database import Database, Transaction
from app.storage.renewals import RenewalTask


@dataclass(frozen=True)
class AlreadyClosed:
    """Nothing was written: the roster has closed it."""

    task: RenewalTask


def assign_renewal(
    task_id: int, owner: str, *, actor: str, database: Database, now: datetime
) -> RenewalTask | AlreadyClosed | None:
    """Let it belong to `owner`, a name or an email. None where there is no such task; again changes nothing."""
    with database.begin() as tx:
        before = renewals.load(tx, task_id)
        if before is not None and before.closed_at is None and before.owner == owner:
            return before
        if renewals.assign(tx, task_id, owner, now):
            _note(tx, "renewal_assigned", task_id, {"owner": owner}, actor, now)
        return _as_it_stands(tx, task_id)


def mark_step(
    task_id: int, step: Step, *, actor: str, database: Database, now: datetime
) -> RenewalTask | AlreadyClosed | None:
    """Say that a step is done. None where there is no such task; a step that was done before stays as it was."""
    with database.begin() as tx:
        before = renewals.load(tx, task_id)
        if before is not None and before.closed_at is None and before.steps[step] is not None:
            return before
        if renewals.mark(tx, task_id, step, now):
            _note(tx, "renewal_step", task_id, {"step": str(step)}, actor, now)
        return _as_it_stands(tx, task_id)


def _as_it_stands(tx: Transaction, task_id: int) -> RenewalTask | AlreadyClosed | None:
    task = renewals.load(tx, task_id)
    return task if task is None or task.closed_at is None else AlreadyClosed(task)


def _note(tx: Transaction, kind: str, task_id: int, what: dict[str, str], actor: str, now: datetime) -> None:
    task = renewals.load(tx, task_id)
    assert task is not None
    about = {"id": task_id, "npn": task.npn, "state": task.runs_out.state, "lines": task.runs_out.spelled}
    ledger.write(
        tx,
        kind=kind,
        now=now,
        actor=actor,
        facts=about | {"expires_on": task.runs_out.expires_on.isoformat()} | what,
    )
