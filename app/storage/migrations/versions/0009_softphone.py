"""Softphones, and what was dialed for an attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "softphones",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column("registered_until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_softphones_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", name=op.f("pk_softphones")),
        sa.UniqueConstraint("identity", name=op.f("uq_softphones_identity")),
    )
    with op.batch_alter_table("attempts") as attempts:
        attempts.add_column(sa.Column("dialed", sa.String(length=9), nullable=False, server_default="phone"))
