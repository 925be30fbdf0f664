"""A Dial is over: the talk has ended, or the next producer is rung."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.call import Happening, Outcome, Phase, outcome_of
from app.domain.instructions import Instruction, Nothing
from app.domain.signals import CallProgress, DialResult
from app.storage import attempts, calls, ledger
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.database import Database
from app.workflows.calls.acknowledge import Lack, acknowledge
from app.workflows.calls.end_call import campaign_of, conclude_call
from app.workflows.calls.free_producer import Wording, free_producer
from app.workflows.calls.locate_caller import stay_or_key_zip
from app.workflows.calls.offer_call import offer_next
from app.workflows.calls.softphone_gone import unless_gone
from app.workflows.errors import UnknownCall


def conclude_offer(
    result: DialResult, number: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """What the caller's leg does after offer `number`. A second delivery gets the first one's reply."""
    with database.begin() as tx:
        call = calls.load(tx, result.call_sid)
        if call is None:
            raise UnknownCall(result.call_sid)
        key = f"offer:{number}:concluded"
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        attempt = next((a for a in attempts.of_call(tx, call.id) if a.number == number), None)
        if attempt is None or not attempt.open or number != call.offers:
            # The call's end was reported first, or the carrier asks about an offer that we did not make.
            turn.happened(Happening.LEG_PROGRESSED, {"offer": number, "late": True, **_facts(result)})
            return turn.reply(Nothing())
        return _conclude(turn, attempt, result, wording)


def _conclude(turn: Turn, attempt: Attempt, result: DialResult, wording: Wording) -> Instruction:
    campaign = campaign_of(turn)
    outcome = outcome_of(
        result.dial_status,
        bridged=result.bridged,
        accepted=attempt.accepted_at is not None,
        recorded=attempt.recorded,
        caller_left=result.caller_left,
    )
    outcome = unless_gone(turn.tx, attempt, outcome, result.dial_status, turn.now)
    if attempt.leg_sid is None and result.leg_sid is not None:
        attempts.change(turn.tx, attempt, leg_sid=result.leg_sid)
    free_producer(turn, campaign, attempt, outcome, wording=wording)
    facts = {"offer": attempt.number, "npn": attempt.npn, "outcome": outcome, **_facts(result)}
    if result.bridged and attempt.accepted_at is None:
        _report_violation(turn, facts)
    if outcome is Outcome.ACCEPTED:
        turn.happened(
            Happening.TALK_ENDED,
            facts,
            served_seconds=turn.call.served_seconds + _talk_seconds(attempt, result, turn.now),
        )
    else:
        turn.happened(Happening.PRODUCER_PASSED, facts, **_not_after_all(turn, attempt))
    if result.caller_left:
        return conclude_call(turn, campaign, {"dial_status": result.dial_status}, wording=wording)
    if outcome is Outcome.ACCEPTED:
        return stay_or_key_zip(turn)
    if campaign is None:
        return acknowledge(turn, None, Lack.TROUBLE)
    return offer_next(turn, campaign)


def _not_after_all(turn: Turn, attempt: Attempt) -> dict[str, Any]:
    """The call as it stood before an acceptance that no bridge followed."""
    call = turn.call
    if call.phase is not Phase.CONNECTED:
        return {}
    talks = [a.accepted_at for a in attempts.of_call(turn.tx, call.id) if a.outcome is Outcome.ACCEPTED]
    answered_by_it = call.answered_at == attempt.accepted_at
    return {"accepted_at": talks[-1] if talks else None, "answered_at": None if answered_by_it else call.answered_at}


def _facts(result: DialResult) -> dict[str, Any]:
    return {
        "dial_status": result.dial_status,
        "bridged": result.bridged,
        "leg": result.leg_sid,
        "caller_left": result.caller_left,
    }


def _talk_seconds(attempt: Attempt, result: DialResult, now: datetime) -> int:
    """From the key press to the end: the carrier's duration counts the whisper too, our clock a late webhook's delay."""
    assert attempt.accepted_at is not None, "a talk begins with an acceptance"
    since_key = int((now - attempt.accepted_at).total_seconds())
    return since_key if result.talk_seconds is None else max(0, min(since_key, result.talk_seconds))


def _report_violation(turn: Turn, facts: dict[str, Any]) -> None:
    """The carrier says that it bridged a leg which no acceptance let through. It must never happen; it is never hidden."""
    ledger.write(
        turn.tx,
        kind="bridged_without_acceptance",
        now=turn.now,
        actor="carrier",
        facts=facts,
        call_id=turn.call.id,
        lead_id=turn.call.lead_id,
    )


def note_progress(
    progress: CallProgress, call_sid: str, number: int, *, database: Database, now: datetime
) -> Instruction:
    """A report on a producer's leg: noted, and the leg's sid kept. It moves nothing; reports come in any order."""
    with database.begin() as tx:
        call = calls.load(tx, call_sid)
        if call is None:
            return Nothing()
        key = f"offer:{number}:progress:{progress.call_sid}:{progress.status}"
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        for attempt in attempts.of_call(tx, call.id):
            if attempt.number == number and attempt.leg_sid is None:
                attempts.change(tx, attempt, leg_sid=progress.call_sid)
        turn.happened(
            Happening.LEG_PROGRESSED,
            {"offer": number, "leg": progress.call_sid, "status": progress.status},
        )
        return turn.reply(Nothing())
