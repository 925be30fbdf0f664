"""One transaction at a time: begin() and read(), the same on SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

Transaction = Connection
"""What begin() and read() give; workflows pass it on and never look inside."""

OutOfReach = (OperationalError, InterfaceError, NoConnectionFree)
"""What is raised while the database cannot be reached or used; doors answer it without the database."""

Broken = DBAPIError
"""Anything that the database said no to."""


class Collision(Exception):
    """Another transaction was first (a deadlock, a call that moved meanwhile); nothing was written: begin again."""


class TooSlow(Exception):
    """A read took longer than it was given."""


_COLLISIONS = {"40001", "40P01"}
"""serialization_failure and deadlock_detected. Source: PostgreSQL, appendix A, class 40."""

_CANCELED = "57014"
"""query_canceled. Source: PostgreSQL, appendix A, class 57."""

_STEPS_BETWEEN_LOOKS = 10_000
"""Instructions of SQLite's machine between two looks at the clock: some tenths of a millisecond."""

_POSTGRES_OPTIONS = (
    # A session idle in a transaction slowed the claim from 221 to 626 us (PERFORMANCE.md section 2).
    "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=8000 -c statement_timeout=10000 -c timezone=UTC"
)


class Database:
    """A database by its URL. Raises OutOfReach from begin() and read(), never while being made."""

    def __init__(self, url: str, *, synchronous: str = "FULL") -> None:
        self.url = normalize(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        self._lock = _FairLock(_lock_file(self.url)) if self._sqlite else None
        self.engine = _sqlite_engine(self.url, synchronous) if self._sqlite else _postgres_engine(self.url)

    @property
    def dialect(self) -> str:
        return "sqlite" if self._sqlite else "postgresql"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One writing transaction, committed at the end of the block, rolled back where it raises."""
        if self._lock is None:
            try:
                with self.engine.begin() as connection:
                    yield connection
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in _COLLISIONS:
                    raise Collision(str(error.orig)) from error
                raise
            return
        with self._lock, self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def read(self, *, at_most_seconds: float | None = None) -> Iterator[Connection]:
        """One reading transaction; what it writes is rolled back. Raises TooSlow where a statement takes too long."""
        with self.engine.connect() as connection:
            try:
                if self._sqlite:
                    connection.exec_driver_sql("BEGIN")
                if at_most_seconds is None:
                    yield connection
                else:
                    with _cut_after(connection, at_most_seconds):
                        yield connection
            finally:
                connection.rollback()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def normalize(url: str) -> URL:
    """`postgres://` and `postgresql://` (as Heroku gives them) mean psycopg 3."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 3, "options": _POSTGRES_OPTIONS},
    )


def _sqlite_engine(url: URL, synchronous: str) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Named: the gate reads the same instant nine times, and each positional one would be converted anew.
    engine = create_engine(url, paramstyle="named", connect_args={"timeout": 5, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions of its own: begin() and read() say which one they mean. Not in
        # SQLAlchemy's "begin" event: with a listener to it each statement costs half as much again (performance.md).
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "busy_timeout=5000",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _cut_after(connection: Connection, seconds: float) -> Iterator[None]:
    """What is read in here is ended when all of it together takes longer."""
    driver = connection.connection.driver_connection
    assert driver is not None
    cut = _cut_postgres if connection.dialect.name == "postgresql" else _cut_sqlite
    with cut(connection, driver, seconds):
        try:
            yield
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == _CANCELED or str(error.orig) == "interrupted":
                raise TooSlow from error
            raise


@contextmanager
def _cut_sqlite(_: Connection, driver: Any, seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


@contextmanager
def _cut_postgres(connection: Connection, driver: Any, seconds: float) -> Iterator[None]:
    """By a cancel from beside: statement_timeout would be for each statement by itself."""
    turn, is_over, was_cut = threading.Lock(), False, False

    def cancel() -> None:
        nonlocal was_cut
        with turn:
            if not is_over:
                was_cut = True
                driver.cancel_safe(timeout=1)

    timer = threading.Timer(seconds, cancel)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with turn:
            is_over = True
        if was_cut:
            # The cancel may still be on its way: whoever had this connection next would be hit.
            connection.invalidate()


def _lock_file(url: URL) -> Path:
    return Path(f"{url.database}.lock")


class _FairLock:
    """Writers of one SQLite file queue here, threads first, then processes.

    SQLite's own busy wait starves: p99 at 16 callers was 427 ms without this lock and 27 with it (PERFORMANCE.md).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: TextIO | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("w")
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Close the lock file; it is opened again where somebody writes again."""
        with self._threads:
            if self._file is not None:
                self._file.close()
            self._file = None


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to the newest schema, or to an older one that it has not reached yet.

    Alembic is imported here because it is slow to load.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "app.storage:migrations")
    config.attributes["url"] = normalize(url)
    command.upgrade(config, revision)


def migrated(connection: Connection) -> bool:
    """Whether the schema is the one that this version of the code was written for."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head()
