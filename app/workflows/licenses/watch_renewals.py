"""Whoever is told hears of each license that runs out: 90, 60, 30, 14, 7 and 1 days before, and when it has lapsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from app.domain.renewals import LAPSED, THRESHOLDS, days_left, first_and_last_day, is_untouched, next_stage_at, stage
from app.outside.notices import Notice, Notices
from app.storage import access, renewals
from app.storage import notices as told
from app.storage import renewal_watch as watch
from app.storage.database import Database
from app.storage.renewals import RenewalTask
from app.workflows.leads.notify_overdue import AGAIN_AFTER, MOST_NAMED
from app.workflows.licenses.sweep_renewals import TURN, sweep_renewals

PAGE = 200
"""So many tasks are claimed in one transaction."""

STILL_TOLD = timedelta(days=7)
"""A lapse that nobody could be told of for so long is on the list, and no news."""


def watch_renewals(*, database: Database, notices: Notices, now: datetime) -> int:
    """Bring the tasks up to date and send one notice of every threshold crossed since the last. Returns how many it names.

    Cheap where nothing is due: ask as often as a lapse is to be told quickly. Claimed and committed before it is sent,
    given back where it reached nobody. Several thresholds that one license has crossed are told as the last.
    """
    sweep_renewals(database=database, now=now)
    if not notices.anybody:
        return 0
    since = first_and_last_day(now)[0] - STILL_TOLD
    with database.read() as tx:
        failed_at = told.failed_at(tx)
        waits = failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER
        if waits or not watch.to_tell(tx, now, since=since, limit=1):
            return 0
    claimed = _claim(database, since, now)
    if claimed and not notices.send(_notice(claimed, _states_resting(database, claimed, now), now)):
        _give_back(database, claimed, now)
        return 0
    return len(claimed)


def _claim(database: Database, since: date, now: datetime) -> list[RenewalTask]:
    """Everything that is to be told, as it stood before; the first lines of the notice first.

    What was claimed is not due any more, so each page is another one.
    """
    claimed: list[RenewalTask] = []
    while True:
        with database.begin() as tx:
            access.take_turns(tx, TURN)
            page = watch.to_tell(tx, now, since=since, limit=PAGE)
            watch.note_told(tx, [_once_told(task, now) for task in page])
        claimed += page
        if len(page) < PAGE:
            return sorted(claimed, key=lambda task: urgency(task, now))


def _once_told(task: RenewalTask, now: datetime) -> tuple[int, int | None, datetime | None]:
    crossed = _stage(task, now)
    return task.id, crossed, next_stage_at(task.runs_out.state, task.runs_out.expires_on, crossed)


def _give_back(database: Database, claimed: Sequence[RenewalTask], now: datetime) -> None:
    with database.begin() as tx:
        told.note_failure(tx, now)
    for start in range(0, len(claimed), PAGE):
        with database.begin() as tx:
            access.take_turns(tx, TURN)
            page = claimed[start : start + PAGE]
            watch.note_told(tx, [(task.id, task.told_days, task.tell_at) for task in page])


def urgency(task: RenewalTask, now: datetime) -> tuple[bool, int, str, str, int]:
    """Resident licenses come first: others end with them. Then what runs out first."""
    left = days_left(task.runs_out.state, task.runs_out.expires_on, now)
    return not task.is_resident, left, task.name, task.runs_out.state, task.id


def untouched(task: RenewalTask, now: datetime) -> bool:
    """Whether it escalates: close, and nobody has done anything about it since the threshold before."""
    return task.closed_at is None and is_untouched(
        task.runs_out.state, task.runs_out.expires_on, touched_at=task.touched_at, done=task.done, now=now
    )


def _stage(task: RenewalTask, now: datetime) -> int | None:
    return stage(task.runs_out.state, task.runs_out.expires_on, now)


def _states_resting(database: Database, claimed: Sequence[RenewalTask], now: datetime) -> dict[int, int]:
    """By task, of those that are named."""
    with database.read() as tx:
        return {task.id: renewals.resting_on(tx, task, now) for task in claimed[:MOST_NAMED]}


# ---- what is said: producers by name, never a consumer


def _notice(claimed: Sequence[RenewalTask], resting: Mapping[int, int], now: datetime) -> Notice:
    stages = [_stage(task, now) for task in claimed]
    counted = {_SAID[each]: stages.count(each) for each in (LAPSED, *reversed(THRESHOLDS))}
    nobodys = sum(untouched(task, now) for task in claimed)
    lines = [_line(task, resting.get(task.id, 0), now) for task in claimed[:MOST_NAMED]]
    if len(claimed) > MOST_NAMED:
        lines.append(f"and {len(claimed) - MOST_NAMED} more: threegate renewal list")
    title = "Renewals: " + ", ".join(f"{count} {said}" for said, count in counted.items() if count)
    return Notice(
        title=title + (f"; {nobodys} untouched" if nobodys else ""),
        body="\n".join([*lines, "To give one to somebody: threegate renewal assign NUMBER OWNER"]),
    )


_SAID = {LAPSED: "lapsed"} | {days: f"at {days} day{'s' * (days > 1)}" for days in THRESHOLDS}


def _line(task: RenewalTask, resting: int, now: datetime) -> str:
    runs_out = task.runs_out
    left = days_left(runs_out.state, runs_out.expires_on, now)
    when = f"lapsed after {runs_out.expires_on}" if left < 0 else f"{_days(left)} left ({runs_out.expires_on})"
    rest = f"{resting} state rests" if resting == 1 else f"{resting} states rest"
    home = f" resident ({rest} on it)" if task.is_resident else ""
    return f"{task.id}: {task.name}, {runs_out.state}{home}, {runs_out.spelled}: {when}; {_stands(task, now)}"


def _days(left: int) -> str:
    return f"{left} day{'s' * (left != 1)}"


def _stands(task: RenewalTask, now: datetime) -> str:
    done = ", ".join(task.done) or "no step done"
    return f"{'untouched' if untouched(task, now) else done}, belongs to {task.owner or 'nobody'}"
