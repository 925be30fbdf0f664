"""Ask for work of which one is enough: where the like waits or runs already, that is what is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.storage import access, requested_work
from app.storage.database import Database

_LOOKED_AT = 20


def ask_once(kind: str, asked: Mapping[str, Any], *, actor: str, database: Database, now: datetime) -> int:
    """The number of the work, a new one or that of the same request which is not done yet."""
    with database.begin() as tx:
        access.take_turns(tx, f"asking for {kind}")
        for other in requested_work.listed(tx, kind, limit=_LOOKED_AT):
            if other.status in (requested_work.WAITING, requested_work.RUNNING) and other.asked == dict(asked):
                return other.id
        return requested_work.ask(tx, kind=kind, asked=asked, asked_by=actor, now=now)
