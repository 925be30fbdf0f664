"""A drill that was asked for by API, run by the scheduler's handler in a process of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.commands.drill_requested import DrillsInChildren
from app.storage import drills, requested_work
from app.storage.database import Database
from app.storage.requested_work import RequestedWork
from app.workflows.do_requested import Interrupted, do_requested
from app.workflows.licenses.ask_drill import DrillAsked, ask_drill
from tests.builders import licensed
from tests.commands.conftest import Threegate

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.fixture
def agency(sqlite_copies: Any, make_threegate: Callable[..., Threegate], tmp_path: Path) -> Iterator[Threegate]:
    with sqlite_copies.fresh(tmp_path) as url:
        threegate = make_threegate(url)
        threegate.roster(licensed("Ana", 1, "OH"), licensed("Ben", 2, "PA", "OH"))
        threegate.open("OH")
        threegate.campaign()
        yield threegate


@pytest.fixture
def database(agency: Threegate) -> Iterator[Database]:
    database = Database(agency.environment["DATABASE_URL"])
    yield database
    database.dispose()


def ask(database: Database, *states: str) -> int:
    asked = ask_drill(states, None, asked_by="user:cora@example.com", database=database, now=NOW)
    assert isinstance(asked, DrillAsked)
    return asked.request_id


def do(database: Database, handler: DrillsInChildren) -> None:
    do_requested(database=database, now=lambda: NOW, handlers={"drill": handler})


def load(database: Database, request_id: int) -> RequestedWork:
    with database.read() as tx:
        found = requested_work.load(tx, request_id)
    assert found is not None
    return found


def test_it_is_kept_in_the_name_of_who_asked(agency: Threegate, database: Database) -> None:
    request_id = ask(database, "OH")

    do(database, DrillsInChildren(agency.environment))

    work = load(database, request_id)
    with database.read() as tx:
        kept = drills.newest(tx, "OH")
    assert kept is not None
    assert (work.status, work.why, work.found) == ("done", "", {"drills": [kept.drill_id], "passed": True})
    assert (kept.run_by, kept.state, kept.passed) == ("user:cora@example.com", "OH", True)


def test_one_that_finds_nothing_to_drill_says_so(agency: Threegate, database: Database) -> None:
    with database.begin() as tx:
        asked = {"states": ["OH"], "campaign": "+18005550123", "asked_by": "test"}
        request_id = requested_work.ask(tx, kind="drill", asked=asked, asked_by="test", now=NOW)

    do(database, DrillsInChildren(agency.environment))

    work = load(database, request_id)
    assert (work.status, work.why) == ("failed", "no campaign has the number +18005550123")


def test_one_that_takes_too_long_is_ended(agency: Threegate, database: Database) -> None:
    request_id = ask(database, "OH")

    do(database, DrillsInChildren(agency.environment, longest_seconds=0.1))

    assert load(database, request_id).status == "failed"
    assert "took longer" in load(database, request_id).why


def test_a_scheduler_that_ends_leaves_it_for_the_next(agency: Threegate, database: Database) -> None:
    request_id = ask(database, "OH")
    handler = DrillsInChildren(agency.environment)
    ended = threading.Event()

    def play() -> None:
        with pytest.raises(Interrupted):
            do(database, handler)
        ended.set()

    thread = threading.Thread(target=play)
    thread.start()
    while load(database, request_id).status == "waiting":
        assert thread.is_alive()
    handler.stop()
    thread.join(30)

    assert ended.is_set()
    assert load(database, request_id).status == "waiting"
    with database.read() as tx:
        assert drills.newest(tx, "OH") is None
