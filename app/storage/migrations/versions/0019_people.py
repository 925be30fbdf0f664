"""Leads in bulk: a file on its way in, and what became of each row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_files",
        sa.Column("file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("file_id", name="pk_bulk_files"),
    )
    op.create_table(
        "bulk_rows",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(9), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("states", sa.String(60), nullable=False),
        sa.Column("confidence", sa.String(20), nullable=False),
        sa.Column("column", sa.String(60), nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "line", name="pk_bulk_rows"),
        sa.ForeignKeyConstraint(["file_id"], ["bulk_files.file_id"], name="fk_bulk_rows_file_id"),
    )
