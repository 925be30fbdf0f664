"""Callbacks that are due: a producer with authority now is reserved and rung first. Never fired blindly late.

Each is judged again when it is due: window, STOP, custody, authority. Claimed in the database, so that two schedulers are
harmless; the carrier is asked outside every transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.carrier import Ambiguous, Carrier, Placed, Refused
from app.carrier.addresses import Addresses
from app.domain import routing
from app.domain.call import Happening, Outcome
from app.domain.instructions import Nothing
from app.domain.lead import Custody
from app.domain.licensing import judge
from app.domain.promises import AGAIN_WITHOUT_PRODUCER, URGENT
from app.domain.routing import Candidate
from app.storage import (
    attempts,
    authority_facts,
    callbacks,
    calls,
    campaigns,
    desk,
    leads,
    ledger,
    licensing_gate,
    ping_holds,
    softphones,
)
from app.storage.callbacks import Callback
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Collision, Database, Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.due_again import due_again
from app.workflows.callbacks.judge_callback import why_not_now
from app.workflows.callbacks.pace import note_call, too_soon
from app.workflows.callbacks.promise import question_for
from app.workflows.calls.fair_share import before_callback, left_over
from app.workflows.calls.free_producer import Wording, free_producer
from app.workflows.calls.held_for_pings import held_last
from app.workflows.calls.offer_call import decision_facts, residence_facts
from app.workflows.calls.record_talk import plan_callback_recording
from app.workflows.leads.escalate_lead import residence_of

LEASE = timedelta(minutes=2)
"""So long a claim stands without a sign of the producer's leg: ring, whisper, and the carrier's slowness."""

_NOT_TWICE_WITHIN = timedelta(seconds=55)
"""A producer who was just rung for this callback is not rung for it again in the same minute."""

_URGENT_AGAIN = timedelta(seconds=5)
_EVERYBODY = 100_000


@dataclass(frozen=True)
class Ringing:
    """A producer is reserved and shall be rung; all of it is committed."""

    call_id: int
    callback_id: int
    from_number: str
    producer_phone: str
    ring_seconds: int


def run_callbacks(
    *, database: Database, carrier: Carrier, now: Callable[[], datetime], addresses: Addresses, wording: Wording
) -> int:
    """Ring producers for what is due; at most one call leaves a second. Returns how many."""
    with database.read() as tx:
        due = [] if too_soon(tx, now()) else callbacks.due(tx, now())
    rung = 0
    for callback in due:
        ringing = _claim(callback, database=database, now=now(), wording=wording)
        if ringing is None:
            continue
        _place(ringing, database=database, carrier=carrier, now=now, addresses=addresses, wording=wording)
        rung += 1
        break
    return rung


def _claim(callback: Callback, *, database: Database, now: datetime, wording: Wording) -> Ringing | None:
    try:
        with database.begin() as tx:
            return _reserve(tx, callback, now)
    except Collision:
        # Somebody else was first, here or at the desk: it comes again at the next tick.
        return None


def _reserve(tx: Transaction, seen: Callback, now: datetime) -> Ringing | None:
    if too_soon(tx, now):
        return None
    lead = leads.load_to_write(tx, seen.lead_id)
    callback = callbacks.load(tx, seen.id)
    if lead is None or callback is None or callback.status != "promised" or callback.next_try_at > now:
        return None
    campaign = campaigns.by_id(tx, callback.campaign_id) if callback.campaign_id is not None else None
    why = why_not_now(tx, lead, callback, campaign, now)
    if why is not None or campaign is None:
        _put_off(tx, callback, now)
        return None
    found = _somebody(tx, callback, lead, campaign, now)
    if found is None:
        _put_off(tx, callback, now)
        return None
    note_call(tx, now)
    return found


def _put_off(tx: Transaction, callback: Callback, now: datetime) -> None:
    """Again each minute, to the end of the promise; more often when that is near."""
    soon = callback.promised_by - now <= URGENT
    callbacks.change(tx, callback.id, next_try_at=now + (_URGENT_AGAIN if soon else AGAIN_WITHOUT_PRODUCER))


def _somebody(tx: Transaction, callback: Callback, lead: Lead, campaign: Campaign, now: datetime) -> Ringing | None:
    """Reserve the first producer to be had, and write it all down."""
    for candidate in _candidates(tx, callback, lead, campaign, now):
        question = question_for(tx, lead, campaign)
        producer = authority_facts.producer(tx, candidate.producer_id, asked=question)
        verdict = judge(producer, question, now) if producer else None
        if producer is None or verdict is None or not verdict.allowed:
            continue
        if not desk.claim(tx, producer.producer_id, _NOBODYS_CALL, now):
            continue
        turn = _new_call(tx, callback, lead, campaign, now)
        reach = softphones.reach(tx, producer.producer_id, now)
        recording = plan_callback_recording(residence_of(lead), campaign, producer)
        desk.hand_to(tx, producer.producer_id, _NOBODYS_CALL, turn.call.id)
        decision_id = ledger.write(
            tx,
            kind="offer",
            now=now,
            actor="scheduler",
            facts=decision_facts(
                campaign.number,
                question,
                verdict,
                npn=producer.npn,
                offer=1,
                dialed=reach.dialed,
                callback=callback.id,
                residence=residence_facts(residence_of(lead)),
                **recording.noted,
            ),
            call_id=turn.call.id,
            lead_id=lead.id,
        )
        attempts.start(
            tx,
            call_id=turn.call.id,
            number=1,
            producer_id=producer.producer_id,
            decision_id=decision_id,
            now=now,
            dialed=reach.dialed,
        )
        turn.happened(
            Happening.CALL_PLACED,
            {"callback": callback.id, "npn": producer.npn, "decision": decision_id},
            residence=residence_of(lead),
            zip_code=residence_of(lead).zip,
            language=lead.language,
            offers=1,
            tier=2,
        )
        turn.reply(Nothing())
        callbacks.claim(tx, callback, call_id=turn.call.id, until=now + LEASE)
        _owe(tx, lead, until=max(callback.promised_by, now + LEASE))
        seconds = reach.ring_seconds(campaign.policy.ring_seconds)
        return Ringing(turn.call.id, callback.id, campaign.number, reach.address, seconds)
    return None


_NOBODYS_CALL = 0
"""A desk is claimed before its call is written down, within one transaction: a lost claim leaves no row behind."""


def _new_call(tx: Transaction, callback: Callback, lead: Lead, campaign: Campaign, now: datetime) -> Turn:
    nth = callbacks.calls_of(tx, callback.id) + 1
    call = calls.register(
        tx,
        call_sid=f"callback:{callback.id}:{nth}",
        from_number=campaign.number,
        to_number=callback.phone,
        campaign_id=campaign.campaign_id,
        now=now,
        direction="callback",
        callback_id=callback.id,
        lead_id=lead.id,
    )
    assert call is not None, "the callback is locked: nobody else numbers its calls"
    return Turn(tx, call, "placed", now)


def _owe(tx: Transaction, lead: Lead, *, until: datetime) -> None:
    if lead.custody is Custody.PROMISED:
        leads.move(tx, lead, Custody.PROMISED, owed_by=until)


def _candidates(tx: Transaction, callback: Callback, lead: Lead, campaign: Campaign, now: datetime) -> list[Candidate]:
    """Those whom nobody with an earlier claim waits for; whom the callback names comes first, or alone."""
    tried = callbacks.rung_since(tx, callback.id, now - _NOT_TWICE_WITHIN)
    found = licensing_gate.eligible(
        tx,
        question_for(tx, lead, campaign),
        now,
        campaign_id=campaign.campaign_id,
        tried=sorted(tried),
        on=now.astimezone(campaign.policy.zone).date(),
        limit=_EVERYBODY,
    )
    if callback.only_producer:
        found = [candidate for candidate in found if candidate.producer_id == callback.producer_id]
    free = set(left_over(tx, [candidate.producer_id for candidate in found], before_callback(tx, now), now))
    ranked = routing.rank(
        [candidate for candidate in found if candidate.producer_id in free],
        campaign.policy.strategy,
        language=lead.language,
        last_offered_id=campaign.last_offered_id,
    )
    named_first = sorted(ranked, key=lambda candidate: candidate.producer_id != callback.producer_id)
    return held_last(named_first, ping_holds.in_force(tx, now))


def _place(
    ringing: Ringing,
    *,
    database: Database,
    carrier: Carrier,
    now: Callable[[], datetime],
    addresses: Addresses,
    wording: Wording,
) -> None:
    """Ask the carrier to ring. An unclear answer is left alone: the leg announces itself, or the lease runs out."""
    result = carrier.place_call(
        from_number=ringing.from_number,
        to_number=ringing.producer_phone,
        url=addresses.callback_screen(ringing.call_id),
        status_url=addresses.callback_status(ringing.call_id),
        ring_seconds=ringing.ring_seconds,
        fallback_url=addresses.fallback(),
    )
    with database.begin() as tx:
        match result:
            case Placed(call_sid=sid):
                calls.name(tx, ringing.call_id, sid)
            case Refused(message=message):
                give_back(tx, ringing.call_id, f"refused: {message}", Outcome.FAILED, now(), wording)
            case Ambiguous():
                pass


def give_back(tx: Transaction, call_id: int, why: str, outcome: Outcome, now: datetime, wording: Wording) -> None:
    """The ring for a callback came to nothing: its producer is free, and the callback is due again, with somebody else."""
    call = calls.load_by_id(tx, call_id)
    if call is None or call.ended_at is not None or call.callback_id is None:
        return
    turn = Turn(tx, call, "given_back", now)
    campaign = campaigns.by_id(tx, call.campaign_id) if call.campaign_id is not None else None
    for attempt in attempts.of_call(tx, call.id):
        if attempt.open:
            free_producer(turn, campaign, attempt, attempt.recorded or outcome, wording=wording)
    turn.happened(Happening.CALL_ENDED, {"why": why[:200]}, ended_at=now)
    turn.reply(Nothing())
    due_again(tx, call.callback_id, call.id, now)


def free_expired(*, database: Database, now: datetime, wording: Wording) -> int:
    """Claims whose lease is over without a sign of life: the process died, or the carrier never rang. Returns how many."""
    with database.read() as tx:
        expired = [row for row in callbacks.dialing(tx) if row.claimed_until is not None and row.claimed_until <= now]
    for callback in expired:
        with database.begin() as tx:
            if callback.call_id is not None:
                give_back(tx, callback.call_id, "no sign of the producer's leg", Outcome.FAILED, now, wording)
            else:
                callbacks.change(tx, callback.id, status="promised", claimed_until=None)
    return len(expired)
