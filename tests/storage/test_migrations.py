"""The migrations make the schema that the models describe, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from app.storage import calls, escalations, texts
from app.storage.database import Database, migrated, upgrade
from app.storage.models import Base


def test_a_migrated_database_is_what_the_models_describe(database: Database) -> None:
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert migrated(tx)


def test_upgrading_again_changes_nothing(database: Database, database_url: str) -> None:
    upgrade(database_url)

    with database.read() as tx:
        assert migrated(tx)


_AS_IT_WAS = (
    "INSERT INTO leads (id, created_at, phone, first_name, last_name, address, posted, custody, owed_by) VALUES "
    "(1, :at, '+16145550150', '', '', '', false, 'escalated', :at)",
    "INSERT INTO escalations (id, lead_id, state, reason, status, opened_at, due_at) VALUES "
    "(1, 1, 'OH', 'nobody_licensed', 'open', :at, :at)",
    "INSERT INTO texts (id, subject, kind, from_number, to_number, body, status, created_at) VALUES "
    "(1, 'attempt:1', 'missed', '+18005550199', '+16145550101', 'Hello', 'queued', :at)",
    "INSERT INTO calls (id, call_sid, lead_id, from_number, to_number, phase, version, tier, language, arrived_at, asks, "
    "offers, served_seconds) VALUES (1, 'CA00000000000000000000000000000001', 1, '+16145550150', '+18005550199', 'ended', "
    "1, 1, 'en', :at, 0, 0, 0)",
)


def test_what_an_older_version_wrote_is_there_after_the_upgrade(database_url: str, tmp_path: Path) -> None:
    url = _emptied(database_url, tmp_path)
    upgrade(url, "0001")
    old = create_engine(url)
    with old.begin() as tx:
        for statement in _AS_IT_WAS:
            tx.execute(
                text(statement), {"at": "2026-11-18 15:00:00+00:00" if "postgresql" in url else "2026-11-18 15:00:00"}
            )
    old.dispose()

    upgrade(url)

    database = Database(url)
    with database.begin() as tx:
        (waiting,) = escalations.listed(tx, status="open", after=0, limit=10)
        assert (waiting.reason, waiting.claimed_by, waiting.note) == ("nobody_licensed", None, "")
        found = texts.claim_next(tx, datetime(2026, 11, 18, 16, 0, tzinfo=UTC))
        assert found is not None
        assert (found.body, found.states) == ("Hello", None)
        call = calls.read(tx, "CA00000000000000000000000000000001")
        assert call is not None
        assert (call.direction, call.choices, call.asked_us) == ("inbound", 0, False)
    database.dispose()


def _emptied(url: str, folder: Path) -> str:
    """A database in which nothing is."""
    if not url.startswith("postgresql"):
        return f"sqlite:///{folder / 'older.db'}"
    engine = create_engine(url)
    with engine.begin() as tx:
        tx.execute(text("DROP SCHEMA public CASCADE"))
        tx.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url
