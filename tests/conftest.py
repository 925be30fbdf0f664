"""Fixtures that every test may use.

A test that asks for `database` (or `database_url`) runs once on SQLite and once on PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from app.timekeeping import ManualClock
from tests import postgres

# Loaded by who asks for a database: the domain's tests start without SQLAlchemy.
if TYPE_CHECKING:
    from app.storage.database import Database
    from tests.databases import PostgresCopies, SqliteCopies

KINDS = ("sqlite", "postgres")

# A file of fixtures for one subject is named here. (pytester tests whole_run.py itself.)
pytest_plugins = ["pytester", "tests.whole_run", "tests.product"]

for profile, examples in {"ci": 200, "fast": 50}.items():
    settings.register_profile(
        profile,
        max_examples=examples,
        derandomize=True,
        deadline=None,
        # A database belongs to the test, not to the example; a property over one keeps its examples apart.
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
settings.load_profile("ci")


# ---- databases


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory: pytest.TempPathFactory) -> SqliteCopies:
    from tests.databases import SqliteCopies

    return SqliteCopies(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_copies(request: pytest.FixtureRequest, worker_id: str) -> Iterator[PostgresCopies]:
    from tests.databases import PostgresCopies

    with ExitStack() as session:
        shared = getattr(request.config, "workerinput", {}).get("postgres_server")
        server = shared or session.enter_context(postgres.running())
        copies = PostgresCopies(server, owner=f"{os.getpid()}_{worker_id}")
        session.callback(copies.close)
        yield copies


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of this test's own."""
    # Asked for by name, so that a run on SQLite alone starts no PostgreSQL.
    if database_kind == "sqlite":
        with request.getfixturevalue("sqlite_copies").fresh(tmp_path) as url:
            yield url
    else:
        with request.getfixturevalue("postgres_copies").fresh() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    from app.storage.database import Database

    database = Database(database_url, synchronous="OFF")
    yield database
    database.dispose()


# ---- time


@pytest.fixture
def clock() -> ManualClock:
    """A Wednesday morning in the whole country: 10:00 in New York, 07:00 in Los Angeles."""
    return ManualClock(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))


# ---- which tests run on what


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(KINDS), help="kinds to run on: sqlite,postgres")
    parser.addoption("--pictures", metavar="FOLDER", help="where the tests of pages leave their screenshots")
    parser.addoption("--fuzz-examples", type=int, default=2, help="drawn requests an operation of the API gets")


def _kinds(config: pytest.Config) -> list[str]:
    kinds: list[str] = config.getoption("--databases").split(",")
    if unknown := set(kinds) - set(KINDS):
        raise pytest.UsageError(f"--databases: {', '.join(sorted(unknown))} is not among {', '.join(KINDS)}")
    return kinds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", _kinds(metafunc.config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            # Reports carry it from the workers to whole_run.py, which counts.
            item.user_properties.append(("database_kind", item.callspec.params.get("database_kind")))


# ---- one server for all workers of pytest-xdist

_SESSION = pytest.StashKey[ExitStack]()
_SERVER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_SESSION] = ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_SESSION].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """In the controller, before each worker starts."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    if "postgres" not in _kinds(config):
        return
    if _SERVER not in config.stash:
        config.stash[_SERVER] = config.stash[_SESSION].enter_context(postgres.running())
    node.workerinput["postgres_server"] = config.stash[_SERVER]  # type: ignore[attr-defined]
