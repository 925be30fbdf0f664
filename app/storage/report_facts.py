"""What reports are made of, read back page by page: each page a reading transaction of its own, of some milliseconds.

A report is no snapshot: calls go on between two pages, and it says as of when it was made. That is the price of never
holding anything: on SQLite a long read keeps the write-ahead log from being cut, on PostgreSQL dead rows from being removed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, literal, select, tuple_

from app.domain import policy as policies
from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs, Custody
from app.domain.service_report.facts import CallFacts, LeadFacts, PromiseFacts, RingFacts
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.models.campaigns import CampaignRow, VendorRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import CallbackRow, EscalationRow

_calls, _leads, _attempts = table_of(CallRow), table_of(LeadRow), table_of(AttemptRow)
_callbacks, _escalations, _ledger = table_of(CallbackRow), table_of(EscalationRow), table_of(LedgerRow)
_campaigns, _vendors, _producers = table_of(CampaignRow), table_of(VendorRow), table_of(ProducerRow)

PAGE = 250
"""So many calls are read in one transaction."""

_CHECKS = 1000
_NAMES = 500


@dataclass(frozen=True)
class Only:
    """What a report is narrowed to: a campaign's number, a vendor's slug; None: all."""

    campaign: str | None = None
    vendor: str | None = None

    def admits(self, call: CallFacts) -> bool:
        return self.campaign in (None, call.campaign) and self.vendor in (None, call.vendor)


EVERYTHING = Only()


def pages(
    database: Database, *, since: datetime, until: datetime, zone: ZoneInfo, only: Only = EVERYTHING, most: int = PAGE
) -> Iterator[list[CallFacts]]:
    """The calls that arrived in [since, until), oldest first. `zone` is the agency's, for the dates."""
    with database.read() as tx:
        sold = _sold(tx)
    after: tuple[datetime, int] | None = (since, 0)
    while after is not None:
        with database.read() as tx:
            rows = tx.execute(_page_of_calls, {"at": after[0], "id": after[1], "until": until, "most": most}).all()
            around = _around(tx, rows, sold)
        found = (_call(row, around, sold, zone) for row in rows)
        yield [call for call in found if only.admits(call)]
        after = (rows[-1].arrived_at, rows[-1].id) if len(rows) == most else None


def fewer_than(tx: Connection, most: int, *, since: datetime, until: datetime) -> bool:
    """Whether fewer than `most` calls arrived in [since, until)."""
    some = select(literal(1)).where(_calls.c.arrived_at >= since, _calls.c.arrived_at < until).limit(most)
    found = tx.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return bool(found < most)


def checks_refused(database: Database, *, since: datetime, until: datetime) -> int:
    """How often an outside dialer asked whether a producer may, and was told no."""
    found: int = 0
    after = (since, 0)
    while True:
        with database.read() as tx:
            rows = tx.execute(_refused, {"at": after[0], "id": after[1], "until": until, "most": _CHECKS}).all()
        found += sum(bool(row.is_refused) for row in rows)
        if len(rows) < _CHECKS:
            return found
        after = (rows[-1].at, rows[-1].id)


def producer_names(tx: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(name, NPN) by id."""
    wanted, names = sorted(ids), dict[int, tuple[str, str]]()
    for begin in range(0, len(wanted), _NAMES):
        rows = tx.execute(_named, {"ids": wanted[begin : begin + _NAMES]})
        names |= {row.id: (f"{row.first_name} {row.last_name}", row.npn) for row in rows}
    return names


def sold_by(tx: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """What may be asked for: campaigns (number to name), vendors (slug to name)."""
    campaigns = tx.execute(select(_campaigns.c.number, _campaigns.c.name).order_by(_campaigns.c.name)).all()
    vendors = tx.execute(select(_vendors.c.slug, _vendors.c.name).order_by(_vendors.c.name)).all()
    return {row.number: row.name for row in campaigns}, {row.slug: row.name for row in vendors}


def slug_of(tx: Connection, vendor_id: int) -> str | None:
    found: str | None = tx.execute(select(_vendors.c.slug).where(_vendors.c.id == vendor_id)).scalar()
    return found


# ---- statements


_instant = _calls.c.arrived_at.type
_page_of_calls = (
    select(
        *(_calls.c[name] for name in ("id", "direction", "campaign_id", "lead_id", "residence", "disposition", "tier")),
        *(_calls.c[name] for name in ("holding_since", "arrived_at", "answered_at", "ended_at", "served_seconds")),
        *(_leads.c[name] for name in ("vendor_id", "custody", "closed_as", "owed_by")),
    )
    .outerjoin(_leads, _leads.c.id == _calls.c.lead_id)
    .where(
        # The first says the same more weakly: by it both databases find the place in the index.
        _calls.c.arrived_at >= bindparam("at", type_=_instant),
        tuple_(_calls.c.arrived_at, _calls.c.id) > tuple_(bindparam("at", type_=_instant), bindparam("id")),
        _calls.c.arrived_at < bindparam("until", type_=_instant),
    )
    .order_by(_calls.c.arrived_at, _calls.c.id)
    .limit(bindparam("most"))
)
_ids: BindParameter[list[int]] = bindparam("ids", expanding=True)
_lead_ids: BindParameter[list[int]] = bindparam("lead_ids", expanding=True)
_rings = (
    select(*(_attempts.c[name] for name in ("call_id", "producer_id", "outcome", "accepted_at", "ended_at")))
    .where(_attempts.c.call_id.in_(_ids))
    .order_by(_attempts.c.call_id, _attempts.c.number)
)
_promises = select(*(_callbacks.c[name] for name in ("id", "lead_id", "status", "promised_by"))).where(
    _callbacks.c.lead_id.in_(_lead_ids)
)
_calls_of_leads = select(
    *(_calls.c[name] for name in ("lead_id", "campaign_id", "direction", "callback_id", "arrived_at")),
    *(_calls.c[name] for name in ("answered_at", "ended_at")),
).where(_calls.c.lead_id.in_(_lead_ids))
_nobody_licensed = select(_escalations.c.call_id).where(
    _escalations.c.lead_id.in_(_lead_ids), _escalations.c.reason.like("nobody_licensed%")
)
_refused = (
    select(_ledger.c.at, _ledger.c.id, _ledger.c.facts.like('%"allowed":false%').label("is_refused"))
    .where(
        _ledger.c.kind == "check",
        _ledger.c.at >= bindparam("at", type_=_instant),
        tuple_(_ledger.c.at, _ledger.c.id) > tuple_(bindparam("at", type_=_instant), bindparam("id")),
        _ledger.c.at < bindparam("until", type_=_instant),
    )
    .order_by(_ledger.c.at, _ledger.c.id)
    .limit(bindparam("most"))
)
_named = select(*(_producers.c[name] for name in ("id", "first_name", "last_name", "npn"))).where(
    _producers.c.id.in_(_ids)
)


# ---- what is sold


@dataclass(frozen=True)
class _Campaign:
    """What a report needs of a campaign as it is set now."""

    number: str
    vendor_id: int | None
    zone: ZoneInfo
    price_cents: int | None
    buffer: timedelta


@dataclass(frozen=True)
class _Sold:
    campaigns: Mapping[int | None, _Campaign]
    vendors: Mapping[int | None, str]


_NO_CAMPAIGN = _Campaign("", None, policies.Policy().zone, None, timedelta())


def _sold(tx: Connection) -> _Sold:
    campaigns = {}
    for row in tx.execute(select(_campaigns.c.id, _campaigns.c.number, _campaigns.c.vendor_id, _campaigns.c.settings)):
        policy = policies.from_settings(json.loads(row.settings))
        price = None if policy.price is None else int(Decimal(policy.price) * 100)
        buffer = timedelta(seconds=policy.buffer_seconds or 0)
        campaigns[row.id] = _Campaign(row.number, row.vendor_id, policy.zone, price, buffer)
    slugs = {row.id: row.slug for row in tx.execute(select(_vendors.c.id, _vendors.c.slug))}
    return _Sold(campaigns, slugs)


# ---- one page


@dataclass(frozen=True)
class _Around:
    """What belongs to the calls of one page, and to their leads."""

    rings: Mapping[int, Sequence[RingFacts]]
    promises: Mapping[int, Sequence[PromiseFacts]]
    called_back: Collection[int]
    billed: Collection[int]
    nobody_licensed: Collection[int]


def _around(tx: Connection, rows: Sequence[Row[Any]], sold: _Sold) -> _Around:
    rings = defaultdict[int, list[RingFacts]](list)
    for ring in tx.execute(_rings, {"ids": [row.id for row in rows]}):
        outcome = Outcome(ring.outcome) if ring.outcome else None
        rings[ring.call_id].append(RingFacts(ring.producer_id, outcome, ring.accepted_at, ring.ended_at))
    lead_ids = list({row.lead_id for row in rows if row.lead_id is not None and row.direction == "inbound"})
    if not lead_ids:
        return _Around(rings, {}, (), (), ())
    dialed, billed = dict[int, datetime](), set[int]()
    for call in tx.execute(_calls_of_leads, {"lead_ids": lead_ids}):
        if call.direction != "inbound":
            dialed[call.callback_id] = min(call.arrived_at, dialed.get(call.callback_id, call.arrived_at))
        elif call.answered_at is not None and call.ended_at is not None:
            buffer = sold.campaigns.get(call.campaign_id, _NO_CAMPAIGN).buffer
            if call.ended_at - call.answered_at >= buffer:
                billed.add(call.lead_id)
    promises, called_back = defaultdict[int, list[PromiseFacts]](list), set[int]()
    for promise in tx.execute(_promises, {"lead_ids": lead_ids}):
        facts = PromiseFacts(promise.status, promise.promised_by, dialed.get(promise.id))
        promises[promise.lead_id].append(facts)
        if promise.status == "done":
            called_back.add(promise.lead_id)
    nobody = {row[0] for row in tx.execute(_nobody_licensed, {"lead_ids": lead_ids})}
    return _Around(rings, promises, called_back, billed, nobody)


def _call(row: Row[Any], around: _Around, sold: _Sold, zone: ZoneInfo) -> CallFacts:
    campaign = sold.campaigns.get(row.campaign_id, _NO_CAMPAIGN)
    vendor_id = row.vendor_id if row.vendor_id is not None else campaign.vendor_id
    return CallFacts(
        is_callback=row.direction != "inbound",
        campaign=campaign.number,
        vendor=sold.vendors.get(vendor_id, ""),
        states=tuple(json.loads(row.residence)["states"]) if row.residence else (),
        arrived_at=row.arrived_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        disposition=Disposition(row.disposition) if row.disposition else None,
        # Whoever is taken from hold is not holding any more; whoever gave up has fallen back to tier 2.
        held=row.direction == "inbound" and (row.tier == 3 or row.holding_since is not None),
        talk_seconds=row.served_seconds,
        hour=row.arrived_at.astimezone(campaign.zone).hour,
        on=row.arrived_at.astimezone(zone).date().isoformat(),
        price_cents=campaign.price_cents,
        nobody_licensed=row.id in around.nobody_licensed,
        rings=around.rings.get(row.id, ()),
        # A callback's call tells of its producer; its lead is counted with the person's own call.
        lead=None if row.lead_id is None or row.direction != "inbound" else _lead(row, around),
    )


def _lead(row: Row[Any], around: _Around) -> LeadFacts:
    return LeadFacts(
        lead_id=row.lead_id,
        custody=Custody(row.custody),
        closed_as=ClosedAs(row.closed_as) if row.closed_as else None,
        owed_by=row.owed_by,
        billed=row.lead_id in around.billed,
        called_back=row.lead_id in around.called_back,
        promises=around.promises.get(row.lead_id, ()),
    )
