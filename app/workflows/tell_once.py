"""Whoever is told hears of each thing once, whichever process looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from app.outside.notices import Notice, Notices
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.workflows.leads.notify_overdue import AGAIN_AFTER

Thing = TypeVar("Thing")


def tell_once(
    due: Callable[[Transaction], Iterable[Thing]],
    *,
    named: Callable[[Thing], tuple[str, str]],
    notice: Callable[[Sequence[Thing]], Notice],
    database: Database,
    notices: Notices,
    now: datetime,
) -> int:
    """Tell of all that is `due` and was not told of, in one notice. Returns how many things it names.

    `named`: the subject and threshold by which a thing is told once. Claimed and committed before it is sent, given back
    where it surely reached nobody: then it is due again a little later.
    """
    if not notices.anybody:
        return 0
    with database.read() as tx:
        untold = [] if _waits(tx, now) else [each for each in due(tx) if not told.is_claimed(tx, *named(each))]
    if not untold:
        return 0
    with database.begin() as tx:
        claimed = [each for each in untold if told.claim(tx, *named(each), now)]
    if claimed and not notices.send(notice(claimed)):
        with database.begin() as tx:
            told.release(tx, [named(each) for each in claimed])
            told.note_failure(tx, now)
        return 0
    return len(claimed)


def _waits(tx: Transaction, now: datetime) -> bool:
    """Whether sending failed so lately that it is left alone for a while."""
    failed_at = told.failed_at(tx)
    return failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER
