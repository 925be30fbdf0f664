"""Read a document: who is to verify it must see it. Each reading is in the ledger, and what was changed is not handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.outside.documents import DocumentFolder
from app.storage import documents as proofs
from app.storage import ledger
from app.storage.database import Database
from app.storage.documents import Proof
from app.workflows.licenses.upload_document import facts_of

MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "text": "text/plain"}
"""By the kind that the first bytes told, never by the name."""

_ENDINGS = {"pdf": (".pdf",), "png": (".png",), "jpeg": (".jpg", ".jpeg"), "text": (".txt",)}


class Unreadable(StrEnum):
    """Why a document cannot be read."""

    UNKNOWN = "unknown"
    FILE_LOST = "file_lost"


@dataclass(frozen=True)
class DocumentRead:
    """What is in it: the very bytes that were uploaded. `file_name` ends as its kind does, whatever it was called."""

    proof: Proof
    content: bytes
    media_type: str
    file_name: str


@dataclass(frozen=True)
class NotRead:
    code: Unreadable
    why: str


def read_document(
    document_id: int, *, actor: str, documents: DocumentFolder, database: Database, now: datetime
) -> DocumentRead | NotRead:
    """The document, once its hash was found to be what it was; that `actor` read it is kept."""
    with database.read() as tx:
        proof = proofs.by_id(tx, document_id)
    if proof is None:
        return NotRead(Unreadable.UNKNOWN, f"there is no document {document_id}")
    content = documents.read(proof.sha256)
    if content is None:
        return NotRead(Unreadable.FILE_LOST, f"{proof.name}: the file is gone, or not what was uploaded")
    with database.begin() as tx:
        ledger.write(tx, kind="document_read", now=now, actor=actor, facts=facts_of(proof))
    media_type = MEDIA_TYPES.get(proof.kind, "application/octet-stream")
    return DocumentRead(proof, content, media_type, _named(proof))


def _named(proof: Proof) -> str:
    """A program that was called certificate.pdf.exe is saved as a PDF, if that is what it is."""
    endings = _ENDINGS.get(proof.kind, (".bin",))
    return proof.name if proof.name.lower().endswith(endings) else f"{proof.name}{endings[0]}"
