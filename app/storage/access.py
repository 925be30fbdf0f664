"""Keys of machines, and the answers that repeated requests get again."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, text

from app.storage.models.access import ApiKeyRow, IdempotencyRow
from app.storage.models.base import table_of

_keys, _answers = table_of(ApiKeyRow), table_of(IdempotencyRow)

SCOPES = ("authority", "vendor", "read", "supervisor", "dial", "presence", "roster")
"""What a key may be allowed to do (INTERFACE.md section 5)."""

_FORMAT = re.compile(r"tg_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True)
class ApiKey:
    """A key in force. `vendor_id`: whose leads it may post; None where it is nobody's in particular."""

    id: int
    name: str
    scopes: frozenset[str]
    vendor_id: int | None

    @property
    def actor(self) -> str:
        """How the ledger names who did it."""
        return f"key:{self.name}"


class UnknownScope(ValueError):
    """A key was to get a scope that does not exist."""


def create_key(tx: Connection, *, name: str, scopes: Iterable[str], now: datetime, vendor_id: int | None = None) -> str:
    """A new key, which is shown now and never again: only its SHA-256 is kept. Raises UnknownScope, naming them all."""
    wanted = list(dict.fromkeys(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise UnknownScope(f"no scope {', '.join(map(repr, unknown))}; the scopes are {', '.join(SCOPES)}")
    key = f"tg_{secrets.token_urlsafe(32)}"
    tx.execute(
        insert(_keys).values(
            name=name, digest=_digest(key), scopes=" ".join(wanted), vendor_id=vendor_id, created_at=now
        )
    )
    return key


_by_digest = select(_keys.c.id, _keys.c.name, _keys.c.scopes, _keys.c.vendor_id).where(
    _keys.c.digest == bindparam("digest"), _keys.c.revoked_at.is_(None)
)


def is_key(key: str) -> bool:
    """Whether this is spelled like a key of ours; what is not need not be looked up."""
    return _FORMAT.fullmatch(key) is not None


def key_of(tx: Connection, key: str) -> ApiKey | None:
    """The key, looked up by its digest; None where there is none in force."""
    row = tx.execute(_by_digest, {"digest": _digest(key)}).first()
    return None if row is None else ApiKey(row.id, row.name, frozenset(row.scopes.split()), row.vendor_id)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


# ---- answers given before


@dataclass(frozen=True)
class Repeatable:
    """A creating request that names itself: the same `key` (of one API key) with the same body is the same request."""

    api_key_id: int
    key: str
    body_digest: str


@dataclass(frozen=True)
class SavedAnswer:
    """What the request was answered the first time; `answer` is JSON."""

    body_digest: str
    answer: str


def saved_answer(tx: Connection, request: Repeatable) -> SavedAnswer | None:
    """The first answer to this request. A second one waits here until the first has committed."""
    take_turns(tx, f"idempotency:{request.api_key_id}:{request.key}")
    row = tx.execute(
        select(_answers.c.body_digest, _answers.c.answer).where(
            _answers.c.api_key_id == request.api_key_id, _answers.c.key == request.key
        )
    ).first()
    return None if row is None else SavedAnswer(row.body_digest, row.answer)


def save_answer(tx: Connection, request: Repeatable, answer: str, *, status: int, now: datetime) -> None:
    tx.execute(
        insert(_answers).values(
            api_key_id=request.api_key_id,
            key=request.key,
            body_digest=request.body_digest,
            at=now,
            status=status,
            answer=answer,
        )
    )


def take_turns(tx: Connection, subject: str) -> None:
    """Until this transaction ends, no other gets past this line with the same `subject`."""
    if tx.dialect.name == "postgresql":
        # SQLite's BEGIN IMMEDIATE already keeps other writers out.
        number = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], signed=True)
        tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
