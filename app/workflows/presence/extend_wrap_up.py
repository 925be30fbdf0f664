"""A producer needs longer after a talk: wrap-up goes on in steps of 30 seconds, for ten minutes at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.storage import attempts, desk
from app.storage.database import Database
from app.storage.desk import Seat

STEP = timedelta(seconds=30)
LONGEST = timedelta(minutes=10)
"""From the end of the talk."""


class Why(StrEnum):
    """Why wrap-up is not longer."""

    NO_WRAP_UP = "no_wrap_up"
    LONGEST_REACHED = "longest_reached"


@dataclass(frozen=True)
class NotExtended:
    why: Why


def extend_wrap_up(producer_id: int, *, by: str, database: Database, now: datetime) -> Seat | NotExtended:
    """The seat with 30 seconds more. What follows a press of 2 ("not now") is no wrap-up, and is not prolonged."""
    with database.begin() as tx:
        seat = desk.seat(tx, producer_id)
        talk = attempts.last_talk(tx, producer_id)
        if seat is None or talk is None or talk.ended_at is None or seat.availability(now) != "wrap_up":
            return NotExtended(Why.NO_WRAP_UP)
        until, latest = seat.free_at + STEP, talk.ended_at + LONGEST
        if seat.free_at >= latest:
            return NotExtended(Why.LONGEST_REACHED)
        if not desk.prolong_wrap_up(tx, producer_id, now, until=min(until, latest), by=by):
            return NotExtended(Why.NO_WRAP_UP)
        prolonged = desk.seat(tx, producer_id)
        assert prolonged is not None, "every producer has a seat"
        return prolonged
