"""Read models for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.storage import attempts, callbacks, calls, desk, escalations
from app.storage.attempts import Attempt
from app.storage.callbacks import Callback
from app.storage.calls import Call
from app.storage.database import Transaction
from app.storage.escalations import Escalation
from app.storage.models.base import table_of
from app.storage.models.roster import ProducerRow

_producers = table_of(ProducerRow)


@dataclass(frozen=True)
class Board:
    """What a page shows of this moment: `producers` are (name, NPN, availability), `promises` callbacks still to keep."""

    calls: list[tuple[Call, list[Attempt]]]
    producers: list[tuple[str, str, str]]
    waiting: list[Escalation]
    promises: list[Callback]


def board(tx: Transaction, now: datetime, *, most_calls: int = 15, most_promises: int = 15) -> Board:
    names = {
        row.id: (f"{row.first_name} {row.last_name}", row.npn)
        for row in tx.execute(
            select(_producers.c.id, _producers.c.npn, _producers.c.first_name, _producers.c.last_name)
        )
    }
    return Board(
        calls=[(call, attempts.of_call(tx, call.id)) for call in calls.newest(tx, most_calls)],
        producers=[(*names[seat.producer_id], seat.availability(now)) for seat in desk.overview(tx)],
        waiting=escalations.listed(tx, status="open", after=0, limit=50),
        promises=_next_promises(tx)[:most_promises],
    )


def _next_promises(tx: Transaction) -> list[Callback]:
    """Those being dialed, then those due soonest."""
    dialing, promised = (callbacks.listed(tx, status=status, after=0, limit=500) for status in ("dialing", "promised"))
    return [*dialing, *sorted(promised, key=lambda promise: promise.due_at)]
