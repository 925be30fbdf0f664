"""The migrations make the schema that the models describe, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

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
