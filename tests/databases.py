"""A fresh, migrated database for each test, on SQLite and on PostgreSQL.

Migrations run once a worker and kind; a test then gets a copy, some milliseconds, to do with what it likes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.storage import database as storage


class SqliteCopies:
    """Copies of one prepared file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        storage.upgrade(f"sqlite:///{self._template}")
        # Whatever still stands in the write-ahead log would be missing from a copy.
        connection = sqlite3.connect(self._template)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The URL of a new database in `folder`."""
        path = folder / "threegate.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"


class PostgresCopies:
    """One database that is emptied after each test, made anew where that cannot be done. `owner` sets workers apart.

    Emptying takes 8 ms; a copy of a template and its removal took 72.
    """

    def __init__(self, server: str, *, owner: str) -> None:
        self._server = make_url(server).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._name = f"threegate_{owner}"
        self._spare = False
        self._emptying = ""
        self._tables: list[str] = []

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of an empty, migrated database; only one at a time."""
        if not self._spare:
            self._make()
        self._spare = False
        try:
            yield self._url
        finally:
            self._spare = self._emptied()

    def close(self) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')
        self._engine.dispose()

    @property
    def _url(self) -> str:
        return _spelled(self._server.set(database=self._name))

    def _make(self) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')
        self._execute(f'CREATE DATABASE "{self._name}"')
        storage.upgrade(self._url)
        self._emptying = self._read_emptying()

    def _read_emptying(self) -> str:
        """What empties every table there is after the migrations, and starts every sequence anew."""
        with self._connected() as connection:
            self._tables = self._tables_in(connection)
            rows = [f'DELETE FROM "{name}"' for name in self._tables if name != "alembic_version"]
            numbers = connection.execute(text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"))
            restarts = [f'ALTER SEQUENCE "{name}" RESTART' for name in numbers.scalars()]
        # A replica obeys no foreign keys, so the order of the tables does not matter.
        settings = ["SET lock_timeout = '2s'", "SET session_replication_role = replica"]
        return "; ".join(settings + rows + restarts)

    def _emptied(self) -> bool:
        """False where somebody still holds a lock, or has left another schema behind."""
        try:
            with self._connected() as connection, connection.begin():
                if self._tables_in(connection) != self._tables:
                    return False
                connection.exec_driver_sql(self._emptying)
        except DBAPIError:
            return False
        return True

    @staticmethod
    def _tables_in(connection: Connection) -> list[str]:
        named = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
        return list(named.scalars())

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(self._url, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


def _spelled(url: URL) -> str:
    return url.render_as_string(hide_password=False)
