"""One person's rows: found by their number, or by a lead of theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, false, func, or_, select

from app.storage import exports
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.campaigns import CampaignNumberRow, VendorNumberRow
from app.storage.models.invoices import InvoiceLineRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.license_desk import ComplaintRow
from app.storage.models.outbound import DncScrubRow, OutboundCallRow, OutsideDialRow
from app.storage.models.recordings import RecordingRow
from app.storage.models.roster import ProducerRow
from app.storage.models.webhooks import WebhookEventRow
from app.storage.models.work import CallbackRow, EscalationRow, SuppressionRow, TextReceivedRow, TextRow

_leads, _calls, _callbacks = table_of(LeadRow), table_of(CallRow), table_of(CallbackRow)
_escalations, _texts, _received = table_of(EscalationRow), table_of(TextRow), table_of(TextReceivedRow)
_recordings, _complaints, _asked = table_of(RecordingRow), table_of(ComplaintRow), table_of(OutboundCallRow)
_suppressions, _scrubs, _ledger = table_of(SuppressionRow), table_of(DncScrubRow), table_of(LedgerRow)
_billed, _told, _dials = table_of(InvoiceLineRow), table_of(WebhookEventRow), table_of(OutsideDialRow)
_producers, _own, _trunks = table_of(ProducerRow), table_of(CampaignNumberRow), table_of(VendorNumberRow)

_IDS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Person:
    """Ids of one person's rows. `number` is E.164, None where only a lead without one is known."""

    number: str | None
    leads: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    callbacks: tuple[int, ...] = ()
    escalations: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    received: tuple[str, ...] = ()
    recordings: tuple[int, ...] = ()
    complaints: tuple[int, ...] = ()
    outbound_calls: tuple[int, ...] = ()
    invoice_lines: tuple[int, ...] = ()
    webhook_events: tuple[int, ...] = ()

    def joined(self, other: Person) -> Person:
        """What one of the two has."""
        each = {
            name: tuple(sorted({*getattr(self, name), *getattr(other, name)}))
            for name in self.__dataclass_fields__
            if name != "number"
        }
        return Person(self.number, **each)

    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are."""
        return {
            "leads": len(self.leads),
            "calls": len(self.calls),
            "callbacks": len(self.callbacks),
            "escalations": len(self.escalations),
            "texts": len(self.texts),
            "texts_received": len(self.received),
            "recordings": len(self.recordings),
            "complaints": len(self.complaints),
            "invoice_lines": len(self.invoice_lines),
            "webhook_events": len(self.webhook_events),
        }


def find(tx: Connection, number: str | None, lead_id: int | None = None, *, everywhere: bool = True) -> Person:
    """Everything with this number, and everything of its leads and calls; without a number, of that one lead.

    `everywhere` False: only what an index leads to, for a page or a writing transaction: what has the number and belongs to
    no lead of theirs is not found then.
    """
    leads = _ids(tx, _leads.c.id, _leads.c.phone == number) if number else ()
    if lead_id is not None and number is None:
        leads = _ids(tx, _leads.c.id, _leads.c.id == lead_id)
    calls = _ids(tx, _calls.c.id, _calls.c.lead_id.in_(leads))
    if number is not None:
        rung = _calls.c.to_number == number if everywhere else _nothing(_calls)
        calls = tuple(sorted({*calls, *_ids(tx, _calls.c.id, or_(_calls.c.from_number == number, rung))}))

    def also(indexed: ColumnElement[bool], scanned: ColumnElement[bool]) -> ColumnElement[bool]:
        return or_(indexed, scanned) if everywhere else indexed

    return Person(
        number,
        leads,
        calls,
        _ids(tx, _callbacks.c.id, also(_callbacks.c.lead_id.in_(leads), _is(_callbacks.c.phone, number))),
        _ids(tx, _escalations.c.id, also(_escalations.c.lead_id.in_(leads), _escalations.c.call_id.in_(calls))),
        _ids(tx, _texts.c.id, also(_texts.c.lead_id.in_(leads), _is(_texts.c.to_number, number))),
        _ids(tx, _received.c.message_sid, _received.c.from_number == number) if number else (),
        _ids(tx, _recordings.c.id, _recordings.c.call_id.in_(calls)),
        _ids(tx, _complaints.c.id, _complaints.c.call_id.in_(calls)),
        _ids(tx, _asked.c.id, _asked.c.lead_id.in_(leads)),
        _ids(tx, _billed.c.id, also(_billed.c.call_id.in_(calls), _is(_billed.c.their_caller, number))),
        _ids(tx, _told.c.id, also(_told.c.lead_id.in_(leads), _told.c.call_id.in_(calls))),
    )


def _is(column: ColumnElement[Any], number: str | None) -> ColumnElement[bool]:
    return column == number if number is not None else false()


def number_of_lead(tx: Connection, lead_id: int) -> tuple[bool, str | None]:
    """Whether there is such a lead, and its number."""
    row = tx.execute(select(_leads.c.phone).where(_leads.c.id == lead_id)).first()
    return row is not None, None if row is None else row[0]


def whose(tx: Connection, number: str) -> str | None:
    """Whose number it is where it is no person's: a producer's, ours, a vendor's. None: a person's."""
    npn = tx.execute(select(_producers.c.npn).where(_producers.c.phone == number)).scalar()
    if npn is not None:
        return f"the number of producer {npn}, whose record is evidence and stays"
    if tx.execute(select(_own.c.number).where(_own.c.number == number)).first():
        return "one of our own numbers"
    if tx.execute(select(_trunks.c.number).where(_trunks.c.number == number)).first():
        return "a number from which a vendor transfers"
    return None


def is_live(tx: Connection, person: Person) -> bool:
    """Whether a call of theirs has not ended."""
    query = select(_calls.c.id).where(_calls.c.ended_at.is_(None))
    theirs = or_(
        _calls.c.id.in_(person.calls),
        _calls.c.lead_id.in_(person.leads),
        _calls.c.from_number == person.number if person.number else _nothing(_calls),
    )
    return tx.execute(query.where(theirs).limit(1)).first() is not None


def suppressed_since(tx: Connection, number: str) -> datetime | None:
    """Since when the number is on our own do-not-call list."""
    found: datetime | None = tx.execute(
        select(func.min(_suppressions.c.at)).where(_suppressions.c.number == number, _suppressions.c.kind == "stop")
    ).scalar()
    return found


def words_of(tx: Connection, person: Person) -> set[str]:
    """Names, addresses, a vendor's ids of them: as they were written."""
    columns = (_leads.c.first_name, _leads.c.last_name, _leads.c.address, _leads.c.external_id)
    rows = tx.execute(select(*columns).where(_leads.c.id.in_(person.leads)))
    return {str(value).strip() for row in rows for value in row if value and str(value).strip()}


def everything(tx: Connection, person: Person) -> dict[str, list[dict[str, Any]]]:
    """All of their rows, with the columns that exports have."""
    by = _tables()
    found = {
        "leads": exports.rows_where(tx, "leads", _leads.c.id.in_(person.leads)),
        "calls": exports.rows_where(tx, "calls", _calls.c.id.in_(person.calls)),
        "call_events": exports.rows_where(tx, "call_events", by["call_events"].c.call_id.in_(person.calls)),
        "attempts": exports.rows_where(tx, "attempts", by["attempts"].c.call_id.in_(person.calls)),
        "callbacks": exports.rows_where(tx, "callbacks", _callbacks.c.id.in_(person.callbacks)),
        "escalations": exports.rows_where(tx, "escalations", _escalations.c.id.in_(person.escalations)),
        "texts": exports.rows_where(tx, "texts", _texts.c.id.in_(person.texts)),
        "texts_received": exports.rows_where(tx, "texts_received", _received.c.message_sid.in_(person.received)),
        "recordings": exports.rows_where(tx, "recordings", _recordings.c.id.in_(person.recordings)),
        "complaints": exports.rows_where(tx, "complaints", _complaints.c.id.in_(person.complaints)),
        "outbound_calls": exports.rows_where(tx, "outbound_calls", _asked.c.id.in_(person.outbound_calls)),
        "invoice_lines": exports.rows_where(tx, "invoice_lines", _billed.c.id.in_(person.invoice_lines)),
        "webhook_events": exports.rows_where(tx, "webhook_events", _told.c.id.in_(person.webhook_events)),
        "ledger": exports.rows_where(
            tx, "ledger", or_(_ledger.c.call_id.in_(person.calls), _ledger.c.lead_id.in_(person.leads))
        ),
    }
    if person.number is not None:
        found["outside_dials"] = exports.rows_where(tx, "outside_dials", _dials.c.number == person.number)
        found["suppressions"] = exports.rows_where(tx, "suppressions", _suppressions.c.number == person.number)
        found["registry_scrubs"] = exports.rows_where(tx, "registry_scrubs", _scrubs.c.number == person.number)
    return found


def vendors_ids_of(tx: Connection, person: Person) -> set[str]:
    """By which ids vendors know them."""
    query = select(_leads.c.external_id).where(_leads.c.id.in_(person.leads), _leads.c.external_id.is_not(None))
    return {str(value) for value in tx.execute(query).scalars() if value}


# ---- the ledger


def entries_about(tx: Connection, person: Person) -> list[tuple[int, str, str]]:
    """(id, kind, facts) of every entry that is about their calls and leads."""
    about = or_(_ledger.c.call_id.in_(person.calls), _ledger.c.lead_id.in_(person.leads))
    rows = tx.execute(select(_ledger.c.id, _ledger.c.kind, _ledger.c.facts).where(about).order_by(_ledger.c.id))
    return [(row.id, row.kind, row.facts) for row in rows]


def entries_like(likes: Collection[str], *, database: Database) -> Iterator[tuple[int, str, str]]:
    """(id, kind, facts) of every entry whose facts look like one of these, in short reads."""
    if not likes:
        return
    with database.read() as tx:
        last = int(tx.execute(select(func.coalesce(func.max(_ledger.c.id), 0))).scalar_one())
    for first in range(1, last + 1, _IDS_AT_ONCE):
        span = _ledger.c.id.between(first, first + _IDS_AT_ONCE - 1)
        likely = or_(*(_ledger.c.facts.like(like) for like in likes))
        query: Select[Any] = select(_ledger.c.id, _ledger.c.kind, _ledger.c.facts).where(span, likely)
        with database.read() as tx:
            found = [(row.id, row.kind, row.facts) for row in tx.execute(query.order_by(_ledger.c.id))]
        yield from found


def _tables() -> Any:
    return LeadRow.metadata.tables


def _nothing(table: Any) -> ColumnElement[bool]:
    return table.c.id.in_(())  # type: ignore[no-any-return]


def _ids(tx: Connection, column: ColumnElement[Any], where: ColumnElement[bool]) -> tuple[Any, ...]:
    return tuple(tx.execute(select(column).where(where).order_by(column)).scalars())
