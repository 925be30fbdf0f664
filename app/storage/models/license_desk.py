"""The license desk: what watches licenses from outside of a call. What decides a call stands in roster.py."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class UnmappedLineRow(Base):
    """A line of a report that nobody can read for sure: it waits for a person, and is never routable.

    `status` is what the report says of it.
    """

    __tablename__ = "unmapped_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    npn: Mapped[str] = mapped_column(String(10), index=True)
    state: Mapped[str] = mapped_column(String(2))
    license_class: Mapped[str] = mapped_column(String(200))
    loa_code: Mapped[str] = mapped_column(String(200))
    loa_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(254))

    __table_args__ = (UniqueConstraint("npn", "state", "license_class", "loa_code", "loa_name"),)


class LineMappingRow(Base):
    """What a person said that a state's line is: lines of ours joined by +, or none at all (`line` empty). Names are folded."""

    __tablename__ = "line_mappings"

    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    license_class: Mapped[str] = mapped_column(String(200), primary_key=True)
    loa_code: Mapped[str] = mapped_column(String(200), primary_key=True)
    loa_name: Mapped[str] = mapped_column(String(200), primary_key=True)
    line: Mapped[str] = mapped_column(String(200))
    mapped_by: Mapped[str] = mapped_column(String(254))
    mapped_at: Mapped[datetime]


class WatchedFileRow(Base):
    """A file that was put into the watched folder. It is taken once two looks found it the same, by who claims it.

    `outcome` is empty until it was imported, rejected or found to have been imported before (repeated). `told`: the
    rejection was told of. `stays`: it could not be moved.
    """

    __tablename__ = "watched_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    modified_ns: Mapped[int] = mapped_column(BigInteger)
    looked_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    concluded_at: Mapped[datetime | None]
    told: Mapped[bool] = mapped_column(default=True)
    stays: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "ix_watched_files_waiting",
            "name",
            unique=True,
            sqlite_where=text("outcome = ''"),
            postgresql_where=text("outcome = ''"),
        ),
    )


class NiprPullRow(Base):
    """The daily pull of a report: one row. `address_sha256` is whose `etag` and `last_modified` these are."""

    __tablename__ = "nipr_pulls"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    address_sha256: Mapped[str] = mapped_column(String(64))
    etag: Mapped[str | None] = mapped_column(String(500))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    imported_at: Mapped[datetime | None]


class EducationRow(Base):
    """A producer's continuing education in a state, as the last report had it. It is told, and decides nothing."""

    __tablename__ = "education"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    compliant: Mapped[bool | None]
    renewal_on: Mapped[date | None]
    credits_needed: Mapped[int | None]
    seen_at: Mapped[datetime]


class RenewalTaskRow(Base):
    """One license that runs out, one task. Closed only by a roster that shows a later date, or the license gone.

    `lines` are joined by +. `told_days` is the nearest threshold that was told of (-1: that it lapsed), `tell_at` when the
    next is crossed, None where nothing more is to be told; `touched_at` when a person last did something about it.
    """

    __tablename__ = "renewal_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    state: Mapped[str] = mapped_column(String(2))
    lines: Mapped[str] = mapped_column(String(200))
    expires_on: Mapped[date]
    opened_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(254))
    told_days: Mapped[int | None]
    tell_at: Mapped[datetime | None] = mapped_column(index=True)
    touched_at: Mapped[datetime | None]
    educated_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[str | None] = mapped_column(String(20))
    closed_version: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("producer_id", "state", "expires_on"),
        Index(
            "ix_renewal_tasks_open",
            "expires_on",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class RenewalSweepRow(Base):
    """How far the watch over renewals has come: one row. The roster was compared at this version, at this instant."""

    __tablename__ = "renewal_sweeps"

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_version: Mapped[int]
    swept_at: Mapped[datetime]


class CalendarFeedRow(Base):
    """The address of a calendar: who knows the secret may read it. Only its hash is kept; a new one ends the old."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(254))


class MoveRow(Base):
    """A producer's change of residence. The clock runs from `moved_on`, not from the report; at most one is open.

    `exposed_calls`: calls that were bridged after the move; None while nobody has looked. One that was withdrawn was a
    false report: it stays open until the states that it suspended have come back.
    """

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    from_state: Mapped[str] = mapped_column(String(2))
    to_state: Mapped[str] = mapped_column(String(2))
    moved_on: Mapped[date]
    due_on: Mapped[date]
    reported_at: Mapped[datetime]
    reported_by: Mapped[str] = mapped_column(String(254))
    told_days: Mapped[int] = mapped_column(default=0)
    exposed_calls: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(254))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_moves_one_open",
            "producer_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class MoveStateRow(Base):
    """One state that a move touches: until when its change of address is due, when it was filed, when authority came back."""

    __tablename__ = "move_states"

    move_id: Mapped[int] = mapped_column(ForeignKey("moves.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    due_on: Mapped[date]
    filed_at: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]


class AuditRow(Base):
    """One comparison of the roster with a report. `period` is the month it counts for, YYYY-MM; signed once all is resolved.

    `roster_version` is the roster that it left behind. Producers are compared by NPN: `reached_npn` is the last so far, so
    that an audit that was cut off goes on there. `given_npn` is whose report it is, where the file does not say.
    """

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(7))
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(String(254))
    file_name: Mapped[str] = mapped_column(String(255))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_format: Mapped[str] = mapped_column(String(12))
    given_npn: Mapped[str] = mapped_column(String(10))
    whole: Mapped[bool]
    as_of: Mapped[date | None]
    roster_version: Mapped[int]
    compared: Mapped[int] = mapped_column(default=0)
    not_in_report: Mapped[int] = mapped_column(default=0)
    reached_npn: Mapped[str] = mapped_column(String(10), default="")
    finished_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None] = mapped_column(String(254))
    signed_role: Mapped[str | None] = mapped_column(String(20))


class DiscrepancyRow(Base):
    """Where roster and report differ. `less`: the report gives less, so the license was suspended at once.

    `line` is empty where nobody can say which it is. `ours` and `theirs` are JSON. What a later audit finds again while it
    is open is `resolved_as` carried, and keeps its deadline there.
    """

    __tablename__ = "discrepancies"

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audits.id"), index=True)
    npn: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(2))
    line: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    ours: Mapped[str | None] = mapped_column(Text)
    theirs: Mapped[str | None] = mapped_column(Text)
    less: Mapped[bool]
    suspended: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str | None] = mapped_column(String(254))
    due_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(254))
    resolved_as: Mapped[str | None] = mapped_column(String(9))
    resolution: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_discrepancies_open",
            "due_at",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )


class ComplaintRow(Base):
    """What somebody complained of, about a call or a producer. Append-only."""

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    npn: Mapped[str | None] = mapped_column(String(10), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    told: Mapped[str] = mapped_column(Text)
    logged_by: Mapped[str] = mapped_column(String(254))


class ProjectRow(Base):
    """An expansion into one state: planned, open (for calls) or closed again. At most one that is not closed a state."""

    __tablename__ = "expansion_projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(7))
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(String(254))
    budget_cents: Mapped[int | None]
    fewest_producers: Mapped[int | None]
    agency_license_number: Mapped[str | None] = mapped_column(String(60))
    agency_expires_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_expansion_projects_one",
            "state",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class ApplicationRow(Base):
    """One producer's application for a project's state. Fees in cents; `estimated_cents` is what our table said then."""

    __tablename__ = "expansion_applications"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("expansion_projects.id"))
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    lines: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[datetime]
    applied_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    refused_on: Mapped[date | None]
    estimated_cents: Mapped[int | None]
    paid_cents: Mapped[int | None]

    __table_args__ = (UniqueConstraint("project_id", "producer_id", "lines"),)


class DocumentRow(Base):
    """A proof that a state may be opened. The file lies outside of the web root, named by its hash; another verifies it.

    It counts for its project only: once a state is closed, opening it again takes a new project and a document again.
    """

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("expansion_projects.id"))
    state: Mapped[str] = mapped_column(String(2), index=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(10))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[str] = mapped_column(String(254))
    uploaded_at: Mapped[datetime]
    verified_by: Mapped[str | None] = mapped_column(String(254))
    verified_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("project_id", "sha256"),)


class DrillRow(Base):
    """One drill that was run: what it covered and whether every caller was treated as promised. `report` is JSON."""

    __tablename__ = "drills"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    run_by: Mapped[str] = mapped_column(String(254))
    state: Mapped[str | None] = mapped_column(String(2))
    campaign: Mapped[str | None] = mapped_column(String(16))
    roster_version: Mapped[int]
    passed: Mapped[bool]
    report: Mapped[str] = mapped_column(Text)
