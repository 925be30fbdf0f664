"""Bring a document that is to prove that a state may be opened. Nothing opens on it before somebody else has verified it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.states import State
from app.outside.documents import LARGEST_DOCUMENT, DocumentFolder, kind_of, shown_name
from app.storage import documents as proofs
from app.storage import expansion, ledger, moves
from app.storage.database import Database
from app.storage.documents import Proof

KINDS = ("pdf", "png", "jpeg")
"""What is taken: what a person can look at, and nothing that a machine runs."""


class Fault(StrEnum):
    """Why a document is not taken."""

    NO_PROJECT = "no_project"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"


@dataclass(frozen=True)
class Uploaded:
    """The document. `again`: the same file was there already, and whoever brought it first stays its uploader."""

    proof: Proof
    again: bool


@dataclass(frozen=True)
class NotUploaded:
    fault: Fault
    why: str


def upload_document(
    state: State,
    file_name: str,
    content: bytes,
    *,
    actor: str,
    documents: DocumentFolder,
    database: Database,
    now: datetime,
) -> Uploaded | NotUploaded:
    """Keep the file by its hash, and note it for the state's project. Raises OSError where it cannot be kept."""
    name, kind = shown_name(file_name), kind_of(content)
    if not content:
        return NotUploaded(Fault.EMPTY, f"{name}: the document is empty")
    if len(content) > LARGEST_DOCUMENT:
        return NotUploaded(Fault.TOO_LARGE, f"{name}: larger than {LARGEST_DOCUMENT // 1024 // 1024} MB")
    if kind not in KINDS:
        return NotUploaded(Fault.WRONG_KIND, f"{name}: by its first bytes it is none of {', '.join(KINDS)}")
    none = NotUploaded(Fault.NO_PROJECT, f"no expansion into {state} is under way")
    with database.read() as tx:
        if expansion.project_of(tx, state) is None:
            return none
    digest = documents.keep(content)
    with database.begin() as tx:
        moves.keep_others_out(tx)
        project = expansion.project_of(tx, state)
        if project is None:
            return none
        standing = proofs.with_hash(tx, project.id, digest)
        if standing is not None:
            return Uploaded(standing, again=True)
        proof = proofs.add(
            tx,
            project_id=project.id,
            state=state,
            name=name,
            kind=kind,
            size_bytes=len(content),
            sha256=digest,
            uploaded_by=actor,
            now=now,
        )
        ledger.write(tx, kind="document_uploaded", now=now, actor=actor, facts=facts_of(proof))
    return Uploaded(proof, again=False)


def facts_of(proof: Proof) -> dict[str, str | int | None]:
    """What the ledger keeps of a document."""
    return {
        "document": proof.id,
        "project": proof.project_id,
        "state": proof.state,
        "name": proof.name,
        "kind": proof.kind,
        "size": proof.size_bytes,
        "sha256": proof.sha256,
        "uploaded_by": proof.uploaded_by,
    }
