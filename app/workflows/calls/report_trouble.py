"""Something went wrong on a caller's leg: one apology, and a promise that is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.call import Happening, Outcome
from app.domain.instructions import Instruction, Nothing
from app.domain.signals import Arrival
from app.storage import authority_facts, calls
from app.storage.calls import ARRIVAL, Call, Turn
from app.storage.database import Database, Transaction
from app.workflows.calls.acknowledge import Lack, acknowledge
from app.workflows.calls.end_call import campaign_of, close_attempts
from app.workflows.calls.find_lead import find_lead
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.register_arrival import register_arrival


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
    if arrival.from_softphone:
        return Nothing()
    with database.begin() as tx:
        call, known = _call_of(tx, arrival, since or now)
        said = calls.reply(tx, call, "trouble")
        if said is not None:
            return said
        turn = Turn(tx, call, "trouble" if known else ARRIVAL, now)
        campaign = campaign_of(turn)
        is_producer = authority_facts.producer_with_phone(tx, call.from_number) is not None
        if not known:
            lead_id = None if is_producer else find_lead(turn, campaign)[0].id
            turn.happened(Happening.CALL_ARRIVED, {"trouble": True, "lead": lead_id}, lead_id=lead_id)
        turn.happened(Happening.LEG_PROGRESSED, facts)
        if is_producer or call.ended_at:
            return turn.reply(Nothing())
        close_attempts(turn, campaign, until=since or now, wording=wording, otherwise=Outcome.FAILED)
        return acknowledge(turn, campaign, Lack.TROUBLE, Happening.DOCUMENT_FAILED)


def _call_of(tx: Transaction, arrival: Arrival, at: datetime) -> tuple[Call, bool]:
    """The call, and whether it was known before; a new one is written down as having arrived `at` that time."""
    call = calls.load(tx, arrival.call_sid)
    if call is not None:
        return call, True
    call, _ = register_arrival(tx, arrival, at)
    if call is not None:
        return call, False
    # Somebody else was first just now, and has written its arrival.
    call = calls.load(tx, arrival.call_sid)
    assert call is not None, "registered by somebody else"
    return call, True
