"""One person's data is asked for, or asked to be erased: done by the scheduler, for finding everything takes a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain import personal
from app.storage import journal, requested_work
from app.storage.database import Database
from app.workflows.data.erase_person import KIND as ERASURE
from app.workflows.data.erase_person import NotNow, obstacle, wrong_reason
from app.workflows.data.export_person import KIND as EXPORT
from app.workflows.data.meant_person import Meant, known
from app.workflows.leads.asked_campaign import Unmet

KINDS = (EXPORT, ERASURE)
MOST_WAITING = 20


@dataclass(frozen=True)
class TooMany:
    """So many requests wait already."""

    waiting: int


def ask_person_export(meant: Meant, *, actor: str, database: Database, now: datetime) -> int | Unmet | TooMany:
    """The number of the requested work."""
    with database.read() as tx:
        person = known(tx, meant, everywhere=False)
    if isinstance(person, Unmet):
        return person
    return _ask(EXPORT, meant, {}, actor, database, now)


def ask_erasure(
    meant: Meant, *, reason: str, confirm: str, actor: str, folder: Path, database: Database, now: datetime
) -> int | Unmet | NotNow | TooMany:
    """The number of the requested work. `confirm` is the number (or the lead's id) once more; `folder` is the journal's."""
    if confirm.strip() != meant.confirmation:
        return Unmet("confirm", f"type {meant.confirmation} once more: what is erased cannot be had back")
    with database.read() as tx:
        person = known(tx, meant, everywhere=False)
        if isinstance(person, Unmet):
            return person
        if (wrong := wrong_reason(tx, person, reason)) is not None:
            return Unmet("reason", wrong)
        if (not_now := obstacle(tx, person) or waits_in_journal(folder, person.number)) is not None:
            return not_now
    return _ask(ERASURE, meant, {"reason": reason.strip()}, actor, database, now)


def waits_in_journal(folder: Path, number: str | None) -> NotNow | None:
    """Whether an event of that number was written down while the database was out of reach, and is not replayed yet."""
    if number is None or not folder.is_dir():
        return None
    of = personal.traces(number)
    for _, entry in journal.entries(folder):
        if any(of.has_number(value) for _, value in entry.form):
            return NotNow("an event of theirs waits in the journal; try again when the scheduler has replayed it")
    return None


def _ask(kind: str, meant: Meant, more: dict[str, str], actor: str, database: Database, now: datetime) -> int | TooMany:
    asked = {"phone": meant.number, "lead_id": meant.lead_id, "actor": actor, **more}
    with database.begin() as tx:
        waiting = requested_work.open_count(tx, kind)
        if waiting >= MOST_WAITING:
            return TooMany(waiting)
        return requested_work.ask(tx, kind=kind, asked=asked, asked_by=actor, now=now)
