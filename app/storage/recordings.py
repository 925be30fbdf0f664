"""Recordings: kept once each, listed with their call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Executable, RowMapping, bindparam, select
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


def _recording(row: RowMapping) -> Recording:
    fields = {name: row[name] for name in Recording.__dataclass_fields__}
    return Recording(**{**fields, "states": tuple(filter(None, row["states"].split("|")))})
