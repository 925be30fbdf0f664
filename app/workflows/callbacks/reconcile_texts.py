"""Texts whose fate we do not know are looked for in the carrier's list. None of them is ever sent again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.carrier import Carrier, CarrierUnreachable, TextState
from app.storage import texts
from app.storage.database import Database, Transaction
from app.storage.texts import Text
from app.workflows.leads.follow_text import not_notified, note_refusal

log = logging.getLogger(__name__)

DIED_AFTER = timedelta(seconds=60)
"""Whoever claimed a text has long been told what became of it by then, or is dead."""

SILENT_AFTER = timedelta(minutes=10)
"""No end is known by then: silence counts as not notified (FLOWS.md, tier 2)."""

SLACK = timedelta(minutes=2)
"""The carrier's clock may be behind ours."""

MOST_LOOKED_UP = 100

# Of the carrier's words those that are an end, in ours.
_ENDS = {
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "undelivered",
    "canceled": "undelivered",
}


def reconcile_texts(*, database: Database, carrier: Carrier, now: Callable[[], datetime]) -> None:
    """Ask the carrier about every text that nobody has told us the end of; each minute.

    Its list may not show a text for half a minute and more, so one that is not in it is looked for again, to the end.
    """
    with database.read() as tx:
        at = now()
        waiting = texts.to_look_up(tx, unclear=at - DIED_AFTER, silent=at - SILENT_AFTER, limit=MOST_LOOKED_UP)
    for text in waiting:
        try:
            _look_up(text, database=database, carrier=carrier, now=now)
        except CarrierUnreachable as error:
            log.warning("what became of the texts waits: %s", error)
            return


def _look_up(text: Text, *, database: Database, carrier: Carrier, now: Callable[[], datetime]) -> None:
    assert text.sent_at is not None, "it has left, or was about to"
    listed = [
        state
        for state in carrier.recent_texts(text.to_number, text.sent_at - SLACK)
        if state.direction != "inbound" and _may_be(state, text)
    ]
    with database.begin() as tx:
        current = texts.by_id(tx, text.id)
        # Somebody else may have heard of it since.
        if current is not None and current.looked_at is None and current.status == text.status:
            _settle(tx, current, _ours(tx, current, listed), now())


def _may_be(state: TextState, text: Text) -> bool:
    if text.message_sid is not None:
        return state.message_sid == text.message_sid
    return state.from_number == text.from_number and state.body.strip() == text.body.strip()


def _ours(tx: Transaction, text: Text, listed: list[TextState]) -> TextState | None:
    """The one of `listed` that no other row of the outbox is."""
    if text.message_sid is not None:
        return next(iter(listed), None)
    oldest_first = sorted(listed, key=lambda state: (state.created_at is None, state.created_at, state.message_sid))
    return next((state for state in oldest_first if texts.with_sid(tx, state.message_sid) is None), None)


def _settle(tx: Transaction, text: Text, state: TextState | None, now: datetime) -> None:
    assert text.sent_at is not None
    over = now - text.sent_at >= SILENT_AFTER
    if state is not None:
        status = _ENDS.get(state.status, "sent")
        error = None if state.error_code is None else str(state.error_code)
        if text.message_sid is None:
            texts.found(tx, text.id, message_sid=state.message_sid, status=status, error=error)
        elif status != "sent":
            texts.progressed(tx, state.message_sid, status, error)
        if status == "undelivered":
            note_refusal(tx, text, state.error_code, now)
        if status != "sent":
            return
    texts.not_found(tx, text.id, given_up_at=now if over else None)
    if over:
        not_notified(tx, text, now)
