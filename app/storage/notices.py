"""Which notices to supervisors have gone out: each threshold of a subject once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.escalations import owed_before
from app.storage.models.base import table_of
from app.storage.models.work import EscalationRow, NoticeRow

_notices, _escalations = table_of(NoticeRow), table_of(EscalationRow)

_RECEIVERS, _FAILED = "receivers", "failed"


def subject_of(escalation_id: int) -> str:
    return f"escalation:{escalation_id}"


def untold(tx: Connection, threshold: str, due_before: datetime, now: datetime, limit: int = 100) -> list[int]:
    """Ids of the escalations that are owed before `due_before` and have not been told of at this threshold, oldest first."""
    told = (
        select(_notices.c.subject)
        .where(
            _notices.c.subject == literal("escalation:") + cast(_escalations.c.id, String),
            _notices.c.threshold == threshold,
        )
        .correlate(_escalations)
        .exists()
    )
    rows = tx.execute(
        select(_escalations.c.id)
        .where(owed_before(due_before, now), ~told)
        .order_by(_escalations.c.due_at, _escalations.c.id)
        .limit(limit)
    )
    return [row[0] for row in rows]


def claim(tx: Connection, subject: str, threshold: str, now: datetime) -> bool:
    """True for the one who is to send this notice."""
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = upsert(_notices).values(subject=subject, threshold=threshold, at=now).on_conflict_do_nothing()
    return tx.execute(row.returning(_notices.c.at)).first() is not None


def is_claimed(tx: Connection, subject: str, threshold: str) -> bool:
    """Whether somebody has sent this notice, or is about to."""
    named = select(_notices.c.at).where(_notices.c.subject == subject, _notices.c.threshold == threshold)
    return tx.execute(named).first() is not None


def release(tx: Connection, claimed: Iterable[tuple[str, str]]) -> None:
    """The notices surely reached nobody: they are to be sent again."""
    for subject, threshold in claimed:
        tx.execute(delete(_notices).where(_notices.c.subject == subject, _notices.c.threshold == threshold))


def forget(tx: Connection, subject: str, threshold: str, *, before: datetime) -> None:
    """A notice that went out before then may go out again."""
    tx.execute(
        delete(_notices).where(
            _notices.c.subject == subject, _notices.c.threshold == threshold, _notices.c.at <= before
        )
    )


def note_failure(tx: Connection, now: datetime) -> None:
    """Sending failed: `failed_at` says when, to every process."""
    if not claim(tx, _RECEIVERS, _FAILED, now):
        tx.execute(
            update(_notices).where(_notices.c.subject == _RECEIVERS, _notices.c.threshold == _FAILED).values(at=now)
        )


def failed_at(tx: Connection) -> datetime | None:
    """When sending failed last."""
    at: datetime | None = tx.execute(
        select(_notices.c.at).where(_notices.c.subject == _RECEIVERS, _notices.c.threshold == _FAILED)
    ).scalar()
    return at
