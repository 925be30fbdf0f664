"""The outbox, in which a text stands at most once and leaves at most once; and what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.storage.models.base import table_of
from app.storage.models.work import TextReceivedRow, TextRow

_texts, _received = table_of(TextRow), table_of(TextReceivedRow)


@dataclass(frozen=True)
class Text:
    """`subject` and `kind` name it: no second one of that name is ever queued."""

    id: int
    subject: str
    kind: str
    from_number: str
    to_number: str
    body: str
    status: str
    created_at: datetime
    sent_at: datetime | None
    message_sid: str | None
    error: str | None


def queue(
    tx: Connection, *, subject: str, kind: str, from_number: str, to_number: str, body: str, now: datetime
) -> bool:
    """Put a text into the outbox; False where one of that subject and kind stands there already."""
    if tx.execute(select(_texts.c.id).where(_texts.c.subject == subject, _texts.c.kind == kind)).first():
        return False
    tx.execute(
        insert(_texts).values(
            subject=subject,
            kind=kind,
            from_number=from_number,
            to_number=to_number,
            body=body,
            status="queued",
            created_at=now,
        )
    )
    return True


def claim_next(tx: Connection, now: datetime) -> Text | None:
    """The oldest queued text, marked as leaving. Commit before sending: after that it is never sent again."""
    oldest = tx.execute(select(_texts.c.id).where(_texts.c.status == "queued").order_by(_texts.c.id).limit(1)).first()
    if oldest is None:
        return None
    claimed = tx.execute(
        update(_texts)
        .where(_texts.c.id == oldest[0], _texts.c.status == "queued")
        .values(status="sending", sent_at=now)
    )
    if claimed.rowcount != 1:
        return None
    return Text(**tx.execute(select(_texts).where(_texts.c.id == oldest[0])).mappings().one())


def settle(
    tx: Connection, text_id: int, *, status: str, message_sid: str | None = None, error: str | None = None
) -> None:
    """What the carrier made of it: sent, refused, or unknown."""
    tx.execute(update(_texts).where(_texts.c.id == text_id).values(status=status, message_sid=message_sid, error=error))


_FINAL = ("delivered", "undelivered", "refused")


def progressed(tx: Connection, message_sid: str, status: str, error: str | None) -> bool:
    """A status callback: final states never go back. False where the text is not ours or is settled."""
    moved = tx.execute(
        update(_texts)
        .where(_texts.c.message_sid == message_sid, _texts.c.status.not_in(_FINAL))
        .values(status=status, error=error)
    )
    return moved.rowcount == 1


def with_sid(tx: Connection, message_sid: str) -> Text | None:
    """The text that the carrier knows by this sid; None where it is none of ours."""
    row = tx.execute(select(_texts).where(_texts.c.message_sid == message_sid)).mappings().first()
    return None if row is None else Text(**row)


def of_subject(tx: Connection, subject: str) -> list[Text]:
    rows = tx.execute(select(_texts).where(_texts.c.subject == subject).order_by(_texts.c.id))
    return [Text(**row) for row in rows.mappings()]


def receive(
    tx: Connection,
    *,
    message_sid: str,
    from_number: str,
    to_number: str,
    body: str,
    understood_as: str,
    now: datetime,
) -> None:
    tx.execute(
        insert(_received).values(
            message_sid=message_sid,
            at=now,
            from_number=from_number,
            to_number=to_number,
            body=body,
            understood_as=understood_as,
        )
    )


def seen(tx: Connection, message_sid: str) -> bool:
    """Whether this message came before."""
    return tx.execute(select(_received.c.message_sid).where(_received.c.message_sid == message_sid)).first() is not None
