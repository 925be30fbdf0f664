"""The messages that came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.storage.models.base import table_of
from app.storage.models.work import TextReceivedRow

_received = table_of(TextReceivedRow)


@dataclass(frozen=True)
class ReceivedText:
    """`understood_as` says what was done about it: stop, zip, time, to_supervisors, command:available …"""

    message_sid: str
    at: datetime
    from_number: str
    to_number: str
    body: str
    understood_as: str


def keep(tx: Connection, text: ReceivedText) -> None:
    """Write a message down; its sid makes a second delivery harmless."""
    tx.execute(insert(_received).values(**vars(text)))


def understood(tx: Connection, message_sid: str, understood_as: str) -> None:
    """What was done about a message that is kept."""
    tx.execute(update(_received).where(_received.c.message_sid == message_sid).values(understood_as=understood_as))


def seen(tx: Connection, message_sid: str) -> bool:
    """Whether this message came before."""
    return tx.execute(select(_received.c.message_sid).where(_received.c.message_sid == message_sid)).first() is not None


def from_number(tx: Connection, number: str, since: datetime) -> list[ReceivedText]:
    """What `number` (E.164) has written to us from `since` on, oldest first."""
    rows = tx.execute(
        select(_received)
        .where(_received.c.from_number == number, _received.c.at >= since)
        .order_by(_received.c.at, _received.c.message_sid)
    )
    return [ReceivedText(**row) for row in rows.mappings()]
