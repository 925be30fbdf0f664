"""Verify a document: another person than who brought it says that it proves what it should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.expansion import same_person
from app.outside.documents import DocumentFolder
from app.storage import documents as proofs
from app.storage import expansion, ledger, moves
from app.storage.database import Database
from app.storage.documents import Proof
from app.workflows.licenses.upload_document import facts_of


class Refusal(StrEnum):
    """Why it is not verified."""

    UNKNOWN = "unknown"
    SAME_PERSON = "same_person"
    PROJECT_CLOSED = "project_closed"
    FILE_LOST = "file_lost"


@dataclass(frozen=True)
class Verified:
    """The document. `again`: it was verified already, and who did stays."""

    proof: Proof
    again: bool


@dataclass(frozen=True)
class NotVerified:
    code: Refusal
    why: str


def verify_document(
    document_id: int,
    *,
    verified_by: str,
    actor: str,
    documents: DocumentFolder,
    database: Database,
    now: datetime,
) -> Verified | NotVerified:
    """Note who verified it. At a command `actor` may tell of somebody else; both names are kept, and how it was told."""
    with database.read() as tx:
        proof = proofs.by_id(tx, document_id)
    if proof is None:
        return NotVerified(Refusal.UNKNOWN, f"there is no document {document_id}")
    if not documents.has(proof.sha256):
        return NotVerified(Refusal.FILE_LOST, f"{proof.name}: the file is gone, or not what was uploaded")
    with database.begin() as tx:
        moves.keep_others_out(tx)
        proof = proofs.by_id(tx, document_id)
        assert proof is not None
        project = expansion.by_id(tx, proof.project_id)
        if project is None or project.closed_at is not None:
            return NotVerified(Refusal.PROJECT_CLOSED, f"the expansion into {proof.state} that it was for is closed")
        if proof.verified_at is not None:
            return Verified(proof, again=True)
        if same_person(proof.uploaded_by, verified_by):
            why = f"{proof.uploaded_by} brought it, so {verified_by} cannot verify it: another person must"
            return NotVerified(Refusal.SAME_PERSON, why)
        proof = proofs.verify(tx, proof.id, by=verified_by, now=now)
        facts = {**facts_of(proof), "verified_by": verified_by, "by": told_by(actor)}
        ledger.write(tx, kind="document_verified", now=now, actor=actor, facts=facts)
    return Verified(proof, again=False)


def told_by(actor: str) -> str:
    """How the ledger says at which door it was told."""
    return "command" if actor.startswith("command:") else "person"
