"""A producer is suspended by hand, at once, whole; and given back by hand, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.storage import ledger, roster
from app.storage.database import Database
from app.workflows.licenses.change_license import Refused, going_facts, known, why
from app.workflows.licenses.impact import Gone, suspended, what_goes

SUSPENDED, GIVEN_BACK = "producer_suspended", "producer_unsuspended"
"""The ledger's kinds."""


@dataclass(frozen=True)
class Changed:
    """How the producer stands now; `version` and `entry_id` are None where they stood so already."""

    npn: str
    name: str
    suspended: bool
    version: int | None
    entry_id: int | None
    gone: Gone


def suspend_producer(npn: str, *, reason: str, actor: str, database: Database, now: datetime) -> Changed | Refused:
    """No call is offered to them from here on, and none that rings now can be accepted."""
    return _change(npn, True, reason=reason, actor=actor, database=database, now=now)


def unsuspend_producer(npn: str, *, reason: str, actor: str, database: Database, now: datetime) -> Changed | Refused:
    """What their licenses give, they have again; no license comes back by this."""
    return _change(npn, False, reason=reason, actor=actor, database=database, now=now)


def _change(
    npn: str, is_suspended: bool, *, reason: str, actor: str, database: Database, now: datetime
) -> Changed | Refused:
    told = why(reason)
    if isinstance(told, Refused):
        return told
    with database.begin() as tx:
        producer = known(tx, npn)
        if isinstance(producer, Refused):
            return producer
        version = roster.change_producer(tx, npn, now, actor, suspended=is_suspended)
        if version is None:
            return Changed(npn, producer.name, is_suspended, None, None, Gone((), ()))
        facts: dict[str, Any] = {"npn": npn, "reason": told, "version": version}
        if is_suspended:
            facts["going"] = going_facts(producer, suspended(producer), now)
        kind = SUSPENDED if is_suspended else GIVEN_BACK
        entry_id = ledger.write(tx, kind=kind, now=now, actor=actor, facts=facts)
    gone = Gone((), ())
    if is_suspended:
        # Told, not decided: nobody's calls wait for it.
        with database.read() as tx:
            gone = what_goes(tx, producer, suspended(producer), at=now, now=now)
    return Changed(npn, producer.name, is_suspended, version, entry_id, gone)
