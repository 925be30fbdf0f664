"""Whoever is told hears of discrepancies past their 48 hours, and of a month that nobody has signed for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from app.outside.notices import Notice, Notices
from app.storage import audits, discrepancies
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.storage.discrepancies import Recorded
from app.workflows.leads.notify_overdue import AGAIN_AFTER, MOST_NAMED

SIGNED_BY_DAY = 5
"""An audit may be signed until the end of this day (UTC) of the month after the one that it counts for."""

DIGEST_FROM = time(13)
"""UTC: morning in the whole country but for its far west."""

_DIGEST, _UNSIGNED = "discrepancies", "unsigned"

Claim = tuple[str, str]
"""Subject and threshold, as notices.claim keeps them."""


@dataclass(frozen=True)
class _Due:
    """One notice, under what it is kept so that it is told once, and how many things it names."""

    notice: Notice
    claims: tuple[Claim, ...]
    named: int


def watch_audits(*, database: Database, notices: Notices, now: datetime) -> int:
    """Tell of what is due and has not been told: each thing once, however many schedulers there are.

    Claimed and committed before it is sent, given back where it reached nobody. Returns how many things were named.
    """
    if not notices.anybody:
        return 0
    with database.read() as tx:
        failed_at = told.failed_at(tx)
        waits = failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER
        if waits or not _is_anything_due(tx, now):
            return 0
    with database.begin() as tx:
        crossed = discrepancies.claim_overdue(tx, now)
        digest = _digest(tx, now, {one.id for one in crossed})
        due = [one for one in (_crossed_notice(crossed), digest, _unsigned(tx, now)) if one is not None]
    named = 0
    for one in due:
        if notices.send(one.notice):
            named += one.named
            continue
        with database.begin() as tx:
            told.release(tx, one.claims)
            told.note_failure(tx, now)
    return named


def _is_anything_due(tx: Transaction, now: datetime) -> bool:
    if _unsigned_month(tx, now) is not None or discrepancies.any_overdue(tx, now, untold=True):
        return True
    return _is_digest_due(tx, now)


# ---- discrepancies past their deadline


def _crossed_notice(found: Sequence[Recorded]) -> _Due | None:
    """Those that nobody was told of before, each once."""
    claims = [(discrepancies.subject_of(one.id), discrepancies.OVERDUE) for one in found]
    return _notice_of(found, claims, "past their 48 hours") if found else None


def _digest(tx: Transaction, now: datetime, just_told: Container[int]) -> _Due | None:
    """Once a day in the morning, all that were past it when the day began."""
    claim = (_DIGEST, _day(now))
    if not _is_digest_due(tx, now) or not told.claim(tx, *claim, now):
        return None
    others = [one for one in discrepancies.overdue(tx, _midnight(now)) if one.id not in just_told]
    return _notice_of(others, [claim], "still past their 48 hours") if others else None


def _is_digest_due(tx: Transaction, now: datetime) -> bool:
    if now.astimezone(UTC).time() < DIGEST_FROM or audits.is_told(tx, _DIGEST, _day(now)):
        return False
    return discrepancies.any_overdue(tx, _midnight(now), untold=False)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _notice_of(found: Sequence[Recorded], claims: Sequence[Claim], said: str) -> _Due:
    """Neither a name nor a number of a person: an NPN is public."""
    lines = [_line(one) for one in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        lines.append(f"and {len(found) - MOST_NAMED} more")
    body = "\n".join([*lines, "To look at one: threegate audit show AUDIT"])
    many = "discrepancy" if len(found) == 1 else "discrepancies"
    return _Due(Notice(f"License audit: {len(found)} {many} {said}", body), tuple(claims), len(found))


def _line(one: Recorded) -> str:
    suspended = ", license suspended" if one.suspended else ""
    whose = one.owner or "nobody's yet"
    where = f"NPN {one.npn} {one.state} {one.line}".strip()
    return (
        f"{one.id} (audit {one.audit_id}): {where}, {one.kind}{suspended}; due {one.due_at:%Y-%m-%d %H:%M} UTC; {whose}"
    )


# ---- a month without a signed audit


def _unsigned(tx: Transaction, now: datetime) -> _Due | None:
    month = _unsigned_month(tx, now)
    if month is None:
        return None
    claim = (_subject(month), _UNSIGNED)
    if not told.claim(tx, *claim, now):
        return None
    body = "To make up for it: threegate roster audit FILE, resolve what it finds, threegate audit sign AUDIT"
    return _Due(Notice(f"License audit: none was signed for {month}", body), (claim,), 1)


def _unsigned_month(tx: Transaction, now: datetime) -> str | None:
    """The last month that had to be signed for by now, where there was a roster then, nobody signed and nobody was told."""
    first_of_month = _midnight(now).replace(day=1)
    if now < first_of_month + timedelta(days=SIGNED_BY_DAY):
        first_of_month = (first_of_month - timedelta(days=1)).replace(day=1)
    month = f"{first_of_month - timedelta(days=1):%Y-%m}"
    if audits.is_told(tx, _subject(month), _UNSIGNED) or audits.is_signed(tx, month):
        return None
    began = audits.roster_since(tx)
    return month if began is not None and began < first_of_month else None


def _subject(month: str) -> str:
    return f"audit:{month}"
