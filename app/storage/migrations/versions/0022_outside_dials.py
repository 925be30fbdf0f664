"""Calls that outside dialers were allowed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_dials",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_outside_dials"),
        sa.ForeignKeyConstraint(["decision_id"], ["ledger.id"], name="fk_outside_dials_decision_id"),
    )
    op.create_index("ix_outside_dials_number_at", "outside_dials", ["number", "at"])
