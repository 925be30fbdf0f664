"""What is due now: texts in the outbox, leads that nobody has dealt with in time, desks held by nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.carrier import Ambiguous, Carrier, Refused, Sent
from app.domain import business_hours
from app.domain.call import Outcome
from app.domain.lead import Custody
from app.domain.policy import Policy
from app.storage import calls, campaigns, desk, leads, texts, work
from app.storage.database import Database
from app.workflows.leads.receive_text import STOPPED_AT_CARRIER

MOST_TEXTS = 20
"""Texts a tick: a long code sends one segment a second (TELEPHONY.md section 7)."""


def run_due_work(*, database: Database, carrier: Carrier, now: Callable[[], datetime], status_url: str) -> None:
    """One tick. Everything is claimed in the database: two schedulers are harmless."""
    with database.begin() as tx:
        work.beat(tx, "scheduler", now())
    send_texts(database=database, carrier=carrier, now=now, status_url=status_url)
    escalate_overdue(database=database, now=now())
    free_forgotten_desks(database=database, now=now())


def send_texts(*, database: Database, carrier: Carrier, now: Callable[[], datetime], status_url: str) -> None:
    """Send what waits in the outbox, at most once each: claim, commit, send. An unclear answer is never sent again."""
    for _ in range(MOST_TEXTS):
        with database.begin() as tx:
            text = texts.claim_next(tx, now())
            stopped = text is not None and "stop" in work.suppressed(tx, text.to_number)
            if text is not None and stopped:
                texts.settle(tx, text.id, status="refused", error="the number has said STOP")
        if text is None:
            return
        if stopped:
            continue
        result = carrier.send_text(
            from_number=text.from_number, to_number=text.to_number, body=text.body, status_url=status_url
        )
        with database.begin() as tx:
            match result:
                case Sent(message_sid=sid):
                    texts.settle(tx, text.id, status="sent", message_sid=sid)
                case Refused(code=code, message=message):
                    texts.settle(tx, text.id, status="refused", error=f"{code}: {message}"[:200])
                    if code == STOPPED_AT_CARRIER:
                        work.suppress(tx, text.to_number, "stop", source="carrier:21610", now=now())
                case Ambiguous(why=why):
                    texts.settle(tx, text.id, status="unknown", error=why[:200])


def escalate_overdue(*, database: Database, now: datetime) -> int:
    """Leads said to be in a call longer than a call can last, and posted leads whose call never came. Returns how many."""
    with database.begin() as tx:
        overdue = leads.overdue_in_call(tx, now)
        for lead in overdue:
            policy = campaigns.by_id(tx, lead.campaign_id).policy if lead.campaign_id else Policy()
            due_at = business_hours.due_by(policy, now)
            leads.move(tx, lead, Custody.ESCALATED, owed_by=due_at)
            reason = "no_call_came" if lead.posted and not leads.calls_of(tx, lead.id) else "call_never_ended"
            work.escalate(tx, lead_id=lead.id, call_id=None, state=lead.state, reason=reason, due_at=due_at, now=now)
        return len(overdue)


def free_forgotten_desks(*, database: Database, now: datetime) -> int:
    """Desks held by calls that are over. Returns how many."""
    freed = 0
    with database.begin() as tx:
        for producer_id, call_id in desk.held_by_calls(tx):
            call = calls.by_id(tx, call_id)
            if call is None or call.ended_at is not None:
                desk.release(tx, producer_id, call_id, Outcome.FAILED, now, wrap_up_seconds=0)
                freed += 1
    return freed
