"""The ledger: what was decided, on which facts, written with the act and read back as it was."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from app.domain.licensing import RULE_VERSION
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import RosterVersionRow

_ledger, _versions = table_of(LedgerRow), table_of(RosterVersionRow)

DECISIONS = ("offer", "acceptance", "check", "ping", "dial", "assignment")
"""Kinds of entries that are decisions about producers: what `GET /decisions/{id}` shows."""


@dataclass(frozen=True)
class Entry:
    """One entry; `seq` and `hash` are None until it is sealed."""

    entry_id: int
    at: datetime
    kind: str
    actor: str
    call_id: int | None
    lead_id: int | None
    roster_version: int
    rule_version: int
    facts: dict[str, Any]
    seq: int | None
    hash: str | None

    @property
    def erased_by(self) -> int | None:
        """The entry that erased these facts (storage/seals.py); None where they are as they were written."""
        return erased_by(self.facts)


def erased_by(facts: Any) -> int | None:
    """Which entry erased what stood here; None where these are facts."""
    by = facts.get("erased_by") if isinstance(facts, dict) and len(facts) == 1 else None
    return by if isinstance(by, int) else None


_version = select(func.coalesce(func.max(_versions.c.version), 0))
_GIVEN = ("at", "kind", "actor", "call_id", "lead_id", "rule_version", "facts")
_write = insert(_ledger).values(
    {"roster_version": _version.scalar_subquery(), **{name: bindparam(name) for name in _GIVEN}}
)


def roster_version(tx: Connection) -> int:
    """The newest version of the roster; 0 before the first import."""
    return int(tx.execute(_version).scalar_one())


def write(
    tx: Connection,
    *,
    kind: str,
    now: datetime,
    actor: str,
    facts: Mapping[str, Any],
    call_id: int | None = None,
    lead_id: int | None = None,
) -> int:
    """Append one entry, unsealed, in the transaction of the act itself. `facts` is JSON. Returns its id."""
    written = tx.execute(
        _write,
        {
            "at": now,
            "kind": kind,
            "actor": actor,
            "call_id": call_id,
            "lead_id": lead_id,
            "rule_version": RULE_VERSION,
            "facts": json.dumps(facts, separators=(",", ":"), sort_keys=True),
        },
    )
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def entry(tx: Connection, entry_id: int) -> Entry | None:
    row = tx.execute(select(_ledger).where(_ledger.c.id == entry_id)).first()
    return None if row is None else entry_of(row._mapping)


def decisions_of_call(tx: Connection, call_id: int) -> list[int]:
    """Ids of a call's decisions, oldest first."""
    rows = tx.execute(
        select(_ledger.c.id).where(_ledger.c.call_id == call_id, _ledger.c.kind.in_(DECISIONS)).order_by(_ledger.c.id)
    )
    return [row[0] for row in rows]


def entries(tx: Connection, entry_ids: Collection[int]) -> dict[int, Entry]:
    """These entries by their ids."""
    rows = tx.execute(select(_ledger).where(_ledger.c.id.in_(list(entry_ids))))
    return {row.id: entry_of(row._mapping) for row in rows}


def of_call(tx: Connection, call_id: int) -> list[Entry]:
    """All that was written down about a call, decisions and the rest, oldest first."""
    rows = tx.execute(select(_ledger).where(_ledger.c.call_id == call_id).order_by(_ledger.c.id))
    return [entry_of(row._mapping) for row in rows]


def of_lead(tx: Connection, lead_id: int, *, limit: int) -> list[Entry]:
    """The last that was written down about a lead, at most `limit`, oldest first."""
    rows = tx.execute(select(_ledger).where(_ledger.c.lead_id == lead_id).order_by(_ledger.c.id.desc()).limit(limit))
    return [entry_of(row._mapping) for row in rows][::-1]


def count_unsealed(tx: Connection) -> tuple[int, datetime | None]:
    """How many entries have no seal yet, and since when."""
    row = tx.execute(select(func.count(), func.min(_ledger.c.at)).where(_ledger.c.seq.is_(None))).one()
    return int(row[0]), row[1]


def entry_of(row: RowMapping) -> Entry:
    """One row of the ledger, read back."""
    return Entry(
        entry_id=row["id"],
        at=row["at"],
        kind=row["kind"],
        actor=row["actor"],
        call_id=row["call_id"],
        lead_id=row["lead_id"],
        roster_version=row["roster_version"],
        rule_version=row["rule_version"],
        facts=json.loads(row["facts"]),
        seq=row["seq"],
        hash=row["hash"],
    )
