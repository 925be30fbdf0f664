"""The ledger, read newest first and narrowed down: each entry once, however it is paged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.storage import ledger, ledger_pages
from app.storage.database import Database
from app.storage.ledger_pages import Narrowed, Position

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def write(database: Database, kind: str = "offer", at: datetime = NOW, actor: str = "twilio", **facts: Any) -> int:
    with database.begin() as tx:
        return ledger.write(tx, kind=kind, now=at, actor=actor, facts=facts, call_id=facts.pop("call_id", None))


def read(database: Database, limit: int = 50, looked_at: int = 100, **narrowed: Any) -> list[list[int]]:
    """The ids of every page, to the end."""
    pages: list[list[int]] = []
    after: Position | None = None
    while True:
        with database.read() as tx:
            found = ledger_pages.page(tx, Narrowed(**narrowed), after=after, limit=limit, looked_at=looked_at)
        pages.append([entry.entry_id for entry in found.entries])
        after = found.next_after
        if after is None:
            return pages


def test_newest_first_and_each_once_though_instants_are_equal_or_out_of_order(database: Database) -> None:
    early, late, same, before = (write(database, at=NOW + minutes * MINUTE) for minutes in (0, 9, 9, 5))

    assert read(database, limit=1) == [[same], [late], [before], [early]]
    assert read(database, limit=3) == [[same, late, before], [early]]
    assert read(database, limit=4) == [[same, late, before, early]]


def test_kind_actor_call_and_days_narrow_it_down(database: Database) -> None:
    offer = write(database, call_id=7)
    opened = write(database, "state_opened", NOW + MINUTE, "user:kim@agency.example")
    closed = write(database, "state_closed", NOW + 2 * MINUTE, "user:kim@agency.example")

    assert read(database, kind="offer") == read(database, call_id=7) == [[offer]]
    assert read(database, actor="user:kim@agency.example") == [[closed, opened]]
    assert read(database, since=NOW + MINUTE, until=NOW + 2 * MINUTE) == [[opened]]
    assert read(database, kind="state_opened", actor="twilio") == [[]]


@pytest.mark.parametrize(
    ("facts", "about"),
    [
        ({"npn": "17", "state": "OH"}, True),
        ({"rests_on": [{"npn": "17", "in": ["OH|KY"]}]}, True),
        ({"suspended": ["17/OH/life"]}, True),
        ({"npn": "17", "due_on": {"OH": "2026-12-10"}}, True),
        ({"npn": "171", "state": "OH"}, False),
        ({"npn": "17", "state": "KY"}, False),
        ({"npn": "17", "told": "OHIO"}, False),
        ({"told": "17 of OH"}, False),
    ],
)
def test_whom_and_where_an_entry_names_is_found_in_its_facts(
    database: Database, facts: dict[str, Any], about: bool
) -> None:
    entry_id = write(database, **facts)

    assert read(database, npn="17", state="OH") == [[entry_id] if about else []]


def test_a_search_looks_at_so_many_entries_and_goes_on_where_it_stopped(database: Database) -> None:
    found = [write(database, at=NOW + minute * MINUTE, npn="17" if minute in (1, 6) else "18") for minute in range(8)]

    with database.read() as tx:
        first = ledger_pages.page(tx, Narrowed(npn="17"), after=None, limit=5, looked_at=4)

    assert [entry.entry_id for entry in first.entries] == [found[6]]
    assert first.looked_back_to == NOW + 4 * MINUTE
    assert read(database, looked_at=4, npn="17") == [[found[6]], [found[1]], []]
    assert read(database, looked_at=3, limit=1, npn="17") == [[found[6]], [], [found[1]]]


def test_every_kind_that_there_is_can_be_chosen(database: Database) -> None:
    for kind in ("offer", "check", "offer"):
        write(database, kind)

    with database.read() as tx:
        assert ledger_pages.kinds(tx) == ["check", "offer"]
