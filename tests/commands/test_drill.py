"""`threegate drill`: it reads the real database, plays on a copy, writes one row and one entry, and reaches nobody."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from app.storage import drills
from app.storage.database import Database
from tests.builders import licensed
from tests.commands.conftest import Threegate

OURS = ("drills", "ledger")
REACHES = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname")
LOOKS_REAL = {
    "THREEGATE_ENV": "production",
    "THREEGATE_CLOCK": "",
    "SECRET_KEY": "of-the-installation",
    "PUBLIC_BASE_URL": "https://calls.agency.example",
    "TWILIO_ACCOUNT_SID": "AC11111111111111111111111111111111",
    "TWILIO_AUTH_TOKEN": "22222222222222222222222222222222",
    "THREEGATE_NOTIFY_URLS": "json://notices.agency.example/hook",
}


class _Guard:
    """Sees every attempt of this process to reach a host, while it is on. An audit hook cannot be taken away again."""

    def __init__(self) -> None:
        self.is_on = False
        self.reached: list[str] = []
        sys.addaudithook(self._seen)

    def _seen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event in REACHES:
            self.reached.append(f"{event} {arguments[1:]}")
            raise OSError(f"a drill must reach nobody: {event}")


_guard: list[_Guard] = []


@pytest.fixture
def guard() -> Iterator[_Guard]:
    if not _guard:
        _guard.append(_Guard())
    guard = _guard[0]
    guard.reached.clear()
    guard.is_on = True
    yield guard
    guard.is_on = False


def set_up(threegate: Threegate) -> None:
    threegate.roster(licensed("Ana", 1, "OH"), licensed("Ben", 2, "PA", "OH"))
    threegate.open("OH")
    threegate.campaign()


def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    database = Database(url)
    with database.read() as tx:
        tables = MetaData()
        tables.reflect(tx)
        found = {
            table.name: [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key.columns))]
            for table in tables.sorted_tables
        }
    database.dispose()
    return found


def test_it_writes_one_row_and_one_entry_and_touches_nothing_else(threegate: Threegate, database_url: str) -> None:
    set_up(threegate)
    before = everything(database_url)

    told = threegate.json("drill", "--state", "OH")

    after = everything(database_url)
    assert {name: rows for name, rows in after.items() if name not in OURS} == {
        name: rows for name, rows in before.items() if name not in OURS
    }
    assert len(after["drills"]) == len(before["drills"]) + 1
    assert len(after["ledger"]) == len(before["ledger"]) + 1
    assert told["passed"] is True
    database = Database(database_url)
    with database.read() as tx:
        kept = drills.newest(tx, "OH")
        assert kept is not None
        report = drills.report(tx, kept.drill_id)
    database.dispose()
    assert (kept.passed, kept.state, kept.campaign, kept.roster_version) == (True, "OH", None, told["roster_version"])
    assert report == told
    assert "drill_run" in after["ledger"][-1]


def test_a_real_installation_is_drilled_without_reaching_anybody(
    sqlite_copies: Any, make_threegate: Callable[..., Threegate], tmp_path: Path, guard: _Guard
) -> None:
    with sqlite_copies.fresh(tmp_path) as url:
        threegate = make_threegate(url, **LOOKS_REAL)
        set_up(threegate)

        told = threegate.json("drill", "--state", "OH")

    assert guard.reached == []
    assert told["passed"] is True
    assert len(told["covered"][0]["experiences"]) > 10


def test_the_guard_sees_a_request(guard: _Guard) -> None:
    import requests

    with pytest.raises(requests.RequestException):
        requests.get("http://127.0.0.1:9/", timeout=1)

    assert guard.reached


@pytest.fixture
def small(sqlite_copies: Any, make_threegate: Callable[..., Threegate], tmp_path: Path) -> Iterator[Threegate]:
    with sqlite_copies.fresh(tmp_path) as url:
        yield make_threegate(url)


def test_the_page_and_a_table_are_written(small: Threegate, tmp_path: Path) -> None:
    set_up(small)

    printed = small("drill", "--state", "Ohio", "--loa", "health", "--html", str(tmp_path / "drill.html")).stdout

    assert "Nobody is licensed in the state\tOn the supervisors' list: nobody is licensed there.\tkept" in printed
    assert "thin: Nobody is licensed in Ohio: every caller goes to the supervisors' list." in printed
    assert "nobody was dialed" in printed
    assert "<h1>The drill</h1>" in (tmp_path / "drill.html").read_text()


def test_another_line_and_another_instant_are_drilled_in_each_open_state(small: Threegate) -> None:
    set_up(small)
    small.open("PA")

    told = small.json("drill", "--loa", "health", "--at", "2026-11-19T18:30:00-05:00")

    assert [(one["state"], one["requirement"], one["at"], one["licensed"]) for one in told["covered"]] == [
        ("OH", "health", "2026-11-19T23:30:00Z", []),
        ("PA", "health", "2026-11-19T23:30:00Z", []),
    ]
    assert told["passed"] is True
    assert [row[3] for row in everything(small.environment["DATABASE_URL"])["drills"]] == ["OH", "PA"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--state", "Ontario"), "not a state that licenses producers"),
        (("--campaign", "+18005550123"), "no campaign has the number"),
        (("--at", "tomorrow"), "is not an ISO 8601 instant"),
        (("--loa", "boats"), "--loa"),
    ],
)
def test_what_cannot_be_drilled_is_said(small: Threegate, arguments: tuple[str, ...], why: str) -> None:
    set_up(small)

    assert why in small("drill", *arguments, code=2).stderr


def test_without_a_campaign_or_an_open_state_there_is_nothing_to_drill(small: Threegate) -> None:
    assert "there is no campaign yet" in small("drill", code=2).stderr
    small.campaign()
    assert "no state is open" in small("drill", code=2).stderr
