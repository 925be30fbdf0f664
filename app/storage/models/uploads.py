"""Files that wait to be imported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class UploadRow(Base):
    """A file as it was uploaded, for a day. `whole`: every part of it is there. `percent`: how far its import is."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    whole: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[int] = mapped_column(default=0)


class UploadPartRow(Base):
    """A part of a file, compressed: written one by one, so that nobody waits for the whole file."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
