"""Tier 2, as far as it is built: one true sentence, and the lead is on the supervisors' queue."""

from __future__ import annotations

from enum import StrEnum

from app.domain import area_codes, business_hours, phone, states
from app.domain.call import Disposition, Happening
from app.domain.instructions import Farewell, Instruction, Words
from app.domain.lead import Custody
from app.domain.policy import Policy
from app.storage import campaigns, leads, work
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.leads import Lead


class Lack(StrEnum):
    """Why nobody could take the call: the reason of the escalation, and which sentence is spoken."""

    NOBODY_LICENSED = "nobody_licensed"
    NOBODY_AVAILABLE = "nobody_available"
    STATE_UNKNOWN = "state_unknown"
    NO_CAMPAIGN = "no_campaign"
    TROUBLE = "trouble"


_SENTENCES = {
    Lack.NOBODY_LICENSED: "acknowledge_nobody_licensed",
    Lack.NOBODY_AVAILABLE: "acknowledge_busy",
    Lack.STATE_UNKNOWN: "acknowledge_state_unknown",
    Lack.NO_CAMPAIGN: "acknowledge_trouble",
    Lack.TROUBLE: "acknowledge_trouble",
}


def acknowledge(
    turn: Turn, campaign: Campaign | None, lack: Lack, happening: Happening = Happening.NOBODY_COULD
) -> Instruction:
    """Put the lead on the supervisors' queue, say so, end the call. A caller who was served already hears goodbye."""
    call = turn.call
    policy = campaign.policy if campaign else Policy()
    if call.served_seconds >= policy.served_seconds:
        turn.happened(happening, {"reason": lack, "served": True}, tier=2)
        return turn.reply(Farewell((Words("goodbye"),), call.language))
    lead = escalate(turn, campaign, lack)
    turn.happened(happening, {"reason": lack}, tier=2, disposition=Disposition.ESCALATED)
    named = "|".join(states.name(state) for state in (call.residence.states if call.residence else ()))
    words = Words(_true_sentence(turn, lead, lack), {"states": named})
    return turn.reply(Farewell((words,), call.language))


def _true_sentence(turn: Turn, lead: Lead, lack: Lack) -> str:
    """A follow-up is promised only where the lead is on the list and its person may be reached."""
    if lead.custody is not Custody.ESCALATED:
        return "goodbye"
    if lead.phone is None:
        return "acknowledge_no_number"
    return "acknowledge_opted_out" if _opted_out(turn, lead) else _SENTENCES[lack]


def _opted_out(turn: Turn, lead: Lead) -> bool:
    return lead.phone is not None and "stop" in work.suppressed(turn.tx, lead.phone)


def escalate(turn: Turn, campaign: Campaign | None, reason: str) -> Lead:
    """Put the call's lead on the supervisors' queue, unless it is served or closed; the lead as it stands then."""
    call, now = turn.call, turn.now
    lead = leads.load(turn.tx, call.lead_id) if call.lead_id is not None else None
    if lead is None:
        lead = leads.add(
            turn.tx,
            custody=Custody.IN_CALL,
            owed_by=now,
            now=now,
            campaign_id=call.campaign_id,
            phone=callers_own_number(turn, call.from_number),
        )
        turn.change(lead_id=lead.id)
    if not lead.custody.open:
        return lead
    due_at = business_hours.due_by(campaign.policy if campaign else Policy(), now)
    lead = leads.move(turn.tx, lead, Custody.ESCALATED, owed_by=due_at)
    why_not_called = ": no number" if lead.phone is None else ": opted out" if _opted_out(turn, lead) else ""
    work.escalate(
        turn.tx,
        lead_id=lead.id,
        call_id=call.id,
        state="|".join(call.residence.states) or None if call.residence else None,
        reason=f"{reason}{why_not_called}",
        due_at=due_at,
        now=now,
    )
    return lead


def callers_own_number(turn: Turn, from_number: str) -> str | None:
    """The number (E.164) at which the caller can be reached; None for a withheld one and for a vendor's trunk."""
    parsed = phone.parse(from_number)
    if parsed is None or area_codes.state_of(parsed) is None:
        return None
    return None if campaigns.vendor_of_trunk(turn.tx, parsed.e164) is not None else parsed.e164
