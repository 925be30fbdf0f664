"""Recordings that the carrier has no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEPT = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("recordings") as recordings:
        recordings.add_column(sa.Column("deleted_at", Instant(), nullable=True))
        recordings.add_column(sa.Column("deletion_tried_at", Instant(), nullable=True))
    op.create_index("ix_recordings_kept", "recordings", ["retain_until"], sqlite_where=_KEPT, postgresql_where=_KEPT)
