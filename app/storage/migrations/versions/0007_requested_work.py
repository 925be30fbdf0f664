"""Work that somebody asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "requested_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=254), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_work")),
    )
    op.create_index(op.f("ix_requested_work_finished_at"), "requested_work", ["finished_at"], unique=False)
    op.create_index("ix_requested_work_kind_id", "requested_work", ["kind", "id"], unique=False)
    op.create_index(
        "ix_requested_work_open", "requested_work", ["id"], unique=False, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
