"""What hangs on a producer's authority besides the roster: calls that are promised, calls of the last weeks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from app.domain import residency
from app.domain.call import Outcome
from app.domain.evidence import Evidence
from app.domain.licensing import Opening
from app.domain.residency import Residence
from app.domain.states import State
from app.storage import openings
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.models.work import CallbackRow
from app.storage.residences import HEAD, residence_of, states_at_head

_callbacks, _leads = table_of(CallbackRow), table_of(LeadRow)
_calls, _attempts = table_of(CallRow), table_of(AttemptRow)

_LONGEST_RING = timedelta(days=1)
"""A generous bound between a ring and its key press."""

Kind = tuple[int | None, tuple[State, ...]]
"""Calls of one campaign from the same governing states; none where nobody knows them."""


@dataclass(frozen=True, slots=True)
class PromisedCall:
    """A callback that is owed, and where its person lives. No number: whoever must keep it finds it at the lead."""

    callback_id: int
    lead_id: int
    campaign_id: int | None
    due_at: datetime
    promised_by: datetime
    producer_id: int | None
    only_producer: bool
    residence: Residence


def promised_calls(tx: Connection) -> list[PromisedCall]:
    """Every promise that stands, the first due first."""
    rows = tx.execute(
        select(_callbacks, _leads.c.residence, _leads.c.state.label("told_state"), _leads.c.zip_code)
        .join(_leads, _leads.c.id == _callbacks.c.lead_id)
        .where(_callbacks.c.status.in_(("promised", "dialing")))
        .order_by(_callbacks.c.due_at, _callbacks.c.id)
    ).mappings()
    return [
        PromisedCall(
            callback_id=row["id"],
            lead_id=row["lead_id"],
            campaign_id=row["campaign_id"],
            due_at=row["due_at"],
            promised_by=row["promised_by"],
            producer_id=row["producer_id"],
            only_producer=row["only_producer"],
            residence=residence_of(row["residence"])
            or residency.settle(
                Evidence(vendor_state=row["told_state"], vendor_zip=row["zip_code"], phone=row["phone"])
            ),
        )
        for row in rows
    ]


def every_opening(tx: Connection) -> dict[State, Opening]:
    """How each state stands behind the expansion gate, with all of a territory's ZIPs."""
    return {
        each.state: Opening(
            is_open=each.is_open,
            zips=None if each.zips is None else frozenset(each.zips),
            agency_until=each.agency_until,
        )
        for each in openings.everywhere(tx)
    }


def arrived_since(tx: Connection, since: datetime) -> Counter[Kind]:
    """How many callers came to us since then."""
    return _counted(
        tx, select(*_KIND).where(_calls.c.direction == "inbound", _calls.c.arrived_at >= since).group_by(*_KIND[:2])
    )


def bridged_since(tx: Connection, since: datetime, *, producer_id: int | None = None) -> Counter[Kind]:
    """How many talks an accepted offer led to since then, of everybody or of one producer."""
    query = (
        select(*_KIND)
        .join(_attempts, _attempts.c.call_id == _calls.c.id)
        .where(
            _attempts.c.started_at >= since - _LONGEST_RING,
            _attempts.c.accepted_at >= since,
            or_(_attempts.c.outcome.is_(None), _attempts.c.outcome == Outcome.ACCEPTED),
        )
        .group_by(*_KIND[:2])
    )
    return _counted(tx, query if producer_id is None else query.where(_attempts.c.producer_id == producer_id))


# Grouped by the database: reading each residence of a month whole took longer than a page may.
_KIND = (_calls.c.campaign_id, func.substr(_calls.c.residence, 1, HEAD).label("head"), func.count().label("calls"))


def _counted(tx: Connection, query: Select[Any]) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    for campaign_id, head, calls in tx.execute(query):
        found[campaign_id, states_at_head(head)] += calls
    return found
