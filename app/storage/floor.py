"""The floor, for a page: calls on the line, who of the producers does what, and the figures over both."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select

from app.domain.call import Phase
from app.storage import attempts, calls
from app.storage.attempts import Attempt
from app.storage.calls import Call
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow
from app.storage.models.campaigns import CampaignRow
from app.storage.models.desk import DeskRow, PresenceEventRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import CallbackRow

_calls, _attempts, _callbacks = table_of(CallRow), table_of(AttemptRow), table_of(CallbackRow)
_desk, _events, _producers = table_of(DeskRow), table_of(PresenceEventRow), table_of(ProducerRow)
_campaigns = table_of(CampaignRow)

UNANSWERED = (Phase.RECEIVED, Phase.LOCATING, Phase.OFFERING, Phase.HOLDING)
"""Phases in which a caller is on the line and talks with nobody."""

SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Figures:
    """What the tiles show besides the queue. `first_caller_at`: since when the first caller on the line waits."""

    callers: int
    holding: int
    first_caller_at: datetime | None
    ready: int
    on_duty: int
    callbacks_soon: int
    callbacks_overdue: int
    last_call_at: datetime | None


def figures(tx: Connection, now: datetime) -> Figures:
    """Four statements, however many calls and producers there are."""
    waiting = and_(
        _calls.c.ended_at.is_(None),
        _calls.c.direction == "inbound",
        _calls.c.accepted_at.is_(None),
        _calls.c.phase.in_(UNANSWERED),
    )
    is_holding = case((_calls.c.phase == Phase.HOLDING, 1), else_=0)
    callers = tx.execute(select(func.count(), func.sum(is_holding), func.min(_calls.c.arrived_at)).where(waiting)).one()
    on_duty = and_(_desk.c.presence == "available", _desk.c.present_until > now)
    free = case((and_(_desk.c.held_by.is_(None), _desk.c.free_at <= now), 1), else_=0)
    desks = tx.execute(select(func.count(), func.sum(free)).where(on_duty)).one()
    late = case((_callbacks.c.due_at <= now, 1), else_=0)
    due = tx.execute(
        select(func.count(), func.sum(late)).where(_callbacks.c.status == "promised", _callbacks.c.due_at <= now + SOON)
    ).one()
    last = select(_calls.c.arrived_at).where(_calls.c.direction == "inbound").order_by(_calls.c.id.desc()).limit(1)
    return Figures(
        callers=int(callers[0]),
        holding=int(callers[1] or 0),
        first_caller_at=callers[2],
        ready=int(desks[1] or 0),
        on_duty=int(desks[0]),
        callbacks_soon=int(due[0]),
        callbacks_overdue=int(due[1] or 0),
        last_call_at=tx.execute(last).scalar(),
    )


# ---- calls


@dataclass(frozen=True)
class LiveCall:
    """A call that has not ended, with those who were rung for it, in their order."""

    call: Call
    attempts: tuple[Attempt, ...]

    @property
    def waits(self) -> bool:
        """Whether a caller is on the line and talks with nobody."""
        return self.call.direction == "inbound" and self.call.accepted_at is None and self.call.phase in UNANSWERED


def live_calls(tx: Connection, *, limit: int) -> tuple[list[LiveCall], int]:
    """At most `limit`, callers who hold first, then the oldest; and how many there are in all."""
    found = calls.live(tx)
    shown = sorted(found, key=lambda call: (call.phase is not Phase.HOLDING, call.arrived_at))[:limit]
    rung = attempts.of_calls(tx, [call.id for call in shown if call.offers])
    return [LiveCall(call, tuple(rung.get(call.id, ()))) for call in shown], len(found)


# ---- producers


@dataclass(frozen=True)
class AtDesk:
    """A producer who is not offline. `doing`: ringing, on_call, wrap_up, available, away or missed.

    `since` is when it began; for wrap_up `until` is when it ends.
    """

    producer_id: int
    npn: str
    name: str
    doing: str
    since: datetime | None
    until: datetime | None
    misses: int
    call_sid: str | None


def at_desks(tx: Connection, now: datetime, *, limit: int) -> tuple[list[AtDesk], int]:
    """At most `limit`, who rings or talks first, then missed, available, wrap-up and away; and how many are not offline."""
    there = or_(
        _desk.c.held_by.is_not(None),
        and_(_desk.c.presence == "available", _desk.c.present_until > now),
        _desk.c.presence.in_(["away", "missed"]),
    )
    rows = tx.execute(
        select(_desk, _producers.c.npn, _producers.c.first_name, _producers.c.last_name, _calls.c.call_sid)
        .join(_producers, _producers.c.id == _desk.c.producer_id)
        .outerjoin(_calls, _calls.c.id == _desk.c.held_by)
        .where(there)
        .order_by(_rank(now), _producers.c.last_name, _producers.c.id)
        .limit(limit)
    ).all()
    ids = [row.producer_id for row in rows]
    began, rung = _last_changes(tx, ids), _open_attempts(tx, ids)
    seated = []
    for row in rows:
        rings, accepted_at = rung.get(row.producer_id, (None, None))
        doing, since, until = row.presence, began.get(row.producer_id), None
        if row.held_by is not None:
            doing, since = ("on_call", accepted_at) if accepted_at else ("ringing", rings or since)
        elif row.presence == "available" and row.free_at > now:
            doing, since, until = "wrap_up", None, row.free_at
        elif row.presence == "available" and since is not None:
            since = max(since, row.free_at)
        name = f"{row.first_name} {row.last_name}".strip()
        seated.append(AtDesk(row.producer_id, row.npn, name, doing, since, until, row.misses, row.call_sid))
    return seated, int(tx.execute(select(func.count()).select_from(_desk).where(there)).scalar_one())


def names(tx: Connection, producer_ids: Collection[int]) -> dict[int, str]:
    """First and last name by producer id."""
    rows = tx.execute(
        select(_producers.c.id, _producers.c.first_name, _producers.c.last_name).where(
            _producers.c.id.in_(list(producer_ids))
        )
    )
    return {row[0]: f"{row[1]} {row[2]}".strip() for row in rows}


def campaign_names(tx: Connection) -> dict[int, str]:
    """Every campaign's name, by its id."""
    return {row[0]: row[1] for row in tx.execute(select(_campaigns.c.id, _campaigns.c.name))}


def _rank(now: datetime) -> ColumnElement[int]:
    return case(
        (_desk.c.held_by.is_not(None), literal_column("0")),
        (_desk.c.presence == "missed", literal_column("1")),
        (and_(_desk.c.presence == "available", _desk.c.free_at <= now), literal_column("2")),
        (_desk.c.presence == "available", literal_column("3")),
        else_=literal_column("4"),
    )


def _last_changes(tx: Connection, producer_ids: Collection[int]) -> dict[int, datetime]:
    rows = tx.execute(
        select(_events.c.producer_id, func.max(_events.c.at))
        .where(_events.c.producer_id.in_(list(producer_ids)))
        .group_by(_events.c.producer_id)
    )
    return {row[0]: row[1] for row in rows}


def _open_attempts(tx: Connection, producer_ids: Collection[int]) -> dict[int, tuple[datetime, datetime | None]]:
    rows = tx.execute(
        select(_attempts.c.producer_id, _attempts.c.started_at, _attempts.c.accepted_at).where(
            _attempts.c.producer_id.in_(list(producer_ids)), _attempts.c.ended_at.is_(None)
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}
