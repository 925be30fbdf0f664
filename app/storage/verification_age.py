"""How long ago licenses were seen, counted by producer and state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from app.domain.licensing import IN_FORCE
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow, ProducerRow

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)


@dataclass(frozen=True)
class Seen:
    """So many licenses that were seen at the same instant, of one state or of one producer."""

    of: State | int
    verified_at: datetime
    stale_at: datetime
    licenses: int


def by_state(tx: Connection, producers: Sequence[int], instant: datetime, now: datetime) -> list[Seen]:
    """What of these producers is in force at `now`, and was not seen since `instant`, by state."""
    return _counted(tx, _licenses.c.state, producers, instant, now)


def by_producer(tx: Connection, producers: Sequence[int], instant: datetime, now: datetime) -> list[Seen]:
    """The same by producer id."""
    return _counted(tx, _licenses.c.producer_id, producers, instant, now)


def _counted(
    tx: Connection, of: ColumnElement[Any], producers: Sequence[int], instant: datetime, now: datetime
) -> list[Seen]:
    alike = (of, _licenses.c.verified_at, _licenses.c.stale_at)
    rows = tx.execute(
        select(*alike, func.count())
        .where(
            _licenses.c.producer_id.in_(producers),
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
            _licenses.c.authority_until > now,
            _licenses.c.verified_at <= instant,
        )
        .group_by(*alike)
    )
    return [Seen(*row) for row in rows]


def names(tx: Connection, producers: Sequence[int]) -> dict[int, str]:
    """By id."""
    rows = tx.execute(
        select(_producers.c.id, _producers.c.first_name, _producers.c.last_name).where(_producers.c.id.in_(producers))
    )
    return {row[0]: f"{row[1]} {row[2]}".strip() for row in rows}
