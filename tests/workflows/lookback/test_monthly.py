"""Once a month our own calls are looked back on: by one process, and nothing is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import scheduler
from app.storage import own_calls, work
from app.storage.ledger import Entry
from app.workflows.lookback.monthly import KIND, look_back_monthly
from app.workflows.lookback.own import OwnLookBack
from tests.conversations.people import KEYS_OHIO, OTHER_OHIO_CALLER
from tests.product import Stage
from tests.workflows.lookback.played import rows_of, talk, tamper
from tests.workflows.receivers import Receivers

DECEMBER = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


def tick(stage: Stage, receivers: Receivers) -> OwnLookBack | None:
    return look_back_monthly(database=stage.database, notices=receivers, now=stage.now)


def entries(stage: Stage) -> list[dict[str, Any]]:
    return rows_of(stage.database, "ledger", kind=KIND)


def newest(stage: Stage) -> Entry:
    with stage.database.read() as tx:
        entry = own_calls.last_look_back(tx, KIND)
    assert entry is not None
    return entry


def test_it_runs_at_six_on_the_first_day_of_a_month_and_the_ledger_keeps_the_numbers(
    stage: Stage, receivers: Receivers
) -> None:
    talk(stage)
    stage.clock.move_to(DECEMBER - timedelta(seconds=1))
    before = tick(stage, receivers)
    stage.clock.move_to(DECEMBER)

    found = tick(stage, receivers)

    assert before is None
    assert found is not None
    assert found.is_clean
    assert receivers.heard == []
    entry = newest(stage)
    assert (entry.actor, entry.at) == ("scheduler", DECEMBER)
    assert entry.facts == {
        "since": "2026-11-01T00:00:00+00:00",
        "until": "2026-12-01T00:00:00+00:00",
        "clean": True,
        "calls": 1,
        "taken": 1,
        "lost": 0,
        "dialed": 0,
        "without_authority": {"best": 0, "worst": 0},
        "not_on_roster": 0,
        "unproved": 0,
        "exposed": 0,
        "outside_hours": {"inbound": {"best": 0, "worst": 0}, "dialed": 0},
        "call_ids": {"without_authority": [], "unproved": [], "exposed": [], "dialed_outside_hours": []},
    }


def test_two_schedulers_run_it_once_and_not_again_in_the_same_month(stage: Stage) -> None:
    talk(stage)
    stage.clock.move_to(DECEMBER)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: scheduler.look_back(stage.tools), range(3)))
    for days in (1, 10, 29):
        stage.clock.move_to(DECEMBER + timedelta(days=days))
        scheduler.look_back(stage.tools)

    assert len(entries(stage)) == 1


def test_the_tick_that_keeps_promises_never_waits_for_it(stage: Stage) -> None:
    talk(stage)
    stage.clock.move_to(DECEMBER)

    stage.tick()

    assert entries(stage) == []


def test_months_that_were_missed_are_looked_at_together(stage: Stage, receivers: Receivers) -> None:
    talk(stage)
    stage.clock.move_to(DECEMBER)
    tick(stage, receivers)
    stage.clock.move_to(datetime(2026, 12, 20, 15, tzinfo=UTC))
    stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.clock.move_to(datetime(2027, 3, 9, 15, tzinfo=UTC))

    found = tick(stage, receivers)

    assert found is not None
    assert (found.since, found.until) == (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
    assert (found.report.calls, len(entries(stage))) == (1, 2)


def test_before_the_first_whole_month_with_calls_nothing_is_written(stage: Stage, receivers: Receivers) -> None:
    nothing_yet = tick(stage, receivers)
    talk(stage)

    assert (nothing_yet, tick(stage, receivers), entries(stage)) == (None, None, [])


def test_what_a_dead_process_has_begun_is_run_by_the_next_one_an_hour_later(stage: Stage, receivers: Receivers) -> None:
    talk(stage)
    stage.clock.move_to(DECEMBER)
    with stage.database.begin() as tx:
        assert work.take_turn(tx, KIND, stage.now, every=timedelta(hours=1))

    stage.clock.advance(3599)
    meanwhile = tick(stage, receivers)
    stage.clock.advance(1)

    assert meanwhile is None
    assert tick(stage, receivers) is not None


def test_a_red_one_names_the_calls_and_is_told_once(
    stage: Stage, receivers: Receivers, caplog: pytest.LogCaptureFixture
) -> None:
    call = talk(stage)
    tamper(stage.database, "attempts", {"call_id": stage.record(call).id}, acceptance_id=None)
    stage.clock.move_to(DECEMBER)

    found = [tick(stage, receivers), tick(stage, receivers)]

    assert [each is not None for each in found] == [True, False]
    entry = newest(stage)
    assert (entry.facts["clean"], entry.facts["unproved"]) == (False, 1)
    assert entry.facts["call_ids"]["unproved"] == [stage.record(call).id]
    [notice] = receivers.heard
    assert notice.title == "Look back on our own calls: not clean"
    assert notice.body == (
        "2026-11-01 to 2026-12-01: 1 talks, 0 without authority, 1 without a proof in the ledger, 0 dialed outside the "
        f"legal hours; 0 that a later change of the roster reaches back to\nLedger entry {entry.entry_id} names the calls."
    )
    assert [record.levelname for record in caplog.records if "look back" in record.message] == ["ERROR"]


def test_a_notice_that_reached_nobody_is_sent_again_by_a_scheduler_of_its_own_time(
    stage: Stage, receivers: Receivers
) -> None:
    call = talk(stage)
    tamper(stage.database, "attempts", {"call_id": stage.record(call).id}, acceptance_id=None)
    stage.clock.move_to(DECEMBER)
    receivers.down = True
    tools = replace(stage.tools, notices=receivers)

    scheduler.look_back(tools)
    receivers.down = False
    scheduler.look_back(tools)
    too_soon = len(receivers.heard)
    stage.clock.advance(60)
    scheduler.look_back(tools)
    scheduler.look_back(tools)

    assert (too_soon, len(receivers.heard), len(entries(stage))) == (0, 1, 1)
