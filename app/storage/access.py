"""Keys of machines, and the answers that repeated requests get again."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)

from app.storage.models.access import ApiKeyRow, IdempotencyRow
from app.storage.models.base import table_of

_keys, _answers = table_of(ApiKeyRow), table_of(IdempotencyRow)

SCOPES = ("authority", "vendor", "read", "supervisor", "dial", "presence", "roster", "billing", "webhooks", "data")
"""What a key may be allowed to do: INTERFACE.md section 5, and three of our own for what it leaves free."""

VENDOR_SCOPES = ("vendor", "read", "billing", "webhooks")
"""What a vendor's own key may be allowed: of everything else a vendor sees nothing, whatever its key says."""

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


def create_key(
    tx: Connection,
    *,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    vendor_id: int | None = None,
    ends_at: datetime | None = None,
) -> str:
    """A new key, which is shown now and never again: only its SHA-256 is kept. Raises UnknownScope, naming them all.

    It ends by itself at `ends_at`; None: when it is revoked.
    """
    wanted = list(dict.fromkeys(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise UnknownScope(f"no scope {', '.join(map(repr, unknown))}; the scopes are {', '.join(SCOPES)}")
    key = f"tg_{secrets.token_urlsafe(32)}"
    tx.execute(
        insert(_keys).values(
            name=name,
            digest=digest_of(key),
            scopes=" ".join(wanted),
            vendor_id=vendor_id,
            created_at=now,
            revoked_at=ends_at,
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
    row = tx.execute(_by_digest, {"digest": digest_of(key), "now": now}).first()
    if row is None:
        return None
    return ApiKey(row.id, row.name, frozenset(row.scopes.split()), row.vendor_id, row.last_used_at)


def digests_in_force(tx: Connection, now: datetime) -> frozenset[str]:
    """What `digest_of` gives for every key in force."""
    in_force = or_(_keys.c.revoked_at.is_(None), _keys.c.revoked_at > now)
    return frozenset(tx.execute(select(_keys.c.digest).where(in_force)).scalars())


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


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


# ---- answers given before


ANSWERS_KEPT = timedelta(days=7)
"""A request that named itself gets its first answer again for so long."""

ANSWERED_WITHIN = timedelta(minutes=2)
"""Whoever has not answered by then was probably cut short; roster files may take longer."""


@dataclass
class Repeatable:
    """A request that names itself: the same `key` (of one API key) with the same digest is the same request.

    `body_digest` is of its address and its body. `replayed`: it turned out to be one that was answered before.
    """

    api_key_id: int
    key: str
    body_digest: str
    replayed: bool = False


@dataclass(frozen=True)
class SavedAnswer:
    """What the request was answered the first time; `answer` is JSON."""

    body_digest: str
    answer: str


@dataclass(frozen=True)
class Answered:
    """The response that the request got the first time; `answer` as the door wrote it."""

    status: int
    content_type: str
    answer: str


@dataclass(frozen=True)
class BeingAnswered:
    """The same request came before, and has no answer yet. `overdue`: whoever was to answer was probably cut short."""

    since: datetime
    overdue: bool


class OtherRequest:
    """The name was given to another request before."""


def saved_answer(tx: Connection, request: Repeatable) -> SavedAnswer | None:
    """The first answer to this request. A second one waits here until the first has committed."""
    row = _of_name(tx, request)
    if row is None:
        return None
    request.replayed = row["body_digest"] == request.body_digest
    return SavedAnswer(row["body_digest"], row["answer"])


def save_answer(tx: Connection, request: Repeatable, answer: str, *, status: int, now: datetime) -> None:
    """Keep the answer in the transaction of the act itself."""
    _forget_old(tx, now)
    tx.execute(insert(_answers).values(**_named(request), at=now, status=status, answer=answer, answered_at=now))


def claim(tx: Connection, request: Repeatable, now: datetime) -> Answered | BeingAnswered | OtherRequest | None:
    """None: nobody came under this name before, and the request is now said to be answered. Commit before answering."""
    row = _of_name(tx, request)
    if row is None:
        _forget_old(tx, now)
        tx.execute(insert(_answers).values(**_named(request), at=now, status=0, answer=""))
        return None
    if row["body_digest"] != request.body_digest:
        return OtherRequest()
    if row["answered_at"] is None:
        return BeingAnswered(row["at"], overdue=now - row["at"] > ANSWERED_WITHIN)
    return Answered(row["status"], row["content_type"] or "", row["answer"])


def keep(tx: Connection, request: Repeatable, answered: Answered, now: datetime) -> None:
    """Whoever claims the name again gets this answer."""
    tx.execute(update(_answers).where(_is(request)).values(answered_at=now, **asdict(answered)))


def free(tx: Connection, request: Repeatable) -> None:
    """Nothing was done: the name may be claimed anew."""
    tx.execute(delete(_answers).where(_is(request), _answers.c.answered_at.is_(None)))


def _of_name(tx: Connection, request: Repeatable) -> RowMapping | None:
    take_turns(tx, f"idempotency:{request.api_key_id}:{request.key}")
    return tx.execute(select(_answers).where(_is(request))).mappings().first()


def _is(request: Repeatable) -> ColumnElement[bool]:
    return and_(_answers.c.api_key_id == request.api_key_id, _answers.c.key == request.key)


def _named(request: Repeatable) -> dict[str, Any]:
    return {"api_key_id": request.api_key_id, "key": request.key, "body_digest": request.body_digest}


def _forget_old(tx: Connection, now: datetime) -> None:
    tx.execute(delete(_answers).where(_answers.c.at < now - ANSWERS_KEPT))


def take_turns(tx: Connection, subject: str) -> None:
    """Until this transaction ends, no other gets past this line with the same `subject`."""
    if tx.dialect.name == "postgresql":
        # SQLite's BEGIN IMMEDIATE already keeps other writers out.
        number = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], signed=True)
        tx.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
