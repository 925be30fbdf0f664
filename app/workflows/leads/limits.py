"""Whether more leads are asked of a vendor right now: caps of the vendor and the campaign, and calls that nobody answered.

Only pings and posts are told no. A call that arrives is served like any other: a cap is no reason to lose a caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain import caps
from app.domain.caps import HOUR, Brought, Caps, Limit, Windows
from app.domain.vendor_terms import VendorTerms
from app.storage import access, brought_leads, campaigns, ping_holds
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.workflows.leads.asked_campaign import Unmet


@dataclass(frozen=True)
class LimitReached(Unmet):
    """Nothing more is asked for before `until`, as far as can be told now."""

    reason: Limit
    until: datetime


_WHY = {Limit.CAP_REACHED: "a cap is reached", Limit.THROTTLED: "too many calls went unanswered"}


def _reached(reason: Limit, until: datetime) -> LimitReached:
    return LimitReached("campaign", f"no more leads are asked for right now: {_WHY[reason]}", reason, until)


def limit_reached(
    tx: Transaction, campaign: Campaign, vendor_id: int | None, now: datetime, *, agency_zone: ZoneInfo
) -> LimitReached | None:
    """What speaks against one more lead; None where nothing does.

    A campaign's day is that of its own zone, a vendor's that of `agency_zone`. Where caps stand, who asks takes turns with
    everybody else who does, until the transaction ends: of two on the last place one gets it.
    """
    if vendor_id is not None:
        terms = campaigns.vendor_terms(tx, vendor_id)
        until = caps.throttled_until(unanswered_at(tx, vendor_id, now), terms.unanswered_per_hour)
        if until is not None:
            return _reached(Limit.THROTTLED, until)
        counted = caps.windows(now, agency_zone)
        if (full := _full(tx, _caps(terms), counted, now, vendor_id=vendor_id)) is not None:
            return _reached(Limit.CAP_REACHED, full)
    counted = caps.windows(now, campaign.policy.zone)
    of_campaign = Caps(campaign.policy.hourly_cap, campaign.policy.daily_cap)
    full = _full(tx, of_campaign, counted, now, campaign_id=campaign.campaign_id)
    return None if full is None else _reached(Limit.CAP_REACHED, full)


def unanswered_at(tx: Transaction, vendor_id: int, now: datetime) -> list[datetime]:
    """When each of a vendor's calls of the last 60 minutes arrived that rang and was not answered."""
    found = brought_leads.never_answered(tx, now - HOUR, vendor_id)
    return [rung.arrived_at for _, rung in found if caps.is_unanswered(rung)]


def _caps(terms: VendorTerms) -> Caps:
    return Caps(terms.hourly_cap, terms.daily_cap)


def _full(
    tx: Transaction,
    standing: Caps,
    counted: Windows,
    now: datetime,
    *,
    vendor_id: int | None = None,
    campaign_id: int | None = None,
) -> datetime | None:
    """When a place is free again; None where one is."""
    if not standing:
        return None
    access.take_turns(tx, f"caps:{'campaign' if vendor_id is None else 'vendor'}:{vendor_id or campaign_id}")
    came = brought_leads.brought(tx, counted, vendor_id=vendor_id, campaign_id=campaign_id)
    held, over_at = ping_holds.promised(tx, now, vendor_id=vendor_id, campaign_id=campaign_id)
    if not caps.is_reached(standing, Brought(came.this_hour + held, came.today + held)):
        return None
    if standing.daily is not None and came.today >= standing.daily:
        return counted.day_ends
    if standing.hourly is not None and came.this_hour >= standing.hourly:
        last = brought_leads.nth_newest(
            tx, max(standing.hourly, 1), counted.hour_since, vendor_id=vendor_id, campaign_id=campaign_id
        )
        return (last or now) + HOUR
    return over_at or now + timedelta(seconds=1)


# ---- for whoever looks at a vendor


@dataclass(frozen=True)
class Traffic:
    """A vendor right now. `held_back_until`: pings are told no until then, because calls went unanswered."""

    terms: VendorTerms
    calls_this_hour: int
    calls_today: int
    leads: Brought
    unanswered: int
    held_back_until: datetime | None

    @property
    def is_at_cap(self) -> bool:
        return caps.is_reached(_caps(self.terms), self.leads)


def traffic_of(tx: Transaction, vendor_id: int, now: datetime, *, agency_zone: ZoneInfo) -> Traffic:
    """What a vendor brought this hour and today, beside what was agreed."""
    counted, terms = caps.windows(now, agency_zone), campaigns.vendor_terms(tx, vendor_id)
    calls_this_hour, calls_today = brought_leads.calls_of(tx, vendor_id, counted)
    unanswered = unanswered_at(tx, vendor_id, now)
    return Traffic(
        terms=terms,
        calls_this_hour=calls_this_hour,
        calls_today=calls_today,
        leads=brought_leads.brought(tx, counted, vendor_id=vendor_id),
        unanswered=len(unanswered),
        held_back_until=caps.throttled_until(unanswered, terms.unanswered_per_hour),
    )
