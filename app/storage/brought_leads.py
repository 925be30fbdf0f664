"""Leads that a vendor or a campaign brought, counted for the caps: posted, or called in.

Neither those whom we called first, nor the rows of a list: nobody is about to transfer those.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, false, func, literal_column, or_, select

from app.domain.call import Disposition
from app.domain.caps import Brought, Rung, Windows
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.campaigns import CampaignRow

_leads, _calls, _campaigns = table_of(LeadRow), table_of(CallRow), table_of(CampaignRow)

_called_in = exists(
    select(literal_column("1"))
    .where(_calls.c.lead_id == _leads.c.id, _calls.c.direction == literal_column("'inbound'"))
    .correlate(_leads)
)


def _of(vendor_id: int | None, campaign_id: int | None) -> ColumnElement[bool]:
    whose = _leads.c.vendor_id == vendor_id if vendor_id is not None else _leads.c.campaign_id == campaign_id
    return and_(whose, _leads.c.listed == false(), or_(_leads.c.posted, _called_in))


def brought(
    tx: Connection, counted: Windows, *, vendor_id: int | None = None, campaign_id: int | None = None
) -> Brought:
    """How many leads came in the hour and on the day. A duplicate joined its lead, and is none of its own."""
    came = _leads.c.created_at
    earliest = min(counted.hour_since, counted.day_began)
    row = tx.execute(
        select(
            func.count(case((came > counted.hour_since, 1))),
            func.count(case((came >= counted.day_began, 1))),
        ).where(_of(vendor_id, campaign_id), came >= earliest)
    ).one()
    return Brought(int(row[0]), int(row[1]))


def nth_newest(
    tx: Connection, nth: int, since: datetime, *, vendor_id: int | None = None, campaign_id: int | None = None
) -> datetime | None:
    """When the `nth` newest lead came (1 is the newest), where that was after `since`."""
    found: datetime | None = tx.execute(
        select(_leads.c.created_at)
        .where(_of(vendor_id, campaign_id), _leads.c.created_at > since)
        .order_by(_leads.c.created_at.desc())
        .offset(nth - 1)
        .limit(1)
    ).scalar()
    return found


# ---- a vendor's calls


_sold_by = func.coalesce(_leads.c.vendor_id, _campaigns.c.vendor_id)
_inbound = _calls.outerjoin(_leads, _leads.c.id == _calls.c.lead_id).outerjoin(
    _campaigns, _campaigns.c.id == _calls.c.campaign_id
)


def calls_of(tx: Connection, vendor_id: int, counted: Windows) -> tuple[int, int]:
    """How many of a vendor's calls arrived in the hour and on the day."""
    came = _calls.c.arrived_at
    earliest = min(counted.hour_since, counted.day_began)
    row = tx.execute(
        select(
            func.count(case((came > counted.hour_since, 1))),
            func.count(case((came >= counted.day_began, 1))),
        )
        .select_from(_inbound)
        .where(_sold_by == vendor_id, _calls.c.direction == "inbound", came >= earliest)
    ).one()
    return int(row[0]), int(row[1])


def never_answered(tx: Connection, since: datetime, vendor_id: int | None = None) -> list[tuple[int, Rung]]:
    """(vendor, call) of each call that arrived after `since` and ended without an answer of ours."""
    query = (
        select(_sold_by, _calls.c.arrived_at, _calls.c.ended_at, _calls.c.disposition)
        .select_from(_inbound)
        .where(
            _calls.c.arrived_at > since,
            _calls.c.direction == "inbound",
            _calls.c.answered_at.is_(None),
            _calls.c.ended_at.is_not(None),
            _sold_by.is_not(None) if vendor_id is None else _sold_by == vendor_id,
        )
    )
    return [(row[0], Rung(row[1], row[2], Disposition(row[3]) if row[3] else None)) for row in tx.execute(query)]
