"""An invoice that was read wrongly is taken back: its lines count as billed no more, and its file can be received again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.storage import invoices, ledger
from app.storage.database import Database
from app.storage.invoices import Invoice
from app.workflows.money.receive_invoice import totals
from app.workflows.money.rule_line import LONGEST_REASON


@dataclass(frozen=True)
class NotWithdrawn:
    """Nothing was changed; `why` in words."""

    why: str


def withdraw_invoice(
    invoice_id: int, reason: str, *, actor: str, database: Database, now: datetime
) -> Invoice | NotWithdrawn | None:
    """The invoice, withdrawn; the same again changes nothing. None where there is no such invoice."""
    because = " ".join(reason.split())
    if not because or len(because) > LONGEST_REASON:
        return NotWithdrawn(f"say why, in at most {LONGEST_REASON} characters")
    with database.begin() as tx:
        invoice = invoices.lock(tx, invoice_id)
        if invoice is None or invoice.finished_at is None:
            return None
        if invoice.withdrawn_at is not None:
            return invoice
        invoices.withdraw(tx, invoice_id, now)
        facts = {"invoice_id": invoice_id, "vendor": invoice.vendor, "reason": because, **totals(invoice)}
        ledger.write(tx, kind="invoice_withdrawn", now=now, actor=actor, facts=facts)
        return invoices.load(tx, invoice_id)
