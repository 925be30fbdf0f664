"""A callback's Dial is over, or its producer's leg has ended: served, or when the person is called again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.call import Disposition, Happening, Outcome, Phase
from app.domain.instructions import AskServed, HangUpProducer, Instruction, Nothing, Words
from app.domain.lead import Custody
from app.domain.policy import Policy
from app.domain.promises import AGAIN_AFTER, DISPOSITION_WITHIN, MOST_CALLS
from app.domain.signals import CallProgress, DialResult, KeysPressed
from app.domain.talk_word import TalkWord
from app.storage import attempts, callbacks, calls, leads, outbound, talk_words, work, wrong_states
from app.storage.attempts import Attempt
from app.storage.callbacks import Callback
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.due_again import back_to_its_list, due_again, leave_nobody
from app.workflows.callbacks.promise import promise
from app.workflows.calls.close_wrong_number import close_wrong_number
from app.workflows.calls.end_call import campaign_of
from app.workflows.calls.free_producer import Wording, free_producer
from app.workflows.calls.softphone_gone import unless_gone
from app.workflows.errors import UnknownCall
from app.workflows.leads.escalate_lead import escalate_lead
from app.workflows.outbound.after_call import after_outbound, went_on

SPOKE, DID_NOT = "1", "2"

_BY_STATUS = {"busy": Outcome.BUSY, "failed": Outcome.FAILED, "canceled": Outcome.FAILED}


def conclude_callback(
    result: DialResult, call_id: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The person was rung from the producer's leg. A producer who is still there says whether it was a talk: a minute with a
    machine is none, and the carrier cannot tell."""
    with database.begin() as tx:
        turn, said = _turn(tx, call_id, "concluded", now)
        if said is not None:
            return said
        attempt, campaign = _open_attempt(turn), campaign_of(turn)
        facts: dict[str, Any] = {
            "dial_status": result.dial_status,
            "bridged": result.bridged,
            "talk_seconds": result.talk_seconds,
            "producer_left": result.caller_left,
        }
        if attempt is None or attempt.accepted_at is None or turn.call.phase is not Phase.CONNECTED:
            turn.happened(Happening.LEG_PROGRESSED, {**facts, "late": True})
            return turn.reply(HangUpProducer())
        talked = _talked(turn, attempt, result.talk_seconds) if result.bridged else 0
        turn.happened(Happening.TALK_ENDED, facts, served_seconds=talked)
        if not result.bridged or result.caller_left:
            _finish(turn, campaign, attempt, facts, wording=wording)
            return turn.reply(HangUpProducer(() if result.bridged else (Words("callback_no_answer"),)))
        return turn.reply(AskServed(call_id, (Words("ask_served"),)))


def take_disposition(
    pressed: KeysPressed, call_id: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """What the producer says of a short talk: 1, they spoke; anything else, or nothing: the seconds decide."""
    with database.begin() as tx:
        turn, said = _turn(tx, call_id, "served", now)
        if said is not None:
            return said
        attempt, campaign = _open_attempt(turn), campaign_of(turn)
        facts = {"disposition": pressed.digits}
        if attempt is None:
            turn.happened(Happening.LEG_PROGRESSED, {**facts, "late": True})
            return turn.reply(HangUpProducer())
        turn.happened(Happening.LEG_PROGRESSED, facts)
        _finish(
            turn, campaign, attempt, facts, wording=wording, spoke={SPOKE: True, DID_NOT: False}.get(pressed.digits)
        )
        return turn.reply(HangUpProducer((Words("noted"),) if pressed.digits else ()))


def end_callback(
    progress: CallProgress, call_id: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The carrier reports on the producer's leg of a callback; its end frees whom it held, whatever was lost before."""
    with database.begin() as tx:
        calls.name(tx, call_id, progress.call_sid)
        turn, said = _turn(tx, call_id, f"status:{progress.status}", now)
        if said is not None:
            return said
        if progress.call_sid != turn.call.call_sid:
            # An orphan: the carrier rang twice for one request. It is told so when it asks.
            turn.happened(Happening.LEG_PROGRESSED, {"orphan": progress.call_sid, "status": progress.status})
            return turn.reply(Nothing())
        facts = {"status": progress.status, "duration_seconds": progress.duration_seconds}
        attempt = _open_attempt(turn)
        if not progress.final or attempt is None:
            turn.happened(
                Happening.CALL_ENDED if progress.final else Happening.LEG_PROGRESSED, facts, **_end(turn, progress)
            )
            return turn.reply(Nothing())
        if attempt.accepted_at is not None:
            facts["producer_left"] = turn.call.phase is Phase.CONNECTED
            turn.change(served_seconds=_talked_by_reports(turn, progress))
        _finish(turn, campaign_of(turn), attempt, facts, wording=wording, status=progress.status)
        return turn.reply(Nothing())


def note_callback_progress(progress: CallProgress, call_id: int, *, database: Database, now: datetime) -> Instruction:
    """A report on the person's own leg: when they answered, how long they stayed. It moves nothing."""
    with database.begin() as tx:
        turn, said = _turn(tx, call_id, f"person:{progress.call_sid}:{progress.status}", now)
        if said is not None:
            return said
        turn.happened(
            Happening.LEG_PROGRESSED,
            {"person": progress.call_sid, "status": progress.status, "seconds": progress.duration_seconds},
        )
        return turn.reply(Nothing())


def _turn(tx: Transaction, call_id: int, key: str, now: datetime) -> tuple[Turn, Instruction | None]:
    call = calls.load_by_id(tx, call_id)
    if call is None or call.callback_id is None:
        raise UnknownCall(str(call_id))
    return Turn(tx, call, key, now), calls.reply(tx, call, key)


def _open_attempt(turn: Turn) -> Attempt | None:
    return next((attempt for attempt in attempts.of_call(turn.tx, turn.call.id) if attempt.open), None)


def _end(turn: Turn, progress: CallProgress) -> dict[str, Any]:
    return {"ended_at": turn.call.ended_at or turn.now} if progress.final else {}


def _talked(turn: Turn, attempt: Attempt, told: int | None) -> int:
    """Never longer than since the key press; the carrier's own count where it gives one."""
    assert attempt.accepted_at is not None
    since_key = int((turn.now - attempt.accepted_at).total_seconds())
    return since_key if told is None else max(0, min(since_key, told))


def _talked_by_reports(turn: Turn, progress: CallProgress) -> int:
    """The Dial's report never came: what the person's own leg reported, or nothing."""
    if turn.call.phase is not Phase.CONNECTED:
        return turn.call.served_seconds
    answered = None
    for event in calls.events(turn.tx, turn.call.id):
        if event.facts.get("person") and event.facts.get("status") == "completed":
            return int(event.facts.get("seconds") or 0)
        if event.facts.get("person") and event.facts.get("status") == "in-progress":
            answered = event.at
    if answered is None:
        return 0
    since = int((turn.now - answered).total_seconds())
    return min(since, progress.duration_seconds) if progress.duration_seconds is not None else since


def _finish(
    turn: Turn,
    campaign: Campaign | None,
    attempt: Attempt,
    facts: dict[str, Any],
    *,
    wording: Wording,
    spoke: bool | None = None,
    status: str = "",
) -> None:
    """Free the producer, end the call, and say what becomes of the lead: written down before anybody hangs up."""
    talked = turn.call.served_seconds
    outcome = unless_gone(turn.tx, attempt, _outcome(attempt, status), status, turn.now)
    said = talk_words.last_of(turn.tx, turn.call.id, attempt.number)
    if spoke is None and said is not None and (talked > 0 or not said.word.served):
        spoke = said.word.served
    free_producer(turn, campaign, attempt, outcome, wording=wording)
    turn.happened(Happening.CALL_ENDED, {"outcome": outcome, "spoke": spoke, **facts}, ended_at=turn.now)
    lead = leads.load_to_write(turn.tx, turn.call.lead_id or 0)
    callback = callbacks.load(turn.tx, turn.call.callback_id or 0)
    assert lead is not None, "a callback's call has a lead"
    assert callback is not None, "and its callback"
    if attempt.accepted_at is None or _never_rung(turn, status):
        rung = attempt.accepted_at is not None
        due_again(turn.tx, callback.id, turn.call.id, turn.now, attempts=callback.attempts - rung)
        return
    policy = campaign.policy if campaign else Policy()
    ours = callback.status == "dialing" and callback.call_id == turn.call.id
    if wrong_states.of_call(turn.tx, turn.call.id):
        _in_the_wrong_state(turn, campaign, lead, callback)
    elif said is not None and said.word is TalkWord.WRONG_NUMBER and lead.custody.open:
        close_wrong_number(turn, lead, by=f"producer:{attempt.npn}")
    elif spoke or (spoke is None and talked >= policy.served_seconds):
        _served(turn, lead, callback if ours else None)
    elif ours:
        # The person hung up first, and the producer said nothing of it: they were cut off.
        cut_short = talked > 0 and spoke is None and not facts.get("producer_left")
        unsaid = talked > 0 and spoke is None
        _not_served(turn, campaign, lead, callback, attempt, cut_short=cut_short, unsaid=unsaid)
    else:
        leave_nobody(turn.tx, lead, turn.now)


def _never_rung(turn: Turn, status: str) -> bool:
    """Whether the producer's leg ended before the person's phone rang: our answer was lost on its way to the carrier."""
    events = calls.events(turn.tx, turn.call.id)
    told = any(event.facts.get("person") or event.facts.get("dial_status") for event in events)
    return bool(status) and not told


def _outcome(attempt: Attempt, status: str) -> Outcome:
    if attempt.accepted_at is not None:
        return Outcome.ACCEPTED
    return attempt.recorded or _BY_STATUS.get(status, Outcome.NO_ANSWER)


def _served(turn: Turn, lead: Lead, callback: Callback | None) -> None:
    turn.change(disposition=Disposition.CONNECTED)
    if callback is not None:
        callbacks.change(turn.tx, callback.id, status="done", claimed_until=None)
    if lead.custody.open:
        leads.move(turn.tx, lead, Custody.SERVED)
    work.resolve_of_lead(turn.tx, lead.id, outcome="served", by=f"callback:{turn.call.callback_id}", now=turn.now)


def _in_the_wrong_state(turn: Turn, campaign: Campaign | None, lead: Lead, callback: Callback) -> None:
    """The producer learned that the person lives elsewhere: it served nobody, and somebody licensed there calls next."""
    tx, now, residence = turn.tx, turn.now, turn.call.residence
    if residence is not None:
        leads.settle(tx, lead.id, residence)
    if callback.status == "dialing" and callback.call_id == turn.call.id:
        callbacks.change(tx, callback.id, status="promised", claimed_until=None)
        outbound.end_of(tx, callback.id)
    standing = leads.load_to_write(tx, lead.id)
    assert standing is not None
    kept = None
    if campaign is not None and standing.custody.open:
        by = f"callback:{callback.id}"
        kept = promise(tx, standing, campaign, now=now, made_by=by, asked=callback.asked)
    if kept is not None:
        back_to_its_list(tx, standing, kept)
    else:
        callbacks.cancel_of_lead(tx, lead.id)
        escalate_lead(tx, standing, campaign, "wrong_state", now, call_id=turn.call.id)


def _not_served(
    turn: Turn,
    campaign: Campaign | None,
    lead: Lead,
    callback: Callback,
    attempt: Attempt,
    *,
    cut_short: bool,
    unsaid: bool,
) -> None:
    """Nobody answered, or too shortly: again after a while, three times in all; then it is a person's work."""
    tx, now = turn.tx, turn.now
    callbacks.change(tx, callback.id, status="promised", claimed_until=None)
    on_the_line = calls.live_with_lead(tx, lead.id)
    wait = DISPOSITION_WITHIN if cut_short else AGAIN_AFTER[min(callback.attempts, len(AGAIN_AFTER)) - 1]
    asked_for = after_outbound(tx, lead, callback, now, not_before=now + wait, may_tell=unsaid)
    if asked_for is None:
        return
    kept = asked_for if went_on(callback, asked_for) else None
    callback = asked_for
    if kept is None and callback.attempts < MOST_CALLS and campaign is not None and lead.custody.open:
        again = attempt.producer_id if turn.call.served_seconds else callback.producer_id
        kept = promise(
            tx,
            lead,
            campaign,
            now=now,
            made_by=f"callback:{callback.id}",
            earliest=now + wait,
            producer_id=again,
            only_producer=callback.only_producer,
            asked=callback.asked,
        )
    if kept is None:
        callbacks.change(tx, callback.id, status="escalated")
    if on_the_line:
        return
    if kept is None:
        escalate_lead(tx, lead, campaign, "callbacks_used_up", now, call_id=turn.call.id)
    else:
        standing = leads.load_to_write(tx, lead.id)
        assert standing is not None
        back_to_its_list(tx, standing, kept)
