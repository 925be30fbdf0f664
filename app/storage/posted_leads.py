"""Leads that vendors post ahead of their calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from app.domain.lead import Custody
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow

_leads, _calls = table_of(LeadRow), table_of(CallRow)


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


def posted_since(tx: Connection, campaign_id: int, phone: str, since: datetime) -> int | None:
    """The newest lead posted with this number (E.164) on this campaign after `since`, open or not."""
    found: int | None = tx.execute(
        select(_leads.c.id)
        .where(
            _leads.c.phone == phone,
            _leads.c.campaign_id == campaign_id,
            _leads.c.posted,
            _leads.c.created_at > since,
        )
        .order_by(_leads.c.id.desc())
        .limit(1)
    ).scalar()
    return found


def unclaimed(tx: Connection, campaign_id: int, vendor_id: int, since: datetime) -> tuple[int, ...]:
    """This vendor's leads posted on this campaign after `since` whose call has not come, oldest first."""
    rows = tx.execute(
        select(_leads.c.id)
        .where(
            _leads.c.campaign_id == campaign_id,
            _leads.c.vendor_id == vendor_id,
            _leads.c.posted,
            _leads.c.custody == Custody.IN_CALL,
            # An open custody has an instant; the index of open leads is by it.
            _leads.c.owed_by.is_not(None),
            _leads.c.created_at > since,
            ~exists().where(_calls.c.lead_id == _leads.c.id),
        )
        .order_by(_leads.c.id)
    )
    return tuple(row[0] for row in rows)


def announced_by(tx: Connection, ping_id: int) -> int | None:
    """The first lead that was posted with this ping."""
    found: int | None = tx.execute(select(func.min(_leads.c.id)).where(_leads.c.ping_id == ping_id)).scalar()
    return found
