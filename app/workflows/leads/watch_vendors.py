"""Supervisors are told when a vendor is held back because calls of theirs went unanswered: at most once an hour each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import caps
from app.domain.caps import HOUR
from app.outside.notices import Notice, Notices
from app.storage import brought_leads, campaigns
from app.storage import notices as told
from app.storage.campaigns import Vendor
from app.storage.database import Database, Transaction
from app.workflows.leads.notify_overdue import AGAIN_AFTER

_THROTTLED = "throttled"


@dataclass(frozen=True)
class HeldBack:
    """A vendor whose pings are told no until then."""

    vendor: Vendor
    unanswered: int
    paused_at: int
    until: datetime


def watch_vendors(*, database: Database, notices: Notices, now: datetime) -> int:
    """Tell of every vendor who is held back and was not told of in the last hour. Returns how many were named."""
    if not notices.anybody:
        return 0
    with database.read() as tx:
        failed_at = told.failed_at(tx)
        waits = failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER
        if waits or not held_back(tx, now):
            return 0
    with database.begin() as tx:
        fresh = [one for one in held_back(tx, now) if _is_to_tell(tx, one, now)]
    if fresh and not notices.send(_notice(fresh)):
        with database.begin() as tx:
            told.release(tx, [(_subject(one), _THROTTLED) for one in fresh])
            told.note_failure(tx, now)
        return 0
    return len(fresh)


def held_back(tx: Transaction, now: datetime) -> list[HeldBack]:
    """Every vendor whose unanswered calls of the last 60 minutes are one below what makes them pause us, by slug."""
    rang: dict[int, list[datetime]] = defaultdict(list)
    for vendor_id, rung in brought_leads.never_answered(tx, now - HOUR):
        if caps.is_unanswered(rung):
            rang[vendor_id].append(rung.arrived_at)
    found = []
    for vendor in campaigns.vendors(tx) if rang else ():
        arrived_at = rang[vendor.vendor_id]
        paused_at = campaigns.vendor_terms(tx, vendor.vendor_id).unanswered_per_hour
        until = caps.throttled_until(arrived_at, paused_at)
        if until is not None and paused_at is not None:
            found.append(HeldBack(vendor, len(arrived_at), paused_at, until))
    return found


def _is_to_tell(tx: Transaction, one: HeldBack, now: datetime) -> bool:
    told.forget(tx, _subject(one), _THROTTLED, before=now - HOUR)
    return told.claim(tx, _subject(one), _THROTTLED, now)


def _subject(one: HeldBack) -> str:
    return f"vendor:{one.vendor.vendor_id}"


def _notice(found: Sequence[HeldBack]) -> Notice:
    lines = [
        f"{one.vendor.slug}: {one.unanswered} calls rang in the last 60 minutes and were not answered; at {one.paused_at} "
        f"the vendor pauses us. Pings and posts are told no until {one.until:%H:%M} UTC; calls that arrive are served."
        for one in found
    ]
    many = "vendor is" if len(found) == 1 else "vendors are"
    body = "\n".join([*lines, "To look at one: threegate vendor show SLUG"])
    return Notice(f"{len(found)} {many} held back: calls went unanswered", body)
