"""Whom a producer is to call: a lead of ours, or somebody at a bare number; and on which campaign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain import phone as phones
from app.domain.lead import Custody
from app.storage import access, campaigns, leads
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.escalate_lead import residence_of

_A_WHILE = timedelta(minutes=5)


@dataclass(frozen=True)
class Wanted:
    """Whom `npn` is to call: a lead of ours, or `phone` (E.164) of somebody who lives in `state` or at `zip_code`."""

    npn: str
    loa: str
    lead_id: int | None
    phone: str | None
    state: str | None
    zip_code: str | None


class NoSuchLead(Exception):
    """A call to a lead was asked for that does not exist."""


@dataclass(frozen=True)
class Person:
    """`cold`: no open lead of ours; `lead` is then a draft that is not stored yet."""

    lead: Lead
    campaign: Campaign
    cold: bool


def person_of(tx: Transaction, wanted: Wanted, producer_id: int, now: datetime) -> Person | Unmet:
    """The lead and its campaign, whose requirement is `loa`; for a bare number the first one on whose team the producer is.

    Raises NoSuchLead.
    """
    taking = [one for one in campaigns.everything(tx) if str(one.requirement) == wanted.loa]
    if not taking:
        return Unmet("loa", f"no campaign of ours takes {wanted.loa}")
    if wanted.lead_id is not None:
        return _lead(tx, wanted, wanted.lead_id)
    number = phones.parse(wanted.phone)
    if number is None or not phones.is_dialable_us(number):
        return Unmet("phone", "not a fixed or mobile number of a US state or territory: no such number is dialed")
    theirs = [one for one in taking if one.team is None or producer_id in one.team] or taking
    return _somebody(tx, wanted, number.e164, min(theirs, key=lambda one: one.campaign_id), now)


def _lead(tx: Transaction, wanted: Wanted, lead_id: int) -> Person | Unmet:
    lead = leads.load_to_write(tx, lead_id)
    if lead is None:
        raise NoSuchLead(str(lead_id))
    campaign = campaigns.find(tx, lead.campaign_id) if lead.campaign_id is not None else None
    if campaign is None:
        return Unmet("lead_id", "no campaign says which license this lead needs, nor from which number to call")
    if str(campaign.requirement) != wanted.loa:
        return Unmet("loa", f"this lead's campaign takes {campaign.requirement}")
    if lead.phone is not None and not phones.is_dialable_us(phones.parse(lead.phone)):
        return Unmet("lead_id", "the lead's number is no fixed or mobile number of a US state or territory")
    return Person(lead, campaign, cold=False)


def _somebody(tx: Transaction, wanted: Wanted, number: str, campaign: Campaign, now: datetime) -> Person | Unmet:
    """A bare number: its open lead of that campaign is joined, whose residence no request changes."""
    access.take_turns(tx, f"lead:{campaign.campaign_id}:{number}")
    draft = _draft(wanted, number, campaign, now)
    known = leads.open_with_phone(tx, number, campaign.campaign_id)
    lead = leads.load_to_write(tx, known.id) if known is not None else None
    if lead is None or not lead.custody.open or lead.campaign_id != campaign.campaign_id:
        return Person(draft, campaign, cold=True)
    told = wanted.zip_code or wanted.state
    if told is not None and residence_of(draft).states != residence_of(lead).states:
        where = " and ".join(residence_of(lead).states) or "a state that is not known"
        field = "zip" if wanted.zip_code else "state"
        return Unmet(field, f"lead {lead.id} has this number and lives in {where}; call it by lead_id")
    return Person(lead, campaign, cold=False)


def _draft(wanted: Wanted, number: str, campaign: Campaign, now: datetime) -> Lead:
    return Lead(
        id=0,
        campaign_id=campaign.campaign_id,
        vendor_id=None,
        created_at=now,
        phone=number,
        first_name="",
        last_name="",
        state=wanted.state,
        zip_code=wanted.zip_code,
        address="",
        external_id=None,
        consent=None,
        posted=False,
        custody=Custody.PROMISED,
        owed_by=now + _A_WHILE,
        closed_as=None,
    )


def stored(tx: Transaction, person: Person, now: datetime) -> Person:
    """The person of a bare number, as a lead from here on; a lead of ours as it is."""
    if not person.cold:
        return person
    draft = person.lead
    assert draft.owed_by is not None
    lead = leads.add(
        tx,
        custody=draft.custody,
        owed_by=draft.owed_by,
        now=now,
        campaign_id=draft.campaign_id,
        phone=draft.phone,
        state=draft.state,
        zip_code=draft.zip_code,
    )
    return replace(person, lead=lead)
