"""The person has answered a callback: the last word before the bridge. Authority may have gone while their phone rang."""

from __future__ import annotations

from datetime import datetime

from app.domain.call import Happening, Outcome, Phase
from app.domain.instructions import Bridge, HangUpProducer, Instruction, Words
from app.domain.signals import ProducerLeg
from app.storage import attempts, calls, leads
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.database import Database
from app.workflows.callbacks.promise import question_for
from app.workflows.calls.acceptance import judge_acceptance
from app.workflows.calls.end_call import campaign_of
from app.workflows.errors import UnknownCall
from app.workflows.leads.escalate_lead import residence_of


def let_them_talk(leg: ProducerLeg, call_id: int, *, database: Database, now: datetime) -> Instruction:
    """Bridge, where the producer has authority at this very moment; else say so, and the person is called again.

    `leg` is the person's own. What is said there and ends would bridge: everything but Bridge hangs up.
    """
    with database.begin() as tx:
        call = calls.load_by_id(tx, call_id)
        if call is None or call.callback_id is None:
            raise UnknownCall(str(call_id))
        key = f"answered:{leg.leg_sid}"
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        attempt, campaign = _accepted(turn, leg), campaign_of(turn)
        lead = leads.load(tx, call.lead_id) if call.lead_id is not None else None
        if attempt is None or campaign is None or lead is None:
            turn.happened(Happening.LEG_PROGRESSED, {"person": leg.leg_sid, "status": "too late"})
            return turn.reply(HangUpProducer())
        verdict, decision_id = judge_acceptance(
            turn,
            campaign,
            attempt,
            leg,
            question=question_for(tx, lead, campaign),
            residence=residence_of(lead),
            callback=call.callback_id,
        )
        facts = {"person": leg.leg_sid, "npn": attempt.npn, "decision": decision_id}
        if verdict.allowed:
            turn.happened(Happening.LEG_PROGRESSED, {**facts, "status": "answered"})
            return turn.reply(Bridge(call.call_sid, attempt.number, leg.leg_sid, decision_id))
        lost = {**facts, "outcome": Outcome.AUTHORITY_LOST, "reasons": list(verdict.reasons)}
        attempts.change(tx, attempt, recorded=Outcome.AUTHORITY_LOST, accepted_at=None, acceptance_id=None)
        turn.happened(Happening.PRODUCER_PASSED, lost, accepted_at=None)
        return turn.reply(HangUpProducer((Words("callback_call_again"),), call.language))


def _accepted(turn: Turn, leg: ProducerLeg) -> Attempt | None:
    """The acceptance that this leg was rung for, while it stands."""
    if turn.call.phase is not Phase.CONNECTED or leg.parent_sid not in (None, turn.call.call_sid):
        return None
    found = attempts.of_call(turn.tx, turn.call.id)
    return next((attempt for attempt in found if attempt.open and attempt.accepted_at is not None), None)
