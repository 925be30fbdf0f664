"""Once a month our own calls are looked back on, the ledger keeps the numbers, and whoever is told hears of a red one."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.lookback.report import Range
from app.outside.notices import Notice, Notices
from app.storage import access, ledger, own_calls, work
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.storage.ledger import Entry
from app.workflows.leads.notify_overdue import AGAIN_AFTER
from app.workflows.lookback.own import OwnLookBack, look_back_on_own

log = logging.getLogger(__name__)

KIND = "lookback"
ACTOR = "scheduler"

BEGINS_AT = timedelta(hours=6)
"""Into the first day of a month (UTC): the calls of the last evening are over by then, and few come."""

AGAIN = timedelta(hours=1)
"""So long one process has the run to itself. One that died or failed is followed by the next one then."""

MOST_NAMED = 1000
"""So many calls of each kind are named in the ledger; the numbers count them all."""


def look_back_monthly(*, database: Database, notices: Notices, now: datetime) -> OwnLookBack | None:
    """Run what is due: the month that has ended, and whatever came before it and was never looked at.

    None where nothing is due, or it is another process's turn. It takes as long as it takes: call it where nothing waits.
    """
    found = _look_back(database, now)
    _tell_of_red(database, notices, now)
    return found


def _look_back(database: Database, now: datetime) -> OwnLookBack | None:
    with database.read() as tx:
        if _due(tx, now) is None:
            return None
    with database.begin() as tx:
        span = _due(tx, now)
        if span is None or not work.take_turn(tx, KIND, now, every=AGAIN):
            return None
    since, until = span
    found = look_back_on_own(database=database, since=since, until=until, now=now)
    with database.begin() as tx:
        access.take_turns(tx, KIND)
        # A run that took longer than its turn may have been overtaken.
        if _due(tx, now) != span:
            return None
        ledger.write(tx, kind=KIND, now=now, actor=ACTOR, facts=numbers(found))
    if not found.is_clean:
        log.error("the look back on our own calls is not clean: %s", _said(numbers(found)))
    return found


def _due(tx: Transaction, now: datetime) -> tuple[datetime, datetime] | None:
    """The span to look at, or None: the month is done already, or we had no calls before it ended."""
    until = _month_of(now - BEGINS_AT)
    last = own_calls.last_look_back(tx, KIND)
    looked_to = datetime.fromisoformat(last.facts["until"]) if last and "until" in last.facts else None
    if looked_to is not None and looked_to >= until:
        return None
    oldest = own_calls.oldest(tx)
    if oldest is None or oldest >= until:
        return None
    return looked_to or _month_of(oldest), until


def _month_of(instant: datetime) -> datetime:
    """When the month of `instant` began."""
    return instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


# ---- what the ledger keeps


def numbers(found: OwnLookBack) -> dict[str, Any]:
    """The facts of the ledger's entry: how many calls, what was wrong with which of them. No numbers of people."""
    report = found.report
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "clean": found.is_clean,
        "calls": report.calls,
        "taken": report.taken,
        "lost": report.lost,
        "dialed": found.dialed,
        "without_authority": _range(report.without_authority),
        "not_on_roster": report.not_on_roster,
        "unproved": len(found.unproved),
        "exposed": len(found.exposed),
        "outside_hours": {"inbound": _range(report.outside_hours.inbound), "dialed": len(found.dialed_outside_hours)},
        "call_ids": {
            "without_authority": _ids(each.line for each in found.found),
            "unproved": _ids(each.call_id for each in found.unproved),
            "exposed": _ids(each.line for each in found.exposed),
            "dialed_outside_hours": _ids(each.line for each in found.dialed_outside_hours),
        },
    }


def _range(found: Range) -> dict[str, int]:
    return {"best": found.best, "worst": found.worst}


def _ids(calls: Iterable[int]) -> list[int]:
    return sorted(set(calls))[:MOST_NAMED]


# ---- who hears of it


def _tell_of_red(database: Database, notices: Notices, now: datetime) -> bool:
    """Send one notice of the newest look back if it is not clean; again a little later where it reached nobody."""
    if not notices.anybody:
        return False
    with database.read() as tx:
        entry = own_calls.last_look_back(tx, KIND)
        failed_at = told.failed_at(tx)
    if entry is None or entry.facts.get("clean", True) or (failed_at and timedelta(0) <= now - failed_at < AGAIN_AFTER):
        return False
    claimed = f"{KIND}:{entry.entry_id}", "not_clean"
    with database.begin() as tx:
        if not told.claim(tx, *claimed, now):
            return False
    if notices.send(_notice(entry)):
        return True
    with database.begin() as tx:
        told.release(tx, [claimed])
        told.note_failure(tx, now)
    return False


def _notice(entry: Entry) -> Notice:
    """Neither a name nor a number of a person."""
    facts = entry.facts
    return Notice(
        title="Look back on our own calls: not clean",
        body=f"{facts['since'][:10]} to {facts['until'][:10]}: {_said(facts)}\nLedger entry {entry.entry_id} names the calls.",
    )


def _said(facts: dict[str, Any]) -> str:
    return (
        f"{facts['taken']} talks, {facts['without_authority']['worst'] + facts['not_on_roster']} without authority, "
        f"{facts['unproved']} without a proof in the ledger, {facts['outside_hours']['dialed']} dialed outside the "
        f"legal hours; {facts['exposed']} that a later change of the roster reaches back to"
    )
