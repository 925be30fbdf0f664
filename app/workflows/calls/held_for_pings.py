"""A producer held for a ping, and the callers who are there: whom the ping announced comes first, everybody else last.

Nobody loses anyone by it: where only a held producer may serve a caller, they are offered that caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.domain import phone
from app.domain.routing import Candidate
from app.storage import campaigns, leads
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.storage.ping_holds import Hold


def held_last(ranked: Sequence[Candidate], holds: Mapping[int, Hold], *, own: Collection[int] = ()) -> list[Candidate]:
    """`ranked` as it is, but for those held: who is held for this very caller (`own`) first, who is for others last."""
    return sorted(ranked, key=lambda candidate: (candidate.producer_id not in own, candidate.producer_id in holds))


def announced(turn: Turn, campaign: Campaign, holds: Mapping[int, Hold]) -> set[int]:
    """Who is held for this call: by the ping that its lead was posted with or, without such a lead, by any ping of the
    same vendor on this campaign whose lead has not come either."""
    lead = leads.load(turn.tx, turn.call.lead_id) if holds and turn.call.lead_id is not None else None
    if lead is None:
        return set()
    if lead.posted:
        return {hold.producer_id for hold in holds.values() if hold.lead_id == lead.id}
    vendor_id = _seller(turn.tx, turn.call.from_number, lead, campaign)
    return {
        hold.producer_id
        for hold in holds.values()
        if hold.lead_id is None and hold.campaign_id == campaign.campaign_id and hold.vendor_id == vendor_id
    }


def _seller(tx: Transaction, from_number: str, lead: Lead, campaign: Campaign) -> int | None:
    if lead.vendor_id is not None or campaign.vendor_id is not None:
        return lead.vendor_id if lead.vendor_id is not None else campaign.vendor_id
    number = phone.parse(from_number)
    return campaigns.vendor_of_trunk(tx, number.e164) if number else None
