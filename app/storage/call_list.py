"""Calls as a list: the newest first, by what is asked of them; and what a searched word names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from app.domain.call import Disposition, Phase
from app.domain.residency import Residence
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.campaigns import CampaignRow
from app.storage.residences import residence_of

_calls, _leads, _campaigns = table_of(CallRow), table_of(LeadRow), table_of(CampaignRow)

_LATELY = 5_000
"""So many calls are looked through for a number that no lead has: calls have no index of it."""


@dataclass(frozen=True)
class Listed:
    """One call of the list. `name` is the lead's, where it is known."""

    id: int
    call_sid: str
    lead_id: int | None
    direction: str
    number: str
    name: str
    campaign: str | None
    phase: Phase
    disposition: Disposition | None
    tier: int
    residence: Residence | None
    arrived_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    served_seconds: int


@dataclass(frozen=True)
class Asked:
    """What is asked of a call; None: anything. `since` and `until` bound its arrival."""

    disposition: Disposition | None = None
    state: str | None = None
    campaign_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def listed(tx: Connection, asked: Asked, *, limit: int, before: int | None = None) -> list[Listed]:
    """The newest first, at most `limit`, with ids below `before`."""
    query = _query().order_by(_calls.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_calls.c.id < before)
    if asked.disposition is not None:
        query = query.where(_calls.c.disposition == asked.disposition)
    if asked.campaign_id is not None:
        query = query.where(_calls.c.campaign_id == asked.campaign_id)
    if asked.since is not None:
        query = query.where(_calls.c.arrived_at >= asked.since)
    if asked.until is not None:
        query = query.where(_calls.c.arrived_at < asked.until)
    if asked.state is not None:
        # The states stand first in the text, and are codes: nothing else between the brackets looks like one.
        query = query.where(_calls.c.residence.like(f'{{"states": [%"{asked.state}"%], "confidence"%'))
    return [_listed(row) for row in tx.execute(query).mappings()]


def of_lead(tx: Connection, lead_id: int, *, limit: int) -> list[Listed]:
    """The lead's last calls, the newest first."""
    query = _query().where(_calls.c.lead_id == lead_id).order_by(_calls.c.id.desc()).limit(limit)
    return [_listed(row) for row in tx.execute(query).mappings()]


def with_number(tx: Connection, number: str, *, limit: int) -> list[Listed]:
    """The last calls of the leads with this number, and what came from it lately without a lead; the newest first.

    `number` is E.164.
    """
    theirs = select(_leads.c.id).where(_leads.c.phone == number)
    newest = select(func.max(_calls.c.id)).scalar_subquery()
    lately = and_(_calls.c.id > newest - _LATELY, _calls.c.from_number == number)
    query = _query().where(or_(_calls.c.lead_id.in_(theirs), lately)).order_by(_calls.c.id.desc()).limit(limit)
    return [_listed(row) for row in tx.execute(query).mappings()]


def leads_with_number(tx: Connection, number: str, *, limit: int) -> list[int]:
    """Ids of the leads who can be reached there, the newest first."""
    query = select(_leads.c.id).where(_leads.c.phone == number).order_by(_leads.c.id.desc()).limit(limit)
    return [row[0] for row in tx.execute(query)]


def _query() -> Select[Any]:
    return (
        select(
            _calls,
            _leads.c.first_name,
            _leads.c.last_name,
            _campaigns.c.name.label("campaign_name"),
        )
        .outerjoin(_leads, _leads.c.id == _calls.c.lead_id)
        .outerjoin(_campaigns, _campaigns.c.id == _calls.c.campaign_id)
    )


def _listed(row: RowMapping) -> Listed:
    return Listed(
        id=row["id"],
        call_sid=row["call_sid"],
        lead_id=row["lead_id"],
        direction=row["direction"],
        # Of a callback the person is the one who is called.
        number=row["from_number"] if row["direction"] == "inbound" else row["to_number"],
        name=f"{row['first_name'] or ''} {row['last_name'] or ''}".strip(),
        campaign=row["campaign_name"],
        phase=Phase(row["phase"]),
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
        tier=row["tier"],
        residence=residence_of(row["residence"]),
        arrived_at=row["arrived_at"],
        accepted_at=row["accepted_at"],
        ended_at=row["ended_at"],
        served_seconds=row["served_seconds"],
    )
