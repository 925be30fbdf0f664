"""Spoken notices leave: each in one call at most, while it is true, inside the hours of automated calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.carrier import Ambiguous, Carrier, Placed, Refused
from app.carrier.addresses import Addresses
from app.storage import campaigns, leads, texts
from app.storage.database import Database, Transaction
from app.storage.texts import Text
from app.workflows.callbacks.judge_notice import judge_notice
from app.workflows.callbacks.pace import note_call, too_soon
from app.workflows.callbacks.reconcile_texts import SILENT_AFTER
from app.workflows.callbacks.screen_callback import CALLER_RING_SECONDS
from app.workflows.callbacks.send_texts import Drop, Wait
from app.workflows.leads.follow_text import not_notified

MOST_JUDGED = 20
"""Notices looked at in a tick; at most one of them leaves."""

_AGAIN_AFTER_REFUSAL = timedelta(minutes=1)


def speak_notices(*, database: Database, carrier: Carrier, now: Callable[[], datetime], addresses: Addresses) -> None:
    """Call for the oldest notice that may be said now: claim, commit, call. An unclear answer is never called again."""
    _give_up_on_silence(database=database, now=now())
    for _ in range(MOST_JUDGED):
        with database.begin() as tx:
            if too_soon(tx, now()):
                return
            notice = texts.claim_next(tx, now(), spoken=True)
            if notice is None:
                return
            leaves = _may_leave(tx, notice, now())
        if leaves:
            _place(notice, database=database, carrier=carrier, now=now, addresses=addresses)
            return


def _may_leave(tx: Transaction, notice: Text, now: datetime) -> bool:
    # The lead before its callback, as everywhere: nobody waits for each other.
    lead = leads.load_to_write(tx, notice.lead_id) if notice.lead_id is not None else None
    campaign = campaigns.by_id(tx, notice.campaign_id) if notice.campaign_id is not None else None
    match judge_notice(tx, notice, lead, campaign, now):
        case Wait(until):
            texts.put_back(tx, notice.id, not_before=until)
            return False
        case Drop(why, promised):
            texts.drop(tx, notice.id, why=why)
            if promised:
                not_notified(tx, notice, now)
            return False
    note_call(tx, now)
    return True


def _place(
    notice: Text, *, database: Database, carrier: Carrier, now: Callable[[], datetime], addresses: Addresses
) -> None:
    result = carrier.place_call(
        from_number=notice.from_number,
        to_number=notice.to_number,
        url=addresses.notice(notice.id),
        status_url=addresses.notice_status(notice.id),
        ring_seconds=CALLER_RING_SECONDS,
        fallback_url=addresses.fallback(),
    )
    with database.begin() as tx:
        match result:
            case Placed(call_sid=sid):
                texts.settle(tx, notice.id, status="sent", message_sid=sid)
            case Refused() if result.temporary:
                texts.put_back(tx, notice.id, not_before=now() + _AGAIN_AFTER_REFUSAL)
            case Refused(code=code, message=message):
                texts.settle(tx, notice.id, status="refused", error=f"{code}: {message}")
                not_notified(tx, notice, now())
            case Ambiguous(why=why):
                texts.settle(tx, notice.id, status="unknown", error=why)


def _give_up_on_silence(*, database: Database, now: datetime) -> None:
    """Notices that have left, or whose caller died, and of whose end nobody has told us: silence is not notified."""
    since = now - SILENT_AFTER
    with database.read() as tx:
        silent = texts.to_look_up(tx, unclear=since, silent=since, limit=MOST_JUDGED, spoken=True)
    for seen in silent:
        with database.begin() as tx:
            notice = texts.by_id(tx, seen.id)
            if notice is not None and notice.looked_at is None and not notice.settled:
                texts.not_found(tx, notice.id, given_up_at=now)
                not_notified(tx, notice, now)
