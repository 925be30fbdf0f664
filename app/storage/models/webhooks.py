"""Where others want to be told what happened, and what they were told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class WebhookEndpointRow(Base):
    """An address that is told. `types` are joined by a space; empty: every type that is open to it.

    `status`: on, off (by `off_by`, because of `off_because`) or removed. The secret is kept as it is, because each
    delivery is signed with it; the one before it is good until `old_secret_until`. `failing_since`: nothing but failures.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200))
    types: Mapped[str] = mapped_column(String(400))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    secret: Mapped[str] = mapped_column(String(100))
    old_secret: Mapped[str | None] = mapped_column(String(100))
    old_secret_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(7))
    off_at: Mapped[datetime | None]
    off_by: Mapped[str | None] = mapped_column(String(254))
    off_because: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(254))

    __table_args__ = (CheckConstraint("status IN ('on', 'off', 'removed')", name="status"),)


class WebhookEventRow(Base):
    """Something that happened, told once: `subject` names what it happened to. `payload` is the JSON that is sent."""

    __tablename__ = "webhook_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    lead_id: Mapped[int | None] = mapped_column(index=True)
    call_id: Mapped[int | None]
    vendor_id: Mapped[int | None]
    payload: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("type", "subject"),)


class WebhookDeliveryRow(Base):
    """One event for one endpoint. `status`: waiting, sent, failed (and tried again at `next_try_at`) or given_up.

    `claimed_until` is the lease of whoever is sending it. `answer` is the beginning of what the receiver said.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_events.id"), index=True)
    status: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    status_code: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(String(500))
    replays: Mapped[int]

    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'sent', 'failed', 'given_up')", name="status"),
        CheckConstraint("(status IN ('waiting', 'failed')) = (next_try_at IS NOT NULL)", name="due"),
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_deliveries_of_endpoint", "endpoint_id", "id"),
        # Counting them, by how they came out.
        Index(None, "endpoint_id", "status"),
        Index(
            "ix_webhook_deliveries_due",
            "next_try_at",
            sqlite_where=text("next_try_at IS NOT NULL"),
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
    )


class WebhookMarkRow(Base):
    """How far the collector has come in one source: by a number, by the clock, or by what stood there (`told`, JSON)."""

    __tablename__ = "webhook_marks"

    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    at: Mapped[datetime | None]
    told: Mapped[str | None] = mapped_column(Text)
