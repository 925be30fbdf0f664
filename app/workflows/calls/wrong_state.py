"""A producer learns that the caller lives, or is right now, elsewhere: the caller is moved on, and nothing is forgotten.

The state is added to the evidence and committed first; only then is the carrier asked to take the caller out of the talk.
Where it cannot be, the talk counts for nothing and the lead is escalated when the call ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.carrier import Ambiguous, Carrier, Done, Refused
from app.domain import business_hours, residency
from app.domain.call import Happening, Outcome, Phase
from app.domain.instructions import Instruction, Nothing
from app.domain.lead import Custody
from app.domain.licensing import judge
from app.domain.policy import Policy
from app.domain.residency import Residence
from app.domain.signals import KeysPressed
from app.domain.told_place import Place
from app.storage import attempts, authority_facts, calls, leads, wrong_states
from app.storage.attempts import Attempt
from app.storage.calls import Call, Event, Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.calls.acknowledge import Lack, acknowledge, escalate
from app.workflows.calls.end_call import campaign_of, close_attempts, conclude_call
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.locate_caller import evidence_of
from app.workflows.calls.offer_call import offer_next, question_of
from app.workflows.errors import UnknownCall

UNDER_WAY = timedelta(seconds=10)
"""So long a redirect may take: a second press of the button within it moves nobody a second time."""

CALL_IS_OVER = 21220
"""The carrier's code for redirecting a call that is not live. Source: TELEPHONY.md section 5."""

_KEY = "wrong_state:"

AddressOf = Callable[[str, int], str]
"""Where a redirected caller's leg asks what is next, by the call's sid and the number of the offer it leaves."""


@dataclass(frozen=True)
class Noted:
    """The report is committed, on a call that stands as `call` says. `leaves`: the offer whose talk the caller must leave."""

    call: Call
    leaves: int | None = None
    key: str = ""

    @property
    def over(self) -> bool:
        return self.call.phase is Phase.ENDED


@dataclass(frozen=True)
class NotMoved:
    """The carrier did not take the caller out of the talk, as far as we know; `over` where the call has ended there."""

    why: str
    over: bool


def report_wrong_state(
    call_sid: str,
    place: Place,
    *,
    by: str,
    database: Database,
    carrier: Carrier,
    address_of: AddressOf,
    now: datetime,
    talk: int | None = None,
) -> Noted | NotMoved:
    """Note the state and, during a talk, move the caller to the next offer. The same report again changes nothing.

    `talk`: the reporter's offer, if known. Raises UnknownCall.
    """
    with database.begin() as tx:
        call = calls.load(tx, call_sid)
        if call is None:
            raise UnknownCall(call_sid)
        noted = note_wrong_state(tx, call, place, by=by, now=now, talk=talk)
    return move_caller(noted, database=database, carrier=carrier, address_of=address_of, now=now) or noted


def note_wrong_state(
    tx: Transaction, call: Call, place: Place, *, by: str, now: datetime, talk: int | None = None
) -> Noted:
    """Write the report down; the residence of the call is another from here on. `talk`: the reporter's offer, if known."""
    earlier = [event for event in calls.events(tx, call.id) if event.key.startswith(_KEY)]
    talks = [attempt for attempt in attempts.of_call(tx, call.id) if attempt.accepted_at is not None]
    offer = talk if talk is not None else (talks[-1].number if talks else 0)
    turn = Turn(tx, call, f"{_KEY}{len(earlier) + 1}", now)
    campaign = campaign_of(turn)
    told = {"offer": offer, "states": list(place.states), "zip": place.zip_code}
    new = not any(event.facts.get("told") == told for event in earlier)
    residence = _residence(turn, campaign, place) if new else call.residence
    talking = talks[-1] if talks and call.phase is Phase.CONNECTED else None
    leaves = None
    if talking is not None and not _under_way(earlier, talking.number, now):
        stays = talking.number != offer and _may_go_on(turn, campaign, talking, residence)
        leaves = None if stays else talking.number
    if not new and leaves is None:
        return Noted(call)
    if new:
        _keep(turn, place, offer, residence, by)
    facts = {"told": told, "leaves": leaves, "by": by}
    live = turn.happened(Happening.WRONG_STATE_REPORTED, facts, served_seconds=0)
    if new and residence is not None:
        turn.change(residence=residence, zip_code=residence.zip)
    if new and not live:
        _take_back(turn, campaign)
    turn.reply(Nothing())
    return Noted(turn.call, leaves, turn.key)


def move_caller(
    noted: Noted, *, database: Database, carrier: Carrier, address_of: AddressOf, now: datetime
) -> NotMoved | None:
    """Ask the carrier, outside every transaction, for what is committed. None where the caller is moved, or need not be."""
    if noted.leaves is None:
        return None
    call_sid = noted.call.call_sid
    match carrier.redirect(call_sid, address_of(call_sid, noted.leaves)):
        case Done():
            return None
        case Refused(code=code, message=message):
            not_moved = NotMoved(f"the carrier refused: {message}", over=code == CALL_IS_OVER)
        case Ambiguous(why=why):
            not_moved = NotMoved(f"the carrier did not say whether it did it: {why}", over=False)
    with database.begin() as tx:
        call = calls.load(tx, call_sid)
        if call is not None:
            turn = Turn(tx, call, f"{noted.key}:not_moved", now)
            turn.happened(Happening.LEG_PROGRESSED, {"not_moved": noted.leaves, "why": not_moved.why[:200]})
            turn.reply(Nothing())
    return not_moved


def move_on(asked: KeysPressed, number: int, *, database: Database, now: datetime, wording: Wording) -> Instruction:
    """The caller's leg has left the talk of offer `number`: the next offer. A second delivery gets the first one's reply.

    The Dial's own report may come before this, after it, or never; whatever is still open of the call is closed here.
    """
    with database.begin() as tx:
        call = calls.load(tx, asked.call_sid)
        if call is None:
            raise UnknownCall(asked.call_sid)
        key = f"redirected:{number}"
        said = calls.reply(tx, call, key)
        if said is not None:
            return said
        turn = Turn(tx, call, key, now)
        campaign = campaign_of(turn)
        if asked.caller_left or call.phase is Phase.ENDED:
            return conclude_call(turn, campaign, {"while": "moved on"}, wording=wording)
        close_attempts(turn, campaign, until=now, wording=wording, otherwise=Outcome.FAILED)
        facts = {"wrong_state": True, "offer": number, "talk_seconds": turn.call.served_seconds}
        # A talk in the wrong state serves nobody: its seconds are told, and count for nothing.
        turn.happened(_LEAVING.get(call.phase, Happening.STATE_SETTLED), facts, served_seconds=0, offers_from=now)
        if campaign is None or call.phase is Phase.ACKNOWLEDGING:
            return acknowledge(turn, campaign, Lack.NOBODY_AVAILABLE if campaign else Lack.TROUBLE)
        return offer_next(turn, campaign)


_LEAVING = {Phase.CONNECTED: Happening.TALK_ENDED, Phase.OFFERING: Happening.PRODUCER_PASSED}


def _residence(turn: Turn, campaign: Campaign | None, place: Place) -> Residence | None:
    """What holds with the new evidence. A ZIP is the caller's own word; a state is added to what was known."""
    if campaign is None:
        return turn.call.residence
    stated = () if place.zip_code else place.states
    return residency.settle(evidence_of(turn, campaign, keyed=place.zip_code, stated=stated))


def _under_way(earlier: Sequence[Event], number: int, now: datetime) -> bool:
    """Whether the carrier has been asked to end this talk just now, and has not said no."""
    failed = {event.key.removesuffix(":not_moved") for event in earlier if event.key.endswith(":not_moved")}
    return any(
        event.facts.get("leaves") == number and now - event.at < UNDER_WAY and event.key not in failed
        for event in earlier
    )


def _may_go_on(turn: Turn, campaign: Campaign | None, talking: Attempt, residence: Residence | None) -> bool:
    """Whether the producer who talks with the caller by now has authority in the new residence, too."""
    producer = authority_facts.producer(turn.tx, talking.producer_id)
    if producer is None or campaign is None or residence is None:
        return False
    return judge(producer, question_of(turn.tx, campaign, residence), turn.now).allowed


def _keep(turn: Turn, place: Place, offer: int, residence: Residence | None, by: str) -> None:
    wrong_states.write(
        turn.tx,
        call_id=turn.call.id,
        lead_id=turn.call.lead_id,
        offer=offer,
        states=place.states,
        zip_code=place.zip_code,
        required=residence.states if residence else (),
        by=by,
        now=turn.now,
    )


def _take_back(turn: Turn, campaign: Campaign | None) -> None:
    """The call is over: its lead goes back to the supervisors, also where the talk was long enough to count as served."""
    lead = leads.load(turn.tx, turn.call.lead_id) if turn.call.lead_id is not None else None
    if lead is None or lead.custody is Custody.CLOSED:
        return
    if lead.custody is Custody.SERVED:
        due_at = business_hours.due_by(campaign.policy if campaign else Policy(), turn.now)
        leads.move(turn.tx, lead, Custody.ESCALATED, owed_by=due_at)
    escalate(turn, campaign, "wrong_state")
