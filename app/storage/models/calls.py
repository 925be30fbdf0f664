"""Leads, calls, what happened on them, and each attempt to reach a producer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class LeadRow(Base):
    """Always in exactly one custody; the open ones carry `owed_by`.

    `ping_id`: the ping (in the ledger) that announced it. `listed`: it came in a list, for which caps do not count.
    """

    __tablename__ = "leads"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    created_at: Mapped[datetime]
    phone: Mapped[str | None] = mapped_column(String(16))
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str | None] = mapped_column(String(60))
    zip_code: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Text, default="")
    external_id: Mapped[str | None] = mapped_column(String(200))
    consent: Mapped[str | None] = mapped_column(Text)
    posted: Mapped[bool] = mapped_column(default=False)
    custody: Mapped[str] = mapped_column(String(9))
    owed_by: Mapped[datetime | None]
    closed_as: Mapped[str | None] = mapped_column(String(20))
    residence: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="en", server_default="en")
    ping_id: Mapped[int | None]
    listed: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        CheckConstraint("custody IN ('in_call', 'promised', 'escalated', 'served', 'closed')", name="custody"),
        CheckConstraint("(custody IN ('in_call', 'promised', 'escalated')) = (owed_by IS NOT NULL)", name="owed"),
        CheckConstraint("(custody = 'closed') = (closed_as IS NOT NULL)", name="closed"),
        Index(
            "ix_leads_open",
            "owed_by",
            sqlite_where=text("owed_by IS NOT NULL"),
            postgresql_where=text("owed_by IS NOT NULL"),
        ),
        Index(None, "phone"),
        # An invoice names a lead by the id under which the vendor posted it.
        Index(None, "external_id"),
        # How many came in an hour or a day: the caps.
        Index(None, "vendor_id", "created_at"),
        Index(None, "campaign_id", "created_at"),
        Index(
            "ix_leads_ping_id",
            "ping_id",
            sqlite_where=text("ping_id IS NOT NULL"),
            postgresql_where=text("ping_id IS NOT NULL"),
        ),
    )


class CallRow(Base):
    """One leg that we answer: a caller's (`inbound`), or that of a producer whom we rang to call somebody back (`callback`).

    A callback's `call_sid` is a name of ours until the carrier has told its own. `version` moves with every obeyed event;
    `phase` is what folding the events gives. `polled_at` is when a caller on hold was last heard of.
    """

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(34), unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"), index=True)
    from_number: Mapped[str] = mapped_column(String(64))
    to_number: Mapped[str] = mapped_column(String(64))
    phase: Mapped[str] = mapped_column(String(13))
    version: Mapped[int] = mapped_column(default=0)
    disposition: Mapped[str | None] = mapped_column(String(18))
    tier: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(2), default="en")
    residence: Mapped[str | None] = mapped_column(Text)
    zip_code: Mapped[str | None] = mapped_column(String(5))
    arrived_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    offers_from: Mapped[datetime | None]
    asks: Mapped[int] = mapped_column(default=0)
    offers: Mapped[int] = mapped_column(default=0)
    served_seconds: Mapped[int] = mapped_column(default=0)
    direction: Mapped[str] = mapped_column(String(8), default="inbound", server_default="inbound")
    callback_id: Mapped[int | None]
    holding_since: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    choices: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_us: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index(
            "ix_calls_holding",
            "holding_since",
            sqlite_where=text("phase = 'holding'"),
            postgresql_where=text("phase = 'holding'"),
        ),
        # Whether a number ever called us: the do-not-call rule, before its call is joined to a lead.
        Index(None, "from_number"),
        # Reports read by this, page by page.
        Index("ix_calls_arrived_at_id", "arrived_at", "id"),
        Index(
            "ix_calls_live",
            "arrived_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class CallEventRow(Base):
    """Append-only. `key` makes a webhook's second delivery find the first one's `reply`."""

    __tablename__ = "call_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    key: Mapped[str] = mapped_column(String(120))
    happening: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    obeyed: Mapped[bool]
    phase: Mapped[str] = mapped_column(String(13))
    facts: Mapped[str] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("call_id", "key"),)


class AttemptRow(Base):
    """One ring of one producer for one call. At most one open attempt a producer: the backstop of the desk's claim.

    `dialed` is phone or softphone.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    number: Mapped[int]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"))
    acceptance_id: Mapped[int | None] = mapped_column(ForeignKey("ledger.id"))
    leg_sid: Mapped[str | None] = mapped_column(String(34))
    dialed: Mapped[str] = mapped_column(String(9), default="phone", server_default="phone")
    recorded: Mapped[str | None] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    started_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index(
            "ix_attempts_one_at_a_time",
            "producer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "producer_id", "started_at"),
    )
