"""A fresh, migrated database for each test, on SQLite and on PostgreSQL.

Migrations run once a worker and kind; a test then gets a copy, some milliseconds, to do with what it likes.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

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
    """Copies of one template database. `owner` sets workers apart that share a server."""

    def __init__(self, server: str, *, owner: str) -> None:
        self._server = make_url(server).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._owner = owner
        self._numbers = count(1)
        self._template = f"threegate_{owner}_template"
        self._drop(self._template)
        self._execute(f'CREATE DATABASE "{self._template}"')
        storage.upgrade(_spelled(self._server.set(database=self._template)))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new database; it is dropped afterwards, whoever still holds it open."""
        name = f"threegate_{self._owner}_{next(self._numbers)}"
        self._drop(name)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        try:
            yield _spelled(self._server.set(database=name))
        finally:
            self._drop(name)

    def close(self) -> None:
        self._drop(self._template)
        self._engine.dispose()

    def _drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


def _spelled(url: URL) -> str:
    return url.render_as_string(hide_password=False)
