"""Leads that wait for a supervisor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.lead import Custody
from app.storage import campaigns, escalations, leads
from app.storage.database import Database
from app.storage.escalations import Escalation
from app.workflows.leads.escalate_lead import escalate_lead
from tests.conversations.people import OHIO_CALLER
from tests.product import AGENCY

NIGHT = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
"""23:00 in Ohio, the day before."""


def waiting(
    database: Database, now: datetime, phone: str | None = OHIO_CALLER, *, campaign: bool = True, **fields: Any
) -> Escalation:
    """A lead from Ohio on the supervisors' queue."""
    with database.begin() as tx:
        theirs = campaigns.reached_by(tx, AGENCY) if campaign else None
        lead = leads.add(
            tx,
            custody=Custody.ESCALATED,
            owed_by=now + timedelta(hours=1),
            now=now,
            phone=phone,
            campaign_id=theirs.campaign_id if theirs else None,
            **{"state": "OH", "zip_code": "43215", **fields},
        )
        escalate_lead(tx, lead, theirs, "hold_ran_out", now)
        found = escalations.open_of(tx, lead.id)
    assert found is not None
    return found


def lead_of(database: Database, escalation: Escalation) -> leads.Lead:
    with database.read() as tx:
        lead = leads.load(tx, escalation.lead_id)
    assert lead is not None
    return lead


def now_of(database: Database, escalation: Escalation) -> Escalation:
    """The escalation as it stands now."""
    with database.read() as tx:
        found = escalations.load(tx, escalation.id)
    assert found is not None
    return found
