"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("seq", name=op.f("uq_ledger_seq")),
    )
    op.create_index(op.f("ix_ledger_call_id"), "ledger", ["call_id"], unique=False)
    op.create_index(op.f("ix_ledger_kind_at"), "ledger", ["kind", "at"], unique=False)
    op.create_index(op.f("ix_ledger_lead_id"), "ledger", ["lead_id"], unique=False)
    op.create_table(
        "producers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("npn", sa.String(length=10), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=300), nullable=False),
        sa.Column("resident_state", sa.String(length=2), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producers")),
        sa.UniqueConstraint("npn", name=op.f("uq_producers_npn")),
    )
    op.create_index(op.f("ix_producers_phone"), "producers", ["phone"], unique=False)
    op.create_table(
        "roster_versions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_roster_versions")),
    )
    op.create_table(
        "state_openings",
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("territory", sa.Boolean(), nullable=False),
        sa.Column("agency_until", Instant(), nullable=True),
        sa.Column("document_name", sa.String(length=255), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("verified_by", sa.String(length=254), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_state_openings")),
    )
    op.create_table(
        "suppressions",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("number", "kind", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("from_number", sa.String(length=16), nullable=False),
        sa.Column("to_number", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=11), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("message_sid", sa.String(length=34), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("subject", "kind", name=op.f("uq_texts_subject_kind")),
    )
    op.create_index(op.f("ix_texts_message_sid"), "texts", ["message_sid"], unique=False)
    op.create_index(
        "ix_texts_queued",
        "texts",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_table(
        "texts_received",
        sa.Column("message_sid", sa.String(length=34), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("from_number", sa.String(length=64), nullable=False),
        sa.Column("to_number", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("understood_as", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("message_sid", name=op.f("pk_texts_received")),
    )
    op.create_table(
        "vendors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendors")),
        sa.UniqueConstraint("slug", name=op.f("uq_vendors_slug")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_api_keys_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "appointments",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("carrier_key", sa.String(length=120), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("carrier", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("terminates_on", sa.Date(), nullable=True),
        sa.Column("authority_from", Instant(), nullable=True),
        sa.Column("authority_until", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_appointments_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", "state", "carrier_key", "line", name=op.f("pk_appointments")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("requirement", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("last_offered_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_campaigns_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("number", name=op.f("uq_campaigns_number")),
    )
    op.create_table(
        "desk",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(length=9), nullable=False),
        sa.Column("present_until", Instant(), nullable=False),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("free_at", Instant(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("taken_today", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("last_offered_at", Instant(), nullable=False),
        sa.CheckConstraint("presence IN ('available', 'away', 'missed', 'offline')", name=op.f("ck_desk_presence")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_desk_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", name=op.f("pk_desk")),
    )
    op.create_index(
        "ix_desk_ready",
        "desk",
        ["last_offered_at", "producer_id"],
        unique=False,
        sqlite_where=sa.text("presence = 'available' AND held_by IS NULL"),
        postgresql_where=sa.text("presence = 'available' AND held_by IS NULL"),
    )
    op.create_table(
        "domicile_holds",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_domicile_holds_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", "state", name=op.f("pk_domicile_holds")),
    )
    op.create_table(
        "licenses",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("license_number", sa.String(length=60), nullable=False),
        sa.Column("residency", sa.String(length=11), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("perpetual", sa.Boolean(), nullable=False),
        sa.Column("authority_from", Instant(), nullable=True),
        sa.Column("authority_until", Instant(), nullable=True),
        sa.Column("verified_at", Instant(), nullable=False),
        sa.Column("stale_at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_licenses_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", "state", "line", name=op.f("pk_licenses")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_licenses_somebody",
        "licenses",
        ["state", "line", "producer_id"],
        unique=False,
        sqlite_where=sa.text("status IN ('active', 'renewal_pending')"),
        postgresql_where=sa.text("status IN ('active', 'renewal_pending')"),
    )
    op.create_table(
        "presence_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("presence", sa.String(length=9), nullable=False),
        sa.Column("free_at", Instant(), nullable=False),
        sa.Column("present_until", Instant(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_presence_events_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_events")),
    )
    op.create_index(op.f("ix_presence_events_producer_id_at"), "presence_events", ["producer_id", "at"], unique=False)
    op.create_table(
        "roster_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["roster_versions.version"], name=op.f("fk_roster_history_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_history")),
        sa.UniqueConstraint("version", "subject", "key", name=op.f("uq_roster_history_version_subject_key")),
    )
    op.create_index(op.f("ix_roster_history_subject_key"), "roster_history", ["subject", "key"], unique=False)
    op.create_table(
        "territory_zips",
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip_code", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["state"], ["state_openings.state"], name=op.f("fk_territory_zips_state")),
        sa.PrimaryKeyConstraint("state", "zip_code", name=op.f("pk_territory_zips")),
    )
    op.create_table(
        "vendor_numbers",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_numbers_vendor_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_vendor_numbers")),
    )
    op.create_table(
        "idempotency",
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_keys.id"], name=op.f("fk_idempotency_api_key_id")),
        sa.PrimaryKeyConstraint("api_key_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=True),
        sa.Column("zip_code", sa.String(length=20), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.Column("custody", sa.String(length=9), nullable=False),
        sa.Column("owed_by", Instant(), nullable=True),
        sa.Column("closed_as", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(custody = 'closed') = (closed_as IS NOT NULL)", name=op.f("ck_leads_closed")),
        sa.CheckConstraint(
            "(custody IN ('in_call', 'promised', 'escalated')) = (owed_by IS NOT NULL)", name=op.f("ck_leads_owed")
        ),
        sa.CheckConstraint(
            "custody IN ('in_call', 'promised', 'escalated', 'served', 'closed')", name=op.f("ck_leads_custody")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_leads_campaign_id")),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name=op.f("fk_leads_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index(
        "ix_leads_open",
        "leads",
        ["owed_by"],
        unique=False,
        sqlite_where=sa.text("owed_by IS NOT NULL"),
        postgresql_where=sa.text("owed_by IS NOT NULL"),
    )
    op.create_index(op.f("ix_leads_phone"), "leads", ["phone"], unique=False)
    op.create_table(
        "setting_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_setting_changes_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
    )
    op.create_index(op.f("ix_setting_changes_campaign_id"), "setting_changes", ["campaign_id"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.CheckConstraint("weight >= 1", name=op.f("ck_team_members_weight")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_team_members_campaign_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_team_members_producer_id")),
        sa.PrimaryKeyConstraint("campaign_id", "producer_id", name=op.f("pk_team_members")),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=True),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("promised_by", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_callbacks_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index(op.f("ix_callbacks_lead_id"), "callbacks", ["lead_id"], unique=False)
    op.create_index(op.f("ix_callbacks_status_due_at"), "callbacks", ["status", "due_at"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("from_number", sa.String(length=64), nullable=False),
        sa.Column("to_number", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=13), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("disposition", sa.String(length=18), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("residence", sa.Text(), nullable=True),
        sa.Column("zip_code", sa.String(length=5), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("offers_from", Instant(), nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("served_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_calls_campaign_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_calls_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_calls_call_sid")),
    )
    op.create_index(op.f("ix_calls_lead_id"), "calls", ["lead_id"], unique=False)
    op.create_index(
        "ix_calls_live",
        "calls",
        ["arrived_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "campaign_numbers",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("lent_to", sa.Integer(), nullable=True),
        sa.Column("lent_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_numbers_campaign_id")),
        sa.ForeignKeyConstraint(["lent_to"], ["leads.id"], name=op.f("fk_campaign_numbers_lent_to")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_campaign_numbers")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=True),
        sa.Column("leg_sid", sa.String(length=34), nullable=True),
        sa.Column("recorded", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["acceptance_id"], ["ledger.id"], name=op.f("fk_attempts_acceptance_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_attempts_call_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["ledger.id"], name=op.f("fk_attempts_decision_id")),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_attempts_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_attempts_call_id_number")),
    )
    op.create_index(
        "ix_attempts_one_at_a_time",
        "attempts",
        ["producer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_attempts_producer_id_started_at"), "attempts", ["producer_id", "started_at"], unique=False)
    op.create_table(
        "call_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("happening", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("obeyed", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.String(length=13), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_events_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_events")),
        sa.UniqueConstraint("call_id", "key", name=op.f("uq_call_events_call_id_key")),
    )
    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_escalations_call_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_escalations_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(op.f("ix_escalations_lead_id"), "escalations", ["lead_id"], unique=False)
    op.create_index(
        "ix_escalations_one_open",
        "escalations",
        ["lead_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'resolved'"),
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_index(op.f("ix_escalations_status_due_at"), "escalations", ["status", "due_at"], unique=False)
