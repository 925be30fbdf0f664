"""Tier 2, the caller chooses: to stay, another time by voice or keys (read back and confirmed), a number to be called at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain import chosen_time, spoken_number
from app.domain.call import Disposition, Happening, Phase
from app.domain.instructions import AskNumber, AskTime, ConfirmTime, Farewell, Instruction, Words
from app.domain.policy import Policy
from app.domain.signals import KeysPressed
from app.storage import callbacks, calls, leads
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.storage.leads import Lead
from app.workflows.callbacks.promise import promise, slots, spoken_when, why_not, zone_of
from app.workflows.calls.acknowledge import (
    MOST_NUMBER_ASKS,
    Lack,
    acknowledge,
    lead_of,
    promised_words,
    time_for_a_dialog,
)
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.work_on_answer import work_on_answer

MOST_CHOICES = 5
"""Questions about another time on one call; then what was promised first stands."""

YES = "1"


def take_number(
    pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """The number that the caller wants to be called at; without one the lead stays with the supervisors."""

    def take(turn: Turn, campaign: Campaign | None) -> Instruction:
        number = spoken_number.ten_digits(pressed.digits, pressed.speech)
        heard = turn.happened(Happening.CALLER_CHOSE, {"round": round_, "number": number.e164 if number else None})
        lead = lead_of(turn)
        if number is not None and heard and lead.phone is None and lead.custody.open:
            leads.give_number(turn.tx, lead.id, number.e164)
            return acknowledge(turn, campaign, Lack.NOBODY_AVAILABLE)
        policy = campaign.policy if campaign else Policy()
        if heard and round_ < MOST_NUMBER_ASKS and time_for_a_dialog(turn, policy):
            words = (Words("ask_number_again"),)
            return turn.reply(AskNumber(turn.call.call_sid, round_ + 1, words, turn.call.language))
        return turn.reply(Farewell((Words("acknowledge_no_number"),), turn.call.language))

    key = f"number:{round_}"
    return work_on_answer(pressed, key, take, asked="asked for a number", database=database, now=now, wording=wording)


def ask_time(turn: Turn, campaign: Campaign, *before: Words) -> Instruction:
    """Ask for a day and a time, as often as that is sensible; then the first promise stands and is said once more."""
    call = turn.call
    round_ = call.choices + 1
    if round_ > MOST_CHOICES or not time_for_a_dialog(turn, campaign.policy):
        return turn.reply(Farewell((*_standing(turn, campaign), Words("goodbye")), call.language))
    turn.change(choices=round_)
    return turn.reply(AskTime(call.call_sid, round_, (*before, Words("ask_time")), call.language))


def take_time(pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording) -> Instruction:
    """What the caller said or keyed, as a time: read back before it counts."""
    if pressed.speech:
        chosen_time.get_ready()
    return work_on_answer(
        pressed,
        f"time:{round_}",
        lambda turn, campaign: _read_back(turn, campaign, pressed, round_),
        asked="asked for a time",
        database=database,
        now=now,
        wording=wording,
    )


def _read_back(turn: Turn, campaign: Campaign | None, pressed: KeysPressed, round_: int) -> Instruction:
    lead, now = lead_of(turn), turn.now
    facts: dict[str, Any] = {"round": round_, "speech": pressed.speech, "keys": pressed.digits}
    if campaign is None or turn.call.phase is not Phase.ACKNOWLEDGING or not lead.custody.open:
        turn.happened(Happening.CALLER_CHOSE, facts)
        return acknowledge(turn, campaign, Lack.TROUBLE)
    at = _understood(turn, lead, campaign, pressed)
    if at is None:
        turn.happened(Happening.CALLER_CHOSE, facts)
        return ask_time(turn, campaign, Words("ask_time_again"))
    refused = why_not(turn.tx, lead, campaign, now, at, asked=turn.call.asked_us) is not None
    if refused:
        free = slots(turn.tx, lead, campaign, now=now, count=1, earliest=at)
        if not free:
            turn.happened(Happening.CALLER_CHOSE, facts)
            return ask_time(turn, campaign)
        at = free[0].due_at
    turn.happened(Happening.CALLER_CHOSE, {**facts, "proposed": at.isoformat(), "instead": refused})
    when = {"when": spoken_when(at, lead, campaign, now)}
    instead = (Words("time_not_possible", when), Words("confirm_next_time"))
    words = instead if refused else (Words("confirm_time", when),)
    return turn.reply(ConfirmTime(turn.call.call_sid, round_, words, turn.call.language))


def confirm_time(
    pressed: KeysPressed, round_: int, *, database: Database, now: datetime, wording: Wording
) -> Instruction:
    """1: the time that was read back is promised; anything else asks again."""
    return work_on_answer(
        pressed,
        f"time:{round_}:confirmed",
        lambda turn, campaign: _promise_chosen(turn, campaign, round_, pressed.digits),
        asked="confirming a time",
        database=database,
        now=now,
        wording=wording,
    )


def _promise_chosen(turn: Turn, campaign: Campaign | None, round_: int, key: str) -> Instruction:
    facts: dict[str, Any] = {"round": round_, "key": key}
    proposed, lead, now = _proposed(turn, round_), lead_of(turn), turn.now
    if campaign is None or proposed is None or turn.call.phase is not Phase.ACKNOWLEDGING:
        turn.happened(Happening.CALLER_CHOSE, facts)
        return acknowledge(turn, campaign, Lack.TROUBLE)
    kept = None
    if key == YES:
        by = f"caller:{turn.call.call_sid}"
        kept = promise(turn.tx, lead, campaign, now=now, made_by=by, at=proposed, asked=turn.call.asked_us)
    if kept is None:
        turn.happened(Happening.CALLER_CHOSE, facts)
        return ask_time(turn, campaign)
    facts["promised"] = kept.due_at.isoformat()
    turn.happened(Happening.CALLER_CHOSE, facts, disposition=Disposition.CALLBACK_SCHEDULED)
    words = promised_words(lead, campaign, due_at=kept.due_at, promised_by=kept.promised_by, now=now, chosen=True)
    return turn.reply(Farewell((words, Words("goodbye")), turn.call.language))


def _understood(turn: Turn, lead: Lead, campaign: Campaign | None, pressed: KeysPressed) -> datetime | None:
    zone = zone_of(lead, campaign)
    if pressed.digits.strip("#*"):
        return chosen_time.from_keys(pressed.digits.strip("#*"), now=turn.now, zone=zone)
    return chosen_time.understand(pressed.speech, now=turn.now, zone=zone, language=turn.call.language)


def _proposed(turn: Turn, round_: int) -> datetime | None:
    """The time that was read back in this round."""
    for event in calls.events(turn.tx, turn.call.id):
        if event.key == f"time:{round_}" and event.facts.get("proposed"):
            return datetime.fromisoformat(event.facts["proposed"])
    return None


def _standing(turn: Turn, campaign: Campaign) -> tuple[Words, ...]:
    """What is promised already, said once more."""
    lead = lead_of(turn)
    kept = callbacks.active_of(turn.tx, lead.id)
    if kept is None:
        return ()
    return (promised_words(lead, campaign, due_at=kept.due_at, promised_by=kept.promised_by, now=turn.now),)
