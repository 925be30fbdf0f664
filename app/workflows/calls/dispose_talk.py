"""A producer says how a talk of theirs was: its lead is served, called back, closed, or left alone for good.

During the call the word is kept, and the call's end obeys it (settle_lead, conclude_callback). Afterwards it is obeyed at
once, while nothing else has happened to the lead since. "Asked not to be called" is obeyed whenever it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.call import Disposition, Happening, Outcome, Phase
from app.domain.instructions import Nothing
from app.domain.lead import ClosedAs, Custody
from app.domain.talk_word import TAKEN_FOR, TalkWord
from app.storage import attempts, callbacks, calls, leads, ledger, talk_words, work, wrong_states
from app.storage.attempts import Attempt
from app.storage.calls import Call, Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.promise import promise
from app.workflows.calls.acknowledge import lead_of
from app.workflows.calls.close_wrong_number import close_wrong_number
from app.workflows.calls.end_call import campaign_of
from app.workflows.calls.free_producer import Wording
from app.workflows.errors import UnknownCall
from app.workflows.leads.escalate_lead import escalate_lead
from app.workflows.leads.obey_stop import obey_stop
from app.workflows.leads.tell import queue_unasked

LEDGER_KIND = "disposition"


@dataclass(frozen=True)
class Disposed:
    """The word stands. `lead` is the lead as it stands then, still `in_call` while the call goes on; None: it has none."""

    word: TalkWord
    lead: Lead | None


@dataclass(frozen=True)
class NotTaken:
    """Nothing was changed. `reason`: no_talk (that producer and that person have not talked there), wrong_state (reported
    for that talk: it serves nobody), closed, talked_since, in_call (the person is on the line or is being called), too_late."""

    reason: str


def dispose_talk(
    call_sid: str,
    npn: str,
    word: TalkWord,
    *,
    note: str = "",
    by: str,
    database: Database,
    now: datetime,
    wording: Wording,
) -> Disposed | NotTaken:
    """Keep what the producer `npn` says of their last talk on a call, and obey it. The same word again changes nothing.

    Raises UnknownCall.
    """
    with database.begin() as tx:
        call = calls.load(tx, call_sid)
        if call is None:
            raise UnknownCall(call_sid)
        talk = _talk(tx, call, npn)
        lead = leads.load_to_write(tx, call.lead_id) if call.lead_id is not None else None
        if talk is None:
            return NotTaken("no_talk")
        said = talk_words.last_of(tx, call.id, talk.number)
        if said is not None and said.word is word:
            return Disposed(word, lead)
        if (reason := _obstacle(tx, call, talk, lead, word, now)) is not None:
            return NotTaken(reason)
        turn = _keep(tx, call, talk, word, note, by, now)
        if word is TalkWord.OPTED_OUT:
            _leave_alone(turn, lead, npn)
        elif call.phase is Phase.ENDED and lead is not None:
            _obey(turn, lead, talk, word, wording)
        turn.reply(Nothing())
        return Disposed(word, leads.load(tx, lead.id) if lead is not None else None)


def _talk(tx: Transaction, call: Call, npn: str) -> Attempt | None:
    """The last talk of this producer on the call, over or not. A ring that nobody accepted is none."""
    theirs = [attempt for attempt in attempts.of_call(tx, call.id) if attempt.npn == npn and attempt.accepted_at]
    return next((talk for talk in reversed(theirs) if talk.outcome in (None, Outcome.ACCEPTED)), None)


def _obstacle(
    tx: Transaction, call: Call, talk: Attempt, lead: Lead | None, word: TalkWord, now: datetime
) -> str | None:
    if word is TalkWord.OPTED_OUT:
        return None
    if any(report.offer >= talk.number for report in wrong_states.of_call(tx, call.id)):
        return "wrong_state"
    if call.phase is not Phase.ENDED or lead is None:
        return None
    if call.direction == "callback" and word.served and call.served_seconds == 0:
        return "no_talk"
    if lead.custody is Custody.CLOSED:
        return "closed"
    if talk_words.last_talk_of_lead(tx, lead.id) != (call.id, talk.number):
        return "talked_since"
    standing = callbacks.active_of(tx, lead.id)
    if lead.custody is Custody.IN_CALL or (standing is not None and standing.status == "dialing"):
        return "in_call"
    return "too_late" if now - (call.ended_at or now) > TAKEN_FOR else None


def _keep(tx: Transaction, call: Call, talk: Attempt, word: TalkWord, note: str, by: str, now: datetime) -> Turn:
    facts: dict[str, Any] = {"offer": talk.number, "npn": talk.npn, "disposition": word, "note": note}
    nth = len(talk_words.of_call(tx, call.id)) + 1
    turn = Turn(tx, call, f"{talk_words.KEY}{nth}", now)
    turn.happened(Happening.LEG_PROGRESSED, {**facts, "by": by})
    ledger.write(tx, kind=LEDGER_KIND, now=now, actor=by, facts=facts, call_id=call.id, lead_id=call.lead_id)
    return turn


def _leave_alone(turn: Turn, lead: Lead | None, npn: str) -> None:
    """What STOP does. A person without a number of their own cannot be suppressed; their lead is closed all the same."""
    if lead is None:
        return
    if lead.phone is not None:
        obey_stop(turn.tx, lead.phone, turn.now, by=f"producer:{npn}")
    elif turn.call.phase is Phase.ENDED and lead.custody.open and lead.custody is not Custody.IN_CALL:
        leads.move(turn.tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
        work.resolve_of_lead(turn.tx, lead.id, outcome="opted_out", by=f"producer:{npn}", now=turn.now)


def _obey(turn: Turn, lead: Lead, talk: Attempt, word: TalkWord, wording: Wording) -> None:
    """The call is over, and its end has settled the lead without this word."""
    by = f"producer:{talk.npn}"
    if word.served:
        _serve(turn, lead, by)
    elif word is TalkWord.WRONG_NUMBER:
        close_wrong_number(turn, _open_again(turn, lead), by=by)
    elif lead.custody is Custody.SERVED:
        _call_back(turn, _open_again(turn, lead), talk, wording)


def _serve(turn: Turn, lead: Lead, by: str) -> None:
    if not lead.custody.open:
        return
    standing = callbacks.active_of(turn.tx, lead.id)
    if standing is not None and standing.id == turn.call.callback_id:
        callbacks.change(turn.tx, standing.id, status="done", claimed_until=None)
    turn.change(disposition=Disposition.CONNECTED)
    leads.move(turn.tx, lead, Custody.SERVED)
    work.resolve_of_lead(turn.tx, lead.id, outcome="served", by=by, now=turn.now)


def _open_again(turn: Turn, lead: Lead) -> Lead:
    """The seconds had said served; the producer says it was not. Somebody owes the lead a step again, from now.

    It has its call's residence then: a lead that seemed served had no need of one.
    """
    if lead.custody.open:
        return lead
    return leads.move(turn.tx, lead_of(turn), Custody.ESCALATED, owed_by=turn.now)


def _call_back(turn: Turn, lead: Lead, talk: Attempt, wording: Wording) -> None:
    """A callback, the same producer first; where none may be promised, a person's work."""
    campaign: Campaign | None = campaign_of(turn)
    kept = campaign and promise(
        turn.tx,
        lead,
        campaign,
        now=turn.now,
        made_by=f"producer:{talk.npn}",
        producer_id=talk.producer_id,
        asked=turn.call.asked_us,
    )
    if kept is None:
        escalate_lead(turn.tx, lead, campaign, "short_talk", turn.now, call_id=turn.call.id)
    standing = leads.load(turn.tx, lead.id)
    if campaign is not None and standing is not None:
        subject, asked = f"call:{turn.call.id}", turn.call.asked_us
        queue_unasked(turn.tx, standing, campaign, subject=subject, now=turn.now, wording=wording, asked=asked)
