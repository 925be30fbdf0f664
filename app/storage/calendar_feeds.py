"""Addresses of calendars, and the deadlines of moves that stand in them. Only the hash of an address is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.license_desk import CalendarFeedRow, MoveRow, MoveStateRow
from app.storage.models.roster import ProducerRow

_feeds, _producers = table_of(CalendarFeedRow), table_of(ProducerRow)
_moves, _move_states = table_of(MoveRow), table_of(MoveStateRow)

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def make_address(tx: Connection, name: str, *, actor: str, now: datetime) -> tuple[str, bool]:
    """A new secret of 256 bits under this name, shown now and never again; and whether it ends an older one."""
    secret = secrets.token_urlsafe(32)
    made = {"secret_sha256": _digest(secret), "made_at": now, "made_by": actor}
    if tx.execute(update(_feeds).where(_feeds.c.name == name).values(made)).rowcount == 1:
        return secret, True
    tx.execute(insert(_feeds).values(name=name, **made))
    return secret, False


_by_digest = select(_feeds.c.name).where(_feeds.c.secret_sha256 == bindparam("digest"))


def is_secret(text: str) -> bool:
    """Whether this is spelled like a secret of ours; what is not need not be looked up."""
    return _SECRET.fullmatch(text) is not None


def name_of(tx: Connection, secret: str) -> str | None:
    """Whose address it is, looked up by its hash; None where it is nobody's, or ended."""
    found: str | None = tx.execute(_by_digest, {"digest": _digest(secret)}).scalar()
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class MoveDeadline:
    """Until when one state must know of a producer's move."""

    move_id: int
    name: str
    to_state: State
    state: State
    due_on: date


def move_deadlines(tx: Connection, *, limit: int) -> list[MoveDeadline]:
    """What is not filed yet, of moves that are open, by date."""
    rows = tx.execute(
        select(
            _moves.c.id,
            _producers.c.first_name,
            _producers.c.last_name,
            _moves.c.to_state,
            _move_states.c.state,
            _move_states.c.due_on,
        )
        .join(_move_states, _move_states.c.move_id == _moves.c.id)
        .join(_producers, _producers.c.id == _moves.c.producer_id)
        .where(_moves.c.closed_at.is_(None), _moves.c.withdrawn_at.is_(None))
        .where(_move_states.c.filed_at.is_(None), _move_states.c.restored_at.is_(None))
        .order_by(_move_states.c.due_on, _moves.c.id, _move_states.c.state)
        .limit(limit)
    )
    return [MoveDeadline(row[0], f"{row[1]} {row[2]}".strip(), row[3], row[4], row[5]) for row in rows]
