"""A lead told: who owes it the next step by when, and all that was done for it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.residency import Residence
from app.storage import call_list, callbacks, campaigns, escalations, leads, ledger, received_texts, texts, work
from app.storage.call_list import Listed
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.escalations import Escalation
from app.storage.leads import Lead
from app.storage.ledger import Entry
from app.storage.received_texts import ReceivedText
from app.storage.texts import Text
from app.workflows.leads.escalate_lead import residence_of

MOST = 100
"""Of each kind, the newest."""


@dataclass(frozen=True)
class ToldLead:
    """Everything of one lead, the newest first. `residence` is as its last call settled it.

    `left_alone`: why its number must not be called, texted, or answered.
    """

    lead: Lead
    campaign: Campaign | None
    residence: Residence
    calls: tuple[Listed, ...]
    promises: tuple[Callback, ...]
    escalations: tuple[Escalation, ...]
    texts: tuple[Text, ...]
    messages: tuple[ReceivedText, ...]
    entries: tuple[Entry, ...]
    left_alone: frozenset[str]


def tell_lead(tx: Transaction, lead_id: int) -> ToldLead | None:
    """None where there is no such lead."""
    lead = leads.load(tx, lead_id)
    if lead is None:
        return None
    called = call_list.of_lead(tx, lead.id, limit=MOST)
    return ToldLead(
        lead=lead,
        campaign=campaigns.by_id(tx, lead.campaign_id) if lead.campaign_id is not None else None,
        residence=lead.residence or next((one.residence for one in called if one.residence), residence_of(lead)),
        calls=tuple(called),
        promises=tuple(callbacks.of_lead(tx, lead.id)[::-1][:MOST]),
        escalations=tuple(escalations.of_lead(tx, lead.id)[::-1][:MOST]),
        texts=tuple(texts.of_lead(tx, lead.id)[::-1][:MOST]),
        messages=tuple(received_texts.from_number(tx, lead.phone, lead.created_at)[::-1][:MOST] if lead.phone else ()),
        entries=tuple(ledger.of_lead(tx, lead.id, limit=MOST)[::-1]),
        left_alone=frozenset(work.suppressed(tx, lead.phone) if lead.phone else ()),
    )
