"""The license desk: lines that nobody can read, renewals, moves, audits, expansion, drills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.models.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _imports()
    _renewals()
    _moves()
    _audits()
    _expansion()
    _lapses()


def _imports() -> None:
    op.create_table(
        "unmapped_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("npn", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("license_class", sa.String(length=200), nullable=False),
        sa.Column("loa_code", sa.String(length=200), nullable=False),
        sa.Column("loa_name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("first_seen_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", sa.String(length=254), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmapped_lines")),
        sa.UniqueConstraint(
            "npn",
            "state",
            "license_class",
            "loa_code",
            "loa_name",
            name=op.f("uq_unmapped_lines_npn_state_license_class_loa_code_loa_name"),
        ),
    )
    op.create_index(op.f("ix_unmapped_lines_npn"), "unmapped_lines", ["npn"], unique=False)
    op.create_table(
        "line_mappings",
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("license_class", sa.String(length=200), nullable=False),
        sa.Column("loa_code", sa.String(length=200), nullable=False),
        sa.Column("loa_name", sa.String(length=200), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("mapped_by", sa.String(length=254), nullable=False),
        sa.Column("mapped_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state", "license_class", "loa_code", "loa_name", name=op.f("pk_line_mappings")),
    )
    op.create_table(
        "education",
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("compliant", sa.Boolean(), nullable=True),
        sa.Column("renewal_on", sa.Date(), nullable=True),
        sa.Column("credits_needed", sa.Integer(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_education_producer_id")),
        sa.PrimaryKeyConstraint("producer_id", "state", name=op.f("pk_education")),
    )
    op.create_table(
        "watched_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("concluded_at", Instant(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_files")),
    )
    op.create_index(op.f("ix_watched_files_sha256"), "watched_files", ["sha256"], unique=False)
    op.create_index(
        "ix_watched_files_waiting",
        "watched_files",
        ["name"],
        unique=True,
        sqlite_where=sa.text("outcome = ''"),
        postgresql_where=sa.text("outcome = ''"),
    )
    op.create_table(
        "nipr_pulls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.String(length=500), nullable=True),
        sa.Column("last_modified", sa.String(length=100), nullable=True),
        sa.Column("imported_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nipr_pulls")),
    )


def _renewals() -> None:
    op.create_table(
        "renewal_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("lines", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("owner", sa.String(length=254), nullable=True),
        sa.Column("told_days", sa.Integer(), nullable=True),
        sa.Column("tell_at", Instant(), nullable=True),
        sa.Column("touched_at", Instant(), nullable=True),
        sa.Column("educated_at", Instant(), nullable=True),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("paid_at", Instant(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_as", sa.String(length=20), nullable=True),
        sa.Column("closed_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_renewal_tasks_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_tasks")),
        sa.UniqueConstraint(
            "producer_id", "state", "expires_on", name=op.f("uq_renewal_tasks_producer_id_state_expires_on")
        ),
    )
    op.create_index(
        "ix_renewal_tasks_open",
        "renewal_tasks",
        ["expires_on"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_renewal_tasks_tell_at"), "renewal_tasks", ["tell_at"], unique=False)
    op.create_table(
        "renewal_sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("swept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_sweeps")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("name", name=op.f("uq_calendar_feeds_name")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_calendar_feeds_secret_sha256")),
    )


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=2), nullable=False),
        sa.Column("to_state", sa.String(length=2), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("reported_by", sa.String(length=254), nullable=False),
        sa.Column("told_days", sa.Integer(), nullable=False),
        sa.Column("exposed_calls", sa.Integer(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_moves_producer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(
        "ix_moves_one_open",
        "moves",
        ["producer_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "move_states",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=True),
        sa.Column("restored_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["move_id"], ["moves.id"], name=op.f("fk_move_states_move_id")),
        sa.PrimaryKeyConstraint("move_id", "state", name=op.f("pk_move_states")),
    )


def _audits() -> None:
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("begun_by", sa.String(length=254), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_format", sa.String(length=12), nullable=False),
        sa.Column("given_npn", sa.String(length=10), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("not_in_report", sa.Integer(), nullable=False),
        sa.Column("reached_npn", sa.String(length=10), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signed_by", sa.String(length=254), nullable=True),
        sa.Column("signed_role", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("npn", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("less", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=254), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", sa.String(length=254), nullable=True),
        sa.Column("resolved_as", sa.String(length=9), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_discrepancies_audit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancies")),
    )
    op.create_index(op.f("ix_discrepancies_audit_id"), "discrepancies", ["audit_id"], unique=False)
    op.create_index(
        "ix_discrepancies_open",
        "discrepancies",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("npn", sa.String(length=10), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("logged_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_complaints_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_npn"), "complaints", ["npn"], unique=False)


def _expansion() -> None:
    op.create_table(
        "expansion_projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=7), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("begun_by", sa.String(length=254), nullable=False),
        sa.Column("budget_cents", sa.Integer(), nullable=True),
        sa.Column("fewest_producers", sa.Integer(), nullable=True),
        sa.Column("agency_license_number", sa.String(length=60), nullable=True),
        sa.Column("agency_expires_on", sa.Date(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expansion_projects")),
    )
    op.create_index(
        "ix_expansion_projects_one",
        "expansion_projects",
        ["state"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "expansion_applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("producer_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.String(length=200), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("estimated_cents", sa.Integer(), nullable=True),
        sa.Column("paid_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["producer_id"], ["producers.id"], name=op.f("fk_expansion_applications_producer_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["expansion_projects.id"], name=op.f("fk_expansion_applications_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expansion_applications")),
        sa.UniqueConstraint(
            "project_id", "producer_id", "lines", name=op.f("uq_expansion_applications_project_id_producer_id_lines")
        ),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.String(length=254), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("verified_by", sa.String(length=254), nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["expansion_projects.id"], name=op.f("fk_documents_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("project_id", "sha256", name=op.f("uq_documents_project_id_sha256")),
    )
    op.create_index(op.f("ix_documents_state"), "documents", ["state"], unique=False)
    op.create_table(
        "drills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("run_by", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("campaign", sa.String(length=16), nullable=True),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
    )


def _lapses() -> None:
    op.create_index(
        "ix_licenses_resident_until",
        "licenses",
        ["authority_until"],
        unique=False,
        sqlite_where=sa.text("residency = 'resident'"),
        postgresql_where=sa.text("residency = 'resident'"),
    )
