"""Calls by when they arrived, for reports."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_calls_arrived_at_id", "calls", ["arrived_at", "id"])
