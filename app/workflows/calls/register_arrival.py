"""A call that has reached us is written down, its numbers spelled as we spell them."""

from __future__ import annotations

from datetime import datetime

from app.domain import phone
from app.domain.signals import Arrival
from app.storage import calls, campaigns
from app.storage.calls import Call
from app.storage.campaigns import Campaign
from app.storage.database import Transaction


def register_arrival(tx: Transaction, arrival: Arrival, at: datetime) -> tuple[Call | None, Campaign | None]:
    """The new call (None where another delivery was first), and the campaign that it reached."""
    caller, called = phone.parse(arrival.from_number), phone.parse(arrival.to_number)
    campaign = campaigns.reached_by(tx, called.e164) if called else None
    call = calls.register(
        tx,
        call_sid=arrival.call_sid,
        from_number=caller.e164 if caller else arrival.from_number,
        to_number=called.e164 if called else arrival.to_number,
        campaign_id=campaign.campaign_id if campaign else None,
        now=at,
    )
    return call, campaign
