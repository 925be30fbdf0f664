"""A read that was given so many seconds takes no more."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.storage.database import Database, TooSlow

_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_a_read_is_cut_and_the_next_one_is_not(database: Database) -> None:
    with pytest.raises(TooSlow), database.read(at_most_seconds=0.1) as tx:
        tx.execute(text(_ENDLESS[database.dialect]))

    with database.read() as tx:
        assert tx.execute(text("SELECT 1")).scalar_one() == 1
    with database.read(at_most_seconds=2) as tx:
        assert tx.execute(text("SELECT 1")).scalar_one() == 1


def test_what_went_wrong_otherwise_stays_what_it_is(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as raised, database.read(at_most_seconds=2) as tx:
        tx.execute(text("SELECT * FROM nowhere"))

    assert not isinstance(raised.value, TooSlow)
    assert raised.type.__module__.startswith("sqlalchemy")
