"""Would a call from there be served lawfully right now? Answered from the gate itself; a yes holds somebody for 20 seconds.

The hold keeps other pings from the same person, and gives no right: a caller who is there takes whoever is free, and the gate
is asked for every call as ever (workflows/calls/held_for_pings.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.licensing import Question, Reason
from app.domain.routing import Candidate
from app.domain.states import State
from app.storage import desk, ledger, licensing_gate, ping_holds
from app.storage.access import ApiKey
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.authority.check_authority import place_of
from app.workflows.calls.fair_share import before_arrival, left_over
from app.workflows.calls.offer_call import decision_facts
from app.workflows.calls.question import question_at
from app.workflows.leads.asked_campaign import TRANSFER_HOLDS, Unmet, asked_campaign, seller
from app.workflows.leads.limits import limit_reached

_EVERYBODY = 100_000

PING_HOLDS = timedelta(seconds=20)
"""How long an accepted ping keeps a producer from other pings."""

NOBODY_AVAILABLE = "nobody_available"
"""Somebody is licensed, and nobody of them is free: a reason of a ping, never of a producer."""


@dataclass(frozen=True)
class PingAnswer:
    """`licensed`: somebody has authority there. `available`: one of them could be rung now. `reason`: why not accepted.

    Somebody is held until `held_until`; the number to send the caller to stands until `expires_at`.
    """

    accept: bool
    states: tuple[State, ...]
    licensed: bool
    available: bool
    reason: str | None
    ping_id: int
    transfer_to: str | None
    expires_at: datetime | None
    held_until: datetime | None


def answer_ping(
    campaign_number: str,
    *,
    state: State | None,
    zip_code: str | None,
    phone: str | None,
    key: ApiKey,
    agency_zone: ZoneInfo,
    database: Database,
    now: datetime,
) -> PingAnswer | Unmet:
    """One of `state`, `zip_code` and `phone` says where the caller would be. A vendor's day is that of `agency_zone`."""
    with database.begin() as tx:
        campaign = asked_campaign(tx, campaign_number, key.vendor_id)
        if isinstance(campaign, Unmet):
            return campaign
        vendor_id = seller(campaign, key)
        states, known_zip = place_of(state, zip_code, phone)
        question = question_at(tx, campaign, states, known_zip)
        licensed = licensing_gate.somebody_licensed(tx, question, now, campaign_id=campaign.campaign_id)
        free = _free(tx, question, campaign, now) if licensed else []
        limit = limit_reached(tx, campaign, vendor_id, now, agency_zone=agency_zone) if licensed else None
        held = None if limit else _hold_somebody(tx, free, campaign, vendor_id, now)
        reason = _reason(held, limit.reason if limit else None, licensed, question, now)
        available = held is not None or (limit is not None and bool(free))
        until = now + PING_HOLDS if held is not None else None
        facts = decision_facts(campaign.number, question, None, npn=None) | {
            "allowed": held is not None,
            "reasons": [reason] if isinstance(reason, Reason) else [],
            "licensed": licensed,
            "available": available,
            "reason": reason,
            "vendor_id": vendor_id,
            "held": held,
            "held_until": until and until.isoformat(),
        }
        ping_id = ledger.write(tx, kind="ping", now=now, actor=key.actor, facts=facts)
        if held is not None:
            ping_holds.name(tx, held, ping_id)
    return PingAnswer(
        accept=held is not None,
        states=states,
        licensed=licensed,
        available=available,
        reason=reason,
        ping_id=ping_id,
        transfer_to=campaign.number if held is not None else None,
        expires_at=now + TRANSFER_HOLDS if held is not None else None,
        held_until=until,
    )


def _free(tx: Transaction, question: Question, campaign: Campaign, now: datetime) -> list[Candidate]:
    """Who could be rung now, whom nobody on hold, no urgent callback and no other ping waits for; longest idle first."""
    claims, held = before_arrival(tx, now), ping_holds.in_force(tx, now)
    found = licensing_gate.eligible(
        tx,
        question,
        now,
        campaign_id=campaign.campaign_id,
        on=now.astimezone(campaign.policy.zone).date(),
        limit=_EVERYBODY if claims else len(held) + _SPARE,
    )
    unheld = [candidate for candidate in found if candidate.producer_id not in held]
    free = set(left_over(tx, [candidate.producer_id for candidate in unheld], claims, now))
    return [candidate for candidate in unheld if candidate.producer_id in free]


_SPARE = 20
"""So many pings may be answered at the same moment and each still find somebody."""


def _hold_somebody(
    tx: Transaction, free: list[Candidate], campaign: Campaign, vendor_id: int | None, now: datetime
) -> int | None:
    """Who is held for this ping; None where others were quicker everywhere."""
    for candidate in free:
        if ping_holds.take(
            tx,
            candidate.producer_id,
            vendor_id=vendor_id,
            campaign_id=campaign.campaign_id,
            last_offered_at=candidate.last_offered_at or desk.NEVER,
            now=now,
            until=now + PING_HOLDS,
        ):
            return candidate.producer_id
    return None


def _reason(held: int | None, limit: str | None, licensed: bool, question: Question, now: datetime) -> str | None:
    if held is not None:
        return None
    if not licensed:
        return _why_not(question, now)
    return limit or NOBODY_AVAILABLE


def _why_not(question: Question, now: datetime) -> Reason:
    """Why nobody at all may: the agency's side first, then the producers'."""
    if not question.states:
        return Reason.STATE_UNKNOWN
    for state in question.states:
        opening = question.openings.get(state)
        if opening is None or not opening.is_open:
            return Reason.STATE_NOT_OPEN
        if opening.zips is not None and question.zip_code not in opening.zips:
            return Reason.STATE_NOT_OPEN
        if opening.agency_until is not None and opening.agency_until <= now:
            return Reason.AGENCY_LICENSE_EXPIRED
    return Reason.NO_LICENSE
