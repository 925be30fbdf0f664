"""A person overrules the verdict on one line of an invoice, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.billing.record import Verdict
from app.storage import invoices, ledger
from app.storage.database import Database
from app.storage.invoices import Line

RULINGS = {"accept": Verdict.ACCEPTED, "dispute": Verdict.DISPUTED}
LONGEST_REASON = 1000


@dataclass(frozen=True)
class NotRuled:
    """Nothing was changed; `why` in words."""

    why: str


def rule_line(
    invoice_id: int,
    line: int,
    ruling: str,
    reason: str,
    *,
    actor: str,
    database: Database,
    now: datetime,
) -> Line | NotRuled | None:
    """The line as it stands; `ruling` is one of RULINGS. None where there is no such line. The same again changes nothing."""
    because = " ".join(reason.split())
    if not because:
        return NotRuled("say why")
    if len(because) > LONGEST_REASON:
        return NotRuled(f"the reason has more than {LONGEST_REASON} characters")
    standing = RULINGS[ruling]
    with database.begin() as tx:
        invoice = invoices.lock(tx, invoice_id)
        before = invoices.line_of(tx, invoice_id, line)
        if invoice is None or before is None or invoice.finished_at is None:
            return None
        if invoice.withdrawn_at is not None:
            return NotRuled("the invoice was withdrawn")
        if before.standing is standing:
            is_same = before.ruled_reason == because or before.ruled_at is None
            return before if is_same else NotRuled(f"the line stands {standing} already")
        invoices.rule(tx, invoice_id, line, standing, by=actor, reason=because, now=now)
        facts = {
            "invoice_id": invoice_id,
            "line": line,
            "before": str(before.standing),
            "after": str(standing),
            "amount_cents": before.amount_cents,
            "reason": because,
        }
        ledger.write(tx, kind="invoice_line_ruled", now=now, actor=actor, facts=facts)
        return invoices.line_of(tx, invoice_id, line)
