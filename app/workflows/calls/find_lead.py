"""Whose call this is: the lead that it joins, or a new one. From here on that lead is in a call."""

from __future__ import annotations

from app.domain import area_codes, phone
from app.domain.lead import LONGEST_CALL, TRANSFER_WINDOW, Custody
from app.domain.matching import TRUNK_WINDOW, Found, Match, match
from app.storage import access, campaigns, leads, posted_leads
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.storage.leads import Lead


def find_lead(turn: Turn, campaign: Campaign | None) -> tuple[Lead, Match]:
    """The lead of a call that has just arrived, and how it was found. A promise is paused while the caller is on the line."""
    parsed = phone.parse(turn.call.from_number)
    trunk_of = campaigns.vendor_of_trunk(turn.tx, parsed.e164) if parsed else None
    number = parsed.e164 if parsed and trunk_of is None else None
    matched = match(_found(turn, campaign, number, trunk_of))
    known = leads.load(turn.tx, matched.lead_id) if matched.lead_id is not None else None
    if known is not None and known.custody.open:
        until = turn.now + LONGEST_CALL
        return leads.move(turn.tx, known, Custody.IN_CALL, owed_by=until), matched
    # Where nobody could be reached at the number it is not the person's.
    own = number if area_codes.state_of(parsed) else None
    return _new(turn, campaign, own, known), matched


def _found(turn: Turn, campaign: Campaign | None, number: str | None, trunk_of: int | None) -> Found:
    """What storage knows, asked in the order of its strength and no further than needed.

    `number` is the caller's (E.164), None where it is withheld or a trunk; `trunk_of` the vendor whose trunk it is.
    """
    tx, now = turn.tx, turn.now
    open_lead = leads.open_with_phone(tx, number, turn.call.campaign_id) if number else None
    if open_lead is not None or campaign is None:
        return Found(open_lead=open_lead.id if open_lead else None)
    if (lent_to := _lent_to(turn, campaign)) is not None:
        return Found(pool_lead=lent_to)
    if number is not None:
        since = now - TRANSFER_WINDOW
        return Found(posted_lead=posted_leads.posted_since(tx, campaign.campaign_id, number, since))
    if trunk_of is None:
        return Found()
    # Two calls from one trunk at the same moment: the second sees what the first has claimed.
    access.take_turns(tx, f"trunk:{campaign.campaign_id}:{trunk_of}")
    return Found(unclaimed=posted_leads.unclaimed(tx, campaign.campaign_id, trunk_of, now - TRUNK_WINDOW))


def _lent_to(turn: Turn, campaign: Campaign) -> int | None:
    """The open lead that the called number is lent to right now."""
    if campaign.lent_to is None or campaign.lent_until is None or campaign.lent_until <= turn.now:
        return None
    lead = leads.load(turn.tx, campaign.lent_to)
    return lead.id if lead is not None and lead.custody.open else None


def _new(turn: Turn, campaign: Campaign | None, own: str | None, known: Lead | None) -> Lead:
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
        phone=own or (known.phone if known else None),
        **{"vendor_id": campaign.vendor_id if campaign else None, **told},
    )
