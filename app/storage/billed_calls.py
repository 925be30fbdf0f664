"""Our calls as invoices name them, many lines at a time: by CallSid, by lead, by caller and time; and what was billed before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, select

from app.domain.billing.record import BilledBefore, OurCall, Verdict
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.campaigns import CampaignRow, VendorNumberRow
from app.storage.models.invoices import InvoiceLineRow, InvoiceRow
from app.storage.residences import residence_of

_calls, _leads, _campaigns = table_of(CallRow), table_of(LeadRow), table_of(CampaignRow)
_trunks, _invoices, _lines = table_of(VendorNumberRow), table_of(InvoiceRow), table_of(InvoiceLineRow)

_TOLD = (
    *(
        "id",
        "call_sid",
        "campaign_id",
        "lead_id",
        "from_number",
        "to_number",
        "residence",
        "zip_code",
        "served_seconds",
    ),
    *("arrived_at", "answered_at", "accepted_at", "ended_at"),
)
_vendor = func.coalesce(_leads.c.vendor_id, _campaigns.c.vendor_id)
_is_trunk = select(_trunks.c.number).where(_trunks.c.number == _calls.c.from_number).correlate(_calls).exists()


@dataclass(frozen=True)
class NamedLead:
    """A lead that a line names. `vendor_id`: who sold it, None where nobody is named."""

    lead_id: int
    external_id: str | None
    vendor_id: int | None


def by_sids(tx: Connection, sids: Collection[str]) -> list[OurCall]:
    """Calls that came in, by the carrier's names for them."""
    return _found(tx, _calls.c.call_sid.in_(list(sids))) if sids else []


def of_leads(tx: Connection, lead_ids: Collection[int]) -> list[OurCall]:
    """Every call that came in for these leads."""
    return _found(tx, _calls.c.lead_id.in_(list(lead_ids))) if lead_ids else []


def from_callers(tx: Connection, callers: Collection[str], *, since: datetime, until: datetime) -> list[OurCall]:
    """Calls that arrived in [since, until] from these numbers, or for leads that have them: a trunk hides its caller's."""
    if not callers:
        return []
    when = (_calls.c.arrived_at >= since, _calls.c.arrived_at <= until)
    wanted = list(callers)
    own = _found(tx, _calls.c.from_number.in_(wanted), *when)
    through = _found(tx, _leads.c.phone.in_(wanted), *when)
    return list({call.call_id: call for call in (*own, *through)}.values())


def of_persons(tx: Connection, persons: Collection[str], vendor_id: int, *, until: datetime) -> list[OurCall]:
    """Every call of these people on the vendor's numbers that arrived by `until`."""
    if not persons:
        return []
    wanted = list(persons)
    here = (_calls.c.arrived_at <= until, _vendor == vendor_id)
    own = _found(tx, _calls.c.from_number.in_(wanted), *here)
    through = _found(tx, _leads.c.phone.in_(wanted), *here)
    both = {call.call_id: call for call in (*own, *through)}.values()
    return [call for call in both if call.person in persons]


def named_leads(
    tx: Connection, *, external_ids: Collection[str] = (), lead_ids: Collection[int] = ()
) -> list[NamedLead]:
    """Leads by the vendor's ids, or by ours."""
    found: dict[int, NamedLead] = {}
    for column, wanted in ((_leads.c.external_id, list(external_ids)), (_leads.c.id, list(lead_ids))):
        if wanted:
            query = (
                select(_leads.c.id, _leads.c.external_id, _vendor.label("vendor_id"))
                .outerjoin(_campaigns, _campaigns.c.id == _leads.c.campaign_id)
                .where(column.in_(wanted))
            )
            found |= {row.id: NamedLead(row.id, row.external_id, row.vendor_id) for row in tx.execute(query)}
    return list(found.values())


def billed_before(tx: Connection, call_ids: Collection[int], invoice_id: int) -> dict[int, BilledBefore]:
    """By call: the first line of another finished invoice that bills it and is not disputed."""
    if not call_ids:
        return {}
    rows = tx.execute(_billed, {"call_ids": list(call_ids), "invoice_id": invoice_id})
    found: dict[int, BilledBefore] = {}
    for row in rows:
        found.setdefault(row.call_id, BilledBefore(row.line, row.invoice_id))
    return found


_billed = (
    select(_lines.c.call_id, _lines.c.line, _lines.c.invoice_id)
    .join(_invoices, _invoices.c.id == _lines.c.invoice_id)
    .where(
        _lines.c.call_id.in_(bindparam("call_ids", expanding=True)),
        _lines.c.invoice_id != bindparam("invoice_id"),
        _lines.c.standing != Verdict.DISPUTED,
        _invoices.c.finished_at.is_not(None),
        _invoices.c.withdrawn_at.is_(None),
    )
    .order_by(_lines.c.invoice_id, _lines.c.line)
)


def _found(tx: Connection, *where: ColumnElement[bool]) -> list[OurCall]:
    query = _query().where(_calls.c.direction == "inbound", *where).order_by(_calls.c.id)
    return [_call(row) for row in tx.execute(query).mappings()]


def _query() -> Select[Any]:
    return (
        select(
            *(_calls.c[name] for name in _TOLD),
            *(_leads.c[name] for name in ("external_id", "phone", "state")),
            _vendor.label("vendor_id"),
            _is_trunk.label("is_trunk"),
        )
        .outerjoin(_leads, _leads.c.id == _calls.c.lead_id)
        .outerjoin(_campaigns, _campaigns.c.id == _calls.c.campaign_id)
    )


def _call(row: RowMapping) -> OurCall:
    return OurCall(
        call_id=row["id"],
        call_sid=row["call_sid"],
        vendor_id=row["vendor_id"],
        campaign_id=row["campaign_id"],
        lead_id=row["lead_id"],
        to_number=row["to_number"],
        arrived_at=row["arrived_at"],
        answered_at=row["answered_at"],
        accepted_at=row["accepted_at"],
        ended_at=row["ended_at"],
        served_seconds=row["served_seconds"],
        external_id=row["external_id"],
        from_number=row["from_number"],
        # A withheld number is no number of anybody, and neither is a trunk's.
        person=row["phone"]
        or (row["from_number"] if row["from_number"].startswith("+") and not row["is_trunk"] else None),
        stated=row["state"],
        residence=residence_of(row["residence"]),
        zip_code=row["zip_code"],
    )
