"""The producer's leg: the whisper, and the key press at which authority is judged for the second time.

The whisper is our last word before two people talk. Only a committed acceptance earns the one reply that bridges.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening, Outcome, Phase
from app.domain.instructions import Bridge, HangUpProducer, Instruction, Screen, Words
from app.domain.signals import ProducerLeg
from app.storage import attempts, calls, desk
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.calls import whisper
from app.workflows.calls.acceptance import judge_acceptance
from app.workflows.calls.end_call import campaign_of
from app.workflows.calls.question import question_of
from app.workflows.errors import UnknownCall

ACCEPT, NOT_NOW = "1", "2"
WHISPER_SECONDS = 8
"""Without a key in this time the offer passes on. Source: FLOWS.md, tier 1."""


def screen_producer(leg: ProducerLeg, call_sid: str, number: int, *, database: Database, now: datetime) -> Instruction:
    """The producer answered: say what is offered and how sure the state is, and wait for a key."""
    with database.begin() as tx:
        turn, said = _turn(tx, leg, call_sid, f"offer:{number}:screen:{leg.leg_sid}", now)
        if said is not None:
            return said
        attempt = _current(turn, leg, number)
        campaign = campaign_of(turn)
        if attempt is None or campaign is None:
            turn.happened(Happening.LEG_PROGRESSED, {"offer": number, "screen": "too late"})
            return turn.reply(HangUpProducer((Words("offer_gone"),)))
        attempts.change(tx, attempt, leg_sid=leg.leg_sid)
        turn.happened(Happening.PRODUCER_SCREENED, {"offer": number, "npn": attempt.npn, "leg": leg.leg_sid})
        return turn.reply(Screen(call_sid, number, _whisper(turn, campaign, attempt), seconds=WHISPER_SECONDS))


def press_key(leg: ProducerLeg, call_sid: str, number: int, *, database: Database, now: datetime) -> Instruction:
    """A key in the whisper. 1 is judged again, written down, and only then bridged; anything else hangs up."""
    with database.begin() as tx:
        turn, said = _turn(tx, leg, call_sid, f"offer:{number}:key:{leg.leg_sid}", now)
        if said is not None:
            return said
        attempt = _current(turn, leg, number)
        campaign = campaign_of(turn)
        if attempt is None or campaign is None or attempt.leg_sid != leg.leg_sid:
            turn.happened(Happening.LEG_PROGRESSED, {"offer": number, "key": leg.digits, "too_late": True})
            return turn.reply(HangUpProducer((Words("offer_gone"),)))
        if leg.digits == ACCEPT:
            return _accept(turn, campaign, attempt, leg)
        return _decline(turn, attempt, leg)


def _turn(tx: Transaction, leg: ProducerLeg, call_sid: str, key: str, now: datetime) -> tuple[Turn, Instruction | None]:
    call = calls.load(tx, call_sid)
    if call is None:
        raise UnknownCall(call_sid)
    return Turn(tx, call, key, now), calls.reply(tx, call, key)


def _current(turn: Turn, leg: ProducerLeg, number: int) -> Attempt | None:
    """The attempt that this leg belongs to, while it is the one being offered; None where it is over or not ours."""
    if turn.call.phase is not Phase.OFFERING or turn.call.offers != number:
        return None
    if leg.parent_sid is not None and leg.parent_sid != turn.call.call_sid:
        return None
    for attempt in attempts.of_call(turn.tx, turn.call.id):
        if attempt.number == number and attempt.open and attempt.leg_sid in (None, leg.leg_sid):
            return attempt if attempt.recorded is None else None
    return None


def _whisper(turn: Turn, campaign: Campaign, attempt: Attempt) -> tuple[Words, ...]:
    residence = turn.call.residence
    assert residence is not None, "nobody is offered without a residence"
    return (*whisper.of_offer(turn.tx, campaign, attempt, residence), Words("whisper_keys"))


def _accept(turn: Turn, campaign: Campaign, attempt: Attempt, leg: ProducerLeg) -> Instruction:
    tx, call, now = turn.tx, turn.call, turn.now
    assert call.residence is not None, "nobody is offered without a residence"
    question = question_of(tx, campaign, call.residence)
    verdict, decision_id = judge_acceptance(turn, campaign, attempt, leg, question=question, residence=call.residence)
    facts = {"offer": attempt.number, "npn": attempt.npn, "decision": decision_id}
    if not verdict.allowed:
        attempts.change(tx, attempt, recorded=Outcome.AUTHORITY_LOST)
        turn.happened(
            Happening.PRODUCER_PASSED,
            {**facts, "outcome": Outcome.AUTHORITY_LOST, "reasons": list(verdict.reasons)},
        )
        return turn.reply(HangUpProducer((Words("authority_lost", {"reason": verdict.reasons[0]}),)))
    accepted = turn.happened(
        Happening.PRODUCER_ACCEPTED, facts, accepted_at=now, answered_at=call.answered_at or now, holding_since=None
    )
    assert accepted, "an offer that is current can be accepted"
    attempts.change(tx, attempt, recorded=Outcome.ACCEPTED, accepted_at=now, acceptance_id=decision_id)
    desk.count_taken(tx, attempt.producer_id, now.astimezone(campaign.policy.zone).date())
    return turn.reply(Bridge(call.call_sid, attempt.number, leg.leg_sid, decision_id))


def _decline(turn: Turn, attempt: Attempt, leg: ProducerLeg) -> Instruction:
    """2 is "not now"; any other key, or none, is a ring that was answered without a key."""
    outcome = Outcome.DECLINED if leg.digits == NOT_NOW else Outcome.NO_ANSWER
    attempts.change(turn.tx, attempt, recorded=outcome)
    turn.happened(
        Happening.PRODUCER_PASSED,
        {"offer": attempt.number, "npn": attempt.npn, "outcome": outcome, "key": leg.digits},
    )
    return turn.reply(HangUpProducer((Words("not_now"),) if outcome is Outcome.DECLINED else ()))
