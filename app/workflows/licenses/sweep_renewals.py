"""Compare the roster with the renewal tasks: open what runs out, close what was renewed, withdrawn or lapsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.renewals import THRESHOLDS, Became, RunsOut, a_day_began, first_and_last_day, running_out, what_became
from app.storage import access, ledger
from app.storage import renewal_watch as watch
from app.storage.database import Database, Transaction
from app.storage.renewal_watch import Sweep, Watched

ACTOR = "scheduler"
TURN = "renewals"
"""Whoever writes tasks for the watch takes turns under this name."""

PAGE = 25
"""So many producers are compared in one transaction: with 50 licenses each, one that takes 20 ms."""


@dataclass(frozen=True)
class Differences:
    """What is to be written so that the tasks are as the roster is. Opened by producer id."""

    opened: list[tuple[int, RunsOut]]
    reopened: list[tuple[Watched, RunsOut]]
    relined: list[tuple[Watched, RunsOut]]
    closed: list[tuple[Watched, Became]]

    def __bool__(self) -> bool:
        return bool(self.opened or self.reopened or self.relined or self.closed)


def sweep_renewals(*, database: Database, now: datetime) -> bool:
    """Bring every task up to date, page by page. False where neither the roster nor a date changed since the last sweep.

    A sweep that was cut off begins again; what it had written stands.
    """
    with database.read() as tx:
        last, version = watch.last_sweep(tx), ledger.roster_version(tx)
    if last is not None and last.roster_version == version and not a_day_began(last.swept_at, now):
        return False
    after = 0
    while True:
        with database.read() as tx:
            page = watch.page_after(tx, after, PAGE)
            differs = bool(page) and bool(_differences(tx, page, now))
        if not page:
            break
        if differs:
            with database.begin() as tx:
                access.take_turns(tx, TURN)
                _write(tx, _differences(tx, page, now), page, now)
        after = max(page)
    with database.begin() as tx:
        access.take_turns(tx, TURN)
        watch.note_sweep(tx, Sweep(version, now))
    return True


def _differences(tx: Transaction, producers: Mapping[int, str], now: datetime) -> Differences:
    first, last = first_and_last_day(now)
    ids = list(producers)
    tasks = {
        (task.producer_id, task.runs_out.state, task.runs_out.expires_on): task
        for task in watch.of_producers(tx, ids, first)
    }
    found = {
        (producer_id, each.state, each.expires_on): each
        for producer_id, held in watch.expiring(tx, ids, first, last + timedelta(days=THRESHOLDS[0])).items()
        for each in running_out(held, now)
    }
    gone = [task for key, task in tasks.items() if task.is_open and key not in found]
    held = watch.held(tx, sorted({task.producer_id for task in gone})) if gone else {}
    known = [(tasks[key], each) for key, each in found.items() if key in tasks]
    return Differences(
        opened=[(key[0], each) for key, each in found.items() if key not in tasks],
        reopened=[(task, each) for task, each in known if not task.is_open],
        relined=[(task, each) for task, each in known if task.is_open and task.runs_out != each],
        closed=[(task, what_became(task.runs_out, held.get(task.producer_id, ()), now)) for task in gone],
    )


def _write(tx: Transaction, found: Differences, npns: Mapping[int, str], now: datetime) -> None:
    watch.open_tasks(tx, found.opened, now)
    for task, each in found.reopened:
        watch.reopen(tx, task.id, each, told_days=task.told_days)
    for task, each in found.relined:
        watch.reline(tx, task.id, each)
    for task, became in found.closed:
        watch.close(tx, task.id, became, now)
    acts = {
        "renewals_opened": [_told(npns[producer_id], each) for producer_id, each in found.opened]
        + [_told(npns[task.producer_id], each) | {"id": task.id} for task, each in found.reopened],
        "renewals_changed": [_told(npns[task.producer_id], each) | {"id": task.id} for task, each in found.relined],
        "renewals_closed": [
            _told(npns[task.producer_id], task.runs_out)
            | {"id": task.id, "as": str(became.closed), "version": became.version}
            for task, became in found.closed
        ],
    }
    for kind, tasks in acts.items():
        if tasks:
            ledger.write(tx, kind=kind, now=now, actor=ACTOR, facts={"tasks": tasks})


def _told(npn: str, each: RunsOut) -> dict[str, Any]:
    return {"npn": npn, "state": each.state, "lines": each.spelled, "expires_on": each.expires_on.isoformat()}
