"""The outbox, in which a text stands at most once and leaves at most once, and what the carrier made of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app.domain.notified import Notified, notified
from app.storage import work
from app.storage.models.base import table_of
from app.storage.models.work import TextRow

_texts = table_of(TextRow)

CANNOT_BE_TEXTED = "no_texts"
"""The kind of suppression of a landline: it is called, not texted."""

SPOKEN = "spoken"
"""Kinds that begin so are said in a call of ours and never texted."""

_spoken = _texts.c.kind.startswith(SPOKEN)
_FINAL = ("delivered", "undelivered", "refused", "dropped")
_LEFT = ("sending", "sent", "unknown", "delivered", "undelivered", "refused")


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
    lead_id: int | None
    campaign_id: int | None
    states: str | None
    not_before: datetime
    true_until: datetime | None
    looked_at: datetime | None

    @property
    def to_person(self) -> bool:
        """Whether it goes to a person, whose state's hours count, and not to a producer."""
        return self.states is not None

    @property
    def settled(self) -> bool:
        """Whether its end is known, which never goes back."""
        return self.status in _FINAL

    @property
    def notified(self) -> Notified:
        """Whether the person knows by now what it says."""
        return notified(self.status, self.looked_at)


def queue(
    tx: Connection,
    *,
    subject: str,
    kind: str,
    from_number: str,
    to_number: str,
    body: str,
    now: datetime,
    lead_id: int | None = None,
    campaign_id: int | None = None,
    states: str | None = None,
    not_before: datetime | None = None,
    true_until: datetime | None = None,
) -> bool:
    """Put a text into the outbox; False where one of that subject and kind stands there already.

    `states` (codes joined by |, empty: unknown) says whose law its hours follow; None: a producer's, who has no hours.
    """
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
            lead_id=lead_id,
            campaign_id=campaign_id,
            states=states,
            not_before=not_before or now,
            true_until=true_until,
        )
    )
    return True


def claim_next(tx: Connection, now: datetime, *, busy: Collection[str] = (), spoken: bool = False) -> Text | None:
    """The oldest queued text (or `spoken` notice), marked as leaving. Commit first: after that it is never sent again.

    Those from the numbers in `busy` stay where they are.
    """
    waiting = select(_texts.c.id).where(_texts.c.status == "queued", _texts.c.not_before <= now, _of_sort(spoken))
    if busy:
        waiting = waiting.where(_texts.c.from_number.not_in(list(busy)))
    oldest = tx.execute(waiting.order_by(_texts.c.not_before, _texts.c.id).limit(1)).first()
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


def put_back(tx: Connection, text_id: int, *, not_before: datetime) -> None:
    """A claimed text that surely has not left waits until `not_before`."""
    _change(tx, _claimed(text_id), status="queued", sent_at=None, not_before=not_before)


def drop(tx: Connection, text_id: int, *, why: str) -> None:
    """A claimed text that must not leave any more."""
    _change(tx, _claimed(text_id), status="dropped", sent_at=None, error=why[:200])


def settle(
    tx: Connection, text_id: int, *, status: str, message_sid: str | None = None, error: str | None = None
) -> None:
    """What the carrier made of a claimed text: sent, refused, or unknown."""
    error = None if error is None else error[:200]
    _change(tx, _claimed(text_id), status=status, message_sid=message_sid, error=error)


def found(tx: Connection, text_id: int, *, message_sid: str, status: str, error: str | None) -> None:
    """The carrier's list has a text whose fate was unclear."""
    unclear = and_(_texts.c.id == text_id, _texts.c.status.in_(("sending", "unknown")))
    _change(tx, unclear, status=status, message_sid=message_sid, error=error)


def not_found(tx: Connection, text_id: int, *, given_up_at: datetime | None) -> None:
    """The carrier's list does not have it, or has no end of it; from `given_up_at` on nobody looks again."""
    died = and_(_texts.c.id == text_id, _texts.c.status == "sending")
    _change(tx, died, status="unknown", error="we never heard what became of it")
    if given_up_at is not None:
        _change(tx, and_(_texts.c.id == text_id, _texts.c.status.not_in(_FINAL)), looked_at=given_up_at)


def progressed(tx: Connection, message_sid: str, status: str, error: str | None) -> bool:
    """A status callback: final states never go back. False where the text is not ours or is settled."""
    return _change(
        tx,
        and_(_texts.c.message_sid == message_sid, _texts.c.status.not_in(_FINAL)),
        status=status,
        error=error,
    )


def left_since(tx: Connection, since: datetime) -> list[tuple[str, str]]:
    """(our number, body) of each text that left after `since`."""
    rows = tx.execute(
        select(_texts.c.from_number, _texts.c.body).where(
            _texts.c.status.in_(_LEFT), _texts.c.sent_at > since, _of_sort(False)
        )
    )
    return [(row[0], row[1]) for row in rows]


def to_look_up(tx: Connection, *, unclear: datetime, silent: datetime, limit: int, spoken: bool = False) -> list[Text]:
    """Texts to ask the carrier about: of unclear fate since `unclear`, or without an end since `silent`; oldest first.

    With `spoken` notices instead.
    """
    rows = tx.execute(
        select(_texts)
        .where(
            _texts.c.looked_at.is_(None),
            _of_sort(spoken),
            or_(
                and_(_texts.c.status.in_(("sending", "unknown")), _texts.c.sent_at <= unclear),
                and_(_texts.c.status == "sent", _texts.c.sent_at <= silent),
            ),
        )
        .order_by(_texts.c.sent_at, _texts.c.id)
        .limit(limit)
    )
    return [Text(**row) for row in rows.mappings()]


def by_id(tx: Connection, text_id: int) -> Text | None:
    """The text, locked until the transaction ends."""
    row = tx.execute(select(_texts).where(_texts.c.id == text_id).with_for_update()).mappings().first()
    return None if row is None else Text(**row)


def with_sid(tx: Connection, message_sid: str) -> Text | None:
    """The text that the carrier knows by this sid; None where it is none of ours."""
    row = tx.execute(select(_texts).where(_texts.c.message_sid == message_sid)).mappings().first()
    return None if row is None else Text(**row)


def of_subject(tx: Connection, subject: str) -> list[Text]:
    rows = tx.execute(select(_texts).where(_texts.c.subject == subject).order_by(_texts.c.id))
    return [Text(**row) for row in rows.mappings()]


def of_lead(tx: Connection, lead_id: int) -> list[Text]:
    """All that was ever written to the lead's person, oldest first."""
    rows = tx.execute(select(_texts).where(_texts.c.lead_id == lead_id).order_by(_texts.c.id))
    return [Text(**row) for row in rows.mappings()]


def cannot_be_texted(tx: Connection, number: str) -> bool:
    """Whether the carrier has told that `number` takes no texts: a landline is called, not texted."""
    return CANNOT_BE_TEXTED in work.suppressed(tx, number)


def _of_sort(spoken: bool) -> ColumnElement[bool]:
    return _spoken if spoken else ~_spoken


def _claimed(text_id: int) -> ColumnElement[bool]:
    return and_(_texts.c.id == text_id, _texts.c.status == "sending")


def _change(tx: Connection, which: ColumnElement[bool], **values: Any) -> bool:
    return tx.execute(update(_texts).where(which).values(**values)).rowcount == 1
