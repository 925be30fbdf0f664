"""Renewal tasks as people see and touch them. What the watch writes stands in renewal_watch.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, distinct, func, literal, select, update
from sqlalchemy.engine import RowMapping

from app.domain.licensing import IN_FORCE
from app.domain.lines import Line
from app.domain.renewals import Closed, RunsOut, Step
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import RenewalTaskRow
from app.storage.models.roster import LicenseRow, ProducerRow

_tasks = table_of(RenewalTaskRow)
_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)

_DONE_AT = {
    Step.EDUCATION: _tasks.c.educated_at,
    Step.FILED: _tasks.c.filed_at,
    Step.PAID: _tasks.c.paid_at,
    Step.CONFIRMED: _tasks.c.confirmed_at,
}


@dataclass(frozen=True)
class RenewalTask:
    """One license that runs out, and what was done about it. `told_days`, `tell_at`: the table."""

    id: int
    producer_id: int
    npn: str
    name: str
    resident_state: State
    runs_out: RunsOut
    opened_at: datetime
    owner: str | None = None
    told_days: int | None = None
    tell_at: datetime | None = None
    touched_at: datetime | None = None
    steps: Mapping[Step, datetime | None] = field(default_factory=dict)
    closed_at: datetime | None = None
    closed_as: Closed | None = None
    closed_version: int | None = None

    @property
    def is_resident(self) -> bool:
        return self.runs_out.state == self.resident_state

    @property
    def done(self) -> tuple[Step, ...]:
        """The steps that a person has marked."""
        return tuple(step for step in Step if self.steps.get(step))


# ---- looking


def load(tx: Connection, task_id: int) -> RenewalTask | None:
    row = tx.execute(every_task().where(_tasks.c.id == task_id)).mappings().first()
    return None if row is None else task_of(row)


def listed(tx: Connection, *, is_open: bool | None, after: int, limit: int) -> list[RenewalTask]:
    """By id after `after`, oldest first."""
    query = every_task().where(_tasks.c.id > after).order_by(_tasks.c.id).limit(limit)
    if is_open is not None:
        query = query.where(_tasks.c.closed_at.is_(None) if is_open else _tasks.c.closed_at.is_not(None))
    return [task_of(row) for row in tx.execute(query).mappings()]


def soonest(tx: Connection, *, limit: int) -> list[RenewalTask]:
    """What is open, by the date on which it runs out."""
    query = every_task().where(_tasks.c.closed_at.is_(None)).order_by(_tasks.c.expires_on, _tasks.c.id).limit(limit)
    return [task_of(row) for row in tx.execute(query).mappings()]


def every_task() -> Select[Any]:
    """The statement that `task_of` reads."""
    names = (_producers.c.npn, _producers.c.first_name, _producers.c.last_name, _producers.c.resident_state)
    return select(_tasks, *names).join(_producers, _producers.c.id == _tasks.c.producer_id)


def task_of(row: RowMapping) -> RenewalTask:
    return RenewalTask(
        id=row["id"],
        producer_id=row["producer_id"],
        npn=row["npn"],
        name=f"{row['first_name']} {row['last_name']}".strip(),
        resident_state=row["resident_state"],
        runs_out=RunsOut(row["state"], row["expires_on"], lines_of(row["lines"])),
        opened_at=row["opened_at"],
        owner=row["owner"],
        told_days=row["told_days"],
        tell_at=row["tell_at"],
        touched_at=row["touched_at"],
        steps={step: row[column.name] for step, column in _DONE_AT.items()},
        closed_at=row["closed_at"],
        closed_as=Closed(row["closed_as"]) if row["closed_as"] else None,
        closed_version=row["closed_version"],
    )


@lru_cache(maxsize=256)
def lines_of(stored: str) -> tuple[Line, ...]:
    """The lines of a task, which are stored joined by +."""
    return tuple(Line(name) for name in stored.split("+"))


def resting_on(tx: Connection, task: RenewalTask, now: datetime) -> int:
    """In how many other states the producer has licenses, for these lines, that end with this one. 0: not the resident one."""
    if not task.is_resident:
        return 0
    counted: int = tx.execute(
        select(func.count(distinct(_licenses.c.state))).where(
            _licenses.c.producer_id == task.producer_id,
            _licenses.c.state != task.resident_state,
            _licenses.c.line.in_([str(line) for line in task.runs_out.lines]),
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
            _licenses.c.authority_until > now,
        )
    ).scalar_one()
    return counted


# ---- what people write


def assign(tx: Connection, task_id: int, owner: str, now: datetime) -> bool:
    """False where there is no open task of that id."""
    return _touch(tx, task_id, {"owner": owner, "touched_at": now})


def mark(tx: Connection, task_id: int, step: Step, now: datetime) -> bool:
    """Mark a step as done; the first time is kept. False where there is no open task of that id."""
    column = _DONE_AT[step]
    return _touch(tx, task_id, {column.name: func.coalesce(column, literal(now, column.type)), "touched_at": now})


def _touch(tx: Connection, task_id: int, values: Mapping[str, Any]) -> bool:
    touched = tx.execute(update(_tasks).where(_tasks.c.id == task_id, _tasks.c.closed_at.is_(None)).values(values))
    return touched.rowcount == 1
