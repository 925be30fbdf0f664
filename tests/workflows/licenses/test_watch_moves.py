"""Moves are watched: alarms on days 20, 25 and 30 and on a state's own last day, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import update

from app.outside.notices import NullNotices
from app.storage import authority_facts
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.license_desk import MoveRow
from app.workflows.licenses.restore_state import restore_state
from app.workflows.licenses.watch_moves import watch_moves
from tests.builders import Held, licensed
from tests.workflows.licenses.moving import ANA, entries, open_move, report, settled, show_roster
from tests.workflows.receivers import Receivers

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
MOVED_ON = date(2026, 11, 1)
WANDA = licensed("Wanda", 2, "WI", "OH")


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def moved(database: Database) -> Database:
    """Wanda left Wisconsin for Texas yesterday."""
    show_roster(database, NOW, WANDA)
    report(database, NOW, on=MOVED_ON, npn=WANDA.npn)
    return database


def on_day(day: int) -> datetime:
    """In the morning of that day after the move."""
    return NOW + timedelta(days=day - 1)


def days_told(database: Database) -> list[int]:
    return [facts["day"] for facts in entries(database, "move_alarm")]


def test_each_alarm_is_told_once_and_stands_in_the_ledger(moved: Database, receivers: Receivers) -> None:
    told = []

    for day in (2, 19, 20, 21, 25, 29, 30, 31, 59, 60, 61, 90):
        look = watch_moves(database=moved, notices=receivers, now=on_day(day))
        told.append((day, look + watch_moves(database=moved, notices=receivers, now=on_day(day))))

    assert [day for day, times in told if times] == [20, 25, 30, 60]
    assert {times for _, times in told} == {0, 1}
    assert days_told(moved) == [20, 25, 30, 60]
    assert len(receivers.heard) == 4
    assert entries(moved, "move_alarm")[0]["not_filed"] == ["OH", "TX", "WI"]


def test_a_notice_names_no_person(moved: Database, receivers: Receivers) -> None:
    watch_moves(database=moved, notices=receivers, now=on_day(25))

    (notice,) = receivers.heard
    assert notice.title == "Changes of residence: 1 not settled"
    assert "move 1, WI to TX: day 25, due 2026-12-01; not filed in OH, TX, WI; suspended in OH, TX, WI" in notice.body
    assert not any(secret in notice.body for secret in (WANDA.npn, WANDA.first_name, WANDA.phone))


def test_several_that_came_at_once_are_told_as_the_last(moved: Database, receivers: Receivers) -> None:
    assert watch_moves(database=moved, notices=receivers, now=on_day(45)) == 1
    assert days_told(moved) == [30]


def test_of_several_schedulers_one_tells(moved: Database, receivers: Receivers) -> None:
    start = Barrier(4)

    def tick(_: int) -> int:
        start.wait(timeout=10)
        return watch_moves(database=moved, notices=receivers, now=on_day(20))

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(tick, range(4)))

    assert told == [0, 0, 0, 1]
    assert len(receivers.heard) == 1
    assert days_told(moved) == [20]


def test_what_reached_nobody_is_sent_again_a_little_later_and_written_once(
    moved: Database, receivers: Receivers
) -> None:
    receivers.down = True
    told = [watch_moves(database=moved, notices=receivers, now=on_day(20))]
    receivers.down = False

    for seconds in (10, 61, 120):
        told.append(watch_moves(database=moved, notices=receivers, now=on_day(20) + timedelta(seconds=seconds)))

    assert told == [0, 0, 1, 0]
    assert days_told(moved) == [20]


def test_without_anybody_to_tell_the_ledger_has_it(moved: Database) -> None:
    assert watch_moves(database=moved, notices=NullNotices(), now=on_day(20)) == 0
    assert days_told(moved) == [20]


def test_time_gives_nothing_back(moved: Database, receivers: Receivers) -> None:
    for day in (30, 60, 400):
        watch_moves(database=moved, notices=receivers, now=on_day(day))

    with moved.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, WANDA.npn) or 0)
    assert producer is not None
    assert producer.domicile_holds == {"OH", "TX", "WI"}


def test_a_license_from_before_the_move_that_comes_to_light_is_suspended(moved: Database, receivers: Receivers) -> None:
    show_roster(moved, NOW + timedelta(minutes=1), settled(WANDA, "TX", "OH", "FL", "WI"))
    restore_state(WANDA.npn, "TX", actor="test", database=moved, now=NOW + timedelta(hours=1))

    watch_moves(database=moved, notices=receivers, now=NOW + timedelta(hours=2))

    move = open_move(moved, WANDA.npn)
    assert move is not None
    assert [step.state for step in move.steps] == ["FL", "OH", "TX", "WI"]
    assert move.exposed_calls == 0
    (written,) = entries(moved, "move_widened")
    assert written["suspended"] == ["FL"]
    with moved.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, WANDA.npn) or 0)
    assert producer is not None
    assert producer.domicile_holds == {"FL", "OH", "WI"}


def test_an_exposure_that_nobody_could_look_for_is_looked_for_later(moved: Database, receivers: Receivers) -> None:
    moves = table_of(MoveRow)
    with moved.begin() as tx:
        tx.execute(update(moves).values(exposed_calls=None))

    watch_moves(database=moved, notices=receivers, now=on_day(2))

    move = open_move(moved, WANDA.npn)
    assert move is not None
    assert move.exposed_calls == 0
    assert len(entries(moved, "exposure")) == 2


def test_a_move_is_closed_when_the_rest_of_its_licenses_are_gone(database: Database, receivers: Receivers) -> None:
    show_roster(database, NOW, ANA)
    report(database, NOW, on=MOVED_ON)
    show_roster(database, NOW + timedelta(hours=1), settled(ANA, "TX"))
    restore_state(ANA.npn, "TX", actor="test", database=database, now=NOW + timedelta(hours=2))
    gone = [Held(state, status="cancelled", residency="nonresident") for state in ("OH", "FL", "GA")]
    show_roster(database, NOW + timedelta(hours=3), settled(ANA, "TX").holding(Held("TX"), *gone))
    before = open_move(database)

    watch_moves(database=database, notices=receivers, now=NOW + timedelta(hours=4))

    assert before is not None
    assert open_move(database) is None
    assert entries(database, "move_closed")[0]["suspended"] == ["FL", "GA", "OH"]
