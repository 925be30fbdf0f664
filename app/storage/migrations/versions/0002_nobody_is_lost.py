"""Tiers 2 and 3: promises that are kept, holding, the supervisors' work, texts inside their hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("status IN ('promised', 'dialing')")
_HOLDING = sa.text("phase = 'holding'")
_QUEUED = sa.text("status = 'queued'")


def upgrade() -> None:
    with op.batch_alter_table("leads") as leads:
        leads.add_column(sa.Column("residence", sa.Text(), nullable=True))
        leads.add_column(sa.Column("language", sa.String(length=2), nullable=False, server_default="en"))
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("direction", sa.String(length=8), nullable=False, server_default="inbound"))
        calls.add_column(sa.Column("callback_id", sa.Integer(), nullable=True))
        calls.add_column(sa.Column("holding_since", Instant(), nullable=True))
        calls.add_column(sa.Column("polled_at", Instant(), nullable=True))
        calls.add_column(sa.Column("choices", sa.Integer(), nullable=False, server_default="0"))
        calls.add_column(sa.Column("asked_us", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_calls_holding", "calls", ["holding_since"], sqlite_where=_HOLDING, postgresql_where=_HOLDING)
    op.create_index(op.f("ix_texts_received_from_number"), "texts_received", ["from_number"])
    op.create_index(op.f("ix_presence_events_at"), "presence_events", ["at"])
    _make_callbacks_anew()
    _escalations()
    _texts()
    op.create_table(
        "notices",
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("threshold", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "threshold", name=op.f("pk_notices")),
    )


def _make_callbacks_anew() -> None:
    """Nothing has ever been promised before: the table is empty."""
    op.drop_table("callbacks")
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=True),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("promised_by", Instant(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=True),
        sa.Column("only_producer", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("slip_told", sa.Boolean(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_callbacks_lead_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_callbacks_campaign_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_callbacks_producer_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_callbacks_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(op.f("ix_callbacks_lead_id"), "callbacks", ["lead_id"])
    op.create_index(op.f("ix_callbacks_status_next_try_at"), "callbacks", ["status", "next_try_at"])
    op.create_index(op.f("ix_callbacks_state_due_at"), "callbacks", ["state", "due_at"])
    op.create_index(
        "ix_callbacks_one_active",
        "callbacks",
        ["lead_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def _escalations() -> None:
    with op.batch_alter_table("escalations") as escalations:
        escalations.add_column(sa.Column("claimed_by", sa.String(length=120), nullable=True))
        escalations.add_column(sa.Column("claimed_at", Instant(), nullable=True))
        escalations.add_column(sa.Column("assigned_to", sa.Integer(), nullable=True))
        escalations.add_column(sa.Column("resolved_at", Instant(), nullable=True))
        escalations.add_column(sa.Column("resolved_by", sa.String(length=120), nullable=True))
        escalations.add_column(sa.Column("outcome", sa.String(length=20), nullable=True))
        escalations.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        escalations.create_foreign_key(op.f("fk_escalations_assigned_to"), "producers", ["assigned_to"], ["id"])


def _texts() -> None:
    op.drop_index("ix_texts_queued", table_name="texts")
    with op.batch_alter_table("texts") as texts:
        texts.add_column(sa.Column("lead_id", sa.Integer(), nullable=True))
        texts.add_column(sa.Column("campaign_id", sa.Integer(), nullable=True))
        texts.add_column(sa.Column("states", sa.String(length=60), nullable=True))
        texts.add_column(sa.Column("not_before", Instant(), nullable=True))
        texts.add_column(sa.Column("true_until", Instant(), nullable=True))
        texts.add_column(sa.Column("looked_at", Instant(), nullable=True))
        texts.create_foreign_key(op.f("fk_texts_lead_id"), "leads", ["lead_id"], ["id"])
        texts.create_foreign_key(op.f("fk_texts_campaign_id"), "campaigns", ["campaign_id"], ["id"])
    op.execute("UPDATE texts SET not_before = created_at")
    with op.batch_alter_table("texts") as texts:
        texts.alter_column("not_before", existing_type=Instant(), nullable=False)
        texts.alter_column("from_number", existing_type=sa.String(length=16), type_=sa.String(length=34))
    op.create_index(op.f("ix_texts_lead_id"), "texts", ["lead_id"])
    op.create_index(op.f("ix_texts_status_sent_at"), "texts", ["status", "sent_at"])
    op.create_index("ix_texts_queued", "texts", ["not_before", "id"], sqlite_where=_QUEUED, postgresql_where=_QUEUED)
