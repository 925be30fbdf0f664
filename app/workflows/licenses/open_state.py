"""Open states for routing, on a document that somebody has verified: the expansion gate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import states as jurisdictions
from app.domain.expansion import NO_NEEDS, Needs, Obstacle, Project, same_person
from app.domain.states import State
from app.outside.documents import LARGEST_DOCUMENT as LARGEST_DOCUMENT
from app.outside.documents import DocumentFolder, kind_of, shown_name
from app.rosters import zip_list
from app.rosters.errors import Refusal
from app.storage import documents as proofs
from app.storage import expansion, ledger, openings
from app.storage.database import Database, Transaction
from app.storage.openings import StateOpening
from app.storage.roster_changes import RosterChange
from app.workflows.licenses.files import sha256
from app.workflows.licenses.missing_before_opening import missing_before_opening
from app.workflows.licenses.verify_document import told_by

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


@dataclass(frozen=True)
class Document:
    """What the opening rests on, as a command is given it."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """pdf, png, jpeg, text or other, by its first bytes and never by its name."""
        return kind_of(self.content)


@dataclass(frozen=True)
class Opened:
    """Every state named, as it stands now. `version` None and `changed` empty: they were open so already."""

    version: int | None
    states: tuple[StateOpening, ...]
    changed: tuple[State, ...]


@dataclass(frozen=True)
class NotOpened:
    """Nothing was opened, and why. `obstacles`: what the installation or the project asks for and is missing."""

    why: str
    obstacles: tuple[Obstacle, ...] = ()


@dataclass(frozen=True)
class _Proof:
    """A verified document. `document_id` None: it came with the command itself."""

    name: str
    kind: str
    size_bytes: int
    sha256: str
    verified_by: str
    document_id: int | None = None


def open_state(
    states: Sequence[str],
    *,
    document: Document,
    verified_by: str,
    zips: bytes | None,
    actor: str,
    database: Database,
    now: datetime,
    documents: DocumentFolder | None = None,
    needs: Needs = NO_NEEDS,
) -> Opened | NotOpened | Refusal:
    """Open each of `states` whole, or for the ZIPs of a territory's file; all of them or none. At a command only.

    `verified_by` is the email of the person who verified the document; `actor` is who gives the order. Both are kept. The
    file is kept in `documents`; without them only its name, kind, size and hash are.
    """
    codes = tuple(dict.fromkeys(state.strip().upper() for state in states))
    if why := _objection(codes, document, verified_by, actor):
        return NotOpened(why)
    territory = None if zips is None else zip_list.read(zips, codes)
    if isinstance(territory, Refusal):
        return territory
    if obstacles := missing_before_opening(codes, needs=needs, database=database, now=now):
        return _lacking(obstacles)
    size, digest = len(document.content), sha256(document.content)
    proof = _Proof(shown_name(document.name), document.kind, size, digest, verified_by)
    if documents is not None:
        documents.keep(document.content)
    with database.begin() as tx:
        return _open(tx, codes, proof, territory, actor=actor, now=now)


def open_on_document(
    state: str,
    document_id: int,
    *,
    zips: bytes | None,
    actor: str,
    documents: DocumentFolder,
    database: Database,
    now: datetime,
    needs: Needs = NO_NEEDS,
) -> Opened | NotOpened | Refusal:
    """Open one state, whole or for a territory's file, on a document of its project that somebody else has verified."""
    code = state.strip().upper()
    if not jurisdictions.is_state(code):
        return NotOpened(_no_state([code]))
    territory = None if zips is None else zip_list.read(zips, (code,))
    if isinstance(territory, Refusal):
        return territory
    with database.read() as tx:
        proof = _verified(tx, code, document_id)
    if isinstance(proof, Obstacle):
        return _lacking((proof,))
    if not documents.has(proof.sha256):
        return _lacking((Obstacle("file_lost", f"{proof.name}: the file is gone, or not what was verified"),))
    if obstacles := missing_before_opening((code,), needs=needs, database=database, now=now):
        return _lacking(obstacles)
    with database.begin() as tx:
        return _open(tx, (code,), proof, territory, actor=actor, now=now)


def _open(
    tx: Transaction,
    codes: Sequence[State],
    proof: _Proof,
    territory: Mapping[State, frozenset[str]] | None,
    *,
    actor: str,
    now: datetime,
) -> Opened | NotOpened:
    """In one transaction, from which on other changes of the roster and of projects wait."""
    change = RosterChange(tx, now=now, actor=actor, source="state_open", file_name=proof.name, file_sha256=proof.sha256)
    if proof.document_id is not None:
        # The state may have been closed since it was looked at, and the document with it.
        again = _verified(tx, codes[0], proof.document_id)
        if again != proof:
            return _lacking((again,)) if isinstance(again, Obstacle) else NotOpened("it has changed: look again")
    projects = {code: project for code in codes if (project := expansion.project_of(tx, code))}
    ends = {code: until for code, project in projects.items() if (until := project.agency_until)}
    changed = openings.open_states(
        tx,
        change,
        codes,
        zips=territory,
        document_name=proof.name,
        document_sha256=proof.sha256,
        verified_by=proof.verified_by,
        agency_until=ends,
    )
    for code in changed:
        _note(tx, code, projects.get(code), proof, actor=actor, now=now)
    if changed:
        facts = {
            "states": changed,
            "by": told_by(actor),
            "verified_by": proof.verified_by,
            "document": {"name": proof.name, "size": proof.size_bytes, "sha256": proof.sha256, "kind": proof.kind},
            "zips": None if territory is None else {state: len(territory[state]) for state in changed},
            "version": change.version,
        }
        ledger.write(tx, kind="state_opened", now=now, actor=actor, facts=facts)
    standing = tuple(opening for opening in openings.everywhere(tx) if opening.state in codes)
    return Opened(change.version, standing, tuple(changed))


def _note(tx: Transaction, code: State, project: Project | None, proof: _Proof, *, actor: str, now: datetime) -> None:
    """The state's project is open, and has the document: whatever was opened can be found, and closed, in one way."""
    if project is None:
        project = expansion.begin(tx, code, status=expansion.OPEN, now=now, actor=actor)
    elif project.status != expansion.OPEN:
        expansion.change(tx, project.id, status=expansion.OPEN)
    if proof.document_id is not None:
        return
    kept = proofs.with_hash(tx, project.id, proof.sha256) or proofs.add(
        tx,
        project_id=project.id,
        state=code,
        name=proof.name,
        kind=proof.kind,
        size_bytes=proof.size_bytes,
        sha256=proof.sha256,
        uploaded_by=actor,
        now=now,
    )
    if kept.verified_at is None and not same_person(kept.uploaded_by, proof.verified_by):
        proofs.verify(tx, kept.id, by=proof.verified_by, now=now)


def _verified(tx: Transaction, code: State, document_id: int) -> _Proof | Obstacle:
    """The document, if the state may be opened on it now."""
    proof, project = proofs.by_id(tx, document_id), expansion.project_of(tx, code)
    if project is None or proof is None or proof.project_id != project.id:
        return Obstacle(
            "document_missing", f"the expansion into {code} that is under way has no document {document_id}"
        )
    if proof.verified_by is None:
        return Obstacle("document_unverified", f"{proof.name}: another person than {proof.uploaded_by} must verify it")
    return _Proof(proof.name, proof.kind, proof.size_bytes, proof.sha256, proof.verified_by, proof.id)


def _lacking(obstacles: tuple[Obstacle, ...]) -> NotOpened:
    return NotOpened("; ".join(obstacle.why for obstacle in obstacles), obstacles)


def _objection(codes: Sequence[State], document: Document, verified_by: str, actor: str) -> str | None:
    if not codes:
        return "name at least one state"
    if unknown := [code for code in codes if not jurisdictions.is_state(code)]:
        return _no_state(unknown)
    if not document.content:
        return f"{document.name}: the document is empty"
    if len(document.content) > LARGEST_DOCUMENT:
        return f"{document.name}: the document is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB"
    if document.kind == "other":
        return f"{document.name}: by its first bytes it is neither a PDF, PNG or JPEG nor text"
    if len(verified_by) > 254 or not verified_by.isprintable() or not _EMAIL.match(verified_by):
        return f"{verified_by!r} is not an email address: who verified the document?"
    if same_person(actor, verified_by):
        return f"{verified_by} is, by the name, who gives this command: another person must have verified the document"
    return None


def _no_state(codes: Sequence[str]) -> str:
    return f"{', '.join(codes)}: not the USPS code of a state or territory that licenses producers"
