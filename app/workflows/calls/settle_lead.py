"""Where a lead stands once its caller is gone: served, promised, escalated or closed; never nothing (FLOWS.md, custody)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain import residency
from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs, Custody
from app.domain.policy import Policy
from app.domain.promises import DISPOSITION_WITHIN
from app.domain.residency import Evidence
from app.domain.talk_word import TalkWord
from app.storage import attempts, callbacks, calls, escalations, leads, talk_words, work, wrong_states
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.leads import Lead
from app.workflows.callbacks.promise import promise, why_not
from app.workflows.calls.acknowledge import escalate, lead_of
from app.workflows.calls.close_wrong_number import close_wrong_number
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.tell import queue_unasked

TOO_SHORT_TO_BE_A_CALL = timedelta(seconds=5)
"""A call that ends sooner, unanswered, without a posted lead, is listed and left alone. Source: FLOWS.md, matching."""


def settle_lead(turn: Turn, campaign: Campaign | None, *, wording: Wording) -> None:
    """Hand the lead of a call that has ended to whoever owes it the next step, and tell the person."""
    call, tx = turn.call, turn.tx
    policy = campaign.policy if campaign else Policy()
    talked = call.accepted_at is not None
    if talked:
        turn.change(disposition=Disposition.CONNECTED)
    elif call.disposition is None and call.lead_id is not None:
        turn.change(disposition=Disposition.ABANDONED)
    lead = leads.load_to_write(tx, call.lead_id) if call.lead_id is not None else None
    if lead is None or not lead.custody.open:
        return
    wrong = talked and _only_in_the_wrong_state(turn)
    word = None if wrong else _word_on_the_last_talk(turn)
    if _served(turn, policy, word) and not wrong:
        leads.move(tx, lead, Custody.SERVED)
        work.resolve_of_lead(tx, lead.id, outcome="served", by=f"call:{call.call_sid}", now=turn.now)
    elif calls.live_with_lead(tx, lead.id, but=call.id):
        return
    elif word is TalkWord.WRONG_NUMBER:
        close_wrong_number(turn, lead, by=f"call:{call.call_sid}")
    elif word is TalkWord.OPTED_OUT or _said_stop(turn, lead):
        if not talked:
            turn.change(disposition=Disposition.OPTED_OUT)
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
        work.resolve_of_lead(tx, lead.id, outcome="opted_out", by=f"call:{call.call_sid}", now=turn.now)
    elif _left_alone(turn, lead):
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.UNREACHABLE)
    else:
        wait = DISPOSITION_WITHIN if talked and word is None else timedelta(0)
        _put_on_a_list(turn, campaign, wrong=wrong, talked=talked, wait=wait)
        _tell(turn, campaign, wording, after=wait)


def _served(turn: Turn, policy: Policy, word: TalkWord | None) -> bool:
    """The producer's word decides; without one the seconds do. A wrong number served nobody, however long it took."""
    if word is TalkWord.WRONG_NUMBER:
        return False
    if word is not None and word.served is not None:
        return word.served
    return turn.call.served_seconds >= policy.served_seconds


def _word_on_the_last_talk(turn: Turn) -> TalkWord | None:
    """What its producer said of the last talk, while the call was still going on."""
    if turn.call.accepted_at is None:
        return None
    talks = [attempt for attempt in attempts.of_call(turn.tx, turn.call.id) if attempt.outcome is Outcome.ACCEPTED]
    said = talk_words.last_of(turn.tx, turn.call.id, talks[-1].number) if talks else None
    return said.word if said else None


def _put_on_a_list(
    turn: Turn, campaign: Campaign | None, *, wrong: bool, talked: bool, wait: timedelta = timedelta(0)
) -> None:
    """Whoever was not served is promised a call, or is a person's work; what stands already goes on standing."""
    tx, now, call = turn.tx, turn.now, turn.call
    lead = _with_residence(turn, lead_of(turn), campaign)
    standing, waiting = callbacks.active_of(tx, lead.id), escalations.open_of(tx, lead.id)
    spoken = standing is not None and standing.made_by.endswith(call.call_sid)
    if wrong and waiting is None:
        escalate(turn, campaign, "wrong_state")
    elif talked and not spoken and campaign is not None and _call_again(turn, campaign, lead, wait):
        return
    elif waiting is not None:
        leads.move(tx, lead, Custody.ESCALATED, owed_by=waiting.due_at)
    elif standing is not None and (standing.status == "dialing" or standing.promised_by > now):
        if talked:
            callbacks.change(tx, standing.id, producer_id=_last_talk(turn))
        leads.move(tx, lead, Custody.PROMISED, owed_by=max(standing.promised_by, standing.claimed_until or now))
    elif campaign is not None and promise(
        tx, lead, campaign, now=now, made_by=f"call:{call.call_sid}", asked=call.asked_us
    ):
        _wait_for_promise(turn, lead)
    else:
        why = {"no_license": "nobody_licensed", "state_unknown": "state_unknown"}
        lack = why.get(why_not(tx, lead, campaign, now) or "") if campaign else None
        escalate(turn, campaign, "short_talk" if talked else lack or "caller_left")


def _call_again(turn: Turn, campaign: Campaign, lead: Lead, wait: timedelta) -> bool:
    """After a talk that has not served: a callback, the same producer first, once nobody is waited for to call it served."""
    kept = promise(
        turn.tx,
        lead,
        campaign,
        now=turn.now,
        made_by=f"call:{turn.call.call_sid}",
        earliest=turn.now + wait,
        producer_id=_last_talk(turn),
        asked=turn.call.asked_us,
    )
    if kept is not None:
        _wait_for_promise(turn, lead)
    return kept is not None


def _last_talk(turn: Turn) -> int | None:
    """The producer with whom the caller talked last."""
    talks = [a for a in attempts.of_call(turn.tx, turn.call.id) if a.accepted_at is not None]
    return talks[-1].producer_id if talks else None


def _wait_for_promise(turn: Turn, lead: Lead) -> None:
    """The promise owes the next step; where a supervisor has the lead in hand it is theirs, and the promise rests."""
    standing, waiting = callbacks.active_of(turn.tx, lead.id), escalations.open_of(turn.tx, lead.id)
    assert standing is not None, "it was promised just now"
    now_at = leads.load(turn.tx, lead.id)
    assert now_at is not None
    if waiting is not None and waiting.status != "open":
        leads.move(turn.tx, now_at, Custody.ESCALATED, owed_by=waiting.due_at)
        return
    if waiting is not None:
        escalations.resolve_of_lead(turn.tx, lead.id, outcome="promised", by=standing.made_by, now=turn.now)
    leads.move(turn.tx, now_at, Custody.PROMISED, owed_by=standing.promised_by)


def _with_residence(turn: Turn, lead: Lead, campaign: Campaign | None) -> Lead:
    """Where the caller left before the state was settled: what silence would have settled (FLOWS.md, the residence)."""
    if lead.residence is not None or campaign is None:
        return lead
    evidence = Evidence(
        vendor_state=lead.state or campaign.number_state, vendor_zip=lead.zip_code, phone=lead.phone, silent=True
    )
    settled = residency.settle(evidence)
    leads.settle(turn.tx, lead.id, settled, language=turn.call.language)
    return replace(lead, residence=settled, language=turn.call.language)


def _said_stop(turn: Turn, lead: Lead) -> bool:
    """Whether the person said STOP while the call was going on."""
    since = work.suppressed_at(turn.tx, lead.phone, "stop") if lead.phone else None
    return since is not None and since >= turn.call.arrived_at


def _tell(turn: Turn, campaign: Campaign | None, wording: Wording, *, after: timedelta) -> None:
    """One unasked text for this failed attempt to be served; none where we cannot say who we are."""
    if campaign is None:
        return
    lead = lead_of(turn)
    subject = f"call:{turn.call.id}"
    asked = turn.call.asked_us
    queue_unasked(turn.tx, lead, campaign, subject=subject, now=turn.now, wording=wording, asked=asked, after=after)


def _only_in_the_wrong_state(turn: Turn) -> bool:
    """Whether a producer reported a wrong state, and nobody has talked with the caller since."""
    reports = wrong_states.of_call(turn.tx, turn.call.id)
    if not reports:
        return False
    reported_after = max(report.offer for report in reports)
    return not any(
        attempt.outcome is Outcome.ACCEPTED and attempt.number > reported_after
        for attempt in attempts.of_call(turn.tx, turn.call.id)
    )


def _left_alone(turn: Turn, lead: Lead) -> bool:
    call = turn.call
    short = turn.now - call.arrived_at <= TOO_SHORT_TO_BE_A_CALL
    new = lead.created_at >= call.arrived_at
    return short and call.answered_at is None and not lead.posted and new
