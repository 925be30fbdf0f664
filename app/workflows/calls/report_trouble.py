"""Something went wrong on a caller's leg: one apology, and a promise that is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain import phone
from app.domain.call import Happening, Outcome
from app.domain.instructions import Instruction, Nothing
from app.domain.signals import Arrival
from app.storage import authority_facts, calls, campaigns
from app.storage.calls import Turn
from app.storage.database import Database
from app.workflows.calls.acknowledge import Lack, acknowledge
from app.workflows.calls.end_call import campaign_of, close_attempts
from app.workflows.calls.free_producer import Wording


def report_trouble(
    arrival: Arrival,
    facts: dict[str, Any],
    *,
    database: Database,
    now: datetime,
    wording: Wording,
    since: datetime | None = None,
) -> Instruction:
    """The lead of this call, known or not yet, goes to the supervisors; the caller is told so.

    `arrival` is what every request about a caller's leg carries: sid, from, to. `since` is when the trouble was, where
    it is reported later. Whoever was rung for the call is free again: a leg that asks is in no Dial.
    """
    with database.begin() as tx:
        call = calls.load(tx, arrival.call_sid)
        known = call is not None
        if call is None:
            caller, called = phone.parse(arrival.from_number), phone.parse(arrival.to_number)
            campaign = campaigns.reached_by(tx, called.e164) if called else None
            call = calls.register(
                tx,
                call_sid=arrival.call_sid,
                from_number=caller.e164 if caller else arrival.from_number,
                to_number=called.e164 if called else arrival.to_number,
                campaign_id=campaign.campaign_id if campaign else None,
                now=now,
            ) or calls.load(tx, arrival.call_sid)
        assert call is not None, "registered by us or by somebody else just now"
        said = calls.reply(tx, call, "trouble")
        if said is not None:
            return said
        turn = Turn(tx, call, "trouble" if known else "arrival", now)
        if not known:
            turn.happened(Happening.CALL_ARRIVED, {"trouble": True})
        if authority_facts.producer_with_phone(tx, call.from_number) is not None or call.ended_at:
            turn.happened(Happening.LEG_PROGRESSED, facts)
            return turn.reply(Nothing())
        turn.happened(Happening.LEG_PROGRESSED, facts)
        campaign = campaign_of(turn)
        close_attempts(turn, campaign, until=since or now, wording=wording, otherwise=Outcome.FAILED)
        return acknowledge(turn, campaign, Lack.TROUBLE, Happening.DOCUMENT_FAILED)
