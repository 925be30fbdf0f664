"""Requests that name themselves: where they came, and that one is still being answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency", sa.Column("content_type", sa.String(100), nullable=True))
    op.add_column("idempotency", sa.Column("answered_at", Instant(), nullable=True))
    # Until now a row came with its answer.
    op.execute("UPDATE idempotency SET answered_at = at")
    op.create_index("ix_idempotency_at", "idempotency", ["at"])
