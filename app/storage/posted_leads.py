"""Leads that vendors post ahead of their calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from app.storage.models.base import table_of
from app.storage.models.calls import LeadRow

_leads = table_of(LeadRow)


def open_since(tx: Connection, campaign_id: int, phone: str, since: datetime) -> int | None:
    """The newest open lead with this number (E.164) on this campaign that came after `since`."""
    found: int | None = tx.execute(
        select(_leads.c.id)
        .where(
            _leads.c.phone == phone,
            _leads.c.campaign_id == campaign_id,
            _leads.c.owed_by.is_not(None),
            _leads.c.created_at > since,
        )
        .order_by(_leads.c.id.desc())
        .limit(1)
    ).scalar()
    return found
