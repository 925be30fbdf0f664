"""The order for a producer who becomes free: callers on hold, longest first; callbacks whose promise is nearly over; new
arrivals; other callbacks (FLOWS.md, tier 1). Whoever comes later leaves a producer to those before them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.licensing import Question, judge
from app.domain.promises import URGENT
from app.storage import attempts, authority_facts, callbacks, calls, campaigns, leads, ping_holds, waiting
from app.storage.calls import Call
from app.storage.database import Transaction
from app.storage.ping_holds import Hold
from app.workflows.callbacks.promise import question_for
from app.workflows.calls.question import question_of

HEARD_OF_WITHIN = timedelta(seconds=45)
"""A caller on hold asks anew every ten seconds or so; one who was not heard of so long has hung up."""


@dataclass(frozen=True)
class Claim:
    """Somebody who comes first: what a producer must be licensed for to serve them, and who was tried already."""

    question: Question
    tried: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Ahead:
    """`claims`: who comes before a caller. `holds`: producers held for a ping, who are offered last."""

    claims: Sequence[Claim] = ()
    holds: Mapping[int, Hold] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.claims or self.holds)


def before_call(tx: Transaction, call: Call, now: datetime) -> Ahead:
    """Who comes before this caller: those who have waited longer on hold and, if this one is new, urgent callbacks."""
    found = waiting.found(tx, heard_since=now - HEARD_OF_WITHIN, urgent_before=now + URGENT, now=now)
    return Ahead(
        claims=_before_call(tx, call, now) if found.somebody else (),
        holds=ping_holds.in_force(tx, now) if found.held else {},
    )


def _before_call(tx: Transaction, call: Call, now: datetime) -> list[Claim]:
    ahead = calls.holding(tx, arrived_before=call.arrived_at, heard_since=now - HEARD_OF_WITHIN, but=call.id)
    claims = [claim for held in ahead if (claim := _of_held(tx, held)) is not None]
    return claims if call.holding_since is not None else claims + _urgent(tx, now)


def before_callback(tx: Transaction, now: datetime) -> list[Claim]:
    """Who comes before any callback: everybody on hold."""
    ahead = calls.holding(tx, arrived_before=now, heard_since=now - HEARD_OF_WITHIN, but=None)
    return [claim for held in ahead if (claim := _of_held(tx, held)) is not None]


def before_arrival(tx: Transaction, now: datetime) -> list[Claim]:
    """Who would come before a caller who arrived now."""
    return before_callback(tx, now) + _urgent(tx, now)


def left_over(tx: Transaction, producer_ids: Sequence[int], claims: Collection[Claim], now: datetime) -> list[int]:
    """Those of `producer_ids` whom nobody with an earlier claim could be served by."""
    if not claims:
        return list(producer_ids)
    return [producer_id for producer_id in producer_ids if not _spoken_for(tx, producer_id, claims, now)]


def _spoken_for(tx: Transaction, producer_id: int, claims: Collection[Claim], now: datetime) -> bool:
    producer = authority_facts.producer(tx, producer_id)
    if producer is None:
        return False
    return any(producer_id not in claim.tried and judge(producer, claim.question, now).allowed for claim in claims)


def _of_held(tx: Transaction, held: Call) -> Claim | None:
    campaign = campaigns.by_id(tx, held.campaign_id) if held.campaign_id is not None else None
    if campaign is None or held.residence is None or not held.residence.states:
        return None
    tried = frozenset(attempt.producer_id for attempt in attempts.of_call(tx, held.id))
    return Claim(question_of(tx, campaign, held.residence), tried)


def _urgent(tx: Transaction, now: datetime) -> list[Claim]:
    claims = []
    for promised in callbacks.urgent(tx, now, now + URGENT):
        lead = leads.load(tx, promised.lead_id)
        campaign = campaigns.by_id(tx, promised.campaign_id) if promised.campaign_id is not None else None
        if lead is not None and campaign is not None:
            claims.append(Claim(question_for(tx, lead, campaign)))
    return claims
