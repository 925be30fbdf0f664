"""Audits: the roster compared with a report, producer by producer, so that one that was cut off goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, update

from app.storage.models.base import table_of
from app.storage.models.license_desk import AuditRow, DiscrepancyRow, LineMappingRow
from app.storage.models.roster import ProducerRow, RosterVersionRow
from app.storage.models.work import NoticeRow

_audits, _discrepancies, _mappings = table_of(AuditRow), table_of(DiscrepancyRow), table_of(LineMappingRow)
_producers, _versions, _notices = table_of(ProducerRow), table_of(RosterVersionRow), table_of(NoticeRow)

CARRIED = "carried"
"""How a discrepancy is resolved that a later audit found again: it is open there."""


@dataclass(frozen=True)
class Asked:
    """What makes two audits the same: the file, how it is read, the month (YYYY-MM) that it counts for.

    `as_of` is the day that the report was made on, where it says so. `not_in_report`: so many producers of ours.
    """

    file_name: str
    file_sha256: str
    file_format: str
    given_npn: str
    whole: bool
    period: str
    as_of: date | None
    not_in_report: int


@dataclass(frozen=True)
class Audit:
    """One audit. `roster_version` is the roster it left behind, as far as nobody else changed it meanwhile.

    `compared` producers, of whom `reached_npn` was the last; `finished_at` None: it was cut off, and goes on there.
    """

    id: int
    period: str
    begun_at: datetime
    begun_by: str
    file_name: str
    file_sha256: str
    file_format: str
    given_npn: str
    whole: bool
    as_of: date | None
    roster_version: int
    compared: int
    not_in_report: int
    reached_npn: str
    finished_at: datetime | None
    signed_at: datetime | None
    signed_by: str | None
    signed_role: str | None
    discrepancies: int = 0
    open: int = 0
    suspended: int = 0


def same(tx: Connection, asked: Asked, roster_version: int) -> Audit | None:
    """The newest audit of the same file that was cut off, or that left this very roster behind.

    What a person has said since of a line that nobody could read makes another audit of it.
    """
    mapped_since = select(_mappings.c.mapped_at).where(_mappings.c.mapped_at > _audits.c.begun_at).exists()
    found = tx.execute(
        select(_audits.c.id)
        .where(
            *(_audits.c[name] == getattr(asked, name) for name in ("file_sha256", "file_format", "given_npn")),
            _audits.c.whole == asked.whole,
            _audits.c.period == asked.period,
            or_(_audits.c.finished_at.is_(None), and_(_audits.c.roster_version == roster_version, ~mapped_since)),
        )
        .order_by(_audits.c.id.desc())
        .limit(1)
    ).scalar()
    return None if found is None else load(tx, found)


def begin(tx: Connection, asked: Asked, roster_version: int, *, actor: str, now: datetime) -> Audit:
    made = tx.execute(
        insert(_audits).values(
            **vars(asked), roster_version=roster_version, compared=0, reached_npn="", begun_at=now, begun_by=actor
        )
    )
    assert made.inserted_primary_key is not None
    begun = load(tx, made.inserted_primary_key[0])
    assert begun is not None
    return begun


def advance(tx: Connection, audit: Audit, npns: Sequence[str], *, before: int, after: int) -> None:
    """These producers have been compared, on roster version `before`; what was suspended made it `after`."""
    values: dict[str, Any] = {"compared": audit.compared + len(npns), "reached_npn": npns[-1]}
    if audit.roster_version == before:
        values["roster_version"] = after
    tx.execute(update(_audits).where(_audits.c.id == audit.id).values(values))


def finish(tx: Connection, audit_id: int, now: datetime) -> None:
    tx.execute(update(_audits).where(_audits.c.id == audit_id).values(finished_at=now))


def sign(tx: Connection, audit_id: int, *, by: str, role: str, now: datetime) -> bool:
    """False where it is signed already."""
    unsigned = update(_audits).where(_audits.c.id == audit_id, _audits.c.signed_at.is_(None))
    return tx.execute(unsigned.values(signed_at=now, signed_by=by, signed_role=role)).rowcount == 1


def load(tx: Connection, audit_id: int) -> Audit | None:
    row = tx.execute(_counted.where(_audits.c.id == audit_id)).mappings().first()
    return None if row is None else _audit(row)


def progress(tx: Connection, audit_id: int) -> Audit:
    """An audit that there is, without its counts: they take longer the more it has found."""
    row = tx.execute(select(_audits).where(_audits.c.id == audit_id)).mappings().one()
    return Audit(**row)


def listed(tx: Connection, *, after: int, limit: int) -> list[Audit]:
    """Oldest first."""
    rows = tx.execute(_counted.where(_audits.c.id > after).order_by(_audits.c.id).limit(limit)).mappings()
    return [_audit(row) for row in rows]


def newest(tx: Connection, limit: int, *, before: int | None = None) -> list[Audit]:
    """Newest first; with `before` only those with smaller ids."""
    query = _counted.order_by(_audits.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_audits.c.id < before)
    return [_audit(row) for row in tx.execute(query).mappings()]


def signed_last(tx: Connection) -> Audit | None:
    """The audit of the latest month that somebody has signed."""
    query = _counted.where(_audits.c.signed_at.is_not(None)).order_by(_audits.c.period.desc(), _audits.c.id.desc())
    row = tx.execute(query.limit(1)).mappings().first()
    return None if row is None else _audit(row)


def unsettled(tx: Connection, audit_id: int) -> int:
    """How many discrepancies of an audit are open, here or in a later audit that found them again."""
    later = _discrepancies.alias()
    open_again = (
        select(later.c.id)
        .where(
            *(later.c[name] == _discrepancies.c[name] for name in ("npn", "state", "line", "kind")),
            later.c.resolved_at.is_(None),
        )
        .exists()
    )
    still_open = or_(_discrepancies.c.resolved_at.is_(None), and_(_discrepancies.c.resolved_as == CARRIED, open_again))
    return tx.execute(
        select(func.count()).select_from(_discrepancies).where(_discrepancies.c.audit_id == audit_id, still_open)
    ).scalar_one()


def is_signed(tx: Connection, period: str) -> bool:
    """Whether the month (YYYY-MM) has a signed audit."""
    signed = select(_audits.c.id).where(_audits.c.period == period, _audits.c.signed_at.is_not(None)).limit(1)
    return tx.execute(signed).first() is not None


def is_told(tx: Connection, subject: str, threshold: str) -> bool:
    """Whether somebody was told of this, or is being told."""
    told = select(_notices.c.at).where(_notices.c.subject == subject, _notices.c.threshold == threshold)
    return tx.execute(told).first() is not None


def roster_since(tx: Connection) -> datetime | None:
    """When the roster began; None while nobody is on it."""
    if tx.execute(select(_producers.c.id).limit(1)).first() is None:
        return None
    began: datetime | None = tx.execute(select(func.min(_versions.c.at))).scalar()
    return began


def _count(name: str, *which: ColumnElement[bool]) -> Any:
    counted = select(func.count()).where(_discrepancies.c.audit_id == _audits.c.id, *which)
    return counted.correlate(_audits).scalar_subquery().label(name)


_counted = select(
    _audits,
    _count("discrepancies"),
    _count("open", _discrepancies.c.resolved_at.is_(None)),
    _count("suspended", _discrepancies.c.suspended),
)


def _audit(row: RowMapping) -> Audit:
    return Audit(**{name: row[name] for name in Audit.__dataclass_fields__})
