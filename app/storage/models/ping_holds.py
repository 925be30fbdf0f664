"""Producers whom a ping was promised, for some seconds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class PingHoldRow(Base):
    """At most one a producer, the newest; over at `until`, or once the desk has offered the producer a call after `held_at`.

    `ping_id` is the ping's entry in the ledger, null until that is written. `lead_id`: the lead that was posted with it.
    """

    __tablename__ = "ping_holds"

    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"), primary_key=True, autoincrement=False)
    ping_id: Mapped[int | None] = mapped_column(ForeignKey("ledger.id"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendors.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    held_at: Mapped[datetime]
    # Indexed: each offer asks whether any hold is in force.
    until: Mapped[datetime] = mapped_column(index=True)
