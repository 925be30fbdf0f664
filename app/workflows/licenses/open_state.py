"""Open states for routing, on a document that somebody has verified: the expansion gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import states as jurisdictions
from app.domain.states import State
from app.rosters import zip_list
from app.rosters.errors import Refusal
from app.storage import ledger, openings
from app.storage.database import Database
from app.storage.openings import StateOpening
from app.storage.roster_changes import RosterChange
from app.workflows.licenses.files import base_name, sha256

LARGEST_DOCUMENT = 20 * 1024 * 1024

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_KINDS = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))


@dataclass(frozen=True)
class Document:
    """What the opening rests on. Only its name, size, kind and hash are recorded."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """pdf, png, jpeg, text or other, by its first bytes and never by its name."""
        for magic, kind in _KINDS:
            if self.content.startswith(magic):
                return kind
        try:
            return "other" if "\0" in self.content.decode() else "text"
        except UnicodeDecodeError:
            return "other"


@dataclass(frozen=True)
class Opened:
    """Every state named, as it stands now. `version` None and `changed` empty: they were open so already."""

    version: int | None
    states: tuple[StateOpening, ...]
    changed: tuple[State, ...]


@dataclass(frozen=True)
class NotOpened:
    """Nothing was opened, and why."""

    why: str


def open_state(
    states: Sequence[str],
    *,
    document: Document,
    verified_by: str,
    zips: bytes | None,
    actor: str,
    database: Database,
    now: datetime,
) -> Opened | NotOpened | Refusal:
    """Open each of `states` whole, or for the ZIPs of a territory's file; all of them or none.

    `verified_by` is the email of the person who verified the document; `actor` is who gives the order. Both are kept.
    """
    codes = tuple(dict.fromkeys(state.strip().upper() for state in states))
    if why := _objection(codes, document, verified_by):
        return NotOpened(why)
    territory = None if zips is None else zip_list.read(zips, codes)
    if isinstance(territory, Refusal):
        return territory
    name, digest = base_name(document.name), sha256(document.content)
    with database.begin() as tx:
        change = RosterChange(tx, now=now, actor=actor, source="state_open", file_name=name, file_sha256=digest)
        changed = openings.open_states(
            tx,
            change,
            codes,
            zips=territory,
            document_name=name,
            document_sha256=digest,
            verified_by=verified_by,
        )
        if changed:
            facts = {
                "states": changed,
                "by": "command" if actor.startswith("command:") else "person",
                "verified_by": verified_by,
                "document": {"name": name, "size": len(document.content), "sha256": digest, "kind": document.kind},
                "zips": None if territory is None else {state: len(territory[state]) for state in changed},
                "version": change.version,
            }
            ledger.write(tx, kind="state_opened", now=now, actor=actor, facts=facts)
        standing = tuple(opening for opening in openings.everywhere(tx) if opening.state in codes)
    return Opened(change.version, standing, tuple(changed))


def _objection(codes: Sequence[State], document: Document, verified_by: str) -> str | None:
    if not codes:
        return "name at least one state"
    if unknown := [code for code in codes if not jurisdictions.is_state(code)]:
        return f"{', '.join(unknown)}: not the USPS code of a state or territory that licenses producers"
    if not document.content:
        return f"{document.name}: the document is empty"
    if len(document.content) > LARGEST_DOCUMENT:
        return f"{document.name}: the document is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB"
    if len(verified_by) > 254 or not verified_by.isprintable() or not _EMAIL.match(verified_by):
        return f"{verified_by!r} is not an email address: who verified the document?"
    return None
