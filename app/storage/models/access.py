"""Keys of machines, and the answers that repeated requests get."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class ApiKeyRow(Base):
    """Only the SHA-256 of a key is kept; the key itself is shown once. It ends at `revoked_at`, which may lie ahead.

    `last_used_at` is written once an hour at most, and not with every request.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class IdempotencyRow(Base):
    """A POST that named itself (`key`, among those of one API key), and what it was answered.

    `body_digest` is of its address and its body. `answered_at` null: it is being answered, or whoever did was cut short;
    `status` is then 0. `answer` is the response's body, sealed, of type `content_type`; where that is null, JSON of
    the workflow that keeps its answer with its act.
    """

    __tablename__ = "idempotency"

    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str | None] = mapped_column(String(100))
    answered_at: Mapped[datetime | None]
