"""Audits that state only what matters to a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete

from app.storage import audits, discrepancies, ledger, roster
from app.storage.audits import Audit
from app.storage.database import Database
from app.storage.discrepancies import Recorded
from app.storage.models import Base
from app.workflows.licenses.audit_roster import Audited, audit_roster
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.their_report import NotAudited
from tests.builders import Held, Person, licensed, roster_file
from tests.unguarded import take_guard_away

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ANA = licensed("Ana", 1, "OH", "TX", "FL")
BEN = licensed("Ben", 2, "OH", "TX")


def imported(database: Database, *people: Person, now: datetime = NOW) -> None:
    outcome = import_roster(
        roster_file(*people), file_name="roster.csv", actor="test", dry_run=False, database=database, now=now
    )
    assert isinstance(outcome, Imported), outcome


def audited(database: Database, content: bytes, now: datetime = NOW, **more: Any) -> Audited:
    outcome = outcome_of(database, content, now, **more)
    assert isinstance(outcome, Audited), outcome
    return outcome


def outcome_of(database: Database, content: bytes, now: datetime = NOW, **more: Any) -> Any:
    how: dict[str, Any] = {"file_format": None, "npn": None, "whole": False, "period": None, "actor": "command:alice"}
    return audit_roster(content, file_name="in/report.csv", database=database, now=now, **{**how, **more})


def why_not(database: Database, content: bytes, **more: Any) -> str:
    outcome = outcome_of(database, content, **more)
    assert isinstance(outcome, NotAudited), outcome
    return outcome.why


def found(database: Database, audit: Audit | int) -> list[Recorded]:
    audit_id = audit if isinstance(audit, int) else audit.id
    with database.read() as tx:
        return discrepancies.of_audit(tx, audit_id, limit=1000)


def told(database: Database, audit: Audit) -> list[tuple[str, str, str, str, bool]]:
    """(NPN, state, line, kind, suspended) of each discrepancy."""
    return [(one.npn, one.state, one.line, one.kind, one.suspended) for one in found(database, audit)]


def statuses(database: Database, person: Person) -> dict[str, str]:
    """The status of each license, by state."""
    with database.read() as tx:
        shown = roster.show(tx, person.npn)
    assert shown is not None
    return {held.state: str(held.status) for held in shown.licenses}


def loaded(database: Database, audit_id: int) -> Audit:
    with database.read() as tx:
        audit = audits.load(tx, audit_id)
    assert audit is not None
    return audit


def version(database: Database) -> int:
    with database.read() as tx:
        return ledger.roster_version(tx)


def but(person: Person, state: str, **changes: str) -> Person:
    """The same person, with the license of one state changed."""
    return person.holding(*(Held(**{**vars(held), **(changes if held.state == state else {})}) for held in person.held))


def without(person: Person, *states: str) -> Person:
    return person.holding(*(held for held in person.held if held.state not in states))


def empty(database: Database) -> None:
    """For a property over one database: nothing is left of the example before."""
    with database.begin() as tx:
        take_guard_away(tx)
        for table in reversed(Base.metadata.sorted_tables):
            tx.execute(delete(table))
