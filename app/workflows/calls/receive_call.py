"""A call arrives: which campaign, whose lead, which state; then ask, offer or acknowledge."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from app.domain import phone
from app.domain.call import Disposition, Happening
from app.domain.instructions import Instruction, ProducerMenu, TurnAway, Words
from app.domain.lead import LONGEST_CALL, Custody
from app.domain.signals import Arrival
from app.storage import authority_facts, calls, campaigns, leads, work
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.calls.acknowledge import Lack, acknowledge, callers_own_number
from app.workflows.calls.locate_caller import find_residence

ARRIVAL = "arrival"
"""The key of a call's first event."""


def receive_call(arrival: Arrival, *, database: Database, now: datetime) -> Instruction:
    """Record the arrival and say what to do. A second delivery gets the first one's reply."""
    with database.begin() as tx:
        caller, called = phone.parse(arrival.from_number), phone.parse(arrival.to_number)
        campaign = campaigns.reached_by(tx, called.e164) if called else None
        call = calls.register(
            tx,
            call_sid=arrival.call_sid,
            from_number=caller.e164 if caller else arrival.from_number,
            to_number=called.e164 if called else arrival.to_number,
            campaign_id=campaign.campaign_id if campaign else None,
            now=now,
        )
        if call is None:
            return _said_before(tx, arrival.call_sid)
        turn = Turn(tx, call, ARRIVAL, now)
        turn.happened(Happening.CALL_ARRIVED, asdict(arrival))
        if caller is not None and authority_facts.producer_with_phone(tx, caller.e164) is not None:
            return turn.reply(ProducerMenu(call.call_sid, (Words("producer_menu"),)))
        if caller is not None and "blocked" in work.suppressed(tx, caller.e164):
            return _refuse(turn)
        turn.change(lead_id=_lead_of(turn, campaign).id)
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


def _lead_of(turn: Turn, campaign: Campaign | None) -> leads.Lead:
    """The open lead of the caller's number, the one that the called number was lent to, or a new one.

    The promise of a joined lead is paused while the caller is on the line.
    """
    tx, call, now = turn.tx, turn.call, turn.now
    number = callers_own_number(turn, call.from_number)
    found = leads.open_with_phone(tx, number, call.campaign_id) if number else None
    if found is None and campaign is not None and campaign.lent_to is not None:
        lent = leads.load(tx, campaign.lent_to)
        if lent is not None and lent.custody.open and campaign.lent_until and now < campaign.lent_until:
            found = lent
    if found is not None:
        return leads.move(tx, found, Custody.IN_CALL, owed_by=now + LONGEST_CALL)
    return leads.add(
        tx,
        custody=Custody.IN_CALL,
        owed_by=now + LONGEST_CALL,
        now=now,
        campaign_id=call.campaign_id,
        vendor_id=campaign.vendor_id if campaign else None,
        phone=number,
    )
