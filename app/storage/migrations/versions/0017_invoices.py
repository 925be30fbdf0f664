"""Vendors' invoices against our own record; leads by the vendor's id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("received_by", sa.String(120), nullable=False),
        sa.Column("dispute_until", Instant(), nullable=False),
        sa.Column("duplicate_days", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("disputed_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("accepted_lines", sa.Integer(), nullable=False),
        sa.Column("accepted_cents", sa.BigInteger(), nullable=False),
        sa.Column("disputed_lines", sa.Integer(), nullable=False),
        sa.Column("disputed_cents", sa.BigInteger(), nullable=False),
        sa.Column("undecided_lines", sa.Integer(), nullable=False),
        sa.Column("undecided_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoices"),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_invoices_vendor_id"),
    )
    op.create_index("ix_invoices_dispute_until", "invoices", ["dispute_until"])
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_invoices_one_a_file",
        "invoices",
        ["vendor_id", "sha256"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("their_call_id", sa.String(200), nullable=False),
        sa.Column("their_external_id", sa.String(200), nullable=False),
        sa.Column("their_lead_id", sa.Integer(), nullable=True),
        sa.Column("their_caller", sa.String(16), nullable=True),
        sa.Column("their_called", sa.String(16), nullable=True),
        sa.Column("their_at", Instant(), nullable=True),
        sa.Column("their_seconds", sa.Integer(), nullable=True),
        sa.Column("their_state", sa.String(2), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("our_seconds", sa.Integer(), nullable=True),
        sa.Column("our_buffer_seconds", sa.Integer(), nullable=True),
        sa.Column("our_price_cents", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reasons", sa.String(200), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(10), nullable=False),
        sa.Column("ruled_at", Instant(), nullable=True),
        sa.Column("ruled_by", sa.String(120), nullable=True),
        sa.Column("ruled_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_lines"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name="fk_invoice_lines_invoice_id"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_invoice_lines_call_id"),
        sa.UniqueConstraint("invoice_id", "line", name="uq_invoice_lines_invoice_id_line"),
        sa.CheckConstraint("verdict IN ('accepted', 'disputed', 'cannot_say')", name="ck_invoice_lines_verdict"),
        sa.CheckConstraint("standing IN ('accepted', 'disputed', 'cannot_say')", name="ck_invoice_lines_standing"),
        sa.CheckConstraint("amount_cents >= 0", name="ck_invoice_lines_amount"),
    )
    op.create_index("ix_invoice_lines_call_id", "invoice_lines", ["call_id"])
    op.create_index("ix_invoice_lines_invoice_id_standing_line", "invoice_lines", ["invoice_id", "standing", "line"])
    # An invoice names a lead by the id under which the vendor posted it.
    op.create_index("ix_leads_external_id", "leads", ["external_id"])
