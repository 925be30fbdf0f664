"""What the watch over renewals reads of the roster, and writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, update

from app.domain.licensing import Status
from app.domain.lines import Line
from app.domain.renewals import Became, Closed, Held, RunsOut, next_stage_at
from app.storage.models.base import table_of
from app.storage.models.license_desk import RenewalSweepRow, RenewalTaskRow
from app.storage.models.roster import LicenseRow, ProducerRow
from app.storage.renewals import RenewalTask, every_task, lines_of, task_of

_tasks, _sweeps = table_of(RenewalTaskRow), table_of(RenewalSweepRow)
_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)


# ---- how far the watch has come


@dataclass(frozen=True)
class Sweep:
    """The roster was compared with the tasks at this version, at this instant."""

    roster_version: int
    swept_at: datetime


def last_sweep(tx: Connection) -> Sweep | None:
    row = tx.execute(select(_sweeps.c.roster_version, _sweeps.c.swept_at)).first()
    return None if row is None else Sweep(*row)


def note_sweep(tx: Connection, done: Sweep) -> None:
    """Take turns before: there is one row."""
    values = {"roster_version": done.roster_version, "swept_at": done.swept_at}
    if tx.execute(update(_sweeps).values(values)).rowcount == 0:
        tx.execute(insert(_sweeps).values(id=1, **values))


def page_after(tx: Connection, producer_id: int, size: int) -> dict[int, str]:
    """The NPNs of the next producers, by id, in the order of their ids."""
    rows = tx.execute(
        select(_producers.c.id, _producers.c.npn)
        .where(_producers.c.id > producer_id)
        .order_by(_producers.c.id)
        .limit(size)
    )
    return {row[0]: row[1] for row in rows}


# ---- what the roster says

_WATCHED = ("state", "line", "status", "expires_on", "perpetual", "version")


def expiring(tx: Connection, producers: Sequence[int], first: date, last: date) -> dict[int, list[Held]]:
    """Licenses of these producers with an expiration date between the two, both included."""
    return _by_producer(tx, _of(producers).where(_licenses.c.expires_on.between(first, last)))


def held(tx: Connection, producers: Sequence[int]) -> dict[int, list[Held]]:
    """Every license of these producers."""
    return _by_producer(tx, _of(producers))


def _of(producers: Sequence[int]) -> Select[Any]:
    columns = [_licenses.c[name] for name in _WATCHED]
    return select(_licenses.c.producer_id, *columns).where(_licenses.c.producer_id.in_(producers))


def _by_producer(tx: Connection, query: Select[Any]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {}
    for producer_id, state, line, status, expires_on, perpetual, version in tx.execute(query):
        license_ = Held(state, Line(line), Status(status), expires_on, perpetual, version)
        found.setdefault(producer_id, []).append(license_)
    return found


# ---- tasks


@dataclass(frozen=True, slots=True)
class Watched:
    """As much of a task as a sweep compares."""

    id: int
    producer_id: int
    runs_out: RunsOut
    told_days: int | None
    is_open: bool


def of_producers(tx: Connection, producers: Sequence[int], first: date) -> list[Watched]:
    """Their open tasks, and the closed ones whose date is not before `first`."""
    columns = ("id", "producer_id", "state", "expires_on", "lines", "told_days", "closed_as")
    query = select(*(_tasks.c[name] for name in columns)).where(
        _tasks.c.producer_id.in_(producers), _tasks.c.closed_at.is_(None) | (_tasks.c.expires_on >= first)
    )
    return [
        Watched(task_id, producer_id, RunsOut(state, on, lines_of(lines)), told_days, closed_as is None)
        for task_id, producer_id, state, on, lines, told_days, closed_as in tx.execute(query)
    ]


def to_tell(tx: Connection, now: datetime, *, since: date, limit: int) -> list[RenewalTask]:
    """Tasks of which something is to be told by now and whose date is not before `since`, longest due first."""
    due = every_task().where(_tasks.c.tell_at <= now, _tasks.c.expires_on >= since)
    return [task_of(row) for row in tx.execute(due.order_by(_tasks.c.tell_at, _tasks.c.id).limit(limit)).mappings()]


def open_tasks(tx: Connection, found: Iterable[tuple[int, RunsOut]], now: datetime) -> None:
    """One for each (producer id, what runs out)."""
    rows = [
        {
            "producer_id": producer_id,
            "state": each.state,
            "lines": each.spelled,
            "expires_on": each.expires_on,
            "opened_at": now,
            "tell_at": next_stage_at(each.state, each.expires_on, None),
        }
        for producer_id, each in found
    ]
    if rows:
        tx.execute(insert(_tasks), rows)


def reopen(tx: Connection, task_id: int, each: RunsOut, *, told_days: int | None) -> None:
    """The license runs out on that date after all. What was done and told stands."""
    tell_at = next_stage_at(each.state, each.expires_on, told_days)
    values = {"lines": each.spelled, "tell_at": tell_at, "closed_at": None, "closed_as": None, "closed_version": None}
    tx.execute(update(_tasks).where(_tasks.c.id == task_id).values(values))


def reline(tx: Connection, task_id: int, each: RunsOut) -> None:
    tx.execute(update(_tasks).where(_tasks.c.id == task_id).values(lines=each.spelled))


def close(tx: Connection, task_id: int, became: Became, now: datetime) -> None:
    """What lapsed is still to be told; of anything else nothing is."""
    values: dict[str, Any] = {"closed_at": now, "closed_as": str(became.closed), "closed_version": became.version}
    if became.closed is not Closed.LAPSED:
        values["tell_at"] = None
    tx.execute(update(_tasks).where(_tasks.c.id == task_id).values(values))


_not_settled = or_(_tasks.c.closed_at.is_(None), _tasks.c.closed_as == Closed.LAPSED)

_note_told = (
    update(_tasks)
    .where(_tasks.c.id == bindparam("task_id"), _not_settled)
    .values(told_days=bindparam("told"), tell_at=bindparam("next_at"))
)


def note_told(tx: Connection, told: Iterable[tuple[int, int | None, datetime | None]]) -> None:
    """(task, the threshold told of, when the next is crossed), of what is open or has lapsed."""
    rows = [{"task_id": task_id, "told": days, "next_at": next_at} for task_id, days, next_at in told]
    if rows:
        tx.execute(_note_told, rows)
