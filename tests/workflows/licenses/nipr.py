"""NIPR reports imported, and what the roster then holds; for tests that state only what matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.licensing import License
from app.domain.lines import Line, Requirement
from app.storage import authority_facts, roster
from app.storage.database import Database
from app.workflows.authority.check_authority import AuthorityQuestion, check_authority
from app.workflows.licenses.import_nipr import CSR, NiprImported, import_nipr
from app.workflows.licenses.open_state import Document, Opened, open_state
from tests.builders import Held, licensed

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = licensed("Ana", 1, "OH", "TX").holding(
    Held("OH", effective="2020-01-15", expires="2028-06-30", number="OH-1"),
    Held("TX", effective="2020-01-15", expires="2028-06-30", number="TX-1"),
)
"""NPN 90000001; with the licenses that tests/rosters/nipr_files.py writes unless told otherwise."""


def outcome_of(database: Database, content: bytes, now: datetime = NOW, **how: Any) -> Any:
    given: dict[str, Any] = {"file_name": "report.xml", "file_format": CSR, "npn": None, "dry_run": False}
    return import_nipr(content, actor="test", database=database, now=now, **{**given, **how})


def take(database: Database, content: bytes, now: datetime = NOW, **how: Any) -> NiprImported:
    outcome = outcome_of(database, content, now, **how)
    assert isinstance(outcome, NiprImported), outcome
    return outcome


def license_in(database: Database, state: str, line: Line = Line.LIFE, npn: str = ANA.npn) -> License:
    with database.read() as tx:
        shown = roster.show(tx, npn)
    assert shown is not None
    [found] = [held for held in shown.licenses if (held.state, held.line) == (state, line)]
    return found


def holds(database: Database, npn: str = ANA.npn) -> set[str]:
    with database.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, npn) or 0)
    assert producer is not None
    return set(producer.domicile_holds)


def open_states(database: Database, *states: str) -> None:
    opened = open_state(
        states,
        document=Document("certificate.pdf", b"%PDF-1.4 test"),
        verified_by="compliance@example.com",
        zips=None,
        actor="test",
        database=database,
        now=NOW - 30 * DAY,
    )
    assert isinstance(opened, Opened), opened


def reasons(database: Database, state: str, now: datetime = NOW, line: str = "life", npn: str = ANA.npn) -> list[str]:
    """Why the producer may not take a caller there; nothing where they may."""
    asked = AuthorityQuestion(npn=npn, requirement=Requirement.parse(line), state=state, at=None)
    return [str(reason) for reason in check_authority(asked, actor="test", database=database, now=now).reasons]
