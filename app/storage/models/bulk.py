"""Leads that came as a file: how far it is, and what became of each row."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class BulkFileRow(Base):
    """One file that is being taken in, by the number that it is kept under (made_files); `found` is JSON, once it is over.

    `rows` and `done` count rows of the file.
    """

    __tablename__ = "bulk_files"

    file_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    found: Mapped[str | None] = mapped_column(Text)


class BulkRowRow(Base):
    """What became of one row, until the file is through: added, duplicate or refused. Nothing of what the row said is here."""

    __tablename__ = "bulk_rows"

    file_id: Mapped[int] = mapped_column(ForeignKey("bulk_files.file_id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(9))
    lead_id: Mapped[int | None]
    states: Mapped[str] = mapped_column(String(60), default="")
    confidence: Mapped[str] = mapped_column(String(20), default="")
    column: Mapped[str] = mapped_column(String(60), default="")
    why: Mapped[str] = mapped_column(String(300), default="")
