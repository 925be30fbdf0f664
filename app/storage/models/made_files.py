"""Files that the scheduler made for somebody: exports, packets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class MadeFileRow(Base):
    """In the database, because whoever serves it may run on another machine. `whole`: every part of it is there."""

    __tablename__ = "made_files"
    # The number of a file that is gone must never lead to somebody else's.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  # SQLAlchemy asks for a dict

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    made_for: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    whole: Mapped[bool] = mapped_column(default=False)


class MadeFilePartRow(Base):
    """A part of a file, compressed: written and read one by one, so that nobody holds the whole file."""

    __tablename__ = "made_file_parts"

    file_id: Mapped[int] = mapped_column(ForeignKey("made_files.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
