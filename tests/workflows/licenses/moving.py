"""People who move, and what the roster shows of it afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.domain.moves import Move
from app.storage import ledger, moves
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.move_domicile import Refused, Reported, move_domicile
from tests.builders import Held, Person, licensed, roster_file

ANA = licensed("Ana", 1, "OH", "FL", "GA")
MOVED_ON = date(2026, 11, 10)

_ledger = table_of(LedgerRow)


def settled(person: Person, home: str, *nonresident: str) -> Person:
    """The same person as a roster shows them once they live in `home`."""
    held = [Held(home, residency="resident"), *(Held(state, residency="nonresident") for state in nonresident)]
    return replace(person, resident_state=home).holding(*held)


def report(
    database: Database, now: datetime, to: str = "TX", on: date = MOVED_ON, *, npn: str = ANA.npn, correct: bool = False
) -> Reported:
    outcome = outcome_of(database, now, to, on, npn=npn, correct=correct)
    assert isinstance(outcome, Reported), outcome
    return outcome


def outcome_of(
    database: Database, now: datetime, to: str = "TX", on: date = MOVED_ON, *, npn: str = ANA.npn, correct: bool = False
) -> Reported | Refused:
    return move_domicile(npn, to, on, correct=correct, actor="test", database=database, now=now)


def show_roster(database: Database, now: datetime, *people: Person) -> None:
    imported = import_roster(
        roster_file(*people), file_name="r", actor="test", dry_run=False, database=database, now=now
    )
    assert isinstance(imported, Imported), imported


def open_move(database: Database, npn: str = ANA.npn) -> Move | None:
    with database.read() as tx:
        return moves.open_of(tx, npn)


def entries(database: Database, kind: str) -> list[dict[str, Any]]:
    """The facts of the ledger's entries of one kind, oldest first."""
    with database.read() as tx:
        ids = [row[0] for row in tx.execute(select(_ledger.c.id).where(_ledger.c.kind == kind).order_by(_ledger.c.id))]
        found = [ledger.entry(tx, entry_id) for entry_id in ids]
    return [entry.facts for entry in found if entry is not None]
