"""Work that is owed: callbacks, the supervisors' queue, texts; and the people who must not be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class CallbackRow(Base):
    """A promise to call: may start at `due_at`, must have started by `promised_by`; tried when `next_try_at` has come.

    `only_producer` says that nobody but `producer_id` may be rung; else they are only asked first. `asked`: the person
    asked for it although they had said STOP before. `claimed_until` is the lease of whoever is dialing it.
    """

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    phone: Mapped[str] = mapped_column(String(16))
    state: Mapped[str | None] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(9))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    promised_by: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str] = mapped_column(String(120))
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producers.id"))
    only_producer: Mapped[bool] = mapped_column(default=False)
    asked: Mapped[bool] = mapped_column(default=False)
    slip_told: Mapped[bool] = mapped_column(default=False)
    claimed_until: Mapped[datetime | None]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))

    __table_args__ = (
        Index(
            "ix_callbacks_one_active",
            "lead_id",
            unique=True,
            sqlite_where=text("status IN ('promised', 'dialing')"),
            postgresql_where=text("status IN ('promised', 'dialing')"),
        ),
        Index(None, "status", "next_try_at"),
        Index(None, "state", "due_at"),
    )


class EscalationRow(Base):
    """One item of the supervisors' queue. A lead has at most one that is not resolved."""

    __tablename__ = "escalations"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    state: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(120))
    claimed_at: Mapped[datetime | None]
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("producers.id"))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    outcome: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        Index(
            "ix_escalations_one_open",
            "lead_id",
            unique=True,
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index(None, "status", "due_at"),
        # For who is told of it elsewhere (storage/webhooks_sources.py).
        Index(
            "ix_escalations_resolved",
            "resolved_at",
            sqlite_where=text("resolved_at IS NOT NULL"),
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
    )


class NoticeRow(Base):
    """A notice to supervisors that has gone out: once for each threshold of a subject."""

    __tablename__ = "notices"

    subject: Mapped[str] = mapped_column(String(60), primary_key=True)
    threshold: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


class TextRow(Base):
    """The outbox: a text leaves at most once. Status: queued, sending, sent, delivered, undelivered, refused, unknown, dropped.

    `states` says whose law its hours follow (codes joined by |, empty where unknown); None for producers' texts, which
    have no hours. Not before `not_before`; untrue from `true_until` on, and dropped then. Of a kind that begins with
    `spoken` it is said in a call, whose sid is then `message_sid`; `body` is empty until it has been said.
    """

    __tablename__ = "texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    # A number, or the sid of a Messaging Service.
    from_number: Mapped[str] = mapped_column(String(34))
    to_number: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(11))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_sid: Mapped[str | None] = mapped_column(String(34), index=True)
    error: Mapped[str | None] = mapped_column(String(200))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    states: Mapped[str | None] = mapped_column(String(60))
    not_before: Mapped[datetime]
    true_until: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        Index(None, "status", "sent_at"),
        Index(
            "ix_texts_queued",
            "not_before",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
    )


class TextReceivedRow(Base):
    """A message that came in; its sid makes a second delivery harmless."""

    __tablename__ = "texts_received"

    message_sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    at: Mapped[datetime]
    from_number: Mapped[str] = mapped_column(String(64), index=True)
    to_number: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    understood_as: Mapped[str] = mapped_column(String(20))


class SuppressionRow(Base):
    """A number that must not be texted or called: STOP, or blocked by a person."""

    __tablename__ = "suppressions"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(60))


class HeartbeatRow(Base):
    """When a process was last known to be alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
