from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.rosters.errors import Refusal
from app.storage import authority_facts, ledger, openings
from app.storage.database import Database
from app.storage.models.ledger import LedgerRow
from app.workflows.licenses.open_state import Document, NotOpened, Opened, open_state

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
CERTIFICATE = Document("certificate.pdf", b"%PDF-1.7 certificate of authority")
EMAIL = "compliance@agency.example"


def outcome_of(
    database: Database,
    states: Sequence[str],
    *,
    document: Document = CERTIFICATE,
    verified_by: str = EMAIL,
    zips: bytes | None = None,
    now: datetime = NOW,
) -> Opened | NotOpened | Refusal:
    return open_state(
        states,
        document=document,
        verified_by=verified_by,
        zips=zips,
        actor="command:alice",
        database=database,
        now=now,
    )


def opened(database: Database, states: Sequence[str], *, zips: bytes | None = None, now: datetime = NOW) -> Opened:
    outcome = outcome_of(database, states, zips=zips, now=now)
    assert isinstance(outcome, Opened), outcome
    return outcome


def is_open(database: Database, state: str, zip_code: str | None = None) -> bool:
    """As the gate asks it."""
    with database.read() as tx:
        opening = authority_facts.openings(tx, [state], zip_code).get(state)
    return opening is not None and opening.is_open and (opening.zips is None or zip_code in opening.zips)


def ledger_entries(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(LedgerRow)).scalar_one()


def test_states_are_opened_together_and_others_stay_closed(database: Database) -> None:
    outcome = opened(database, ["OH", "tx", "OH"])

    assert (outcome.version, outcome.changed) == (1, ("OH", "TX"))
    assert is_open(database, "OH")
    assert is_open(database, "TX")
    assert not is_open(database, "FL")


def test_both_names_and_the_document_are_in_the_ledger(database: Database) -> None:
    opened(database, ["OH"])

    with database.read() as tx:
        entry = ledger.entry(tx, tx.execute(select(func.max(LedgerRow.id))).scalar_one())
    assert entry is not None
    assert (entry.kind, entry.actor, entry.facts["verified_by"]) == ("state_opened", "command:alice", EMAIL)
    assert entry.facts["by"] == "command"
    assert entry.facts["states"] == ["OH"]
    assert entry.facts["document"] == {
        "name": "certificate.pdf",
        "size": len(CERTIFICATE.content),
        "sha256": hashlib.sha256(CERTIFICATE.content).hexdigest(),
        "kind": "pdf",
    }


def test_opening_again_on_the_same_proof_changes_nothing(database: Database) -> None:
    opened(database, ["OH"])

    again = opened(database, ["OH"], now=NOW + timedelta(days=1))

    assert (again.version, again.changed) == (None, ())
    assert [opening.opened_at for opening in again.states] == [NOW]
    assert ledger_entries(database) == 1


def test_a_territory_opens_its_zips_alone(database: Database) -> None:
    opened(database, ["OH", "TX"], zips=b"43215\n75001\n")

    assert is_open(database, "OH", "43215")
    assert not is_open(database, "OH", "43201")
    assert not is_open(database, "OH", "75001")
    assert not is_open(database, "OH")
    assert is_open(database, "TX", "75001")


def test_a_territory_may_change_and_become_the_whole_state(database: Database) -> None:
    opened(database, ["OH"], zips=b"43215\n43201")
    opened(database, ["OH"], zips=b"43201\n43202")

    assert [is_open(database, "OH", code) for code in ("43215", "43201", "43202")] == [False, True, True]

    opened(database, ["OH"])

    assert is_open(database, "OH", "43215")
    assert is_open(database, "OH")
    with database.read() as tx:
        assert [opening.version for opening in openings.everywhere(tx)] == [3]


@pytest.mark.parametrize(
    ("states", "document", "verified_by", "words"),
    [
        (["XX"], CERTIFICATE, EMAIL, "XX"),
        (["OH", "Texas"], CERTIFICATE, EMAIL, "TEXAS"),
        ([], CERTIFICATE, EMAIL, "at least one"),
        (["OH"], Document("empty.pdf", b""), EMAIL, "empty.pdf"),
        (["OH"], Document("big.pdf", bytes(20 * 1024 * 1024 + 1)), EMAIL, "20 MB"),
        (["OH"], CERTIFICATE, "", "email"),
        (["OH"], CERTIFICATE, "somebody", "email"),
    ],
)
def test_without_proof_or_a_name_nothing_is_opened(
    database: Database, states: list[str], document: Document, verified_by: str, words: str
) -> None:
    outcome = outcome_of(database, states, document=document, verified_by=verified_by)

    assert isinstance(outcome, NotOpened)
    assert words in outcome.why
    assert not is_open(database, "OH")
    assert ledger_entries(database) == 0


def test_a_zip_of_another_state_refuses_the_opening(database: Database) -> None:
    refusal = outcome_of(database, ["OH"], zips=b"43215\n10001")

    assert isinstance(refusal, Refusal)
    assert not is_open(database, "OH", "43215")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.4", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"verified by phone", "text"),
        (b"\x00\x01", "other"),
        (b"\xff\xfe", "other"),
    ],
)
def test_a_documents_kind_is_told_by_its_bytes_and_not_its_name(content: bytes, kind: str) -> None:
    assert Document("proof.pdf", content).kind == kind


def test_a_documents_folders_are_not_kept(database: Database) -> None:
    outcome_of(database, ["OH"], document=Document("../../etc/proof.pdf", b"x"))

    with database.read() as tx:
        assert [opening.document_name for opening in openings.everywhere(tx)] == ["proof.pdf"]
