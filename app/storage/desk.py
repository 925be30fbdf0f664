"""The desk: one narrow row a producer. A claim is one update that lands or does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, bindparam, case, insert, select, update

from app.domain.call import Outcome
from app.domain.routing import MISSES_UNTIL_OUT, NOT_NOW, PRESENCE_LASTS
from app.storage.models.base import table_of
from app.storage.models.desk import DeskRow, PresenceEventRow

_desk, _events = table_of(DeskRow), table_of(PresenceEventRow)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)

PRESENCES = ("available", "away", "offline")
"""What a person may set; `missed` is set by two missed rings and ended by setting any of these."""


@dataclass(frozen=True)
class Seat:
    """One producer's row of the desk."""

    producer_id: int
    presence: str
    present_until: datetime
    held_by: int | None
    free_at: datetime
    misses: int

    def availability(self, now: datetime) -> str:
        """available, held, wrap_up, away, missed or offline."""
        if self.held_by is not None:
            return "held"
        if self.presence == "available" and self.present_until <= now:
            return "offline"
        if self.presence == "available" and self.free_at > now:
            return "wrap_up"
        return self.presence


def open_seats(tx: Connection, producer_ids: Collection[int]) -> None:
    """Give new producers a row each; they start offline."""
    seat = {
        "presence": "offline",
        "present_until": NEVER,
        "free_at": NEVER,
        "last_offered_at": NEVER,
        "misses": 0,
        "taken_today": 0,
    }
    if producer_ids:
        tx.execute(insert(_desk), [{"producer_id": producer_id, **seat} for producer_id in producer_ids])


def open_seat(tx: Connection, producer_id: int) -> None:
    """Give one new producer a row."""
    open_seats(tx, [producer_id])


_claim = (
    update(_desk)
    .where(
        _desk.c.producer_id == bindparam("who"),
        _desk.c.presence == "available",
        _desk.c.held_by.is_(None),
        _desk.c.free_at <= bindparam("now"),
        _desk.c.present_until > bindparam("now"),
    )
    .values(held_by=bindparam("call"), last_offered_at=bindparam("now"))
)


def claim(tx: Connection, producer_id: int, call_id: int, now: datetime) -> bool:
    """Reserve a producer for a call. One row or none, the same on both databases: nobody is booked twice."""
    return tx.execute(_claim, {"who": producer_id, "call": call_id, "now": now}).rowcount == 1


def hand_to(tx: Connection, producer_id: int, before: int, call_id: int) -> None:
    """The call for which a producer was claimed is known by its id only now."""
    tx.execute(
        update(_desk).where(_desk.c.producer_id == producer_id, _desk.c.held_by == before).values(held_by=call_id)
    )


_seats = select(
    _desk.c.producer_id, _desk.c.presence, _desk.c.present_until, _desk.c.held_by, _desk.c.free_at, _desk.c.misses
)
_seat_of = _seats.where(_desk.c.producer_id == bindparam("who"))


def seat(tx: Connection, producer_id: int) -> Seat | None:
    row = tx.execute(_seat_of, {"who": producer_id}).first()
    return None if row is None else Seat(**row._mapping)


_seat_to_change = _seat_of.with_for_update()


def _locked(tx: Connection, producer_id: int) -> Seat | None:
    """The seat, nobody else's to change until the transaction ends: what is written from it may not undo an OFF."""
    row = tx.execute(_seat_to_change, {"who": producer_id}).first()
    return None if row is None else Seat(**row._mapping)


_release = (
    update(_desk)
    .where(_desk.c.producer_id == bindparam("who"), _desk.c.held_by == bindparam("call"))
    .values(held_by=None, **{name: bindparam(name) for name in ("free_at", "misses", "presence", "present_until")})
)


def release(
    tx: Connection, producer_id: int, call_id: int, outcome: Outcome, now: datetime, *, wrap_up_seconds: int
) -> bool:
    """End a call's hold on a producer, as the attempt came out. True where this was the miss that takes them out."""
    held = _locked(tx, producer_id)
    if held is None or held.held_by != call_id:
        return False
    free_at, misses, presence, until = held.free_at, 0, held.presence, held.present_until
    if outcome is Outcome.ACCEPTED:
        free_at, until = now + timedelta(seconds=wrap_up_seconds), now + PRESENCE_LASTS
    elif outcome is Outcome.DECLINED:
        free_at, until = now + NOT_NOW, now + PRESENCE_LASTS
    elif outcome.miss:
        misses = held.misses + 1
    else:
        misses = held.misses
    out = misses >= MISSES_UNTIL_OUT and presence == "available"
    if out:
        presence, misses = "missed", 0
    tx.execute(
        _release,
        {
            "who": producer_id,
            "call": call_id,
            "free_at": free_at,
            "misses": misses,
            "presence": presence,
            "present_until": until,
        },
    )
    if (free_at, presence, until) != (held.free_at, held.presence, held.present_until):
        _note(tx, producer_id, presence, free_at, until, now, f"call:{call_id}")
    return out


def count_taken(tx: Connection, producer_id: int, on: date) -> None:
    """One more call taken on the day `on` (the campaign's)."""
    tx.execute(
        update(_desk)
        .where(_desk.c.producer_id == producer_id)
        .values(taken_today=case((_desk.c.taken_on == on, _desk.c.taken_today + 1), else_=1), taken_on=on)
    )


def set_presence(tx: Connection, producer_id: int, presence: str, now: datetime, *, by: str) -> None:
    """What the producer says of themselves. `available` ends wrap-up and forgets misses; it lasts four hours."""
    held = _locked(tx, producer_id)
    assert held is not None, "every producer has a seat"
    free_at = now if presence == "available" else held.free_at
    until = now + PRESENCE_LASTS
    tx.execute(
        update(_desk)
        .where(_desk.c.producer_id == producer_id)
        .values(presence=presence, free_at=free_at, present_until=until, misses=0)
    )
    _note(tx, producer_id, presence, free_at, until, now, by)


def prolong_wrap_up(tx: Connection, producer_id: int, now: datetime, *, until: datetime, by: str) -> bool:
    """Stay in wrap-up until then; False for somebody who is in none (held, away, or free already)."""
    seat = _locked(tx, producer_id)
    if seat is None or seat.availability(now) != "wrap_up":
        return False
    present_until = max(seat.present_until, now + PRESENCE_LASTS)
    tx.execute(
        update(_desk).where(_desk.c.producer_id == producer_id).values(free_at=until, present_until=present_until)
    )
    _note(tx, producer_id, seat.presence, until, present_until, now, by)
    return True


def held_by_calls(tx: Connection) -> list[tuple[int, int]]:
    """(producer, call) of every hold."""
    rows = tx.execute(select(_desk.c.producer_id, _desk.c.held_by).where(_desk.c.held_by.is_not(None)))
    return [(row[0], row[1]) for row in rows]


def seats_at(tx: Connection, at: datetime) -> dict[int, str]:
    """Every producer's availability at an instant, from what was written down then; holds are not in it."""
    newest: dict[int, str] = {}
    rows = tx.execute(
        select(_events.c.producer_id, _events.c.presence, _events.c.free_at, _events.c.present_until)
        .where(_events.c.at <= at)
        .order_by(_events.c.id)
    )
    for producer_id, presence, free_at, present_until in rows:
        seen = Seat(producer_id, presence, present_until, None, free_at, 0)
        newest[producer_id] = seen.availability(at)
    return newest


def overview(tx: Connection) -> list[Seat]:
    """Every seat, for a page."""
    rows = tx.execute(_seats.order_by(_desk.c.producer_id))
    return [Seat(**row._mapping) for row in rows]


def _note(
    tx: Connection,
    producer_id: int,
    presence: str,
    free_at: datetime,
    until: datetime,
    now: datetime,
    by: str,
) -> None:
    tx.execute(
        insert(_events).values(
            producer_id=producer_id, at=now, presence=presence, free_at=free_at, present_until=until, by=by
        )
    )


def present_at(tx: Connection, at: datetime) -> set[int]:
    """Who was on duty at an instant that is past, free or not. Nobody is, longer than a presence lasts."""
    newest: dict[int, Seat] = {}
    rows = tx.execute(
        select(_events.c.producer_id, _events.c.presence, _events.c.free_at, _events.c.present_until)
        .where(_events.c.at <= at, _events.c.at > at - PRESENCE_LASTS)
        .order_by(_events.c.id)
    )
    for producer_id, presence, free_at, present_until in rows:
        newest[producer_id] = Seat(producer_id, presence, present_until, None, free_at, 0)
    return {who for who, seat in newest.items() if seat.presence == "available" and seat.present_until > at}


def present_now(tx: Connection, now: datetime) -> set[int]:
    """Who is on duty, free or not."""
    rows = tx.execute(select(_desk.c.producer_id).where(_desk.c.presence == "available", _desk.c.present_until > now))
    return {row[0] for row in rows}
