"""Supervisors are told of what waits too long for them: at each threshold once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.domain.deadlines import Threshold, due_before
from app.outside.notices import Notice, Notices
from app.storage import escalations
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.storage.escalations import Escalation

AGAIN_AFTER = timedelta(minutes=1)
"""When a notice that reached nobody is tried again: a receiver that is down must not hold up every tick."""

MOST_NAMED = 20
"""So many are named in one notice; the rest is counted."""

_SAID = {
    Threshold.OPENED: "new",
    Threshold.DUE_SOON: "due within ten minutes",
    Threshold.OVERDUE: "overdue",
    Threshold.OVERDUE_HOUR: "overdue for more than an hour",
}


def notify_overdue(*, database: Database, notices: Notices, now: datetime) -> int:
    """Send one notice of everything that has crossed a threshold since the last. Returns how many escalations it names.

    Claimed and committed before it is sent, given back where it reached nobody: a process that dies in between loses that
    threshold, and the next one is told. Several crossed at once are told as the last.
    """
    if not notices.anybody:
        return 0
    with database.read() as tx:
        failed_at = told.failed_at(tx)
        waits = failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER
        if waits or not _untold(tx, notices, now):
            return 0
    with database.begin() as tx:
        claimed = [
            (escalation_id, threshold)
            for threshold, ids in _untold(tx, notices, now).items()
            for escalation_id in ids
            if told.claim(tx, told.subject_of(escalation_id), threshold, now)
        ]
        found = [escalations.load(tx, escalation_id) for escalation_id in dict.fromkeys(each for each, _ in claimed)]
    last = dict(claimed)  # thresholds come in the order in which they are crossed
    worst_first = sorted((one for one in found if one is not None), key=lambda one: (one.due_at, one.id))
    if worst_first and not notices.send(_notice(worst_first, last)):
        with database.begin() as tx:
            told.release(tx, [(told.subject_of(escalation_id), threshold) for escalation_id, threshold in claimed])
            told.note_failure(tx, now)
        return 0
    return len(worst_first)


def _untold(tx: Transaction, notices: Notices, now: datetime) -> dict[Threshold, list[int]]:
    found = {
        threshold: told.untold(tx, threshold, due_before(threshold, now), now)
        for threshold in Threshold
        if threshold is not Threshold.OPENED or notices.tells_opened
    }
    return {threshold: ids for threshold, ids in found.items() if ids}


def _notice(waiting: Sequence[Escalation], last: Mapping[int, Threshold]) -> Notice:
    counted = {said: sum(last[one.id] is threshold for one in waiting) for threshold, said in _SAID.items()}
    lines = [_line(one, _SAID[last[one.id]]) for one in waiting[:MOST_NAMED]]
    if len(waiting) > MOST_NAMED:
        lines.append(f"and {len(waiting) - MOST_NAMED} more")
    return Notice(
        title="Supervisors' queue: " + ", ".join(f"{count} {said}" for said, count in counted.items() if count),
        body="\n".join([*lines, "To take one: threegate escalation claim NUMBER"]),
    )


def _line(one: Escalation, said: str) -> str:
    """Neither a name nor a number of the person."""
    where = one.state or "state unknown"
    return f"{one.id}: {said}; {one.status}, {where}, {one.reason}, due {one.due_at:%Y-%m-%d %H:%M} UTC"
