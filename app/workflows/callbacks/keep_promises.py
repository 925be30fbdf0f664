"""Promises and leads whose time is over are handed to the supervisors: none waits for nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.lead import Custody
from app.storage import callbacks, campaigns, leads
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.due_again import back_to_its_list, leave_nobody
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.escalate_lead import escalate_lead
from app.workflows.leads.tell import queue_unasked
from app.workflows.outbound.after_call import MADE_BY, after_outbound, went_on

log = logging.getLogger(__name__)

SETTLED_WITHIN = timedelta(minutes=1)
"""A call's end and its lead's next place are committed together: after so long nothing of it is on its way."""


def escalate_passed(*, database: Database, now: datetime, wording: Wording) -> int:
    """Promises that nobody kept in time, also while no scheduler ran: never dialed late, told once. Returns how many."""
    with database.read() as tx:
        passed = {callback.id: callback.lead_id for callback in callbacks.passed(tx, now)}
    return sum(
        _each(database, callback_id, lambda tx, id_: _give_up(tx, id_, passed[id_], now, wording))
        for callback_id in passed
    )


def escalate_overdue(*, database: Database, now: datetime) -> int:
    """Leads said to be in a call longer than a call can last, and posted leads whose call never came. Returns how many."""
    with database.read() as tx:
        overdue = [lead.id for lead in leads.overdue_in_call(tx, now)]
    return sum(_each(database, lead_id, lambda tx, id_: _no_longer_in_call(tx, id_, now)) for lead_id in overdue)


def escalate_forgotten(*, database: Database, now: datetime) -> int:
    """Leads said to be promised without a promise, or in a call that has ended: it must never happen, and loses nobody.

    Returns how many.
    """
    with database.read() as tx:
        lost = [lead.id for lead in leads.promised_without_callback(tx)]
        gone = [lead.id for lead in leads.in_call_without_call(tx, now - SETTLED_WITHIN)]
    promised = sum(_each(database, lead_id, lambda tx, id_: _promise_lost(tx, id_, now)) for lead_id in lost)
    return promised + sum(_each(database, lead_id, lambda tx, id_: _call_lost(tx, id_, now)) for lead_id in gone)


def _each(database: Database, id_: int, work: Callable[[Transaction, int], bool]) -> bool:
    """One at a time: a short transaction each, so that no webhook waits for a long list."""
    with database.begin() as tx:
        return work(tx, id_)


def _give_up(tx: Transaction, callback_id: int, lead_id: int, now: datetime, wording: Wording) -> bool:
    # Always the lead before its callback: two that lock them in turns never wait for each other.
    lead = leads.load_to_write(tx, lead_id)
    callback = callbacks.load(tx, callback_id)
    if callback is None or callback.status != "promised" or callback.promised_by > now:
        return False
    if lead is not None and _was_asked_for(tx, lead, callback, now):
        return True
    callback = callbacks.load(tx, callback_id) or callback
    callbacks.change(tx, callback.id, status="escalated", slip_told=True)
    if lead is None or not lead.custody.open:
        return True
    campaign = _campaign_of(tx, lead)
    lead = escalate_lead(tx, lead, campaign, "promise_passed", now)
    # Nobody had promised this person a call that a producer of ours was only asked for.
    if campaign is not None and not callback.made_by.startswith(MADE_BY):
        queue_unasked(
            tx,
            lead,
            campaign,
            subject=f"callback:{callback.id}",
            now=now,
            wording=wording,
            asked=callback.asked,
            key="text_slipped",
        )
    return True


def _was_asked_for(tx: Transaction, lead: Lead, callback: Callback, now: datetime) -> bool:
    """Whether somebody had asked for a call then, and the lead is settled: closed, or promised as it was before."""
    kept = after_outbound(tx, lead, callback, now, not_before=now)
    if kept is not None and not went_on(callback, kept):
        return False
    if kept is not None:
        back_to_its_list(tx, lead, kept)
    return True


def _no_longer_in_call(tx: Transaction, lead_id: int, now: datetime) -> bool:
    lead = leads.load_to_write(tx, lead_id)
    if lead is None or lead.custody is not Custody.IN_CALL or lead.owed_by is None or lead.owed_by > now:
        return False
    reason = "no_call_came" if lead.posted and not leads.calls_of(tx, lead.id) else "call_never_ended"
    escalate_lead(tx, lead, _campaign_of(tx, lead), reason, now)
    return True


def _promise_lost(tx: Transaction, lead_id: int, now: datetime) -> bool:
    lead = leads.load_to_write(tx, lead_id)
    if lead is None or lead.custody is not Custody.PROMISED or callbacks.active_of(tx, lead_id) is not None:
        return False
    log.error("lead %s was promised a call that nobody would make", lead_id)
    escalate_lead(tx, lead, _campaign_of(tx, lead), "promise_lost", now)
    return True


def _call_lost(tx: Transaction, lead_id: int, now: datetime) -> bool:
    lead = leads.load_to_write(tx, lead_id)
    if lead is None or lead.id not in {found.id for found in leads.in_call_without_call(tx, now - SETTLED_WITHIN)}:
        return False
    log.error("lead %s was in no call any more", lead_id)
    leave_nobody(tx, lead, now)
    return True


def _campaign_of(tx: Transaction, lead: Lead) -> Campaign | None:
    return campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None
