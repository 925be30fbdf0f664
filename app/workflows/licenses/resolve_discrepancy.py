"""A person says what became of a discrepancy. Nobody gets authority by it: that only an import does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.storage import discrepancies, ledger
from app.storage.database import Database, Transaction
from app.storage.discrepancies import Recorded

LONGEST_NOTE = 2000
LONGEST_OWNER = 254


class Settled(StrEnum):
    """What a person may say."""

    KEPT = "kept"  # the roster is right as it stands
    CORRECTED = "corrected"  # the roster was wrong, and an import has put it right or will
    MISTAKEN = "mistaken"  # the report is wrong


SUSPENDED_MEANWHILE = "the license stays suspended: only an import that shows it active brings it back"


@dataclass(frozen=True)
class NotSettled:
    """It stays as it is, and why."""

    why: str


def resolve_discrepancy(
    discrepancy_id: int, settled: Settled, note: str, *, actor: str, database: Database, now: datetime
) -> Recorded | NotSettled | None:
    """The resolved discrepancy, the same for the same word again; None: there is no such one.

    A license that was suspended for it stays suspended, whatever is said, and a report that is called mistaken must be
    explained in the note. Refused where it was resolved otherwise.
    """
    if len(note) > LONGEST_NOTE:
        return NotSettled(f"a note is at most {LONGEST_NOTE} characters long")
    if settled is Settled.MISTAKEN and not note.strip():
        return NotSettled("say in a note why the report is mistaken, and on what document that rests")
    with database.begin() as tx:
        standing = discrepancies.load(tx, discrepancy_id)
        if standing is None or standing.resolved_as == settled:
            return standing
        if standing.resolved_at is not None:
            who = "a later audit found it again" if standing.resolved_as == "carried" else f"by {standing.resolved_by}"
            return NotSettled(f"it is resolved already, as {standing.resolved_as}, {who}")
        discrepancies.resolve(tx, discrepancy_id, as_=settled, note=note, by=actor, now=now)
        return _noted(tx, standing, "discrepancy_resolved", {"as": settled, "note": note}, actor=actor, now=now)


def assign_discrepancy(
    discrepancy_id: int, owner: str, *, actor: str, database: Database, now: datetime
) -> Recorded | NotSettled | None:
    """The discrepancy with its new owner; its deadline stays. None: there is no such one. Refused once it is resolved."""
    owner = owner.strip()
    if not owner or len(owner) > LONGEST_OWNER or not owner.isprintable():
        return NotSettled(f"an owner is named by 1 to {LONGEST_OWNER} characters, e.g. an email address")
    with database.begin() as tx:
        standing = discrepancies.load(tx, discrepancy_id)
        if standing is None or standing.owner == owner:
            return standing
        if standing.resolved_at is not None:
            return NotSettled(f"it is resolved already, as {standing.resolved_as}")
        discrepancies.assign(tx, discrepancy_id, owner)
        return _noted(tx, standing, "discrepancy_assigned", {"owner": owner}, actor=actor, now=now)


def _noted(
    tx: Transaction, before: Recorded, kind: str, facts: Mapping[str, str], *, actor: str, now: datetime
) -> Recorded | None:
    about = {name: getattr(before, name) for name in ("npn", "state", "line", "kind", "suspended")}
    about |= {"discrepancy": before.id, "audit": before.audit_id}
    ledger.write(tx, kind=kind, now=now, actor=actor, facts={**about, **facts})
    return discrepancies.load(tx, before.id)
