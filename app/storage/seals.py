"""The ledger's seals: a gapless chain of hashes over what was written, so that tampering with a sealed entry shows.

An entry is written unsealed, in the transaction of its act; the sealer chains it within seconds, so no call waits for the
chain's head. It takes whatever has no seal, never "what came after the last one": a transaction that commits late is
sealed late. The chain holds a salted digest of an entry's facts and not the facts themselves, so that what must be erased of
them one day can be, without the chain (`erase_facts`). Source: HOUSE.md, RELIABILITY.md section 7.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, bindparam, select, update

from app.storage import access
from app.storage.ledger import erased_by
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow

_ledger = table_of(LedgerRow)

FIRST_PREVIOUS = "0" * 64
"""What the first entry is chained to."""

AT_ONCE = 500
"""So many entries are sealed, or read again, in one transaction."""

ERASURE = "person_erased"
"""The kind of entry that says whose facts were erased: its facts list them as `entries`, ids of the ledger."""

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


def bad_links(
    rows: Sequence[Mapping[str, Any]], *, seq: int, previous: str, erasures: Mapping[int, Collection[int]]
) -> Iterator[Bad]:
    """What is wrong with these entries, which should follow the link `previous` of `seq`; `erasures` as of these rows."""
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            yield Bad(seq, None, f"the entry is gone: after {seq - 1} comes {row['seq']}")
            return
        if row["prev_hash"] != previous:
            yield Bad(seq, row["id"], "it is not chained to the entry before it")
        elif row["hash"] != link_hash(row, seq=seq, previous=previous, digest=row["facts_digest"] or ""):
            yield Bad(seq, row["id"], "it is not what was sealed")
        elif (by := erased(row)) is not None:
            if row["id"] not in erasures.get(by, ()):
                yield Bad(seq, row["id"], "its facts were erased, and nothing says by whom")
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


# ---- what had to be erased


class NotErasable(ValueError):
    """Only the facts of an entry that exists can be erased, by an erasure that lists it, and never an erasure's own."""


_by_ids = select(_ledger).where(_ledger.c.id.in_(bindparam("ids", expanding=True)))
_erase = (
    update(_ledger).where(_ledger.c.id == bindparam("of_id")).values(facts=bindparam("facts"), salt=bindparam("salt"))
)


def erase_facts(tx: Connection, entry_ids: Collection[int], *, by: int) -> int:
    """Erase the facts of these entries and their salts; how many. What was erased before stays as it is.

    `by` is the entry of kind `person_erased`, written in this transaction or before, whose facts list these ids as
    `entries`. What has no seal yet is sealed here first: an unsealed entry would be sealed without its facts. Everything
    else of an entry stays, so the chain holds. Raises NotErasable.
    """
    while any_unsealed(tx):
        seal(tx)
    listed = _erasures(tx, {by}).get(by)
    if listed is None:
        raise NotErasable(f"entry {by} is no erasure that is as it was sealed")
    found = list(_rows(tx, entry_ids))
    if missing := set(entry_ids) - {row["id"] for row in found}:
        raise NotErasable(f"the ledger has no entry {min(missing)}")
    for row in found:
        if row["id"] not in listed:
            raise NotErasable(f"entry {by} does not list entry {row['id']}")
        if row["kind"] == ERASURE:
            raise NotErasable(f"entry {row['id']} says itself what was erased")
    due = [row["id"] for row in found if erased(row) is None]
    facts = json.dumps({"erased_by": by}, separators=(",", ":"))
    if due:
        tx.execute(_erase, [{"of_id": entry_id, "facts": facts, "salt": None} for entry_id in due])
    return len(due)


def erased(row: Mapping[str, Any]) -> int | None:
    """The entry by which this one says that its facts were erased; None where it has facts, or a salt: that claims nothing."""
    if row["salt"] is not None or row["seq"] is None or not row["facts"].startswith('{"erased_by":'):
        return None
    try:
        return erased_by(json.loads(row["facts"]))
    except ValueError:
        return None


def erasures(tx: Connection, rows: Collection[Mapping[str, Any]]) -> dict[int, Collection[int]]:
    """What the erasures list that these rows name, by their ids; an erasure that is not as it was sealed lists nothing."""
    return _erasures(tx, {by for by in (erased(row) for row in rows) if by is not None})


def _erasures(tx: Connection, wanted: Collection[int]) -> dict[int, Collection[int]]:
    listed: dict[int, Collection[int]] = {}
    for row in _rows(tx, wanted):
        if row["kind"] == ERASURE and row["seq"] is not None and _intact(row):
            entries = json.loads(row["facts"]).get("entries")
            listed[row["id"]] = frozenset(entries) if isinstance(entries, list) else frozenset()
    return listed


def _intact(row: Mapping[str, Any]) -> bool:
    """Whether the entry is what its own link says: not whether its link is the chain's, which following it shows."""
    digest = facts_digest(row["salt"] or "", row["facts"])
    return bool(
        digest == row["facts_digest"]
        and row["hash"] == link_hash(row, seq=row["seq"], previous=row["prev_hash"] or "", digest=digest)
    )


def _rows(tx: Connection, entry_ids: Collection[int]) -> Iterator[dict[str, Any]]:
    ordered = sorted(entry_ids)
    for start in range(0, len(ordered), AT_ONCE):
        for row in tx.execute(_by_ids, {"ids": ordered[start : start + AT_ONCE]}).mappings():
            yield dict(row)
