"""`threegate db …`: the database itself."""

from __future__ import annotations

import click


@click.group()
def db() -> None:
    """The database and its schema."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema; nothing happens where it is there already."""
    from app.settings import Settings
    from app.storage.database import Database
    from app.storage.database import upgrade as upgrade_database

    settings = Settings()
    database = Database(settings.database_url)  # makes the folder of an SQLite file
    upgrade_database(settings.database_url)
    database.dispose()
    click.echo(f"{database.dialect}: the schema is up to date")
