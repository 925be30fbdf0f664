"""Vendors' invoices, and what our own record says of their lines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class InvoiceRow(Base):
    """One file of one vendor. `finished_at` is null while it is read and judged; `attempt` tells who is at it.

    The totals are of its lines as they stand. `columns`: how the file was read (JSON, our field to its header).
    One that was read wrongly is withdrawn, and counts for nothing any more.
    """

    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendors.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    columns: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(String(120))
    dispute_until: Mapped[datetime]
    duplicate_days: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1)
    finished_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    accepted_lines: Mapped[int] = mapped_column(default=0)
    accepted_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    disputed_lines: Mapped[int] = mapped_column(default=0)
    disputed_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    undecided_lines: Mapped[int] = mapped_column(default=0)
    undecided_cents: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (
        # The same file again is the same invoice, unless that was withdrawn.
        Index(
            "ix_invoices_one_a_file",
            "vendor_id",
            "sha256",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "dispute_until"),
    )


class InvoiceLineRow(Base):
    """A line as billed (numbers in E.164), our verdict, and a person's where somebody overruled it.

    `standing` is the verdict that counts. `reasons`: codes joined by |; `evidence`: JSON, a list of [code, sentence].
    `our_…` is what was agreed and counted then. `call_id` null: no call of ours is known to be meant.
    """

    __tablename__ = "invoice_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    line: Mapped[int]
    their_call_id: Mapped[str] = mapped_column(String(200))
    their_external_id: Mapped[str] = mapped_column(String(200))
    their_lead_id: Mapped[int | None]
    their_caller: Mapped[str | None] = mapped_column(String(16))
    their_called: Mapped[str | None] = mapped_column(String(16))
    their_at: Mapped[datetime | None]
    their_seconds: Mapped[int | None]
    their_state: Mapped[str | None] = mapped_column(String(2))
    amount_cents: Mapped[int]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    our_seconds: Mapped[int | None]
    our_buffer_seconds: Mapped[int | None]
    our_price_cents: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(String(10))
    ruled_at: Mapped[datetime | None]
    ruled_by: Mapped[str | None] = mapped_column(String(120))
    ruled_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("verdict IN ('accepted', 'disputed', 'cannot_say')", name="verdict"),
        CheckConstraint("standing IN ('accepted', 'disputed', 'cannot_say')", name="standing"),
        CheckConstraint("amount_cents >= 0", name="amount"),
        UniqueConstraint("invoice_id", "line"),
        Index(None, "invoice_id", "standing", "line"),
    )
