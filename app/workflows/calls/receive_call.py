"""A call arrives: which campaign, whose lead, which state; then ask, offer or acknowledge."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from app.domain import phone
from app.domain.call import Disposition, Happening
from app.domain.instructions import Instruction, ProducerMenu, TurnAway, Words
from app.domain.signals import Arrival
from app.storage import authority_facts, calls, work
from app.storage.calls import ARRIVAL, Turn
from app.storage.database import Database, Transaction
from app.workflows.calls.acknowledge import Lack, acknowledge
from app.workflows.calls.find_lead import find_lead
from app.workflows.calls.locate_caller import find_residence
from app.workflows.calls.register_arrival import register_arrival


def receive_call(arrival: Arrival, *, database: Database, now: datetime) -> Instruction:
    """Record the arrival and say what to do. A second delivery gets the first one's reply."""
    if arrival.from_softphone:
        # Softphones are rung, they do not call: nobody may hear of a lead, or be offered one, this way round.
        return TurnAway("rejected")
    with database.begin() as tx:
        call, campaign = register_arrival(tx, arrival, now)
        if call is None:
            return _said_before(tx, arrival.call_sid)
        turn = Turn(tx, call, ARRIVAL, now)
        caller = phone.parse(call.from_number)
        if caller is not None and authority_facts.producer_with_phone(tx, caller.e164) is not None:
            turn.happened(Happening.CALL_ARRIVED, asdict(arrival))
            return turn.reply(ProducerMenu(call.call_sid, (Words("producer_menu"),)))
        if caller is not None and "blocked" in work.suppressed(tx, caller.e164):
            turn.happened(Happening.CALL_ARRIVED, asdict(arrival))
            return _refuse(turn)
        lead, match = find_lead(turn, campaign)
        matched = {"lead": lead.id, "matched_by": match.by, "matched_why": match.why}
        turn.happened(Happening.CALL_ARRIVED, {**asdict(arrival), **matched}, lead_id=lead.id)
        if campaign is None:
            return acknowledge(turn, None, Lack.NO_CAMPAIGN)
        turn.change(language=campaign.policy.languages[0])
        return find_residence(turn, campaign)


def _said_before(tx: Transaction, call_sid: str) -> Instruction:
    call = calls.read(tx, call_sid)
    said = calls.reply(tx, call, ARRIVAL) if call else None
    assert said is not None, "an arrival and its reply are committed together"
    return said


def _refuse(turn: Turn) -> Instruction:
    turn.happened(
        Happening.CALL_TURNED_AWAY,
        {"reason": "blocked"},
        disposition=Disposition.BLOCKED,
        ended_at=turn.now,
    )
    return turn.reply(TurnAway("rejected"))
