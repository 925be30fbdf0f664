"""The databases that the tests get are real, empty, migrated and their own."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, make_url, text


@pytest.fixture
def engine_kind(database_url: str) -> str:
    return make_url(database_url).get_backend_name()


def test_a_test_gets_the_database_that_its_name_says(database_kind: str, engine_kind: str) -> None:
    assert engine_kind == {"sqlite": "sqlite", "postgres": "postgresql"}[database_kind]


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_sees_what_another_wrote(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)

    with engine.begin() as connection:
        assert "written_by_a_test" not in inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE written_by_a_test (turn INTEGER)"))

    engine.dispose()
