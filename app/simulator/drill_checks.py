"""What must hold on every path: by the carrier's own record, and by the rule read beside the product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.simulator.bridges import is_producer_leg, producer_leg_of
from app.simulator.calls import Call
from app.simulator.drill_stage import Playing
from app.simulator.facts import Facts, Json
from app.simulator.legs import Leg
from app.simulator.promises import WAITING, broken_promises
from app.simulator.storyline import Story

WE_WILL_CALL = ("We will call you", "Le llamaremos")
TEAM_WILL = (
    *("follow up", "has been told", "call us again", "we will not call you back"),
    *("se comunicará con usted", "avisamos a una persona", "llame otra vez", "no le devolveremos"),
)
GRACE = timedelta(seconds=90)
"""Between what was promised and the end of the sentence in which it was said."""


def wrong(playing: Playing, story: Story) -> list[str]:
    """Every promise that was not kept; nothing where all is well."""
    call = playing.call
    assert call is not None, "nobody has called"
    return list(
        dict.fromkeys(
            [
                *(_named(playing, why) for facts in story.calls for why in broken_promises(facts)),
                *_rung_without_authority(playing),
                *_heard_what_is_untrue(call, story),
                *_promised_unlawfully(playing, story.first),
                *_reached_unlawfully(playing),
                *(f"the carrier refused what we said: {found.message}" for found in playing.exchange.record.violations),
                *(f"an error in the product: {error!r}" for error in playing.stage.exceptions),
            ]
        )
    )


def _named(playing: Playing, why: str) -> str:
    """A broken promise with names instead of producers' numbers."""
    for phone, member in playing.pair.people.items():
        why = why.replace(phone, member.name)
    return why


# ---- authority


def _rung_without_authority(playing: Playing) -> Iterator[str]:
    record = playing.exchange.record
    for leg in record.legs.values():
        if leg.rang_at is not None and is_producer_leg(leg) and not _may(playing, leg, leg.rang_at):
            yield f"{_name(playing, leg)} has no authority for this call, and was rung"
    for bridge in record.bridges:
        leg = producer_leg_of(bridge)
        if not _may(playing, leg, bridge.since):
            yield f"{_name(playing, leg)} had no authority at that moment, and was connected"


def _may(playing: Playing, leg: Leg, at: datetime) -> bool:
    """By the rule itself, and by what was taken away meanwhile."""
    lost_at = playing.lost.get(leg.number)
    if lost_at is not None and lost_at < at:
        return False
    return leg.number in {playing.pair.phones[one.producer_id] for one in playing.pair.licensed(at)}


def _name(playing: Playing, leg: Leg) -> str:
    member = playing.pair.people.get(leg.number)
    return member.name if member else leg.number


# ---- what was said


def _heard_what_is_untrue(call: Call, story: Story) -> Iterator[str]:
    """What the caller was told last, against where the lead is."""
    lead = story.first.lead
    if lead is None or call.was_rejected:
        return
    told = [*call.spoken, *(text.body for text in story.first.texts if text.what == "sent")]
    promised, team = _says(told, WE_WILL_CALL), _says(told, TEAM_WILL)
    custody = lead["custody"]
    owed = [*lead["texts"], *lead["callbacks"]]
    if custody == "promised" and not promised and not owed:
        yield "the caller is promised a call, and never learns of it"
    if custody == "escalated" and not (promised or team or owed):
        yield "the lead is on the supervisors' list, and the caller never learns that a person will follow up"
    if custody == "closed" and promised and lead["closed_as"] != "opted_out":
        yield "the caller was told that we will call, and nobody will"
    if custody == "served" and not any(bridge.seconds > 0 for bridge in story.bridges):
        yield "the lead counts as served, and nobody spoke with the caller"


def _says(told: list[str], fragments: tuple[str, ...]) -> bool:
    return any(fragment in sentence for sentence in told for fragment in fragments)


# ---- hours


def _promised_unlawfully(playing: Playing, first: Facts) -> Iterator[str]:
    for promise in promises(first):
        due_at, by = datetime.fromisoformat(promise["due_at"]), datetime.fromisoformat(promise["promised_by"])
        span = playing.pair.open_at(promise["phone"], due_at)
        if span is None:
            yield f"the call back is due at {due_at:%Y-%m-%d %H:%M} UTC, when this person may not be called"
            continue
        soonest = playing.pair.next_span(promise["phone"], playing.at)
        within = timedelta(minutes=playing.pair.policy.callback_minutes) + GRACE
        ended_at = first.arrived_at + timedelta(seconds=_ended_second(first))
        is_soon = by <= max(ended_at, soonest.opens if soonest else ended_at) + within
        if promise["status"] in WAITING and promise["attempts"] == 0 and not is_soon:
            yield f"the call back is promised by {by:%Y-%m-%d %H:%M} UTC, later than the first lawful time"


def promises(first: Facts) -> list[Json]:
    """Every call back that was promised, the first one first."""
    return sorted(first.lead["callbacks"], key=lambda promise: promise["id"]) if first.lead else []


def _ended_second(facts: Facts) -> float:
    ended = facts.story["ended_at"]
    return facts.second if ended is None else (datetime.fromisoformat(ended) - facts.arrived_at).total_seconds()


def _reached_unlawfully(playing: Playing) -> Iterator[str]:
    """Texts and calls to the caller, by the carrier's record."""
    record = playing.exchange.record
    for text in record.texts_to(playing.contact):
        if not text.by_carrier and playing.pair.open_at(playing.contact, text.created_at) is None:
            yield f"the caller was texted at {text.created_at:%H:%M} UTC, outside lawful hours"
    for leg in record.legs.values():
        is_called = leg.to_number == playing.contact and leg.direction != "inbound"
        if is_called and playing.pair.open_at(playing.contact, leg.started_at) is None:
            yield f"the caller was called at {leg.started_at:%H:%M} UTC, outside lawful hours"
