"""A call for a callback came to nothing: the promise stands, and its lead waits for it again."""

from __future__ import annotations

from datetime import datetime

from app.domain.lead import ClosedAs, Custody
from app.storage import callbacks, calls, campaigns, escalations, leads, work
from app.storage.callbacks import Callback
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.leads.escalate_lead import escalate_lead, opted_out
from app.workflows.outbound.after_call import after_outbound


def due_again(tx: Transaction, callback_id: int, call_id: int, now: datetime, *, attempts: int | None = None) -> None:
    """Nobody was called: the callback is tried again now, where this call still had it. `attempts`: as it was before."""
    seen = callbacks.read(tx, callback_id)
    if seen is None:
        return
    # Always the lead before its callback: two that lock them in turns never wait for each other.
    lead = leads.load_to_write(tx, seen.lead_id)
    callback = callbacks.load(tx, callback_id)
    if lead is None or callback is None:
        return
    if callback.status != "dialing" or callback.call_id != call_id:
        leave_nobody(tx, lead, now)
        return
    tried = callback.attempts if attempts is None else attempts
    callbacks.change(tx, callback.id, status="promised", claimed_until=None, next_try_at=now, attempts=tried)
    kept = after_outbound(tx, lead, callback, now, not_before=now)
    if kept is not None and not calls.live_with_lead(tx, lead.id):
        back_to_its_list(tx, lead, kept)


def leave_nobody(tx: Transaction, lead: Lead, now: datetime) -> None:
    """The call ends for a promise that was taken back meanwhile (STOP, a resolved item): its lead must not stay in it."""
    standing = callbacks.active_of(tx, lead.id)
    if lead.custody is not Custody.IN_CALL or calls.live_with_lead(tx, lead.id):
        return
    if standing is not None and standing.status == "dialing":
        return
    if standing is not None:
        back_to_its_list(tx, lead, standing)
    elif opted_out(tx, lead):
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
        work.resolve_of_lead(tx, lead.id, outcome="opted_out", by="person", now=now)
    else:
        campaign = campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None
        escalate_lead(tx, lead, campaign, "callback_ended", now)


def back_to_its_list(tx: Transaction, lead: Lead, kept: Callback) -> None:
    """The lead waits again: for its promise, or on the queue where it stood there."""
    if not lead.custody.open:
        return
    waiting = escalations.open_of(tx, lead.id)
    if waiting is None:
        leads.move(tx, lead, Custody.PROMISED, owed_by=kept.promised_by)
    else:
        leads.move(tx, lead, Custody.ESCALATED, owed_by=waiting.due_at)
