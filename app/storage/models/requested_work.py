"""Work that somebody asked for and that takes too long for an answer: a drill, a report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base

_OPEN = text("status IN ('waiting', 'running')")


class RequestedWorkRow(Base):
    """One request. `asked` and `found` are JSON; `status` is waiting, running, done or failed.

    `tries` counts how often it was begun, `seen_at` is the last sign of the process that does it.
    """

    __tablename__ = "requested_work"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    asked: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int]
    started_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    found: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_requested_work_kind_id", "kind", "id"),
        Index("ix_requested_work_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
