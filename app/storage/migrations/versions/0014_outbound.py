"""Outbound calls: the do-not-call registry's answers, calls asked for, the switch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dnc_scrubs",
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("scrubbed_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_dnc_scrubs"),
    )
    op.create_table(
        "dial_switches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dial_switches"),
    )
    op.create_table(
        "outbound_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("callback_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("cold", sa.Boolean(), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbound_calls"),
        *(
            sa.ForeignKeyConstraint([column], [target], name=f"fk_outbound_calls_{column}")
            for column, target in (
                ("producer_id", "producers.id"),
                ("lead_id", "leads.id"),
                ("callback_id", "callbacks.id"),
                ("decision_id", "ledger.id"),
            )
        ),
    )
    op.create_index("ix_calls_from_number", "calls", ["from_number"])
    for columns in (("lead_id",), ("callback_id",), ("at",), ("producer_id", "at")):
        op.create_index(f"ix_outbound_calls_{'_'.join(columns)}", "outbound_calls", columns)
