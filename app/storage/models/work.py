"""Work that is owed: callbacks, the supervisors' queue, texts; and the people who must not be reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class CallbackRow(Base):
    """A promise to call: may start at `due_at`, must have started by `promised_by`."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    phone: Mapped[str] = mapped_column(String(16))
    state: Mapped[str | None] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(9))
    due_at: Mapped[datetime]
    promised_by: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "status", "due_at"),)


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

    __table_args__ = (
        Index(
            "ix_escalations_one_open",
            "lead_id",
            unique=True,
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index(None, "status", "due_at"),
    )


class TextRow(Base):
    """The outbox: a text leaves at most once. Status: queued, sending, sent, delivered, undelivered, refused, unknown."""

    __tablename__ = "texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    from_number: Mapped[str] = mapped_column(String(16))
    to_number: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(11))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    message_sid: Mapped[str | None] = mapped_column(String(34), index=True)
    error: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("subject", "kind"),
        Index(
            "ix_texts_queued",
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
    from_number: Mapped[str] = mapped_column(String(64))
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
