"""The desk: reports of moves that are withdrawn; the ledger read by actor and by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("moves") as moves:
        moves.add_column(sa.Column("withdrawn_at", Instant(), nullable=True))
        moves.add_column(sa.Column("withdrawn_by", sa.String(length=254), nullable=True))
        moves.add_column(sa.Column("withdrawn_because", sa.Text(), nullable=True))
    op.create_index(op.f("ix_ledger_actor_at"), "ledger", ["actor", "at"], unique=False)
    op.create_index(op.f("ix_ledger_at"), "ledger", ["at"], unique=False)
