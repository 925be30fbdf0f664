"""Invoices and their lines as the commands tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.commands.output import instant
from app.domain.billing.record import dollars
from app.storage.invoices import Invoice, Line


def invoice_object(one: Invoice, now: datetime) -> dict[str, Any]:
    """For --json."""
    return {
        "id": one.id,
        "vendor": one.vendor,
        "file_name": one.file_name,
        "file_sha256": one.sha256,
        "columns": one.columns,
        "time_zone": one.time_zone,
        "received_at": instant(one.received_at),
        "received_by": one.received_by,
        "dispute_until": instant(one.dispute_until),
        "late": one.is_late(now),
        "disputed_at": instant(one.disputed_at),
        "withdrawn_at": instant(one.withdrawn_at),
        "lines": one.lines,
        "billed_cents": one.billed_cents,
        "accepted_lines": one.accepted_lines,
        "accepted_cents": one.accepted_cents,
        "disputed_lines": one.disputed_lines,
        "disputed_cents": one.disputed_cents,
        "undecided_lines": one.undecided_lines,
        "undecided_cents": one.undecided_cents,
    }


def invoice_row(one: Invoice) -> tuple[str, ...]:
    """For a table."""
    return (
        str(one.id),
        one.vendor,
        instant(one.received_at) or "",
        one.file_name,
        str(one.lines),
        *(dollars(cents) for cents in (one.billed_cents, one.accepted_cents, one.disputed_cents, one.undecided_cents)),
        instant(one.dispute_until) or "",
    )


def total_lines(one: Invoice) -> tuple[str, str, str]:
    """Lines and money by how they stand."""
    return (
        f"accepted: {one.accepted_lines}, {dollars(one.accepted_cents)}",
        f"disputed: {one.disputed_lines}, {dollars(one.disputed_cents)}",
        f"for a person to decide: {one.undecided_lines}, {dollars(one.undecided_cents)}",
    )


def line_object(line: Line) -> dict[str, Any]:
    """For --json."""
    return {
        "line": line.line,
        "call_id": line.their_call_id or None,
        "external_id": line.their_external_id or None,
        "lead_id": line.their_lead_id,
        "caller": line.their_caller,
        "called": line.their_called,
        "at": instant(line.their_at),
        "billed_seconds": line.their_seconds,
        "billed_state": line.their_state,
        "amount_cents": line.amount_cents,
        "verdict": str(line.verdict),
        "standing": str(line.standing),
        "reasons": list(line.reasons),
        "evidence": [sentence for _, sentence in line.evidence],
        "call_sid": line.call_sid,
        "our_seconds": line.our_seconds,
        "our_buffer_seconds": line.our_buffer_seconds,
        "our_price_cents": line.our_price_cents,
        "ruled_at": instant(line.ruled_at),
        "ruled_by": line.ruled_by,
        "ruled_reason": line.ruled_reason,
    }


def told(line: Line) -> str:
    """One line in a sentence or two."""
    because = " ".join(sentence for _, sentence in line.evidence)
    ruled = f" {line.ruled_by} says: {line.ruled_reason}." if line.ruled_at else ""
    codes = f" ({', '.join(line.reasons)})" if line.reasons else ""
    return f"line {line.line}, {dollars(line.amount_cents)}: {line.standing.replace('_', ' ')}{codes}. {because}{ruled}".strip()
