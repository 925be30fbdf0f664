"""A stage whose database can be unplugged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
