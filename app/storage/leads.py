"""Leads and their custody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, exists, insert, or_, select, update

from app.domain.lead import ClosedAs, Custody, hand_over
from app.domain.residency import Residence
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.work import CallbackRow
from app.storage.residences import residence_of, residence_text

_leads, _calls, _callbacks = table_of(LeadRow), table_of(CallRow), table_of(CallbackRow)


@dataclass(frozen=True)
class Lead:
    """`state` and `zip_code` are as the vendor wrote them. `phone` is None for trunks and withheld numbers."""

    id: int
    campaign_id: int | None
    vendor_id: int | None
    created_at: datetime
    phone: str | None
    first_name: str
    last_name: str
    state: str | None
    zip_code: str | None
    address: str
    external_id: str | None
    consent: str | None
    posted: bool
    custody: Custody
    owed_by: datetime | None
    closed_as: ClosedAs | None
    residence: Residence | None = None
    language: str = "en"
    ping_id: int | None = None
    listed: bool = False

    @property
    def held_states(self) -> str | None:
        """The states that govern, joined by |, where they are settled."""
        return "|".join(self.residence.states) or None if self.residence else None


_add = insert(_leads).returning(_leads)


def add(tx: Connection, *, custody: Custody, owed_by: datetime, now: datetime, **fields: Any) -> Lead:
    """A new lead in `custody`, which must be an open one."""
    values = {
        "created_at": now,
        "custody": custody,
        "owed_by": owed_by,
        "first_name": "",
        "last_name": "",
        "address": "",
        "posted": False,
        **fields,
    }
    return _lead(tx.execute(_add, values).mappings().one())


_by_id = select(_leads).where(_leads.c.id == bindparam("lead_id"))
_by_id_to_write = _by_id.with_for_update()


def load(tx: Connection, lead_id: int) -> Lead | None:
    """The lead, without a lock."""
    row = tx.execute(_by_id, {"lead_id": lead_id}).mappings().first()
    return None if row is None else _lead(row)


def many(tx: Connection, lead_ids: Collection[int]) -> dict[int, Lead]:
    """These leads by their ids, for a page."""
    rows = tx.execute(select(_leads).where(_leads.c.id.in_(list(lead_ids)))).mappings()
    return {row["id"]: _lead(row) for row in rows}


def load_to_write(tx: Connection, lead_id: int) -> Lead | None:
    """The lead, nobody else's to move until the transaction ends."""
    row = tx.execute(_by_id_to_write, {"lead_id": lead_id}).mappings().first()
    return None if row is None else _lead(row)


_open_by_phone = (
    select(_leads)
    .where(_leads.c.phone == bindparam("phone"), _leads.c.owed_by.is_not(None))
    .order_by(case((_leads.c.campaign_id == bindparam("campaign_id"), 0), else_=1), _leads.c.id.desc())
    .limit(1)
)


def open_with_phone(tx: Connection, phone: str, campaign_id: int | None) -> Lead | None:
    """The open lead with this number: of this campaign rather than of another, the newest."""
    row = tx.execute(_open_by_phone, {"phone": phone, "campaign_id": campaign_id}).mappings().first()
    return None if row is None else _lead(row)


def all_open_with_phone(tx: Connection, phone: str) -> list[Lead]:
    """Every open lead with this number, nobody else's to move until the transaction ends."""
    theirs = select(_leads).where(_leads.c.phone == phone, _leads.c.owed_by.is_not(None)).order_by(_leads.c.id)
    return [_lead(row) for row in tx.execute(theirs.with_for_update()).mappings()]


_move = (
    update(_leads)
    .where(_leads.c.id == bindparam("lead"))
    .values({name: bindparam(name) for name in ("custody", "owed_by", "closed_as")})
    .returning(_leads)
)


def move(
    tx: Connection,
    lead: Lead,
    to: Custody,
    *,
    owed_by: datetime | None = None,
    closed_as: ClosedAs | None = None,
) -> Lead:
    """Hand the lead over. An open custody needs `owed_by`, `closed` needs `closed_as`. Raises BrokenCustody."""
    hand_over(lead.custody, to)
    moved = tx.execute(
        _move,
        {
            "lead": lead.id,
            "custody": to,
            "owed_by": owed_by if to.open else None,
            "closed_as": closed_as if to is Custody.CLOSED else None,
        },
    )
    return _lead(moved.mappings().one())


def settle(tx: Connection, lead_id: int, residence: Residence, *, language: str | None = None) -> None:
    """Keep where the person lives, as it was settled last."""
    values = {"residence": residence_text(residence)} | ({"language": language} if language else {})
    tx.execute(update(_leads).where(_leads.c.id == lead_id).values(**values))


def give_number(tx: Connection, lead_id: int, number: str) -> None:
    """The person has told where they can be called (E.164)."""
    tx.execute(update(_leads).where(_leads.c.id == lead_id).values(phone=number))


def overdue_in_call(tx: Connection, now: datetime, limit: int = 100) -> list[Lead]:
    """Leads said to be in a call past the instant at which somebody owed them a step."""
    rows = tx.execute(
        select(_leads)
        .where(_leads.c.custody == Custody.IN_CALL, _leads.c.owed_by <= now)
        .order_by(_leads.c.owed_by)
        .limit(limit)
    )
    return [_lead(row) for row in rows.mappings()]


def promised_without_callback(tx: Connection, limit: int = 100) -> list[Lead]:
    """Leads whose custody says promised although no promise stands."""
    stands = exists().where(_callbacks.c.lead_id == _leads.c.id, _callbacks.c.status.in_(["promised", "dialing"]))
    rows = tx.execute(
        select(_leads)
        .where(_leads.c.owed_by.is_not(None), _leads.c.custody == Custody.PROMISED, ~stands)
        .order_by(_leads.c.owed_by)
        .limit(limit)
    )
    return [_lead(row) for row in rows.mappings()]


def in_call_without_call(tx: Connection, ended_before: datetime, limit: int = 100) -> list[Lead]:
    """Leads whose custody says in_call although every call of theirs has ended, the last one before that.

    A posted lead whose call has not come yet has none and is not among them.
    """
    of_lead = exists().where(_calls.c.lead_id == _leads.c.id)
    lasting = or_(_calls.c.ended_at.is_(None), _calls.c.ended_at > ended_before)
    rows = tx.execute(
        select(_leads)
        .where(_leads.c.owed_by.is_not(None), _leads.c.custody == Custody.IN_CALL, of_lead, ~of_lead.where(lasting))
        .order_by(_leads.c.owed_by)
        .limit(limit)
    )
    return [_lead(row) for row in rows.mappings()]


def calls_of(tx: Connection, lead_id: int) -> list[str]:
    """Sids of a lead's calls, oldest first."""
    rows = tx.execute(select(_calls.c.call_sid).where(_calls.c.lead_id == lead_id).order_by(_calls.c.id))
    return [row[0] for row in rows]


def _lead(row: RowMapping) -> Lead:
    fields = dict(row)
    fields["custody"] = Custody(fields["custody"])
    fields["closed_as"] = ClosedAs(fields["closed_as"]) if fields["closed_as"] else None
    fields["residence"] = residence_of(fields["residence"])
    return Lead(**fields)
