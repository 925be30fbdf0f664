"""The ledger's seals: a gapless chain of hashes over what was written, so that tampering with a sealed entry shows.

An entry is written unsealed, in the transaction of its act; the sealer chains it within seconds, so no call waits for the
chain's head. It takes whatever has no seal, never "what came after the last one": a transaction that commits late is
sealed late. The chain holds a salted digest of an entry's facts and not the facts themselves, so that what must be erased
of them one day can be, without the chain. Source: HOUSE.md, RELIABILITY.md section 7.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, bindparam, select, update

from app.storage import access
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow

_ledger = table_of(LedgerRow)

FIRST_PREVIOUS = "0" * 64
"""What the first entry is chained to."""

AT_ONCE = 500
"""So many entries are sealed, or read again, in one transaction."""

_TURN = "ledger-seal"
_CHAINED = ("id", "kind", "actor", "call_id", "lead_id", "roster_version", "rule_version")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the chain: kept elsewhere, it shows a chain that was cut short or written anew."""

    seq: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Bad:
    """The first place where the chain does not hold. `entry_id` None: the entry is gone."""

    seq: int
    entry_id: int | None
    why: str


_unsealed = select(_ledger).where(_ledger.c.seq.is_(None)).order_by(_ledger.c.id).limit(bindparam("most"))
_head = select(_ledger.c.seq, _ledger.c.hash, _ledger.c.at).where(_ledger.c.seq.is_not(None))
_newest = _head.order_by(_ledger.c.seq.desc()).limit(1)
_seal = (
    update(_ledger)
    .where(_ledger.c.id == bindparam("of_id"), _ledger.c.seq.is_(None))
    .values({name: bindparam(name) for name in ("seq", "prev_hash", "hash", "salt", "facts_digest")})
)


def seal(tx: Connection, *, most: int = AT_ONCE) -> int:
    """Chain entries that have no seal, the oldest first; how many. Several sealers take turns."""
    access.take_turns(tx, _TURN)
    rows = [dict(row) for row in tx.execute(_unsealed, {"most": most}).mappings()]
    if not rows:
        return 0
    newest = head(tx)
    seq, previous = (newest.seq, newest.hash) if newest else (0, FIRST_PREVIOUS)
    sealed = []
    for row in rows:
        seq += 1
        salt = secrets.token_hex(16)
        digest = facts_digest(salt, row["facts"])
        link = link_hash(row, seq=seq, previous=previous, digest=digest)
        sealed.append(
            {"of_id": row["id"], "seq": seq, "prev_hash": previous, "hash": link, "salt": salt, "facts_digest": digest}
        )
        previous = link
    tx.execute(_seal, sealed)
    return len(sealed)


def any_unsealed(tx: Connection) -> bool:
    return tx.execute(_unsealed, {"most": 1}).first() is not None


def head(tx: Connection) -> Head | None:
    """None where nothing is sealed."""
    row = tx.execute(_newest).first()
    return None if row is None else Head(row.seq, row.hash, row.at)


_after = select(_ledger).where(_ledger.c.seq > bindparam("after")).order_by(_ledger.c.seq).limit(bindparam("most"))


def sealed_after(tx: Connection, after: int, *, most: int = AT_ONCE) -> Sequence[Mapping[str, Any]]:
    """Sealed entries by `seq`."""
    return [dict(row) for row in tx.execute(_after, {"after": after, "most": most}).mappings()]


def half_sealed(tx: Connection) -> Bad | None:
    """An entry that has some of a seal and no place in the chain: somebody took it out."""
    taken_out = (
        select(_ledger.c.id)
        .where(_ledger.c.seq.is_(None), (_ledger.c.hash.is_not(None)) | (_ledger.c.facts_digest.is_not(None)))
        .order_by(_ledger.c.id)
        .limit(1)
    )
    found = tx.execute(taken_out).scalar()
    return None if found is None else Bad(0, found, "it has a seal and no place in the chain")


def bad_links(rows: Sequence[Mapping[str, Any]], *, seq: int, previous: str) -> Iterator[Bad]:
    """What is wrong with these entries, which should follow the link `previous` of `seq`."""
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            yield Bad(seq, None, f"the entry is gone: after {seq - 1} comes {row['seq']}")
            return
        if row["prev_hash"] != previous:
            yield Bad(seq, row["id"], "it is not chained to the entry before it")
        elif row["hash"] != link_hash(row, seq=seq, previous=previous, digest=row["facts_digest"] or ""):
            yield Bad(seq, row["id"], "it is not what was sealed")
        elif row["facts_digest"] != facts_digest(row["salt"] or "", row["facts"]):
            yield Bad(seq, row["id"], "its facts are not those that were sealed")
        previous = row["hash"] or ""


def link_hash(row: Mapping[str, Any], *, seq: int, previous: str, digest: str) -> str:
    """SHA-256 over the hash before and the entry as canonical JSON (RFC 8785)."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    entry = {name: row[name] for name in _CHAINED} | {"seq": seq, "at": at, "facts": digest}
    return hashlib.sha256(previous.encode() + rfc8785.dumps(entry)).hexdigest()


def facts_digest(salt: str, facts: str) -> str:
    return hashlib.sha256(f"{salt}:{facts}".encode()).hexdigest()
