"""Producers and what they are licensed for: current rows, and one append-only history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class ProducerRow(Base):
    __tablename__ = "producers"

    id: Mapped[int] = mapped_column(primary_key=True)
    npn: Mapped[str] = mapped_column(String(10), unique=True)
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(300))
    resident_state: Mapped[str] = mapped_column(String(2))
    suspended: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int]

    __table_args__ = (Index(None, "phone"),)


class LicenseRow(Base):
    """One line of authority. `authority_*` are computed once at import; the gate's statement knows no time zone.

    The key is what the roster file's row is: producer x state x line. `stale_at` is when `verified_at` is too old.
    """

    __tablename__ = "licenses"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    line: Mapped[str] = mapped_column(String(20), primary_key=True)
    license_number: Mapped[str] = mapped_column(String(60))
    residency: Mapped[str] = mapped_column(String(11))
    status: Mapped[str] = mapped_column(String(16))
    effective_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    perpetual: Mapped[bool] = mapped_column(default=False)
    authority_from: Mapped[datetime | None]
    authority_until: Mapped[datetime | None]
    verified_at: Mapped[datetime]
    stale_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]

    __table_args__ = (
        Index(
            "ix_licenses_somebody",
            "state",
            "line",
            "producer_id",
            sqlite_where=text("status IN ('active', 'renewal_pending')"),
            postgresql_where=text("status IN ('active', 'renewal_pending')"),
        ),
        Index(
            "ix_licenses_resident_until",
            "authority_until",
            sqlite_where=text("residency = 'resident'"),
            postgresql_where=text("residency = 'resident'"),
        ),
        {"sqlite_with_rowid": False},
    )


class AppointmentRow(Base):
    """`line` is empty where the appointment covers every line; `carrier_key` is how carriers are compared."""

    __tablename__ = "appointments"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    carrier_key: Mapped[str] = mapped_column(String(120), primary_key=True)
    line: Mapped[str] = mapped_column(String(20), primary_key=True, default="")
    carrier: Mapped[str] = mapped_column(String(120))
    active: Mapped[bool]
    effective_on: Mapped[date | None]
    terminates_on: Mapped[date | None]
    authority_from: Mapped[datetime | None]
    authority_until: Mapped[datetime | None]
    version: Mapped[int]


class DomicileHoldRow(Base):
    """A move that is not settled yet in this state; the row is the hold."""

    __tablename__ = "domicile_holds"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    moved_on: Mapped[date]
    version: Mapped[int]


class StateOpeningRow(Base):
    """A state that passed the expansion gate. `territory`: only the ZIPs of `territory_zips`."""

    __tablename__ = "state_openings"

    state: Mapped[str] = mapped_column(String(2), primary_key=True)
    is_open: Mapped[bool]
    territory: Mapped[bool] = mapped_column(default=False)
    agency_until: Mapped[datetime | None]
    document_name: Mapped[str] = mapped_column(String(255))
    document_sha256: Mapped[str] = mapped_column(String(64))
    verified_by: Mapped[str] = mapped_column(String(254))
    opened_at: Mapped[datetime]
    version: Mapped[int]


class TerritoryZipRow(Base):
    __tablename__ = "territory_zips"

    state: Mapped[str] = mapped_column(ForeignKey("state_openings.state"), primary_key=True)
    zip_code: Mapped[str] = mapped_column(String(5), primary_key=True)


class RosterVersionRow(Base):
    """One change of the roster: who, when, from what. Versions only grow."""

    __tablename__ = "roster_versions"

    version: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str | None] = mapped_column(String(255))
    file_sha256: Mapped[str | None] = mapped_column(String(64))


class RosterHistoryRow(Base):
    """What one change did to one row: before and after as JSON, None where there was or is none. Append-only."""

    __tablename__ = "roster_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("roster_versions.version"))
    subject: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("version", "subject", "key"), Index(None, "subject", "key"))
