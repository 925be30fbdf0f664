"""Producers' softphones: their names at the carrier, and until when each is there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class SoftphoneRow(Base):
    """One row a producer who has ever used one. Beside the desk and not in it: a sign of life waits for no claim.

    `identity` is letters that mean nothing: it shows at the carrier and in every webhook, and must not tell who it is.
    """

    __tablename__ = "softphones"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True)
    identity: Mapped[str] = mapped_column(String(32), unique=True)
    registered_until: Mapped[datetime]
