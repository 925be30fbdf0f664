"""Discrepancies of audits: what was found, what became of the license, whose it is and until when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, String, bindparam, case, cast, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.licensing import Status
from app.storage.audits import CARRIED
from app.storage.models.base import table_of
from app.storage.models.license_desk import DiscrepancyRow
from app.storage.models.work import NoticeRow

_discrepancies, _notices = table_of(DiscrepancyRow), table_of(NoticeRow)

Key = tuple[str, ...]
"""NPN, state, line and kind; of a line that nobody can read, what the report calls it, too."""


@dataclass(frozen=True)
class Found:
    """One discrepancy as an audit finds it. `ours` and `theirs` are JSON objects. `less`: its license is to be suspended."""

    npn: str
    state: str
    line: str
    kind: str
    ours: Mapping[str, Any] | None
    theirs: Mapping[str, Any] | None
    less: bool

    @property
    def key(self) -> Key:
        return _key(self.npn, self.state, self.line, self.kind, self.theirs)


@dataclass(frozen=True)
class Recorded:
    """One discrepancy as it stands. `suspended`: an audit took the license's authority away, and only an import gives it."""

    id: int
    audit_id: int
    npn: str
    state: str
    line: str
    kind: str
    ours: dict[str, Any] | None
    theirs: dict[str, Any] | None
    less: bool
    suspended: bool
    owner: str | None
    due_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolved_as: str | None
    resolution: str | None

    @property
    def key(self) -> Key:
        return _key(self.npn, self.state, self.line, self.kind, self.theirs)

    def is_overdue(self, now: datetime) -> bool:
        return self.resolved_at is None and self.due_at <= now


def record(
    tx: Connection, audit_id: int, found: Sequence[Found], *, due_at: datetime, actor: str, now: datetime
) -> list[tuple[int, Recorded]]:
    """Write them down. What an earlier audit found already, and is open, keeps its deadline and owner: it goes on here.

    Returns what went on: the new id, and what it was.
    """
    if not found:
        return []
    before = open_of(tx, {one.npn for one in found})
    went_on = {one.key: before[one.key] for one in found if one.key in before}
    rows = [_values(one, went_on.get(one.key, ())) for one in found]
    tx.execute(insert(_discrepancies), [{"audit_id": audit_id, "due_at": due_at, **row} for row in rows])
    for each in (each for earlier in went_on.values() for each in earlier):
        resolve(tx, each.id, as_=CARRIED, note=f"found again by audit {audit_id}", by=actor, now=now)
    now_open = open_of(tx, {key[0] for key in went_on}) if went_on else {}
    return [(now_open[key][-1].id, _first(earlier)) for key, earlier in went_on.items()]


def _first(earlier: Sequence[Recorded]) -> Recorded:
    return min(earlier, key=lambda each: each.due_at)


def _values(one: Found, earlier: Sequence[Recorded]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "npn": one.npn,
        "state": one.state,
        "line": one.line,
        "kind": one.kind,
        "ours": _written(one.ours),
        "theirs": _written(one.theirs),
        "less": one.less,
        "suspended": one.less,
        "owner": next((each.owner for each in earlier if each.owner), None),
    }
    if earlier:
        values["due_at"] = _first(earlier).due_at
        if (one.ours or {}).get("status") == Status.SUSPENDED:
            values["suspended"] = any(each.suspended for each in earlier)
    return values


def load(tx: Connection, discrepancy_id: int) -> Recorded | None:
    row = tx.execute(select(_discrepancies).where(_discrepancies.c.id == discrepancy_id)).mappings().first()
    return None if row is None else _recorded(row)


def of_audit(tx: Connection, audit_id: int, *, after: int = 0, limit: int, only_open: bool = False) -> list[Recorded]:
    """Oldest first."""
    query = select(_discrepancies).where(_discrepancies.c.audit_id == audit_id, _discrepancies.c.id > after)
    if only_open:
        query = query.where(_discrepancies.c.resolved_at.is_(None))
    return [_recorded(row) for row in tx.execute(query.order_by(_discrepancies.c.id).limit(limit)).mappings()]


def open_of(tx: Connection, npns: Iterable[str]) -> dict[Key, tuple[Recorded, ...]]:
    """What is open of these producers, from whatever audit."""
    rows = tx.execute(
        select(_discrepancies)
        .where(_discrepancies.c.resolved_at.is_(None), _discrepancies.c.npn.in_(sorted(npns)))
        .order_by(_discrepancies.c.id)
    ).mappings()
    found: dict[Key, tuple[Recorded, ...]] = {}
    for one in map(_recorded, rows):
        found[one.key] = (*found.get(one.key, ()), one)
    return found


OVERDUE = "overdue"
"""The threshold of the notice that one is past its deadline."""

MOST_CLAIMED = 2000
"""So many go into one notice, which names a few of them and counts the rest."""


def subject_of(discrepancy_id: int) -> str:
    """What the notices of one are kept under."""
    return f"discrepancy:{discrepancy_id}"


def overdue(tx: Connection, now: datetime) -> list[Recorded]:
    """Open past their deadline, the oldest first."""
    rows = tx.execute(_overdue.order_by(_discrepancies.c.due_at, _discrepancies.c.id), {"now": now}).mappings()
    return [_recorded(row) for row in rows]


def claim_overdue(tx: Connection, now: datetime) -> list[Recorded]:
    """Those of them that nobody was told of, now claimed by the caller, the oldest first; at most MOST_CLAIMED."""
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    subjects = select(_SUBJECT, literal(OVERDUE), literal(now, _notices.c.at.type)).where(*_IS_OVERDUE, ~_told)
    subjects = subjects.order_by(_discrepancies.c.due_at, _discrepancies.c.id).limit(MOST_CLAIMED)
    claim = upsert(_notices).from_select(["subject", "threshold", "at"], subjects).on_conflict_do_nothing()
    claimed = set(tx.execute(claim.returning(_notices.c.subject), {"now": now}).scalars())
    return [one for one in overdue(tx, now) if subject_of(one.id) in claimed] if claimed else []


def any_overdue(tx: Connection, now: datetime, *, untold: bool) -> bool:
    """Whether one is past its deadline; with `untold`, one that nobody was told of."""
    query = _overdue.where(~_told) if untold else _overdue
    return tx.execute(query.limit(1), {"now": now}).first() is not None


def count_open(tx: Connection, now: datetime) -> tuple[int, int]:
    """How many are open, and how many of them past their deadline."""
    is_open = _discrepancies.c.resolved_at.is_(None)
    overdue = func.sum(case((_discrepancies.c.due_at <= now, 1), else_=0))
    row = tx.execute(select(func.count(), overdue).where(is_open)).one()
    return int(row[0]), int(row[1] or 0)


_IS_OVERDUE = (
    _discrepancies.c.resolved_at.is_(None),
    _discrepancies.c.due_at <= bindparam("now", type_=_discrepancies.c.due_at.type),
)
_SUBJECT = literal("discrepancy:") + cast(_discrepancies.c.id, String)
_overdue = select(_discrepancies).where(*_IS_OVERDUE)
_told = (
    select(_notices.c.subject)
    .where(_notices.c.subject == _SUBJECT, _notices.c.threshold == OVERDUE)
    .correlate(_discrepancies)
    .exists()
)


def resolve(tx: Connection, discrepancy_id: int, *, as_: str, note: str, by: str, now: datetime) -> bool:
    """False where it is resolved already."""
    unresolved = update(_discrepancies).where(
        _discrepancies.c.id == discrepancy_id, _discrepancies.c.resolved_at.is_(None)
    )
    done = unresolved.values(resolved_at=now, resolved_by=by, resolved_as=as_, resolution=note)
    return tx.execute(done).rowcount == 1


def assign(tx: Connection, discrepancy_id: int, owner: str) -> None:
    tx.execute(update(_discrepancies).where(_discrepancies.c.id == discrepancy_id).values(owner=owner))


def _key(npn: str, state: str, line: str, kind: str, theirs: Mapping[str, Any] | None) -> Key:
    unreadable = () if line else (_written(theirs) or "",)
    return (npn, state, line, kind, *unreadable)


def _written(side: Mapping[str, Any] | None) -> str | None:
    return None if side is None else json.dumps(side, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _recorded(row: RowMapping) -> Recorded:
    sides = {name: None if row[name] is None else json.loads(row[name]) for name in ("ours", "theirs")}
    return Recorded(**{**row, **sides})
