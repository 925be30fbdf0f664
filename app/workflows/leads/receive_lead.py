"""A vendor posts a lead whose call is about to come. From here on somebody owes that person a step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from app.domain import residency
from app.domain.lead import TRANSFER_WINDOW, Custody
from app.domain.residency import Evidence, Residence
from app.storage import access, ledger, number_pool, posted_leads
from app.storage import leads as storage
from app.storage.access import ApiKey, Repeatable
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.storage.residences import residence_of
from app.workflows.leads.asked_campaign import TRANSFER_HOLDS, Unmet, asked_campaign

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
    posted: PostedLead, *, key: ApiKey, repeatable: Repeatable | None, database: Database, now: datetime
) -> LeadReceived | Unmet:
    """Keep the lead, in custody until the transfer window is over. Asked again under the same name: the same answer."""
    with database.begin() as tx:
        if repeatable is not None and (said := _said_before(tx, repeatable)) is not None:
            return said
        campaign = asked_campaign(tx, posted.campaign, key.vendor_id)
        if isinstance(campaign, Unmet):
            return campaign
        if posted.ping_id is not None and not _pinged(tx, posted.ping_id):
            return Unmet("ping_id", f"there was no ping {posted.ping_id}")
        received = _receive(tx, posted, campaign, key, now)
        if repeatable is not None:
            access.save_answer(tx, repeatable, _written(received), status=CREATED, now=now)
    return received


def _receive(tx: Transaction, posted: PostedLead, campaign: Campaign, key: ApiKey, now: datetime) -> LeadReceived:
    access.take_turns(tx, f"lead:{campaign.campaign_id}:{posted.phone}")
    residence = residency.settle(Evidence(vendor_state=posted.state, vendor_zip=posted.zip_code, phone=posted.phone))
    known = posted_leads.open_since(tx, campaign.campaign_id, posted.phone, now - TRANSFER_WINDOW)
    lead_id = known if known is not None else _add(tx, posted, campaign, key, now)
    expires_at = now + TRANSFER_HOLDS
    state = residence.states[0] if len(residence.states) == 1 else None
    lent = number_pool.lend(tx, campaign.campaign_id, lead_id, state=state, until=expires_at, now=now)
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


def _add(tx: Transaction, posted: PostedLead, campaign: Campaign, key: ApiKey, now: datetime) -> int:
    added = storage.add(
        tx,
        custody=Custody.IN_CALL,
        owed_by=now + TRANSFER_WINDOW,
        now=now,
        campaign_id=campaign.campaign_id,
        vendor_id=key.vendor_id or campaign.vendor_id,
        posted=True,
        phone=posted.phone,
        first_name=posted.first_name,
        last_name=posted.last_name,
        state=posted.state,
        zip_code=posted.zip_code,
        address=posted.address,
        external_id=posted.external_id,
        consent=posted.consent,
    )
    return added.id


def _pinged(tx: Transaction, ping_id: int) -> bool:
    entry = ledger.entry(tx, ping_id)
    return entry is not None and entry.kind == "ping"


def _said_before(tx: Transaction, repeatable: Repeatable) -> LeadReceived | Unmet | None:
    saved = access.saved_answer(tx, repeatable)
    if saved is None:
        return None
    if saved.body_digest != repeatable.body_digest:
        return Unmet("Idempotency-Key", "this key came before with another body; a new request takes a new key")
    fields = json.loads(saved.answer)
    residence = residence_of(json.dumps(fields.pop("residence")))
    assert residence is not None
    expires_at = datetime.fromisoformat(fields.pop("expires_at"))
    return LeadReceived(residence=residence, expires_at=expires_at, **fields)


def _written(received: LeadReceived) -> str:
    return json.dumps(asdict(received) | {"expires_at": received.expires_at.isoformat()})
