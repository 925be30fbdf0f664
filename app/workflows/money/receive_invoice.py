"""A vendor's invoice arrives: read whole or refused whole, and each of its lines held against our own record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.invoices import reading
from app.rosters.errors import Refusal
from app.storage import campaigns, ledger
from app.storage import invoices as storage
from app.storage.database import Collision, Database
from app.storage.invoices import Invoice, NewInvoice
from app.workflows.licenses.files import base_name, sha256
from app.workflows.money.judge_lines import begun, judge_lines

PAGE = 200
"""So many lines are judged in one read, and written in one transaction."""


@dataclass(frozen=True)
class Received:
    """`again`: this very file was received before, and this is that invoice. `unused`: headers that nothing was made of."""

    invoice: Invoice
    again: bool
    unused: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoSuchVendor:
    """Nobody sells us calls under this name."""

    slug: str


def receive_invoice(
    content: bytes,
    *,
    file_name: str,
    vendor: str,
    columns: Mapping[str, str],
    zone: ZoneInfo,
    actor: str,
    database: Database,
    received_at: datetime,
    now: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
) -> Received | Refusal | NoSuchVendor:
    """The invoice with its verdicts. `columns`: our field to the file's header, where it must not be guessed.

    `zone`: of times that are written without one. `progress` is told percents. Raises Collision where another process
    has begun the same file meanwhile.
    """
    hashed = sha256(content)
    with database.read() as tx:
        seller = campaigns.vendor(tx, vendor)
        if seller is None:
            return NoSuchVendor(vendor)
        earlier = storage.same_file(tx, seller.vendor_id, hashed)
        terms = campaigns.vendor_terms(tx, seller.vendor_id)
    if earlier is not None:
        return Received(earlier, again=True)
    read = reading.read(content, said=columns, zone=zone)
    if isinstance(read, Refusal):
        return read
    new = NewInvoice(
        vendor_id=seller.vendor_id,
        file_name=base_name(file_name) or "invoice.csv",
        sha256=hashed,
        columns=dict(read.columns),
        time_zone=str(zone),
        received_at=received_at,
        received_by=actor,
        dispute_until=received_at + timedelta(days=terms.dispute_days),
        duplicate_days=terms.duplicate_days,
    )
    with database.begin() as tx:
        invoice = storage.begin(tx, new)
    if invoice.finished_at is not None:
        return Received(invoice, again=True)
    _judge(invoice, read, database=database, progress=progress)
    return Received(_finish(invoice, actor=actor, database=database, now=now()), again=False, unused=read.unused)


def _judge(
    invoice: Invoice, read: reading.Invoice, *, database: Database, progress: Callable[[int], None] | None
) -> None:
    with database.read() as tx:
        judging = begun(tx, invoice)
    for begins in range(0, len(read.lines), PAGE):
        page = read.lines[begins : begins + PAGE]
        with database.read() as tx:
            judged = judge_lines(tx, judging, page)
        with database.begin() as tx:
            if not storage.add_lines(tx, invoice, judged):
                raise Collision(f"invoice {invoice.id} was begun anew by another process")
        if progress is not None:
            progress(100 * (begins + len(page)) // len(read.lines))


def _finish(invoice: Invoice, *, actor: str, database: Database, now: datetime) -> Invoice:
    with database.begin() as tx:
        finished = storage.finish(tx, invoice, now)
        if finished is None:
            raise Collision(f"invoice {invoice.id} was begun anew by another process")
        facts = {
            "invoice_id": finished.id,
            "vendor": finished.vendor,
            "file_name": finished.file_name,
            "file_sha256": finished.sha256,
            "dispute_until": finished.dispute_until.isoformat(),
            **totals(finished),
        }
        ledger.write(tx, kind="invoice_received", now=now, actor=actor, facts=facts)
    return finished


def totals(invoice: Invoice) -> dict[str, int]:
    """Lines and cents by how they stand."""
    return {
        f"{name}_{of}": getattr(invoice, f"{name}_{of}")
        for name in ("accepted", "disputed", "undecided")
        for of in ("lines", "cents")
    }
