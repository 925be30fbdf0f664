"""A vendor posts a lead whose call is about to come. From here on somebody owes that person a step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain import residency
from app.domain.lead import TRANSFER_WINDOW, Custody
from app.domain.residency import Evidence, Residence
from app.storage import access, ledger, number_pool, ping_holds, posted_leads
from app.storage import leads as storage
from app.storage.access import ApiKey, Repeatable
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.ledger import Entry
from app.storage.residences import residence_of
from app.workflows.leads.asked_campaign import TRANSFER_HOLDS, Unmet, asked_campaign, seller
from app.workflows.leads.limits import LimitReached, limit_reached

CREATED = 201


@dataclass(frozen=True)
class PostedLead:
    """As the vendor wrote it; `campaign` and `phone` are E.164. `ping_id` is the ping that announced it."""

    campaign: str
    phone: str
    first_name: str
    last_name: str
    state: str | None
    zip_code: str | None
    address: str
    external_id: str | None
    consent: str | None
    ping_id: int | None


@dataclass(frozen=True)
class LeadReceived:
    """`duplicate`: the lead was there already, open. The caller is to be sent to `transfer_to` by `expires_at`."""

    lead_id: int
    residence: Residence
    duplicate: bool
    transfer_to: str
    expires_at: datetime


def receive_lead(
    posted: PostedLead,
    *,
    key: ApiKey,
    repeatable: Repeatable | None,
    database: Database,
    now: datetime,
    agency_zone: ZoneInfo | None = None,
) -> LeadReceived | Unmet:
    """Keep the lead, in custody until the transfer window is over. Asked again under the same name: the same answer.

    Where a limit is reached nothing is kept, unless an accepted ping of this vendor announced it: then it is always taken.
    A vendor's day is that of `agency_zone`; None: a row of a list, which no limit stands against, and which counts for none.
    """
    with database.begin() as tx:
        if repeatable is not None and (said := _said_before(tx, repeatable)) is not None:
            return said
        campaign = asked_campaign(tx, posted.campaign, key.vendor_id)
        if isinstance(campaign, Unmet):
            return campaign
        ping = None
        if posted.ping_id is not None and (ping := _ping(tx, posted.ping_id, key.vendor_id)) is None:
            return Unmet("ping_id", f"there was no ping {posted.ping_id}")
        access.take_turns(tx, f"lead:{campaign.campaign_id}:{posted.phone}")
        known = posted_leads.open_since(tx, campaign.campaign_id, posted.phone, now - TRANSFER_WINDOW)
        if known is None and agency_zone is not None:
            limit = limit_reached(tx, campaign, seller(campaign, key), now, agency_zone=agency_zone)
            if limit is not None and not _is_promised(tx, ping, campaign, now):
                _note_refusal(tx, posted, campaign, key, limit, now)
                return limit
        received = _receive(tx, posted, campaign, key, known, now, listed=agency_zone is None)
        if repeatable is not None:
            access.save_answer(tx, repeatable, _written(received), status=CREATED, now=now)
    return received


def _ping(tx: Transaction, ping_id: int, vendor_id: int | None) -> Entry | None:
    """The ping, where it is one of this vendor's; a key that is nobody's in particular may name any."""
    entry = ledger.entry(tx, ping_id)
    if entry is None or entry.kind != "ping":
        return None
    return entry if vendor_id is None or entry.facts.get("vendor_id") == vendor_id else None


def _is_promised(tx: Transaction, ping: Entry | None, campaign: Campaign, now: datetime) -> bool:
    """Whether we said yes to this lead, and that stands: one accepted ping is one lead."""
    if ping is None or ping.facts.get("allowed") is not True or ping.facts.get("campaign") != campaign.number:
        return False
    return now < ping.at + TRANSFER_HOLDS and posted_leads.announced_by(tx, ping.entry_id) is None


def _note_refusal(
    tx: Transaction, posted: PostedLead, campaign: Campaign, key: ApiKey, limit: LimitReached, now: datetime
) -> None:
    facts = {
        "campaign": campaign.number,
        "vendor_id": seller(campaign, key),
        "external_id": posted.external_id,
        "ping_id": posted.ping_id,
        "reason": limit.reason,
        "until": limit.until.isoformat(),
    }
    ledger.write(tx, kind="lead_refused", now=now, actor=key.actor, facts=facts)


def _receive(
    tx: Transaction,
    posted: PostedLead,
    campaign: Campaign,
    key: ApiKey,
    known: int | None,
    now: datetime,
    *,
    listed: bool,
) -> LeadReceived:
    residence = residency.settle(Evidence(vendor_state=posted.state, vendor_zip=posted.zip_code, phone=posted.phone))
    lead_id = known if known is not None else _add(tx, posted, campaign, key, now, listed=listed)
    if posted.ping_id is not None:
        ping_holds.belongs_to(tx, posted.ping_id, lead_id)
    expires_at = now + TRANSFER_HOLDS
    state = residence.states[0] if len(residence.states) == 1 else None
    # Nobody transfers a caller for a row of a list: the pool is for those who come in the next minutes.
    lent = (
        None if listed else number_pool.lend(tx, campaign.campaign_id, lead_id, state=state, until=expires_at, now=now)
    )
    transfer_to = lent or campaign.number
    facts = {
        "campaign": campaign.number,
        "ping_id": posted.ping_id,
        "external_id": posted.external_id,
        "duplicate": known is not None,
        "states": list(residence.states),
        "confidence": residence.confidence,
        "transfer_to": transfer_to,
    }
    ledger.write(tx, kind="lead_posted", now=now, actor=key.actor, facts=facts, lead_id=lead_id)
    return LeadReceived(lead_id, residence, known is not None, transfer_to, expires_at)


def _add(tx: Transaction, posted: PostedLead, campaign: Campaign, key: ApiKey, now: datetime, *, listed: bool) -> int:
    added = storage.add(
        tx,
        custody=Custody.IN_CALL,
        owed_by=now + TRANSFER_WINDOW,
        now=now,
        campaign_id=campaign.campaign_id,
        vendor_id=seller(campaign, key),
        posted=True,
        phone=posted.phone,
        first_name=posted.first_name,
        last_name=posted.last_name,
        state=posted.state,
        zip_code=posted.zip_code,
        address=posted.address,
        external_id=posted.external_id,
        consent=posted.consent,
        ping_id=posted.ping_id,
        listed=listed,
    )
    return added.id


def _said_before(tx: Transaction, repeatable: Repeatable) -> LeadReceived | Unmet | None:
    saved = access.saved_answer(tx, repeatable)
    if saved is None:
        return None
    if saved.body_digest != repeatable.body_digest:
        return Unmet("Idempotency-Key", "this key came before with another request; a new request takes a new key")
    fields = json.loads(saved.answer)
    residence = residence_of(json.dumps(fields.pop("residence")))
    assert residence is not None
    expires_at = datetime.fromisoformat(fields.pop("expires_at"))
    return LeadReceived(residence=residence, expires_at=expires_at, **fields)


def _written(received: LeadReceived) -> str:
    return json.dumps(asdict(received) | {"expires_at": received.expires_at.isoformat()})
