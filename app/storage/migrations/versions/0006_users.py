"""Who signs in to the pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_folded", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("uniquifier", sa.String(length=64), nullable=False),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("totp_counter", sa.Integer(), nullable=True),
        sa.Column("second_factor", sa.String(length=20), nullable=True),
        sa.Column("recovery_codes", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("signed_in_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name="fk_users_producer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_folded", name="uq_users_email_folded"),
        sa.UniqueConstraint("producer_id", name="uq_users_producer_id"),
        sa.UniqueConstraint("uniquifier", name="uq_users_uniquifier"),
    )
