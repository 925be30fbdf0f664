"""The ledger: every allow, every deny and every change of what they rest on, written with the act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class LedgerRow(Base):
    """Written unsealed; the sealer gives `seq` and what follows it (storage/seals.py). `facts` is JSON."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(120))
    call_id: Mapped[int | None] = mapped_column(index=True)
    lead_id: Mapped[int | None] = mapped_column(index=True)
    roster_version: Mapped[int]
    rule_version: Mapped[int]
    facts: Mapped[str] = mapped_column(Text)
    seq: Mapped[int | None] = mapped_column(unique=True)
    prev_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))
    facts_digest: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index(None, "kind", "at"),
        Index(None, "actor", "at"),
        Index(None, "at"),
        Index("ix_ledger_unsealed", "id", sqlite_where=text("seq IS NULL"), postgresql_where=text("seq IS NULL")),
    )
