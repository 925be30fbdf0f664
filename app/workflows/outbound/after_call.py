"""A call that somebody asked for has come to nothing: what becomes of its lead.

A lead that was there for this one call is closed. One that was owed a step goes on being owed it, by its earlier promise
where that is still ahead, else by the rules of callbacks.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from app.domain.lead import ClosedAs, Custody
from app.domain.promises import DISPOSITION_WITHIN
from app.storage import callbacks, calls, leads, outbound, work
from app.storage.callbacks import Callback
from app.storage.database import Transaction
from app.storage.leads import Lead

MADE_BY = "outbound:"
"""So the maker of a promise begins that was made for a call somebody asked for, until anybody promises anew."""

_NEVER_AGAIN = timedelta(hours=1)
"""A promise that only waits for its producer's word is given up long before it would be tried again."""


def after_outbound(
    tx: Transaction, lead: Lead, callback: Callback, now: datetime, *, not_before: datetime, may_tell: bool = False
) -> Callback | None:
    """None where the lead is settled here; else the promise that goes on by the rules of callbacks.

    `callback` is promised again, not dialing; nobody is to be called before `not_before`. `may_tell`: the two have talked,
    and the producer may still say that it served.
    """
    asked = outbound.standing(tx, callback.id)
    if asked is None:
        return callback
    if not callback.made_by.startswith(MADE_BY):
        outbound.end_of(tx, callback.id)
        return callback
    if asked.cold and lead.custody is not Custody.ESCALATED and not outbound.has_called_in(tx, lead.id):
        if may_tell:
            _wait_for_the_word(tx, lead, callback, now)
        else:
            _close(tx, lead, callback, now)
        return None
    outbound.end_of(tx, callback.id)
    before = asked.before
    if before is not None and before.due_at > not_before:
        callbacks.change(tx, callback.id, next_try_at=before.due_at, **asdict(before))
    elif before is not None:
        # What was promised to the person before is still theirs, and is told about where it slips.
        whose = {"producer_id": before.producer_id, "only_producer": before.only_producer}
        callbacks.change(tx, callback.id, made_by=before.made_by, **whose)
    else:
        callbacks.change(tx, callback.id, only_producer=False)
    kept = callbacks.load(tx, callback.id)
    assert kept is not None, "a callback is never deleted"
    return kept


def went_on(before: Callback, kept: Callback) -> bool:
    """Whether the earlier promise was put back: it is not tried before its time."""
    return kept.due_at > before.due_at


def _wait_for_the_word(tx: Transaction, lead: Lead, callback: Callback, now: datetime) -> None:
    until = now + DISPOSITION_WITHIN
    callbacks.change(tx, callback.id, due_at=until, promised_by=until, next_try_at=until + _NEVER_AGAIN, slip_told=True)
    if lead.custody.open and not calls.live_with_lead(tx, lead.id):
        leads.move(tx, lead, Custody.PROMISED, owed_by=until)


def _close(tx: Transaction, lead: Lead, callback: Callback, now: datetime) -> None:
    outbound.end_of(tx, callback.id)
    callbacks.change(tx, callback.id, status="cancelled", claimed_until=None)
    if lead.custody.open:
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.UNREACHABLE)
        work.resolve_of_lead(tx, lead.id, outcome="unreachable", by=f"callback:{callback.id}", now=now)
