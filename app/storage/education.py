"""Continuing education: how a producer stands in each state, as the last report had it. It is told, and decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import EducationRow
from app.storage.models.roster import ProducerRow

_education, _producers = table_of(EducationRow), table_of(ProducerRow)


@dataclass(frozen=True)
class Standing:
    """None: the report does not tell."""

    compliant: bool | None
    renewal_on: date | None
    credits_needed: int | None
    seen_at: datetime


def of_producer(tx: Connection, npn: str) -> dict[State, Standing]:
    """By state, in its order; empty where no report told of any."""
    rows = tx.execute(
        select(_education)
        .join(_producers, _producers.c.id == _education.c.producer_id)
        .where(_producers.c.npn == npn)
        .order_by(_education.c.state)
    )
    return {row.state: Standing(row.compliant, row.renewal_on, row.credits_needed, row.seen_at) for row in rows}


def record(tx: Connection, seen: Mapping[tuple[int, State], Standing]) -> None:
    """Keep what was seen last, by producer and state; an older report changes nothing."""
    known = _seen_at(tx, {producer_id for producer_id, _ in seen})
    for (producer_id, state), standing in seen.items():
        before = known.get((producer_id, state))
        values = {**vars(standing)}
        if before is None:
            tx.execute(insert(_education).values(producer_id=producer_id, state=state, **values))
        elif before <= standing.seen_at:
            key = (_education.c.producer_id == producer_id, _education.c.state == state)
            tx.execute(update(_education).where(*key).values(values))


def _seen_at(tx: Connection, producer_ids: Collection[int]) -> dict[tuple[int, State], datetime]:
    rows = tx.execute(select(_education).where(_education.c.producer_id.in_(sorted(producer_ids))))
    return {(row.producer_id, row.state): row.seen_at for row in rows}
