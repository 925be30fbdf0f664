"""Vendors' terms; the producers whom an accepted ping is promised for some seconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vendors", sa.Column("terms", sa.Text(), nullable=False, server_default="{}"))
    op.create_table(
        "ping_holds",
        sa.Column("producer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ping_id", sa.Integer(), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("held_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("producer_id", name="pk_ping_holds"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_ping_holds_{column}")
            for column, target in (
                ("producer_id", "producers.id"),
                ("ping_id", "ledger.id"),
                ("vendor_id", "vendors.id"),
                ("campaign_id", "campaigns.id"),
                ("lead_id", "leads.id"),
            )
        ),
    )
    op.create_index("ix_ping_holds_until", "ping_holds", ["until"])
    op.add_column("leads", sa.Column("ping_id", sa.Integer(), nullable=True))
    op.add_column("leads", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_leads_ping_id",
        "leads",
        ["ping_id"],
        sqlite_where=sa.text("ping_id IS NOT NULL"),
        postgresql_where=sa.text("ping_id IS NOT NULL"),
    )
    op.create_index("ix_leads_vendor_id_created_at", "leads", ["vendor_id", "created_at"])
    op.create_index("ix_leads_campaign_id_created_at", "leads", ["campaign_id", "created_at"])
