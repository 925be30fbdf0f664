"""The dispute of an invoice, as the vendor gets it: every line that stands disputed, with what our record says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.domain.billing.record import Verdict
from app.storage import invoices, ledger
from app.storage.database import Database
from app.storage.invoices import Invoice, Line

PAGE = 500

HEADER = (
    *("line", "call_id", "external_id", "caller", "called_at", "billed_seconds", "billed_state"),
    *("reasons", "evidence", "our_call_sid", "our_arrived_at", "our_answered_at", "our_accepted_at", "our_ended_at"),
    *("our_billable_seconds", "our_buffer_seconds", "our_price", "amount_disputed", "dispute_until", "late"),
)


@dataclass(frozen=True)
class Dispute:
    """`rows` have HEADER's columns; the last is the total. `late`: the vendor's window had closed when it was made."""

    invoice: Invoice
    made_at: datetime
    late: bool
    rows: tuple[tuple[object, ...], ...]

    @property
    def file_name(self) -> str:
        """Without its ending."""
        return f"dispute-{self.invoice.vendor}-invoice-{self.invoice.id}{'-late' if self.late else ''}"


def make_dispute(invoice_id: int, *, actor: str, database: Database, now: datetime) -> Dispute | None:
    """The dispute as it stands now; the ledger has who made it when. None where there is no such invoice, or it was
    withdrawn.
    """
    with database.read() as tx:
        invoice = invoices.load(tx, invoice_id)
    if invoice is None or invoice.finished_at is None or invoice.withdrawn_at is not None:
        return None
    late = invoice.is_late(now)
    lines = list(_disputed(invoice, database))
    cents = sum(line.amount_cents for line in lines)
    rows = [_row(line, invoice, late=late) for line in lines]
    rows.append(_total(len(lines), cents, invoice, late=late))
    with database.begin() as tx:
        invoices.disputed_now(tx, invoice_id, now)
        facts = {"invoice_id": invoice_id, "vendor": invoice.vendor, "lines": len(lines), "cents": cents, "late": late}
        ledger.write(tx, kind="dispute_made", now=now, actor=actor, facts=facts)
    return Dispute(invoice, now, late, tuple(rows))


def _disputed(invoice: Invoice, database: Database) -> Iterator[Line]:
    after = 0
    while True:
        with database.read() as tx:
            page = invoices.lines_of(tx, invoice.id, standing=Verdict.DISPUTED, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].line


def _row(line: Line, invoice: Invoice, *, late: bool) -> tuple[object, ...]:
    reasons, evidence = list(line.reasons), [sentence for _, sentence in line.evidence]
    if line.ruled_at is not None and line.verdict is not Verdict.DISPUTED:
        # What was only a doubt, or nothing, a person has made a dispute of: their word is the reason.
        reasons, evidence = ["ruled", *reasons], [line.ruled_reason or "", *evidence]
    return (
        line.line,
        line.their_call_id,
        line.their_external_id,
        line.their_caller,
        line.their_at,
        line.their_seconds,
        line.their_state,
        " ".join(reasons),
        " ".join(evidence),
        line.call_sid,
        line.arrived_at,
        line.answered_at,
        line.accepted_at,
        line.ended_at,
        line.our_seconds,
        line.our_buffer_seconds,
        money(line.our_price_cents),
        money(line.amount_cents),
        invoice.dispute_until,
        late,
    )


def _total(lines: int, cents: int, invoice: Invoice, *, late: bool) -> tuple[object, ...]:
    told = f"{lines} of {invoice.lines} lines are disputed."
    if late:
        told += (
            f" This was made after the window for disputes, which closed {invoice.dispute_until:%Y-%m-%d %H:%M} UTC."
        )
    values = {"line": "total", "evidence": told, "amount_disputed": money(cents)}
    return tuple({**values, "dispute_until": invoice.dispute_until, "late": late}.get(name) for name in HEADER)


def money(cents: int | None) -> Decimal | None:
    """Dollars with two decimals, for a file."""
    return None if cents is None else Decimal(cents).scaleb(-2)
