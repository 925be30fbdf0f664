"""Open renewals as a board shows them: column by column, the first of each, and how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from app.domain import states as jurisdictions
from app.domain.licensing import IN_FORCE
from app.domain.renewals import THRESHOLDS, local_day
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import RenewalTaskRow
from app.storage.models.roster import LicenseRow, ProducerRow
from app.storage.renewals import RenewalTask, every_task, task_of

_tasks, _producers, _licenses = table_of(RenewalTaskRow), table_of(ProducerRow), table_of(LicenseRow)


class Whose(StrEnum):
    """Whose renewals are shown."""

    ALL = "all"
    MINE = "mine"
    NOBODYS = "nobodys"


@dataclass(frozen=True)
class Column:
    """What runs out within `days`, and not within the column before it; the first of `total`, soonest first."""

    days: int
    total: int
    tasks: tuple[RenewalTask, ...]


def board(
    tx: Connection, now: datetime, *, whose: Whose = Whose.ALL, owner: str = "", limit: int, only: int | None = None
) -> list[Column]:
    """A column for each threshold, the nearest first; with `only` that one alone. Days are the state's own."""
    columns, nearest = [], None
    for days in sorted(THRESHOLDS):
        between = within(now, days) if nearest is None else and_(within(now, days), not_(within(now, nearest)))
        if only in (None, days):
            columns.append(_column(tx, days, between, _whose(whose, owner), limit))
        nearest = days
    return columns


def within(now: datetime, days: int) -> ColumnElement[bool]:
    """Tasks whose license runs out within so many days, or has run out, by the date that it is in its own state."""
    today: dict[date, list[State]] = {}
    for state in jurisdictions.ALL:
        today.setdefault(local_day(state, now), []).append(state)
    return or_(
        *(
            and_(_tasks.c.state.in_(there), _tasks.c.expires_on <= day + timedelta(days=days))
            for day, there in today.items()
        )
    )


def _whose(whose: Whose, owner: str) -> list[ColumnElement[bool]]:
    if whose is Whose.MINE:
        return [_tasks.c.owner == owner]
    return [_tasks.c.owner.is_(None)] if whose is Whose.NOBODYS else []


def _column(
    tx: Connection, days: int, between: ColumnElement[bool], whose: list[ColumnElement[bool]], limit: int
) -> Column:
    where = (_tasks.c.closed_at.is_(None), between, *whose)
    total = tx.execute(select(func.count()).select_from(_tasks).where(*where)).scalar_one()
    query = every_task().where(*where).order_by(_tasks.c.expires_on, _tasks.c.id).limit(limit)
    return Column(days, total, tuple(task_of(row) for row in tx.execute(query).mappings()))


def resting(tx: Connection, tasks: Sequence[RenewalTask], now: datetime) -> dict[int, int]:
    """By task: in how many other states the producer has licenses, for its lines, that end with it. One statement for all."""
    at_home = [task for task in tasks if task.is_resident]
    rows = tx.execute(
        select(_licenses.c.producer_id, _licenses.c.state, _licenses.c.line).where(
            _licenses.c.producer_id.in_({task.producer_id for task in at_home}),
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
            _licenses.c.authority_until > now,
        )
    ).all()
    held: dict[int, list[tuple[str, str]]] = {}
    for producer_id, state, line in rows:
        held.setdefault(producer_id, []).append((state, line))
    return {
        task.id: len(
            {
                state
                for state, line in held.get(task.producer_id, ())
                if state != task.resident_state and line in {str(each) for each in task.runs_out.lines}
            }
        )
        for task in at_home
    }


def of_producer(tx: Connection, npn: str) -> list[RenewalTask]:
    """What of theirs is open, soonest first."""
    query = every_task().where(_tasks.c.closed_at.is_(None), _producers.c.npn == npn).order_by(_tasks.c.expires_on)
    return [task_of(row) for row in tx.execute(query).mappings()]


def lapsed_since(tx: Connection, day: date, *, limit: int) -> list[RenewalTask]:
    """Renewals that ended as lapsed and whose date is not before `day`, the newest first."""
    lapsed = every_task().where(_tasks.c.closed_as == "lapsed", _tasks.c.expires_on >= day)
    return [
        task_of(row)
        for row in tx.execute(lapsed.order_by(_tasks.c.expires_on.desc(), _tasks.c.id).limit(limit)).mappings()
    ]


def by_owner(tx: Connection) -> Counter[str]:
    """How many open renewals belong to whom; under "" those of nobody."""
    rows = tx.execute(
        select(func.coalesce(_tasks.c.owner, ""), func.count())
        .where(_tasks.c.closed_at.is_(None))
        .group_by(_tasks.c.owner)
    )
    return Counter({row[0]: row[1] for row in rows})
