"""The documents on which states are opened: what is kept of each, who brought it, who verified it.

The files themselves lie outside of the web root and of the database (outside/documents.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import DocumentRow

_documents = table_of(DocumentRow)


@dataclass(frozen=True)
class Proof:
    """One document of one project; the same file twice is the same document."""

    id: int
    project_id: int
    state: State
    name: str
    kind: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    verified_by: str | None
    verified_at: datetime | None


def by_id(tx: Connection, document_id: int) -> Proof | None:
    row = tx.execute(select(_documents).where(_documents.c.id == document_id)).mappings().first()
    return None if row is None else Proof(**row)


def of_project(tx: Connection, project_id: int) -> list[Proof]:
    """Oldest first."""
    query = select(_documents).where(_documents.c.project_id == project_id).order_by(_documents.c.id)
    return [Proof(**row) for row in tx.execute(query).mappings()]


def with_hash(tx: Connection, project_id: int, sha256: str) -> Proof | None:
    """The project's document that is this very file."""
    query = select(_documents).where(_documents.c.project_id == project_id, _documents.c.sha256 == sha256)
    row = tx.execute(query).mappings().first()
    return None if row is None else Proof(**row)


def add(
    tx: Connection,
    *,
    project_id: int,
    state: State,
    name: str,
    kind: str,
    size_bytes: int,
    sha256: str,
    uploaded_by: str,
    now: datetime,
) -> Proof:
    values = {
        "project_id": project_id,
        "state": state,
        "name": name,
        "kind": kind,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "uploaded_by": uploaded_by,
        "uploaded_at": now,
    }
    row = tx.execute(insert(_documents).values(values).returning(_documents)).mappings().one()
    return Proof(**row)


def verify(tx: Connection, document_id: int, *, by: str, now: datetime) -> Proof:
    """Somebody says that it proves what it should."""
    query = update(_documents).where(_documents.c.id == document_id).values(verified_by=by, verified_at=now)
    return Proof(**tx.execute(query.returning(_documents)).mappings().one())
