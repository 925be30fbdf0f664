"""Calls that producers make: the registry's answers, what was asked for, and the switch that stops all dialing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class DncScrubRow(Base):
    """What the national do-not-call registry said of a number last.

    The number is kept whole, as in `suppressions`: ten digits are guessed from a digest in minutes, so a digest would
    hide nothing, and who asks why a call was refused could not be answered.
    """

    __tablename__ = "dnc_scrubs"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    listed: Mapped[bool]
    scrubbed_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(120))


class DialSwitchRow(Base):
    """Append-only: the newest row says whether anybody may be dialed. Without a row: yes."""

    __tablename__ = "dial_switches"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    is_on: Mapped[bool]
    actor: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(200))


class OutboundCallRow(Base):
    """A call that somebody asked a producer to make, and that the gate allowed.

    `cold`: the lead is there for this one call. `before` is the lead's promise as it stood, JSON; `over` once what was
    asked for has come out.
    """

    __tablename__ = "outbound_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producers.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"))
    cold: Mapped[bool]
    over: Mapped[bool]
    before: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index(None, "at"), Index(None, "producer_id", "at"))


class OutsideDialRow(Base):
    """An outside dialer was told that it may call this number: counted as a call, whether it made it or not."""

    __tablename__ = "outside_dials"

    decision_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"), primary_key=True)
    at: Mapped[datetime]
    number: Mapped[str] = mapped_column(String(16))

    __table_args__ = (Index(None, "number", "at"),)
