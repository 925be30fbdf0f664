"""Tier 2: nobody can take the call now. Only what will happen is said, and it is written down before it is said.

A promise, or an escalation, stands from here on; the caller who hangs up at any step has it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain import area_codes, phone, states
from app.domain.call import Disposition, Happening
from app.domain.calling_hours import open_at
from app.domain.instructions import Acknowledge, AskNumber, Farewell, Instruction, Words
from app.domain.lead import Custody
from app.domain.policy import Policy
from app.storage import campaigns, escalations, leads, texts
from app.storage.calls import Call, Turn
from app.storage.campaigns import Campaign
from app.storage.leads import Lead
from app.workflows.callbacks.promise import promise, spoken_when, why_not
from app.workflows.calls.vendors_clock import seconds_left
from app.workflows.leads.escalate_lead import called, escalate_lead, opted_out


class Lack(StrEnum):
    """Why nobody could take the call: the reason of an escalation, and which sentence is spoken."""

    NOBODY_LICENSED = "nobody_licensed"
    NOBODY_AVAILABLE = "nobody_available"
    HOLD_RAN_OUT = "hold_ran_out"
    STATE_UNKNOWN = "state_unknown"
    NO_CAMPAIGN = "no_campaign"
    TROUBLE = "trouble"


PROMISED = (Lack.NOBODY_AVAILABLE, Lack.HOLD_RAN_OUT)
"""Somebody is licensed: a call can be promised. All else is a person's work."""

MOST_NUMBER_ASKS = 2
STAY, ANOTHER_TIME = "1", "2"

_SENTENCES = {
    Lack.NOBODY_LICENSED: "acknowledge_nobody_licensed",
    Lack.NOBODY_AVAILABLE: "acknowledge_busy",
    Lack.HOLD_RAN_OUT: "acknowledge_busy",
    Lack.STATE_UNKNOWN: "acknowledge_state_unknown",
    Lack.NO_CAMPAIGN: "acknowledge_trouble",
    Lack.TROUBLE: "acknowledge_trouble",
}

_DIALOG_SECONDS = 25
"""A sentence, a key, a goodbye: with less left before the vendor's buffer nothing is asked any more."""


@dataclass(frozen=True)
class Outlook:
    """What happens next with a lead that nobody could serve: what to say of it, and what became of the call."""

    lead: Lead
    words: tuple[Words, ...]
    disposition: Disposition
    promised: bool = False


def acknowledge(
    turn: Turn, campaign: Campaign | None, lack: Lack, happening: Happening = Happening.NOBODY_COULD
) -> Instruction:
    """Promise or escalate, say so, and offer what there is to choose. Who was served already hears goodbye."""
    call = turn.call
    policy = campaign.policy if campaign else Policy()
    if call.served_seconds >= policy.served_seconds:
        turn.happened(happening, {"reason": lack, "served": True}, tier=2)
        return turn.reply(Farewell((Words("goodbye"),), call.language))
    lead = lead_of(turn)
    if not lead.custody.open:
        turn.happened(happening, {"reason": lack, "custody": lead.custody}, tier=2)
        return turn.reply(Farewell((Words("goodbye"),), call.language))
    outlook = promise_or_escalate(turn, campaign, lead, lack)
    facts = {"reason": lack, "promised": outlook.promised, "said": [words.key for words in outlook.words]}
    turn.happened(happening, facts, tier=2, disposition=outlook.disposition)
    if time_for_a_dialog(turn, policy):
        if lead.phone is None and lack in PROMISED and campaign is not None:
            return turn.reply(AskNumber(call.call_sid, 1, (Words("ask_number"),), call.language))
        if not outlook.promised and _may_ask_for_contact(turn, campaign, lead, lack):
            return turn.reply(_ask_contact(turn))
        if outlook.promised and campaign is not None:
            return turn.reply(_choices(turn, campaign, outlook, may_hold=lack is Lack.NOBODY_AVAILABLE))
    return turn.reply(Farewell(outlook.words, call.language))


def promise_or_escalate(turn: Turn, campaign: Campaign | None, lead: Lead, lack: Lack) -> Outlook:
    """Put the lead on somebody's list, and say what is true of it. While the caller is on the line, a promise only waits."""
    now, call = turn.now, turn.call
    kept = None
    if lack in PROMISED and campaign is not None:
        kept = promise(turn.tx, lead, campaign, now=now, made_by=f"call:{call.call_sid}", asked=call.asked_us)
    if kept is None:
        lead = escalate(turn, campaign, lack)
        return Outlook(lead, (_follow_up(turn, lead, lack),), Disposition.ESCALATED)
    assert campaign is not None
    why = Words("busy")
    if open_at(called(lead), now, hours=campaign.policy) is None:
        why = Words("outside_hours")
    if lack is Lack.HOLD_RAN_OUT:
        lead = escalate(turn, campaign, lack)
        why = Words("still_busy")
    no_text = (Words("cannot_text"),) if texts.cannot_be_texted(turn.tx, kept.phone) else ()
    said = promised_words(lead, campaign, due_at=kept.due_at, promised_by=kept.promised_by, now=now)
    disposition = Disposition.ESCALATED if lack is Lack.HOLD_RAN_OUT else Disposition.CALLBACK_SCHEDULED
    return Outlook(lead, (why, *no_text, said), disposition, promised=True)


def promised_words(
    lead: Lead, campaign: Campaign, *, due_at: datetime, promised_by: datetime, now: datetime, chosen: bool = False
) -> Words:
    """The promised time as it is spoken: in minutes where it is now, at the latest by, or exactly as it was chosen."""
    if chosen:
        return Words("promise_at", {"when": spoken_when(due_at, lead, campaign, now)})
    if due_at <= now:
        minutes = max(1, int((promised_by - now).total_seconds() // 60))
        return Words("promise_within", {"minutes": str(minutes)})
    return Words("promise_by", {"when": spoken_when(promised_by, lead, campaign, now)})


def escalate(turn: Turn, campaign: Campaign | None, reason: str) -> Lead:
    """Put the call's lead on the supervisors' queue, unless it is served or closed; the lead as it stands then."""
    return escalate_lead(turn.tx, lead_of(turn), campaign, reason, turn.now, call_id=turn.call.id)


def lead_of(turn: Turn) -> Lead:
    """The call's lead, with the residence and language that the call has settled; a new one where it has none yet."""
    call = turn.call
    lead = leads.load(turn.tx, call.lead_id) if call.lead_id is not None else None
    if lead is None:
        lead = leads.add(
            turn.tx,
            custody=Custody.IN_CALL,
            owed_by=turn.now,
            now=turn.now,
            campaign_id=call.campaign_id,
            phone=callers_own_number(turn, call.from_number),
        )
        turn.change(lead_id=lead.id)
    if call.residence is not None and _says_more(call, lead):
        leads.settle(turn.tx, lead.id, call.residence, language=call.language)
        lead = replace(lead, residence=call.residence, language=call.language)
    return lead


def _says_more(call: Call, lead: Lead) -> bool:
    """Whether what the call has settled is news; a ZIP that the person texted meanwhile outranks what was not keyed."""
    if (lead.residence, lead.language) == (call.residence, call.language):
        return False
    told = lead.residence is not None and lead.residence.evidence.keyed_zip
    return not told or bool(call.residence and call.residence.evidence.keyed_zip)


def time_for_a_dialog(turn: Turn, policy: Policy) -> bool:
    """Whether there is time left before the vendor's buffer to ask the caller something."""
    left = seconds_left(turn.call, policy, turn.now)
    return left is None or left >= _DIALOG_SECONDS


def callers_own_number(turn: Turn, from_number: str) -> str | None:
    """The number (E.164) at which the caller can be reached; None for a withheld one and for a vendor's trunk."""
    parsed = phone.parse(from_number)
    if parsed is None or area_codes.state_of(parsed) is None:
        return None
    return None if campaigns.vendor_of_trunk(turn.tx, parsed.e164) is not None else parsed.e164


def _choices(turn: Turn, campaign: Campaign, outlook: Outlook, *, may_hold: bool) -> Acknowledge:
    holds = may_hold and campaign.policy.hold_seconds > 0
    keys = f"{STAY if holds else ''}{ANOTHER_TIME}"
    offered = Words("keys_stay_or_time" if holds else "keys_time")
    return _acknowledged(turn, (*outlook.words, offered), keys)


def _may_ask_for_contact(turn: Turn, campaign: Campaign | None, lead: Lead, lack: Lack) -> bool:
    """Somebody who said STOP is called back only if they ask for it on this call; and only where it could be done."""
    if lack not in PROMISED or not opted_out(turn.tx, lead):
        return False
    return why_not(turn.tx, lead, campaign, turn.now, asked=True) is None


def _ask_contact(turn: Turn) -> Acknowledge:
    return _acknowledged(turn, (Words("ask_contact"),), ANOTHER_TIME)


def _acknowledged(turn: Turn, words: tuple[Words, ...], keys: str) -> Acknowledge:
    """Each choice has a number, and so an address, of its own: a late key of an earlier one is told apart."""
    turn.change(choices=turn.call.choices + 1)
    call = turn.call
    return Acknowledge(call.call_sid, call.choices, words, Words("goodbye"), keys, call.language)


def _follow_up(turn: Turn, lead: Lead, lack: Lack) -> Words:
    """A follow-up is promised only where the lead is on the list and its person may be reached."""
    if lead.custody is not Custody.ESCALATED or escalations.open_of(turn.tx, lead.id) is None:
        return Words("goodbye")
    if lead.phone is None:
        return Words("acknowledge_no_number")
    if opted_out(turn.tx, lead):
        return Words("acknowledge_opted_out")
    governing = turn.call.residence.states if turn.call.residence else ()
    named = "|".join(states.name(state) for state in governing)
    return Words(_SENTENCES[lack], {"states": named})
