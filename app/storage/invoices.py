"""Vendors' invoices: begun, filled some hundred lines at a time, finished; and overruled by people, line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, insert, select, update

from app.domain.billing.judging import Judgement
from app.domain.billing.record import BilledLine, OurCall, Verdict
from app.domain.billing.then import Agreed
from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.campaigns import VendorRow
from app.storage.models.invoices import InvoiceLineRow, InvoiceRow

_invoices, _lines = table_of(InvoiceRow), table_of(InvoiceLineRow)
_vendors, _calls = table_of(VendorRow), table_of(CallRow)

_TOTALS = {Verdict.ACCEPTED: "accepted", Verdict.DISPUTED: "disputed", Verdict.CANNOT_SAY: "undecided"}


@dataclass(frozen=True)
class Invoice:
    """One file. Totals are of its lines as they stand; `disputed_at`: when the dispute file was last made."""

    id: int
    vendor_id: int
    vendor: str
    vendor_name: str
    file_name: str
    sha256: str
    columns: dict[str, str]
    time_zone: str
    received_at: datetime
    received_by: str
    dispute_until: datetime
    duplicate_days: int
    attempt: int
    finished_at: datetime | None
    disputed_at: datetime | None
    withdrawn_at: datetime | None
    accepted_lines: int
    accepted_cents: int
    disputed_lines: int
    disputed_cents: int
    undecided_lines: int
    undecided_cents: int

    @property
    def lines(self) -> int:
        return self.accepted_lines + self.disputed_lines + self.undecided_lines

    @property
    def billed_cents(self) -> int:
        return self.accepted_cents + self.disputed_cents + self.undecided_cents

    def is_late(self, now: datetime) -> bool:
        """Whether the vendor need not hear disputes any more."""
        return now > self.dispute_until


@dataclass(frozen=True)
class JudgedLine:
    """A line with its verdict, ready to be kept."""

    billed: BilledLine
    judgement: Judgement
    call: OurCall | None
    agreed: Agreed


@dataclass(frozen=True)
class Line:
    """A line as it is kept. `standing` is what counts: our verdict, or a person's. `evidence`: (code, sentence)."""

    invoice_id: int
    line: int
    their_call_id: str
    their_external_id: str
    their_lead_id: int | None
    their_caller: str | None
    their_called: str | None
    their_at: datetime | None
    their_seconds: int | None
    their_state: str | None
    amount_cents: int
    call_sid: str | None
    arrived_at: datetime | None
    answered_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    our_seconds: int | None
    our_buffer_seconds: int | None
    our_price_cents: int | None
    verdict: Verdict
    reasons: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    standing: Verdict
    ruled_at: datetime | None
    ruled_by: str | None
    ruled_reason: str | None


@dataclass(frozen=True)
class NewInvoice:
    """What is known of a file before its lines are judged."""

    vendor_id: int
    file_name: str
    sha256: str
    columns: Mapping[str, str]
    time_zone: str
    received_at: datetime
    received_by: str
    dispute_until: datetime
    duplicate_days: int


# ---- receiving


def begin(tx: Connection, new: NewInvoice) -> Invoice:
    """The invoice of this file, which whoever calls fills from here on; a finished one is returned as it is.

    One that was cut off is begun anew: its lines are gone, and whoever was at it can write no more of them.
    """
    take_turns(tx, "invoices")
    same = _same_file(new.vendor_id, new.sha256)
    row = tx.execute(select(_invoices.c.id, _invoices.c.finished_at).where(*same)).first()
    values = {**vars(new), "columns": json.dumps(dict(new.columns))}
    if row is None:
        empty = {f"{name}_{of}": 0 for name in _TOTALS.values() for of in ("lines", "cents")}
        written = tx.execute(insert(_invoices).values(**values, **empty, attempt=1))
        assert written.inserted_primary_key is not None
        invoice_id = int(written.inserted_primary_key[0])
    else:
        invoice_id = row.id
        if row.finished_at is None:
            tx.execute(delete(_lines).where(_lines.c.invoice_id == invoice_id))
            again = {**values, "attempt": _invoices.c.attempt + 1}
            tx.execute(update(_invoices).where(_invoices.c.id == invoice_id).values(again))
    begun = load(tx, invoice_id)
    assert begun is not None
    return begun


def same_file(tx: Connection, vendor_id: int, sha256: str) -> Invoice | None:
    """The finished invoice of this very file."""
    found = _select().where(*_same_file(vendor_id, sha256), _invoices.c.finished_at.is_not(None))
    row = tx.execute(found).mappings().first()
    return None if row is None else _invoice(row)


def _same_file(vendor_id: int, sha256: str) -> tuple[ColumnElement[bool], ...]:
    return (
        _invoices.c.vendor_id == vendor_id,
        _invoices.c.sha256 == sha256,
        _invoices.c.withdrawn_at.is_(None),
    )


def add_lines(tx: Connection, invoice: Invoice, lines: Sequence[JudgedLine]) -> bool:
    """False, and nothing is written, where another process has begun the invoice anew."""
    if not _is_own(tx, invoice):
        return False
    if lines:
        tx.execute(insert(_lines), [_values(invoice.id, line) for line in lines])
    return True


def finish(tx: Connection, invoice: Invoice, now: datetime) -> Invoice | None:
    """Its lines are all there: it counts from here on. None where another process has begun it anew."""
    if not _is_own(tx, invoice):
        return None
    sums = (
        select(_lines.c.standing, func.count().label("lines"), func.sum(_lines.c.amount_cents).label("cents"))
        .where(_lines.c.invoice_id == invoice.id)
        .group_by(_lines.c.standing)
    )
    totals: dict[str, Any] = {}
    for row in tx.execute(sums):
        name = _TOTALS[Verdict(row.standing)]
        totals |= {f"{name}_lines": row.lines, f"{name}_cents": int(row.cents)}
    tx.execute(update(_invoices).where(_invoices.c.id == invoice.id).values(**totals, finished_at=now))
    return load(tx, invoice.id)


def _is_own(tx: Connection, invoice: Invoice) -> bool:
    # An update, because it also waits for whoever is just beginning it anew.
    own = (
        _invoices.c.id == invoice.id,
        _invoices.c.attempt == invoice.attempt,
        _invoices.c.finished_at.is_(None),
    )
    return tx.execute(update(_invoices).where(*own).values(attempt=invoice.attempt)).rowcount == 1


def _values(invoice_id: int, line: JudgedLine) -> dict[str, Any]:
    billed, judged, call = line.billed, line.judgement, line.call
    return {
        "invoice_id": invoice_id,
        "line": billed.line,
        "their_call_id": billed.call_id,
        "their_external_id": billed.external_id,
        "their_lead_id": billed.lead_id,
        "their_caller": billed.caller,
        "their_called": billed.called,
        "their_at": billed.at,
        "their_seconds": billed.billable_seconds,
        "their_state": billed.state,
        "amount_cents": billed.amount_cents,
        "call_id": None if call is None else call.call_id,
        "our_seconds": None if call is None else call.billable_seconds,
        "our_buffer_seconds": line.agreed.buffer_seconds,
        "our_price_cents": line.agreed.price_cents,
        "verdict": judged.verdict,
        "reasons": "|".join(judged.codes),
        "evidence": json.dumps([[str(found.code), found.sentence] for found in judged.findings]),
        "standing": judged.verdict,
    }


# ---- a person's word


def rule(tx: Connection, invoice_id: int, line: int, standing: Verdict, *, by: str, reason: str, now: datetime) -> None:
    """From here on the line stands so; the invoice's totals follow. The line must be there, and stand otherwise."""
    query = select(_lines.c.id, _lines.c.standing, _lines.c.amount_cents)
    row = tx.execute(query.where(_lines.c.invoice_id == invoice_id, _lines.c.line == line)).one()
    ruled = {"standing": standing, "ruled_at": now, "ruled_by": by, "ruled_reason": reason}
    tx.execute(update(_lines).where(_lines.c.id == row.id).values(ruled))
    away, to = _TOTALS[Verdict(row.standing)], _TOTALS[standing]
    moved = {
        f"{away}_lines": _invoices.c[f"{away}_lines"] - 1,
        f"{away}_cents": _invoices.c[f"{away}_cents"] - row.amount_cents,
        f"{to}_lines": _invoices.c[f"{to}_lines"] + 1,
        f"{to}_cents": _invoices.c[f"{to}_cents"] + row.amount_cents,
    }
    tx.execute(update(_invoices).where(_invoices.c.id == invoice_id).values(moved))


def lock(tx: Connection, invoice_id: int) -> Invoice | None:
    """The invoice, whose lines nobody else rules on until this transaction ends."""
    tx.execute(select(_invoices.c.id).where(_invoices.c.id == invoice_id).with_for_update())
    return load(tx, invoice_id)


def withdraw(tx: Connection, invoice_id: int, now: datetime) -> None:
    """It counts for nothing any more; what was found stays to be looked at."""
    tx.execute(update(_invoices).where(_invoices.c.id == invoice_id).values(withdrawn_at=now))


def disputed_now(tx: Connection, invoice_id: int, now: datetime) -> None:
    """The dispute file was made."""
    tx.execute(update(_invoices).where(_invoices.c.id == invoice_id).values(disputed_at=now))


# ---- looking


def load(tx: Connection, invoice_id: int) -> Invoice | None:
    row = tx.execute(_select().where(_invoices.c.id == invoice_id)).mappings().first()
    return None if row is None else _invoice(row)


def listed(
    tx: Connection, *, vendor_id: int | None = None, after: int = 0, limit: int, only_finished: bool = True
) -> list[Invoice]:
    """Oldest first, without withdrawn ones; of one vendor where that is named."""
    query = (
        _select()
        .where(_invoices.c.id > after, _invoices.c.withdrawn_at.is_(None))
        .order_by(_invoices.c.id)
        .limit(limit)
    )
    if vendor_id is not None:
        query = query.where(_invoices.c.vendor_id == vendor_id)
    if only_finished:
        query = query.where(_invoices.c.finished_at.is_not(None))
    return [_invoice(row) for row in tx.execute(query).mappings()]


def newest(tx: Connection, limit: int, *, before: int | None = None) -> list[Invoice]:
    """Finished ones that were not withdrawn, newest first; with `before` only those with smaller ids."""
    counts = (_invoices.c.finished_at.is_not(None), _invoices.c.withdrawn_at.is_(None))
    query = _select().where(*counts).order_by(_invoices.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_invoices.c.id < before)
    return [_invoice(row) for row in tx.execute(query).mappings()]


def closing(tx: Connection, now: datetime, until: datetime) -> list[Invoice]:
    """Invoices with disputed or undecided lines whose window closes in (now, until]; the dispute file was not made."""
    query = _select().where(
        _invoices.c.dispute_until > now,
        _invoices.c.dispute_until <= until,
        _invoices.c.finished_at.is_not(None),
        _invoices.c.disputed_at.is_(None),
        _invoices.c.withdrawn_at.is_(None),
        _invoices.c.disputed_lines + _invoices.c.undecided_lines > 0,
    )
    return [_invoice(row) for row in tx.execute(query.order_by(_invoices.c.dispute_until).limit(100)).mappings()]


def lines_of(
    tx: Connection, invoice_id: int, *, standing: Verdict | None = None, after: int = 0, limit: int
) -> list[Line]:
    """In the file's order, from below line `after`; only those that stand so."""
    query = _line_query().where(_lines.c.invoice_id == invoice_id, _lines.c.line > after)
    if standing is not None:
        query = query.where(_lines.c.standing == standing)
    return [_line(row) for row in tx.execute(query.order_by(_lines.c.line).limit(limit)).mappings()]


def line_of(tx: Connection, invoice_id: int, line: int) -> Line | None:
    row = tx.execute(_line_query().where(_lines.c.invoice_id == invoice_id, _lines.c.line == line)).mappings().first()
    return None if row is None else _line(row)


def count_reasons(tx: Connection, invoice_id: int) -> dict[str, tuple[int, int]]:
    """(lines, cents) of what does not stand accepted, by our reasons and doubts; a line with several counts in each."""
    found: dict[str, tuple[int, int]] = {}
    query = (
        select(_lines.c.reasons, func.count().label("lines"), func.sum(_lines.c.amount_cents).label("cents"))
        .where(_lines.c.invoice_id == invoice_id, _lines.c.reasons != "", _lines.c.standing != Verdict.ACCEPTED)
        .group_by(_lines.c.reasons)
    )
    for row in tx.execute(query):
        for reason in row.reasons.split("|"):
            lines, cents = found.get(reason, (0, 0))
            found[reason] = (lines + row.lines, cents + int(row.cents))
    return found


def _select() -> Select[Any]:
    return select(_invoices, _vendors.c.slug, _vendors.c.name).join(_vendors, _vendors.c.id == _invoices.c.vendor_id)


def _invoice(row: RowMapping) -> Invoice:
    return Invoice(
        **{name: row[name] for name in _STORED},
        vendor=row["slug"],
        vendor_name=row["name"],
        columns=json.loads(row["columns"]),
    )


_STORED = [each.name for each in fields(Invoice) if each.name not in ("vendor", "vendor_name", "columns")]


def _line_query() -> Select[Any]:
    of_call = (_calls.c[name] for name in ("call_sid", "arrived_at", "answered_at", "accepted_at", "ended_at"))
    return select(_lines, *of_call).outerjoin(_calls, _calls.c.id == _lines.c.call_id)


def _line(row: RowMapping) -> Line:
    read = {
        "verdict": Verdict(row["verdict"]),
        "standing": Verdict(row["standing"]),
        "reasons": tuple(filter(None, row["reasons"].split("|"))),
        "evidence": tuple((code, sentence) for code, sentence in json.loads(row["evidence"])),
    }
    return Line(**{each.name: read.get(each.name, row[each.name]) for each in fields(Line)})
