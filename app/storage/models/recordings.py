"""Recordings: what the carrier keeps of a talk, on whose consent, and how long it must be there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class RecordingRow(Base):
    """One recorded talk. The sound is the carrier's; `states` are those whose rule decided, joined by |.

    `deleted_at`: since when the carrier has it no longer, at our word; what is written here stays.
    """

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_sid: Mapped[str] = mapped_column(String(34), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    offer: Mapped[int]
    seconds: Mapped[int | None]
    channels: Mapped[int | None]
    consent: Mapped[str] = mapped_column(String(18))
    states: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    retention_class: Mapped[str] = mapped_column(String(20))
    retain_until: Mapped[date]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    deletion_tried_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_recordings_kept",
            "retain_until",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
