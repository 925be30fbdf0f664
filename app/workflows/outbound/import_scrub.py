"""The registry's answer is kept: who was checked on which day, and who is listed. And a number goes on our own list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.rosters import registry_scrub
from app.rosters.errors import Refusal
from app.storage import dnc, ledger, work
from app.storage.database import Database
from app.workflows.leads.obey_stop import obey_stop

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Imported:
    """How many numbers the file has, and how many of them are listed."""

    numbers: int
    listed: int


def import_scrub(
    content: bytes, *, file_name: str, scrubbed_on: date, actor: str, database: Database, now: datetime
) -> Imported | Refusal:
    """Keep a whole file or, where anything in it is wrong, nothing of it. The same file again changes nothing.

    No webhook waits for it: a thousand numbers are kept at a time.
    """
    found = registry_scrub.read(content)
    if isinstance(found, Refusal):
        return found
    numbers = sorted(found.items())
    for first in range(0, len(numbers), _ROWS_AT_ONCE):
        with database.begin() as tx:
            dnc.keep_scrubs(tx, numbers[first : first + _ROWS_AT_ONCE], on=scrubbed_on, source=file_name)
    imported = Imported(len(found), sum(found.values()))
    facts = {
        "file": file_name,
        "scrubbed_on": scrubbed_on.isoformat(),
        "numbers": imported.numbers,
        "listed": imported.listed,
    }
    with database.begin() as tx:
        ledger.write(tx, kind="registry_imported", now=now, actor=actor, facts=facts)
    return imported


def leave_alone(number: str, *, actor: str, database: Database, now: datetime) -> bool:
    """Put `number` (E.164) on our own list, as STOP does: its open leads are closed. False where it was there already."""
    with database.begin() as tx:
        new = "stop" not in work.suppressed(tx, number)
        obey_stop(tx, number, now, by=actor[:60])
        if new:
            ledger.write(tx, kind="left_alone", now=now, actor=actor, facts={"asked_by": "command"})
        return new
