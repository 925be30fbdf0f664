"""Which campaign a vendor's request is about, and what a request that cannot be met is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.storage import campaigns
from app.storage.access import ApiKey
from app.storage.campaigns import Campaign
from app.storage.database import Transaction

TRANSFER_HOLDS = timedelta(minutes=15)
"""How long the number to send a caller to stands. Source: FLOWS.md, matching a live transfer to its lead."""


@dataclass(frozen=True)
class Unmet:
    """The request names something that is not there (for this vendor): which field, and why."""

    field: str
    why: str


def asked_campaign(tx: Transaction, number: str, vendor_id: int | None) -> Campaign | Unmet:
    """The campaign at `number` (E.164). Another vendor's campaign is answered as one that does not exist."""
    campaign = campaigns.reached_by(tx, number)
    if campaign is None or (vendor_id is not None and campaign.vendor_id not in (None, vendor_id)):
        return Unmet("campaign", f"no campaign has the number {number}")
    return campaign


def seller(campaign: Campaign, key: ApiKey) -> int | None:
    """Whose lead it is: the key's vendor, or else the campaign's."""
    return key.vendor_id if key.vendor_id is not None else campaign.vendor_id
