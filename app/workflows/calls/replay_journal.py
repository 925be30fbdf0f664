"""What was written down while the database was out of reach becomes leads; each event once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.domain.instructions import Instruction
from app.domain.signals import Arrival, TextReceived
from app.storage import journal
from app.storage.database import Database
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.report_trouble import report_trouble
from app.workflows.leads.receive_text import receive_text

log = logging.getLogger(__name__)

Reader = Callable[[journal.Entry], Arrival | TextReceived]


def replay_journal(folder: Path, *, database: Database, now: datetime, wording: Wording, read: Reader) -> int:
    """Replay every entry and remove it once it is in the database. Returns how many.

    `read` knows the carrier's words; an entry in which it finds no call and no text (ValueError) is set aside for a person,
    so that the ones behind it are not kept waiting for ever.
    """
    replayed = 0
    for path, entry in journal.entries(folder):
        try:
            told = read(entry)
        except ValueError:
            log.exception("nobody can read %s; it is set aside", path.name)
            journal.set_aside(path)
            continue
        match told:
            case Arrival() as arrival:
                _replay_call(arrival, entry, database, now, wording)
            case TextReceived() as text:
                receive_text(text, database=database, now=now, wording=wording)
        journal.remove(path)
        replayed += 1
    return replayed


def _replay_call(
    arrival: Arrival, entry: journal.Entry, database: Database, now: datetime, wording: Wording
) -> Instruction:
    facts = {"replayed": True, "written_down_at": entry.at.isoformat()}
    return report_trouble(arrival, facts, database=database, now=now, wording=wording, since=entry.at)
