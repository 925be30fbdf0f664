"""Seals of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNSEALED = sa.text("seq IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("ledger") as ledger:
        ledger.add_column(sa.Column("salt", sa.String(length=32), nullable=True))
        ledger.add_column(sa.Column("facts_digest", sa.String(length=64), nullable=True))
    op.create_index("ix_ledger_unsealed", "ledger", ["id"], sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)
