"""Two days before the window of an invoice closes, whoever is told hears what of it nobody has disputed yet: once."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.billing.record import dollars
from app.outside.notices import Notice, Notices
from app.storage import invoices
from app.storage import notices as told
from app.storage.database import Database, Transaction
from app.storage.invoices import Invoice
from app.workflows.leads.notify_overdue import AGAIN_AFTER

BEFORE = timedelta(days=2)
_CLOSING = "closing"


def watch_invoices(*, database: Database, notices: Notices, now: datetime) -> int:
    """Returns how many invoices were told of. Claimed before it is sent, given back where it reached nobody."""
    if not notices.anybody:
        return 0
    with database.read() as tx:
        failed_at = told.failed_at(tx)
        if failed_at is not None and timedelta(0) <= now - failed_at < AGAIN_AFTER:
            return 0
        closing = [one for one in invoices.closing(tx, now, now + BEFORE) if not _is_told(tx, one)]
    count = 0
    for one in closing:
        with database.begin() as tx:
            if not told.claim(tx, _subject(one), _CLOSING, now):
                continue
        if notices.send(_notice(one)):
            count += 1
            continue
        with database.begin() as tx:
            told.release(tx, [(_subject(one), _CLOSING)])
            told.note_failure(tx, now)
        break
    return count


def _is_told(tx: Transaction, one: Invoice) -> bool:
    return told.is_claimed(tx, _subject(one), _CLOSING)


def _subject(one: Invoice) -> str:
    return f"invoice:{one.id}"


def _notice(one: Invoice) -> Notice:
    parts = [
        f"{one.disputed_lines} disputed ({dollars(one.disputed_cents)})",
        f"{one.undecided_lines} that a person must decide ({dollars(one.undecided_cents)})",
    ]
    return Notice(
        title=f"Invoice {one.id} of {one.vendor_name}: disputes end {one.dispute_until:%Y-%m-%d %H:%M} UTC",
        body="\n".join([*parts, f"To look: threegate invoice show {one.id}"]),
    )
