"""The producer's leg of a callback: the whisper, and the key press at which authority and window are judged once more.

Only a committed acceptance earns the document that rings the person, and so bridges.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening, Outcome, Phase
from app.domain.instructions import DialCaller, HangUpProducer, Instruction, ScreenCallback, Words
from app.domain.lead import LONGEST_CALL, Custody
from app.domain.signals import ProducerLeg
from app.storage import attempts, callbacks, calls, desk, leads
from app.storage.attempts import Attempt
from app.storage.callbacks import Callback
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.judge_callback import why_not_now
from app.workflows.callbacks.promise import question_for
from app.workflows.calls import whisper
from app.workflows.calls.acceptance import judge_acceptance
from app.workflows.calls.end_call import campaign_of
from app.workflows.calls.record_talk import noted_at
from app.workflows.calls.screen_producer import ACCEPT, NOT_NOW, WHISPER_SECONDS
from app.workflows.errors import UnknownCall
from app.workflows.leads.escalate_lead import residence_of

CALLER_RING_SECONDS = 25
"""How long the person's phone rings: voicemail mostly takes over later than a producer's own limit of 20."""

_WHY_NOT = {
    "on_the_line": "callback_on_the_line",
    "outside_hours": "callback_outside_hours",
    "attempt_cap": "callback_outside_hours",
    "dialing_off": "callback_dialing_off",
    "opted_out": "callback_left_alone",
    "dnc_unknown": "callback_left_alone",
}


def screen_callback(leg: ProducerLeg, call_id: int, *, database: Database, now: datetime) -> Instruction:
    """The producer answered: say that it is a callback, for whom, and wait for a key."""
    with database.begin() as tx:
        turn, said = _turn(tx, leg, call_id, "screen", now)
        if said is not None:
            return said
        attempt, campaign = _current(turn, leg), campaign_of(turn)
        if attempt is None or campaign is None:
            turn.happened(Happening.LEG_PROGRESSED, {"screen": "too late", "leg": leg.leg_sid})
            return turn.reply(HangUpProducer((Words("callback_not_needed"),)))
        attempts.change(tx, attempt, leg_sid=leg.leg_sid)
        turn.happened(Happening.PRODUCER_SCREENED, {"offer": 1, "npn": attempt.npn, "leg": leg.leg_sid})
        words = (*whisper.of_callback(tx, campaign, attempt, turn.call), Words("whisper_keys"))
        return turn.reply(ScreenCallback(call_id, words, seconds=WHISPER_SECONDS))


def press_callback_key(leg: ProducerLeg, call_id: int, *, database: Database, now: datetime) -> Instruction:
    """A key in the whisper. 1 is judged again, written down, and only then is the person rung."""
    with database.begin() as tx:
        turn, said = _turn(tx, leg, call_id, "key", now)
        if said is not None:
            return said
        # The lead before its callback, as everywhere: nobody waits for each other.
        lead, callback = _lead(turn), _callback(turn)
        attempt, campaign = _current(turn, leg), campaign_of(turn)
        if attempt is None or campaign is None or lead is None or callback is None or attempt.leg_sid != leg.leg_sid:
            turn.happened(Happening.LEG_PROGRESSED, {"key": leg.digits, "too_late": True})
            return turn.reply(HangUpProducer((Words("callback_not_needed"),)))
        if leg.digits != ACCEPT:
            return _decline(turn, attempt, leg)
        why = why_not_now(tx, lead, callback, campaign, now)
        if why is not None:
            attempts.change(tx, attempt, recorded=Outcome.CALLER_HUNG_UP)
            turn.happened(Happening.LEG_PROGRESSED, {"npn": attempt.npn, "why_not": why})
            return turn.reply(HangUpProducer((Words(_WHY_NOT.get(why, "callback_not_needed")),)))
        return _accept(turn, campaign, attempt, lead, callback, leg)


def _turn(tx: Transaction, leg: ProducerLeg, call_id: int, key: str, now: datetime) -> tuple[Turn, Instruction | None]:
    calls.name(tx, call_id, leg.leg_sid)
    call = calls.load_by_id(tx, call_id)
    if call is None or call.callback_id is None:
        raise UnknownCall(str(call_id))
    return Turn(tx, call, f"{key}:{leg.leg_sid}", now), calls.reply(tx, call, f"{key}:{leg.leg_sid}")


def _current(turn: Turn, leg: ProducerLeg) -> Attempt | None:
    """The attempt of this leg, while the callback is being dialed by it; None where it is over or not ours."""
    call = turn.call
    if call.phase is not Phase.OFFERING or call.call_sid != leg.leg_sid:
        return None
    callback = _callback(turn)
    if callback is None or callback.status != "dialing" or callback.call_id != call.id:
        return None
    for attempt in attempts.of_call(turn.tx, call.id):
        if attempt.open and attempt.leg_sid in (None, leg.leg_sid) and attempt.recorded is None:
            return attempt
    return None


def _callback(turn: Turn) -> Callback | None:
    return callbacks.load(turn.tx, turn.call.callback_id) if turn.call.callback_id is not None else None


def _lead(turn: Turn) -> Lead | None:
    return leads.load_to_write(turn.tx, turn.call.lead_id) if turn.call.lead_id is not None else None


def _accept(
    turn: Turn, campaign: Campaign, attempt: Attempt, lead: Lead, callback: Callback, leg: ProducerLeg
) -> Instruction:
    tx, call, now = turn.tx, turn.call, turn.now
    verdict, decision_id = judge_acceptance(
        turn,
        campaign,
        attempt,
        leg,
        question=question_for(tx, lead, campaign),
        residence=residence_of(lead),
        callback=callback.id,
    )
    facts = {"offer": 1, "npn": attempt.npn, "decision": decision_id, "callback": callback.id}
    if not verdict.allowed:
        attempts.change(tx, attempt, recorded=Outcome.AUTHORITY_LOST)
        lost = {**facts, "outcome": Outcome.AUTHORITY_LOST, "reasons": list(verdict.reasons)}
        turn.happened(Happening.PRODUCER_PASSED, lost)
        return turn.reply(HangUpProducer((Words("authority_lost", {"reason": verdict.reasons[0]}),)))
    turn.happened(Happening.PRODUCER_ACCEPTED, facts, accepted_at=now)
    turn.happened(Happening.CALLER_DIALED, {"attempt": callback.attempts + 1})
    attempts.change(tx, attempt, recorded=Outcome.ACCEPTED, accepted_at=now, acceptance_id=decision_id)
    desk.count_taken(tx, attempt.producer_id, now.astimezone(campaign.policy.zone).date())
    until = now + LONGEST_CALL
    callbacks.change(tx, callback.id, attempts=callback.attempts + 1, claimed_until=until)
    leads.move(tx, lead, Custody.IN_CALL, owed_by=until)
    recorded = bool((noted_at(tx, attempt) or {}).get("recorded"))
    return turn.reply(
        DialCaller(
            call_id=call.id,
            phone=callback.phone,
            caller_id=campaign.number,
            ring_seconds=CALLER_RING_SECONDS,
            acceptance_id=decision_id,
            recorded_as=call.call_sid if recorded else None,
        )
    )


def _decline(turn: Turn, attempt: Attempt, leg: ProducerLeg) -> Instruction:
    outcome = Outcome.DECLINED if leg.digits == NOT_NOW else Outcome.NO_ANSWER
    attempts.change(turn.tx, attempt, recorded=outcome)
    facts = {"offer": 1, "npn": attempt.npn, "outcome": outcome, "key": leg.digits}
    turn.happened(Happening.PRODUCER_PASSED, facts)
    return turn.reply(HangUpProducer((Words("not_now"),) if outcome is Outcome.DECLINED else ()))
