"""The outbox is emptied: each text at most once, while it is true, and while the law lets us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from app.carrier import Ambiguous, Carrier, Refused, Sent
from app.domain import phone, segments
from app.domain.calling_hours import Called, next_span, open_at
from app.domain.lead import Custody
from app.storage import campaigns, leads, texts, work
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.storage.texts import Text
from app.workflows.leads.follow_text import not_notified, note_refusal
from app.workflows.leads.tell import ASKED

MOST_TEXTS = 20
"""Texts a tick."""

PACE = timedelta(seconds=10)
MOST_SEGMENTS = 10
"""From one number within `PACE`: a long code sends one segment a second (TELEPHONY.md section 7)."""

LONGEST_VALIDITY = timedelta(hours=4)
"""A long code's queue holds no text for longer (TELEPHONY.md section 7)."""

_SHORTEST_VALIDITY = timedelta(seconds=1)
_AGAIN_AFTER_REFUSAL = timedelta(minutes=1)


@dataclass(frozen=True)
class Leave:
    """It may go out now, and must have by `within`; None where it has no hours."""

    within: timedelta | None


@dataclass(frozen=True)
class Wait:
    """The law, or the campaign, lets nobody be texted before `until`."""

    until: datetime


@dataclass(frozen=True)
class Drop:
    """It must not leave any more. `promised`: the person still waits for what it says."""

    why: str
    promised: bool = False


@dataclass(frozen=True)
class Stopped:
    """The number has said STOP."""


Judgment: TypeAlias = Leave | Wait | Drop | Stopped


def send_texts(*, database: Database, carrier: Carrier, now: Callable[[], datetime], status_url: str) -> None:
    """Send what waits in the outbox, at most once each: claim, commit, send. An unclear answer is never sent again."""
    for _ in range(MOST_TEXTS):
        with database.begin() as tx:
            text = texts.claim_next(tx, now(), busy=_busy_numbers(tx, now()))
            if text is None:
                return
            judgment = _judge(tx, text, now())
            _obey(tx, text, judgment, now())
        if isinstance(judgment, Leave):
            _send(text, judgment, database=database, carrier=carrier, now=now, status_url=status_url)


def _busy_numbers(tx: Transaction, now: datetime) -> set[str]:
    sent: Counter[str] = Counter()
    for number, body in texts.left_since(tx, now - PACE):
        sent[number] += segments.count(body)
    return {number for number, pieces in sent.items() if pieces >= MOST_SEGMENTS}


def _judge(tx: Transaction, text: Text, now: datetime) -> Judgment:
    """Whether a text that was right when it was queued is still right; a person's is asked everything anew."""
    suppressed = work.suppressed(tx, text.to_number)
    if "stop" in suppressed and not text.kind.endswith(ASKED):
        return Stopped()
    if not text.to_person:
        return Leave(None)
    if "blocked" in suppressed:
        return Drop("the number is blocked")
    lead = leads.load(tx, text.lead_id) if text.lead_id is not None else None
    if lead is not None and not lead.custody.open:
        return Drop("the lead is served" if lead.custody is Custody.SERVED else "the lead is closed")
    if text.true_until is not None and text.true_until <= now:
        return Drop("it is no longer true")
    if texts.CANNOT_BE_TEXTED in suppressed:
        return Drop("the number takes no texts", promised=True)
    return _judge_hours(tx, text, lead, now)


def _judge_hours(tx: Transaction, text: Text, lead: Lead | None, now: datetime) -> Judgment:
    called = _called(text, lead)
    policy = campaigns.by_id(tx, text.campaign_id).policy if text.campaign_id is not None else None
    until = text.true_until or datetime.max.replace(tzinfo=now.tzinfo)
    span = open_at(called, now, hours=policy)
    if span is not None and min(span.closes, until) - now >= _SHORTEST_VALIDITY:
        return Leave(min(span.closes - now, until - now, LONGEST_VALIDITY))
    following = next_span(called, span.closes if span else now, hours=policy)
    if following is None:
        return Drop("there is no lawful hour for it", promised=True)
    return Wait(following.opens) if following.opens < until else Drop("no longer true at the next lawful hour")


def _called(text: Text, lead: Lead | None) -> Called:
    """Whose law protects the person: that of the states told with the text, and of the number's area code."""
    number = phone.parse(text.to_number)
    zip_code = lead.residence.zip if lead is not None and lead.residence is not None else None
    return Called(
        tuple(state for state in (text.states or "").split("|") if state),
        number.area_code if number else None,
        zip_code,
    )


def _obey(tx: Transaction, text: Text, judgment: Judgment, now: datetime) -> None:
    match judgment:
        case Wait(until):
            texts.put_back(tx, text.id, not_before=until)
        case Drop(why, promised):
            texts.drop(tx, text.id, why=why)
            if promised:
                not_notified(tx, text, now)
        case Stopped():
            texts.settle(tx, text.id, status="refused", error="the number has said STOP")


def _send(
    text: Text,
    leave: Leave,
    *,
    database: Database,
    carrier: Carrier,
    now: Callable[[], datetime],
    status_url: str,
) -> None:
    # Whole seconds, rounded down: a text that leaves at the last moment must not arrive after it.
    seconds = None if leave.within is None else max(1, int(leave.within.total_seconds()))
    result = carrier.send_text(
        from_number=text.from_number,
        to_number=text.to_number,
        body=text.body,
        status_url=status_url,
        validity_seconds=seconds,
    )
    with database.begin() as tx:
        match result:
            case Sent(message_sid=sid):
                texts.settle(tx, text.id, status="sent", message_sid=sid)
            case Refused() if result.temporary:
                texts.put_back(tx, text.id, not_before=now() + _AGAIN_AFTER_REFUSAL)
            case Refused(code=code, message=message):
                texts.settle(tx, text.id, status="refused", error=f"{code}: {message}")
                note_refusal(tx, text, code, now())
            case Ambiguous(why=why):
                texts.settle(tx, text.id, status="unknown", error=why)
