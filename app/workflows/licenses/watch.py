"""What the license desk looks at by the clock. Each part claims its own work, so several schedulers are harmless."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from app.outside.notices import Notices
from app.storage.database import Database, OutOfReach
from app.workflows.licenses.watch_age import watch_age
from app.workflows.licenses.watch_audits import watch_audits
from app.workflows.licenses.watch_lapses import watch_lapses
from app.workflows.licenses.watch_moves import watch_moves
from app.workflows.licenses.watch_renewals import watch_renewals

log = logging.getLogger(__name__)


def watch_licenses(*, database: Database, notices: Notices, now: datetime) -> None:
    """Lapses, moves, renewals, audits, the age of what was verified. One part that fails holds up no other.

    Asked once a minute, where no call waits: a sweep of half a million licenses takes seconds.
    """
    for what, watch in (
        ("lapses", watch_lapses),
        ("moves", watch_moves),
        ("renewals", watch_renewals),
        ("audits", watch_audits),
        ("verification", watch_age),
    ):
        _try(what, lambda watch=watch: watch(database=database, notices=notices, now=now))  # type: ignore[misc]


def _try(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except OutOfReach:
        raise
    except Exception:
        log.exception("watching %s failed; it is due again in a minute", what)
