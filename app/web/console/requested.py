"""Work that a page asked the scheduler for, as the page shows it while it waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.storage import requested_work
from app.storage.database import Transaction
from app.storage.requested_work import RequestedWork

UNDER_WAY = (requested_work.WAITING, requested_work.RUNNING)


def newest_done(tx: Transaction, kind: str) -> RequestedWork | None:
    """The last result of the kind, if it is still kept."""
    return next((work for work in requested_work.listed(tx, kind, limit=20) if work.found is not None), None)


def under_way(works: Sequence[RequestedWork]) -> bool:
    """Whether a page that shows them should look again."""
    return any(work.status in UNDER_WAY for work in works)


def newest(tx: Transaction, kind: str) -> RequestedWork | None:
    """The last of the kind, whatever became of it."""
    found = requested_work.listed(tx, kind, limit=1)
    return found[0] if found else None


def found_of(work: RequestedWork | None) -> dict[str, Any]:
    """What it found; nothing where it found nothing yet."""
    return (work.found or {}) if work else {}
