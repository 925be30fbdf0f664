"""Keys of machines, and the answers that repeated requests get again."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, text, update

from app.storage.models.access import ApiKeyRow, IdempotencyRow
from app.storage.models.base import table_of

_keys, _answers = table_of(ApiKeyRow), table_of(IdempotencyRow)

SCOPES = ("authority", "vendor", "read", "supervisor", "dial", "presence", "roster", "billing", "webhooks", "data")
"""What a key may be allowed to do: INTERFACE.md section 5, and three of our own for what it leaves free."""

SCOPE_WORDS = {
    "authority": "Ask whether a producer may take a call, as an outside dialer does before it dials.",
    "vendor": "Ask whether a call would be served (ping), and post leads.",
    "read": "Read calls, leads, decisions, callbacks and escalations.",
    "supervisor": "Claim, assign and resolve escalations.",
    "dial": "Have a producer call somebody, through the same gate.",
    "presence": "Set a producer to available, away or offline.",
    "roster": "Import rosters and reports, read producers and their licenses, and work at the license desk.",
    "billing": "Read what calls cost, upload vendors' invoices, and fetch disputes.",
    "webhooks": "Say where to be told what happened, read the deliveries, and send one again.",
    "data": "Take everything out: exports, one person's data, packets of evidence; and have a person erased.",
}
"""What each scope lets a key do, in one sentence."""

USE_KEPT_EVERY = timedelta(hours=1)
"""When a key was last used is written no oftener than this."""

_FORMAT = re.compile(r"tg_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True)
class ApiKey:
    """A key in force. `vendor_id`: whose leads it may post; None where it is nobody's in particular."""

    id: int
    name: str
    scopes: frozenset[str]
    vendor_id: int | None
    last_used_at: datetime | None = field(default=None, compare=False)

    @property
    def actor(self) -> str:
        """How the ledger names who did it."""
        return f"key:{self.name}"


@dataclass(frozen=True)
class KeptKey:
    """A key as a list of keys shows it, in force or not. `ends_at`: when it was, or will be, revoked."""

    id: int
    name: str
    scopes: tuple[str, ...]
    vendor_id: int | None
    created_at: datetime
    ends_at: datetime | None
    last_used_at: datetime | None

    def in_force(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at


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


_by_digest = select(_keys.c.id, _keys.c.name, _keys.c.scopes, _keys.c.vendor_id, _keys.c.last_used_at).where(
    _keys.c.digest == bindparam("digest"),
    or_(_keys.c.revoked_at.is_(None), _keys.c.revoked_at > bindparam("now")),
)


def is_key(key: str) -> bool:
    """Whether this is spelled like a key of ours; what is not need not be looked up."""
    return _FORMAT.fullmatch(key) is not None


def key_of(tx: Connection, key: str, now: datetime) -> ApiKey | None:
    """The key, looked up by its digest; None where there is none in force."""
    row = tx.execute(_by_digest, {"digest": _digest(key), "now": now}).first()
    if row is None:
        return None
    return ApiKey(row.id, row.name, frozenset(row.scopes.split()), row.vendor_id, row.last_used_at)


def used(tx: Connection, key: ApiKey, now: datetime) -> None:
    """Write down that the key was used."""
    tx.execute(update(_keys).where(_keys.c.id == key.id).values(last_used_at=now))


def is_use_due(key: ApiKey, now: datetime) -> bool:
    """Whether this use is to be written down: with every request would be too often."""
    return key.last_used_at is None or now - key.last_used_at >= USE_KEPT_EVERY


def keys(tx: Connection, *, limit: int, vendor_id: int | None = None) -> list[KeptKey]:
    """Newest first, ended ones too; with `vendor_id` that vendor's."""
    query = select(_keys).order_by(_keys.c.id.desc()).limit(limit)
    if vendor_id is not None:
        query = query.where(_keys.c.vendor_id == vendor_id)
    return [_kept(row._mapping) for row in tx.execute(query)]


def kept_key(tx: Connection, key_id: int) -> KeptKey | None:
    row = tx.execute(select(_keys).where(_keys.c.id == key_id)).first()
    return None if row is None else _kept(row._mapping)


def end_key(tx: Connection, key_id: int, at: datetime) -> None:
    """The key ends at `at`, or earlier where it was to end earlier."""
    earlier = or_(_keys.c.revoked_at.is_(None), _keys.c.revoked_at > at)
    tx.execute(update(_keys).where(_keys.c.id == key_id, earlier).values(revoked_at=at))


def _kept(row: RowMapping) -> KeptKey:
    return KeptKey(
        id=row["id"],
        name=row["name"],
        scopes=tuple(row["scopes"].split()),
        vendor_id=row["vendor_id"],
        created_at=row["created_at"],
        ends_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
    )


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
