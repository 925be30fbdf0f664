"""A call is over: its producers are free again, and its lead is in somebody's hands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.domain.call import Happening, Outcome
from app.domain.instructions import Instruction, Nothing
from app.domain.signals import CallProgress
from app.storage import attempts, calls, campaigns
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.calls.free_producer import Wording, free_producer
from app.workflows.calls.settle_lead import settle_lead


def end_call(progress: CallProgress, *, database: Database, now: datetime, wording: Wording) -> Instruction:
    """The carrier reports on a caller's leg; every terminal status ends the call, whichever comes first."""
    with database.begin() as tx:
        call = calls.load(tx, progress.call_sid)
        if call is None:
            return Nothing()
        key = f"status:{progress.status}"
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        facts = {"status": progress.status, "duration_seconds": progress.duration_seconds}
        if not progress.final:
            turn.happened(Happening.LEG_PROGRESSED, facts)
            return turn.reply(Nothing())
        lasted = progress.duration_seconds
        return conclude_call(turn, campaign_of(turn), facts, wording=wording, lasted_seconds=lasted)


def campaign_of(turn: Turn) -> Campaign | None:
    """The campaign of the turn's call; None where the called number belongs to none."""
    call = turn.call
    if call.campaign_id is None:
        return None
    # By the number that was called: it may stand for a state.
    reached = campaigns.reached_by(turn.tx, call.to_number)
    same = reached is not None and reached.campaign_id == call.campaign_id
    return reached if same else campaigns.by_id(turn.tx, call.campaign_id)


def conclude_call(
    turn: Turn,
    campaign: Campaign | None,
    facts: Mapping[str, object],
    *,
    wording: Wording,
    lasted_seconds: int | None = None,
) -> Instruction:
    """End the call, free whom it holds, and let its lead fall to served, escalated or closed; never to nothing.

    `lasted_seconds` is the whole call's length where the carrier says it.
    """
    if not turn.happened(Happening.CALL_ENDED, facts, ended_at=turn.now):
        return turn.reply(Nothing())
    close_attempts(turn, campaign, until=turn.now, wording=wording, lasted_seconds=lasted_seconds)
    settle_lead(turn, campaign, wording=wording)
    return turn.reply(Nothing())


def close_attempts(
    turn: Turn,
    campaign: Campaign | None,
    *,
    until: datetime,
    wording: Wording,
    lasted_seconds: int | None = None,
    otherwise: Outcome = Outcome.CALLER_HUNG_UP,
) -> None:
    """The reports that these Dials are over never came, or come later: what we recorded ourselves decides.

    A talk is counted to `until`; `otherwise` is the outcome where nothing was recorded.
    """
    for attempt in attempts.of_call(turn.tx, turn.call.id):
        if not attempt.open:
            continue
        outcome = attempt.recorded or otherwise
        if attempt.accepted_at is not None:
            outcome = Outcome.ACCEPTED
            talked = max(0, int((until - attempt.accepted_at).total_seconds()))
            # Our clock counts a late webhook's delay; no talk was longer than its call.
            talked = talked if lasted_seconds is None else min(talked, lasted_seconds)
            turn.change(served_seconds=turn.call.served_seconds + talked)
        free_producer(turn, campaign, attempt, outcome, wording=wording)
