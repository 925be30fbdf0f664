"""One narrow row a producer: the presence itself, and the reservation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class DeskRow(Base):
    """`presence` is available, away, missed or offline. `held_by` is the attempt that rings or talks.

    Time needs no job: `free_at` (wrap-up, "not now") and `present_until` are compared with the instant.
    """

    __tablename__ = "desk"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    presence: Mapped[str] = mapped_column(String(9), default="offline")
    present_until: Mapped[datetime]
    held_by: Mapped[int | None]
    free_at: Mapped[datetime]
    misses: Mapped[int] = mapped_column(default=0)
    taken_today: Mapped[int] = mapped_column(default=0)
    taken_on: Mapped[date | None]
    last_offered_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("presence IN ('available', 'away', 'missed', 'offline')", name="presence"),
        Index(
            "ix_desk_ready",
            "last_offered_at",
            "producer_id",
            sqlite_where=text("presence = 'available' AND held_by IS NULL"),
            postgresql_where=text("presence = 'available' AND held_by IS NULL"),
        ),
    )


class PresenceEventRow(Base):
    """What a desk's presence became, when and by whom; append-only."""

    __tablename__ = "presence_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    at: Mapped[datetime]
    presence: Mapped[str] = mapped_column(String(9))
    free_at: Mapped[datetime]
    present_until: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(120))

    __table_args__ = (Index(None, "producer_id", "at"), Index(None, "at"))
