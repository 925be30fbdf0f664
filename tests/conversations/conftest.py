"""A stage whose database can be unplugged, and a database for each example of a property."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.conversations.unplugged import UnpluggableDatabase, build_unpluggable
from tests.product import Stage


@pytest.fixture
def unpluggable(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[tuple[Stage, UnpluggableDatabase]]:
    stage, database = build_unpluggable(database_url, clock, tmp_path)
    yield stage, database
    database.plug_in()
    stage.check()
    database.dispose()


@pytest.fixture
def fresh(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], AbstractContextManager[tuple[Database, ManualClock, Path]]]:
    """A new database, clock and folder each time it is asked: for properties, whose examples must not meet."""
    numbers = count()

    @contextmanager
    def make() -> Iterator[tuple[Database, ManualClock, Path]]:
        folder = tmp_path / f"example-{next(numbers)}"
        folder.mkdir()
        copies = request.getfixturevalue(f"{database_kind}_copies")
        with copies.fresh(*((folder,) if database_kind == "sqlite" else ())) as url:
            database = Database(url, synchronous="OFF")
            try:
                yield database, ManualClock(datetime(2026, 11, 18, 15, 0, tzinfo=UTC)), folder
            finally:
                database.dispose()

    return make
