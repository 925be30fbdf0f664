"""Tier 1: ring the next producer who may take this caller, or say why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain import phone, routing
from app.domain.call import Disposition, Happening, Phase
from app.domain.instructions import Instruction, Offer, TurnAway, Words
from app.domain.lead import ClosedAs, Custody
from app.domain.licensing import License, Question, Verdict, judge
from app.domain.policy import Strategy
from app.domain.residency import Residence
from app.domain.routing import Candidate
from app.storage import attempts, authority_facts, campaigns, desk, leads, ledger, licensing_gate, softphones
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.workflows.calls.acknowledge import Lack, acknowledge
from app.workflows.calls.fair_share import before_call, left_over
from app.workflows.calls.held_for_pings import announced, held_last
from app.workflows.calls.holding import wait_on
from app.workflows.calls.question import question_of as question_of
from app.workflows.calls.record_talk import announcement_due, plan_recording

_MOST_CANDIDATES = {Strategy.LONGEST_IDLE: 5}
_MOST_WALKS = 10
"""Times the desk is walked anew because callers who were quicker took everybody that was found."""

_EVERY_CANDIDATE = 100_000


def offer_next(turn: Turn, campaign: Campaign) -> Instruction:
    """Ring the next producer; where nobody may or can be rung, tier 2 (or the call goes back to the vendor)."""
    residence = turn.call.residence
    if residence is None or not residence.states:
        return acknowledge(turn, campaign, Lack.STATE_UNKNOWN)
    question = question_of(turn.tx, campaign, residence)
    rung = attempts.of_call(turn.tx, turn.call.id) if turn.call.offers else []
    seconds = _ring_seconds(turn, campaign, rung)
    offer = None if seconds is None else _ring_somebody(turn, campaign, question, rung, seconds)
    return _nobody(turn, campaign, question, rung) if offer is None else turn.reply(offer)


def _ring_somebody(
    turn: Turn, campaign: Campaign, question: Question, rung: Sequence[Attempt], seconds: int
) -> Offer | None:
    """Reserve the first to be had of those that the gate finds; None where it finds nobody.

    Callers at the same instant walk the same desk: whoever loses every claim walks again, rather than take that for "nobody".
    """
    for _ in range(_MOST_WALKS):
        walked = _candidates(turn, campaign, question, rung)
        if walked and (ahead := before_call(turn.tx, turn.call, turn.now)):
            # Some may be spoken for: look at everybody, and leave those to whom they are due.
            more = _EVERY_CANDIDATE if ahead.claims else len(ahead.holds)
            walked = _candidates(turn, campaign, question, rung, more=more)
            free = set(left_over(turn.tx, [candidate.producer_id for candidate in walked], ahead.claims, turn.now))
            walked = [candidate for candidate in walked if candidate.producer_id in free]
            walked = held_last(walked, ahead.holds, own=announced(turn, campaign, ahead.holds))
        if not walked:
            return None
        for candidate in walked:
            offer = _claim(turn, campaign, question, walked, candidate, seconds)
            if offer is not None:
                return offer
    return None


def decision_facts(
    campaign_number: str | None, question: Question, verdict: Verdict | None, **more: Any
) -> dict[str, Any]:
    """A decision's facts for the ledger: the question as it was put, and the licenses that the verdict rests on."""
    return {
        "campaign": campaign_number,
        "states": list(question.states),
        "loa": str(question.requirement),
        "zip": question.zip_code,
        "carrier": question.carrier,
        "team": None if question.team is None else sorted(question.team),
        "openings": {
            state: {
                "open": opening.is_open,
                "in_territory": opening.zips is None or question.zip_code in opening.zips,
                "agency_until": opening.agency_until and opening.agency_until.isoformat(),
            }
            for state, opening in question.openings.items()
        },
        "allowed": verdict is not None and verdict.allowed,
        "reasons": list(verdict.reasons) if verdict else [],
        "rests_on": [license_facts(license_) for license_ in verdict.rests_on] if verdict else [],
        **more,
    }


def residence_facts(residence: Residence | None) -> dict[str, Any] | None:
    """How sure the state was when it was decided, why, and what that was judged on."""
    if residence is None:
        return None
    evidence = residence.evidence
    number = phone.parse(evidence.phone)
    return {
        "states": list(residence.states),
        "source": residence.source,
        "confidence": residence.confidence,
        "conflict": residence.conflict,
        "zip": residence.zip,
        "why": residence.why,
        "evidence": {
            "keyed_zip": evidence.keyed_zip,
            "vendor_zip": evidence.vendor_zip,
            "vendor_state": evidence.vendor_state,
            "area_code": number.area_code if number else None,
            "stated_states": list(evidence.stated_states),
        },
    }


def license_facts(license_: License) -> dict[str, Any]:
    return {
        "state": license_.state,
        "loa": license_.line,
        "license_number": license_.license_number,
        "status": license_.status,
        "version": license_.version,
        "verified_at": license_.verified_at.isoformat(),
        "authority_from": license_.authority_from and license_.authority_from.isoformat(),
        "authority_until": license_.authority_until and license_.authority_until.isoformat(),
    }


def _ring_seconds(turn: Turn, campaign: Campaign, rung: Sequence[Attempt]) -> int | None:
    call = turn.call
    since = call.offers_from or call.arrived_at
    announces = announcement_due(turn, campaign) is not None
    policy = campaign.policy
    if call.holding_since is not None:
        # On hold the limit is the hold's own; past the buffer too, where the campaign allows it.
        policy = replace(policy, ring_budget_seconds=policy.hold_seconds)
        policy = replace(policy, buffer_seconds=None) if policy.hold_past_buffer else policy
    return routing.ring_seconds(
        policy,
        attempts=sum(attempt.started_at >= since for attempt in rung),
        # The buffer ends calls that nobody has accepted; after a talk it has nothing left to say.
        answered_at=None if call.accepted_at else call.answered_at or (turn.now if announces else None),
        offers_from=since,
        now=turn.now,
        greeted_first=announces or _greeting(turn, campaign) is not None,
    )


def _candidates(
    turn: Turn, campaign: Campaign, question: Question, rung: Sequence[Attempt], *, more: int = 0
) -> list[Candidate]:
    strategy = campaign.policy.strategy
    language = turn.call.language
    few = _MOST_CANDIDATES.get(strategy, _EVERY_CANDIDATE) if language == "en" else _EVERY_CANDIDATE
    found = licensing_gate.eligible(
        turn.tx,
        question,
        turn.now,
        campaign_id=campaign.campaign_id,
        tried=[attempt.producer_id for attempt in rung if not attempt.never_rang],
        on=turn.now.astimezone(campaign.policy.zone).date(),
        limit=min(few + more, _EVERY_CANDIDATE),
    )
    if strategy is Strategy.STICKY:
        number = phone.parse(turn.call.from_number)
        known = attempts.talked_with(turn.tx, lead_id=turn.call.lead_id, number=number.e164 if number else None)
        found = [replace(candidate, talked_before=candidate.producer_id in known) for candidate in found]
    return routing.rank(found, strategy, language=language, last_offered_id=campaign.last_offered_id)


def _claim(
    turn: Turn,
    campaign: Campaign,
    question: Question,
    walked: Sequence[Candidate],
    candidate: Candidate,
    seconds: int,
) -> Offer | None:
    """Judge the candidate once more in Python, reserve them, write it all down; None where they are not to be had."""
    tx, now, call = turn.tx, turn.now, turn.call
    producer = authority_facts.producer(tx, candidate.producer_id, asked=question)
    if producer is None:
        return None
    verdict = judge(producer, question, now)
    if not verdict.allowed or not desk.claim(tx, producer.producer_id, call.id, now):
        return None
    number = call.offers + 1
    reach = softphones.reach(tx, producer.producer_id, now)
    seconds = reach.ring_seconds(seconds)
    recording = plan_recording(turn, campaign, producer)
    facts = decision_facts(
        campaign.number,
        question,
        verdict,
        npn=producer.npn,
        offer=number,
        dialed=reach.dialed,
        walked=[c.producer_id for c in walked],
        residence=residence_facts(call.residence),
        **recording.noted,
    )
    decision_id = ledger.write(
        tx, kind="offer", now=now, actor="routing", facts=facts, call_id=call.id, lead_id=call.lead_id
    )
    attempts.start(
        tx,
        call_id=call.id,
        number=number,
        producer_id=producer.producer_id,
        decision_id=decision_id,
        now=now,
        dialed=reach.dialed,
    )
    if campaign.policy.strategy is Strategy.ROUND_ROBIN:
        campaigns.remember_offered(tx, campaign.campaign_id, producer.producer_id)
    greeting = _greeting(turn, campaign)
    turn.happened(
        Happening.PRODUCER_OFFERED,
        {"offer": number, "npn": producer.npn, "decision": decision_id, "ring_seconds": seconds, **recording.noted},
        offers=number,
        tier=turn.call.tier if turn.call.holding_since else 1,
    )
    return Offer(
        call_sid=call.call_sid,
        number=number,
        producer_phone=reach.address,
        caller_id=campaign.number,
        ring_seconds=seconds,
        language=call.language,
        greeting=greeting,
        record=recording.basis.recorded,
        announce=recording.announcement,
    )


def _greeting(turn: Turn, campaign: Campaign) -> Words | None:
    """Long ringing is "unanswered" to vendors: after `answer_after_seconds` the caller is answered and told to wait.

    Where the call is answered already (a question was asked), the first ring is announced too.
    """
    call = turn.call
    if call.answered_at is not None:
        return Words("one_moment") if call.phase is not Phase.OFFERING else None
    rung_for = turn.now - call.arrived_at
    if rung_for >= timedelta(seconds=campaign.policy.answer_after_seconds):
        return Words("one_moment")
    return None


def _nobody(turn: Turn, campaign: Campaign, question: Question, rung: Sequence[Attempt]) -> Instruction:
    licensed = licensing_gate.somebody_licensed(turn.tx, question, turn.now, campaign_id=campaign.campaign_id)
    lack = Lack.NOBODY_AVAILABLE if licensed else Lack.NOBODY_LICENSED
    call = turn.call
    facts = decision_facts(
        campaign.number,
        question,
        None,
        npn=None,
        offer=None,
        walked=[],
        lack=lack,
        residence=residence_facts(call.residence),
    )
    ledger.write(
        turn.tx,
        kind="offer",
        now=turn.now,
        actor="routing",
        facts=facts,
        call_id=call.id,
        lead_id=call.lead_id,
    )
    untouched = call.phase is Phase.RECEIVED and call.answered_at is None and not rung
    if campaign.policy.when_nobody == "return" and untouched:
        return _return_to_vendor(turn, lack)
    if call.holding_since is not None and lack is Lack.NOBODY_AVAILABLE:
        waiting = wait_on(turn, campaign)
        if waiting is not None:
            return turn.reply(waiting)
        lack = Lack.HOLD_RAN_OUT
    return acknowledge(turn, campaign, lack)


def _return_to_vendor(turn: Turn, lack: Lack) -> Instruction:
    """Refused as the first document: nothing is billed, the vendor keeps the caller (FLOWS.md, the vendor's clock)."""
    if turn.call.lead_id is not None:
        lead = leads.load(turn.tx, turn.call.lead_id)
        if lead is not None and lead.custody.open:
            leads.move(turn.tx, lead, Custody.CLOSED, closed_as=ClosedAs.RETURNED)
    turn.happened(
        Happening.CALL_TURNED_AWAY,
        {"reason": lack},
        disposition=Disposition.RETURNED,
        ended_at=turn.now,
    )
    return turn.reply(TurnAway("busy"))
