"""Somebody who owns the database: for tests of what they do to the ledger behind its guard (migration 0020)."""

from __future__ import annotations

from sqlalchemy import Connection, text

_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%refuses%'"


def take_guard_away(tx: Connection) -> None:
    """No trigger refuses what the rest of this transaction does; on SQLite nothing refuses it after it, either."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in tx.execute(text(_TRIGGERS)).scalars().all():
        tx.execute(text(f'DROP TRIGGER "{name}"'))
