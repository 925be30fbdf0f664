"""Whose call this is: the lead that it joins, or a new one. From here on that lead is in a call."""

from __future__ import annotations

from app.domain import phone
from app.domain.lead import LONGEST_CALL, TRANSFER_WINDOW, Custody
from app.domain.matching import TRUNK_WINDOW, Found, Match, match
from app.storage import access, campaigns, leads, posted_leads
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.leads import Lead
from app.workflows.calls.acknowledge import callers_own_number


def find_lead(turn: Turn, campaign: Campaign | None) -> tuple[Lead, Match]:
    """The lead of a call that has just arrived, and how it was found. A promise is paused while the caller is on the line."""
    matched = match(_found(turn, campaign))
    known = leads.load(turn.tx, matched.lead_id) if matched.lead_id is not None else None
    if known is not None and known.custody.open:
        until = turn.now + LONGEST_CALL
        return leads.move(turn.tx, known, Custody.IN_CALL, owed_by=until), matched
    return _new(turn, campaign, known), matched


def _found(turn: Turn, campaign: Campaign | None) -> Found:
    """What storage knows, asked in the order of its strength and no further than needed."""
    tx, call, now = turn.tx, turn.call, turn.now
    parsed = phone.parse(call.from_number)
    vendor_id = campaigns.vendor_of_trunk(tx, parsed.e164) if parsed else None
    number = parsed.e164 if parsed and vendor_id is None else None
    open_lead = leads.open_with_phone(tx, number, call.campaign_id) if number else None
    if open_lead is not None or campaign is None:
        return Found(open_lead=open_lead.id if open_lead else None)
    if (lent_to := _lent_to(turn, campaign)) is not None:
        return Found(pool_lead=lent_to)
    if number is not None:
        since = now - TRANSFER_WINDOW
        return Found(posted_lead=posted_leads.posted_since(tx, campaign.campaign_id, number, since))
    if vendor_id is None:
        return Found()
    # Two calls from one trunk at the same moment: the second sees what the first has claimed.
    access.take_turns(tx, f"trunk:{campaign.campaign_id}:{vendor_id}")
    return Found(unclaimed=posted_leads.unclaimed(tx, campaign.campaign_id, vendor_id, now - TRUNK_WINDOW))


def _lent_to(turn: Turn, campaign: Campaign) -> int | None:
    """The open lead that the called number is lent to right now."""
    if campaign.lent_to is None or campaign.lent_until is None or campaign.lent_until <= turn.now:
        return None
    lead = leads.load(turn.tx, campaign.lent_to)
    return lead.id if lead is not None and lead.custody.open else None


def _new(turn: Turn, campaign: Campaign | None, known: Lead | None) -> Lead:
    """A new lead. Where the vendor's record is `known`, and over (served, given back), its facts are taken along."""
    told = {}
    if known is not None:
        names = ("vendor_id", "first_name", "last_name", "state", "zip_code", "address", "external_id", "consent")
        told = {name: getattr(known, name) for name in names}
    return leads.add(
        turn.tx,
        custody=Custody.IN_CALL,
        owed_by=turn.now + LONGEST_CALL,
        now=turn.now,
        campaign_id=turn.call.campaign_id,
        phone=callers_own_number(turn, turn.call.from_number) or (known.phone if known else None),
        **{"vendor_id": campaign.vendor_id if campaign else None, **told},
    )
