"""Who signs in to the pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class UserRow(Base):
    """One person. `email` is as the person writes it, `email_folded` what makes it theirs alone.

    `uniquifier` stands in every session's cookie: a new one ends them all. The second factor's secret is encrypted with
    SECRET_KEY; of recovery codes only encrypted ones are kept, one a line.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    email_folded: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producers.id"), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool]
    uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    # The last code that was taken: none is good twice.
    totp_counter: Mapped[int | None]
    second_factor: Mapped[str | None] = mapped_column(String(20))
    recovery_codes: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2), default="en")
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
