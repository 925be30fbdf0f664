"""What becomes of discrepancies, and who answers for an audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.storage import ledger
from app.storage.audits import Audit
from app.storage.database import Database
from app.storage.discrepancies import Recorded
from app.storage.ledger import Entry
from app.storage.models.ledger import LedgerRow
from app.workflows.licenses.resolve_discrepancy import NotSettled, Settled, assign_discrepancy, resolve_discrepancy
from app.workflows.licenses.sign_audit import NotSigned, sign_audit
from tests.builders import roster_file
from tests.rosters.nipr_files import csr, license_, loa, producer
from tests.workflows.licenses.audits import ANA, NOW, audited, but, found, imported, loaded, statuses, version, without

HOUR = timedelta(hours=1)


@pytest.fixture
def audit(database: Database) -> Audit:
    """Two discrepancies: 1, Florida, which was suspended; 2, Texas, of which the report says more."""
    imported(database, ANA)
    return audited(database, roster_file(but(without(ANA, "FL"), "TX", expires="2029-12-31"))).audit


def resolved(database: Database, number: int, as_: str, note: str = "", actor: str = "command:bob") -> Any:
    return resolve_discrepancy(number, Settled(as_), note, actor=actor, database=database, now=NOW + HOUR)


def assigned(database: Database, number: int, owner: str) -> Any:
    return assign_discrepancy(number, owner, actor="command:bob", database=database, now=NOW + HOUR)


def signed(database: Database, number: int, role: str = "compliance", actor: str = "command:bob") -> Any:
    return sign_audit(number, role, actor=actor, database=database, now=NOW + 2 * HOUR)


def newest_entry(database: Database) -> Entry:
    with database.read() as tx:
        entry = ledger.entry(tx, tx.execute(select(func.max(LedgerRow.id))).scalar_one())
    assert entry is not None
    return entry


@pytest.mark.parametrize("as_", ["kept", "corrected", "mistaken"])
def test_a_resolution_has_a_person_a_word_and_a_note_and_gives_no_authority(
    database: Database, audit: Audit, as_: str
) -> None:
    before = version(database)

    outcome = resolved(database, 1, as_, "certificate of the state's own site, 18 November")

    assert isinstance(outcome, Recorded)
    assert (outcome.resolved_as, outcome.resolved_by, outcome.resolved_at) == (as_, "command:bob", NOW + HOUR)
    assert outcome.resolution == "certificate of the state's own site, 18 November"
    assert statuses(database, ANA)["FL"] == "suspended"
    assert version(database) == before
    entry = newest_entry(database)
    assert (entry.kind, entry.actor, entry.facts["as"], entry.facts["discrepancy"]) == (
        "discrepancy_resolved",
        "command:bob",
        as_,
        1,
    )
    assert (entry.facts["npn"], entry.facts["state"], entry.facts["suspended"]) == (ANA.npn, "FL", True)


def test_the_same_word_again_changes_nothing_and_another_is_refused(database: Database, audit: Audit) -> None:
    first = resolved(database, 1, "kept", "as it is")
    entries = newest_entry(database).entry_id

    assert resolved(database, 1, "kept", "other words", "command:eve") == first
    assert resolved(database, 1, "corrected") == NotSettled("it is resolved already, as kept, by command:bob")
    assert newest_entry(database).entry_id == entries


def test_a_report_that_is_called_mistaken_needs_a_note(database: Database, audit: Audit) -> None:
    assert isinstance(resolved(database, 1, "mistaken", " "), NotSettled)
    assert isinstance(resolved(database, 1, "kept", "x" * 2001), NotSettled)
    assert found(database, audit)[0].resolved_at is None


def test_an_owner_is_named_and_the_deadline_stays(database: Database, audit: Audit) -> None:
    outcome = assigned(database, 1, " carol@example.com ")

    assert isinstance(outcome, Recorded)
    assert (outcome.owner, outcome.due_at) == ("carol@example.com", NOW + timedelta(hours=48))
    assert newest_entry(database).facts["owner"] == "carol@example.com"


@pytest.mark.parametrize("owner", ["", "  ", "x" * 255, "carol\x00", "ca\nrol"])
def test_nobody_is_no_owner(database: Database, audit: Audit, owner: str) -> None:
    assert isinstance(assigned(database, 1, owner), NotSettled)


def test_what_is_resolved_gets_no_new_owner(database: Database, audit: Audit) -> None:
    resolved(database, 1, "kept")

    assert isinstance(assigned(database, 1, "carol@example.com"), NotSettled)


def test_what_there_is_not_is_none(database: Database) -> None:
    assert resolved(database, 9, "kept") is None
    assert assigned(database, 9, "carol@example.com") is None
    assert signed(database, 9) is None


def test_an_audit_is_signed_with_name_role_and_time_once_nothing_is_open(database: Database, audit: Audit) -> None:
    resolved(database, 1, "corrected")
    early = signed(database, audit.id)
    resolved(database, 2, "kept")

    outcome = signed(database, audit.id)

    assert early == NotSigned("1 discrepancy of it is open", 1)
    assert isinstance(outcome, Audit)
    assert (outcome.signed_by, outcome.signed_role, outcome.signed_at) == ("command:bob", "compliance", NOW + 2 * HOUR)
    entry = newest_entry(database)
    assert (entry.kind, entry.actor) == ("audit_signed", "command:bob")
    assert entry.facts == {
        "audit": audit.id,
        "period": "2026-11",
        "role": "compliance",
        "file_sha256": audit.file_sha256,
        "compared": 1,
        "discrepancies": 2,
        "suspended": 1,
    }


def test_a_signature_stands(database: Database) -> None:
    imported(database, ANA)
    audit = audited(database, roster_file(ANA)).audit
    first = signed(database, audit.id)
    entries = newest_entry(database).entry_id

    assert signed(database, audit.id) == first
    assert isinstance(signed(database, audit.id, actor="command:eve"), NotSigned)
    assert newest_entry(database).entry_id == entries
    assert loaded(database, audit.id).signed_by == "command:bob"


def test_a_producer_signs_no_audit(database: Database) -> None:
    imported(database, ANA)
    audit = audited(database, roster_file(ANA)).audit

    assert isinstance(signed(database, audit.id, "producer"), NotSigned)


def test_an_audit_is_not_settled_by_a_later_one_that_finds_the_same_again(database: Database, audit: Audit) -> None:
    resolved(database, 1, "corrected")
    later = audited(
        database, roster_file(but(but(without(ANA, "FL"), "TX", expires="2029-12-31"), "OH", number="7")), NOW + HOUR
    ).audit

    early = signed(database, audit.id)
    texas = next(one.id for one in found(database, later) if one.state == "TX")
    resolved(database, texas, "kept")

    assert early == NotSigned("1 discrepancy of it is open", 1)
    assert isinstance(signed(database, audit.id), Audit)


def test_a_report_too_old_to_prove_anything_is_not_signed_for(database: Database) -> None:
    imported(database, without(ANA, "TX", "FL"))
    held = license_("OH", loa(LOA_Issue_Date="01/01/2020"), License_Number="OH-90000001")
    content = csr(producer(held, npn=ANA.npn), created="10/02/2026 06:00:00")
    audit = audited(database, content).audit
    for one in found(database, audit):
        resolved(database, one.id, "kept")

    outcome = signed(database, audit.id)

    assert isinstance(outcome, NotSigned)
    assert "2026-10-02" in outcome.why
