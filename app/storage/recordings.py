"""Recordings: kept once each, listed with their call, and forgotten when their time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Executable, RowMapping, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.models.base import table_of
from app.storage.models.recordings import RecordingRow

_recordings = table_of(RecordingRow)


@dataclass(frozen=True)
class Recording:
    """One recorded talk of a call: `states` are those whose rule decided, `basis` says in words why it may exist."""

    recording_sid: str
    offer: int
    seconds: int | None
    channels: int | None
    consent: str
    states: tuple[str, ...]
    basis: str
    retention_class: str
    retain_until: date
    created_at: datetime
    deleted_at: datetime | None = None


_once: dict[str, Executable] = {
    "postgresql": postgresql.insert(_recordings).on_conflict_do_nothing(index_elements=["recording_sid"]),
    "sqlite": sqlite.insert(_recordings).on_conflict_do_nothing(index_elements=["recording_sid"]),
}
_of_call = select(_recordings).where(_recordings.c.call_id == bindparam("call_id")).order_by(_recordings.c.id)


def keep(tx: Connection, call_id: int, recording: Recording) -> bool:
    """Keep a recording; False where one of that sid is kept already, and nothing of it is changed."""
    kept = tx.execute(
        _once[tx.dialect.name],
        {**vars(recording), "states": "|".join(recording.states), "call_id": call_id},
    )
    return kept.rowcount == 1


def of_call(tx: Connection, call_id: int) -> list[Recording]:
    """In the order in which the carrier told of them."""
    return [_recording(row) for row in tx.execute(_of_call, {"call_id": call_id}).mappings()]


_by_sid = select(_recordings).where(_recordings.c.recording_sid == bindparam("recording_sid"))


def by_sid(tx: Connection, recording_sid: str) -> tuple[Recording, int] | None:
    """The recording and its call's id; None where we keep none of that sid."""
    row = tx.execute(_by_sid, {"recording_sid": recording_sid}).mappings().first()
    return None if row is None else (_recording(row), row["call_id"])


# ---- forgetting


def to_delete(tx: Connection, *, kept_until: date, tried_before: datetime, limit: int) -> list[Recording]:
    """Recordings whose last day is before `kept_until` and that nobody has tried to delete since `tried_before`."""
    rows = tx.execute(
        select(_recordings)
        .where(
            _recordings.c.deleted_at.is_(None),
            _recordings.c.retain_until < kept_until,
            or_(_recordings.c.deletion_tried_at.is_(None), _recordings.c.deletion_tried_at < tried_before),
        )
        .order_by(_recordings.c.retain_until, _recordings.c.id)
        .limit(limit)
    )
    return [_recording(row) for row in rows.mappings()]


def tried_to_delete(tx: Connection, recording_sid: str, now: datetime) -> None:
    """It is not known to be gone: somebody asks again later."""
    tx.execute(update(_recordings).where(_recordings.c.recording_sid == recording_sid).values(deletion_tried_at=now))


def deleted(tx: Connection, recording_sid: str, now: datetime) -> bool:
    """The carrier has it no longer; False where somebody else has written that down before."""
    gone = tx.execute(
        update(_recordings)
        .where(_recordings.c.recording_sid == recording_sid, _recordings.c.deleted_at.is_(None))
        .values(deleted_at=now)
    )
    return gone.rowcount == 1


def _recording(row: RowMapping) -> Recording:
    fields = {name: row[name] for name in Recording.__dataclass_fields__}
    return Recording(**{**fields, "states": tuple(filter(None, row["states"].split("|")))})
