"""What somebody asked for: one claim each, outside of transactions, and a failure stops nobody else."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from app.storage import requested_work
from app.storage.database import Collision, Database
from app.storage.requested_work import KEPT, LOST_AFTER, RequestedWork
from app.timekeeping import ManualClock
from app.workflows.do_requested import CannotBeDone, Handler, Interrupted, do_requested


def ask(database: Database, clock: ManualClock, kind: str = "report", **asked: Any) -> int:
    with database.begin() as tx:
        return requested_work.ask(tx, kind=kind, asked=asked, asked_by="user:ana@example.com", now=clock.now())


def load(database: Database, work_id: int) -> RequestedWork:
    with database.read() as tx:
        found = requested_work.load(tx, work_id)
    assert found is not None
    return found


def do(database: Database, clock: ManualClock, handler: Handler, kind: str = "report") -> int:
    return do_requested(database=database, now=clock.now, handlers={kind: handler})


def doubled(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
    return {"twice": 2 * asked["number"]}


def test_what_waits_is_done_oldest_first_and_kept_for_who_asked(database: Database, clock: ManualClock) -> None:
    first, second = ask(database, clock, number=4), ask(database, clock, number=5)
    order: list[int] = []

    def handler(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        order.append(asked["number"])
        clock.advance(3)
        return doubled(asked, database, now)

    begun = do(database, clock, handler)

    assert (begun, order) == (2, [4, 5])
    work = load(database, first)
    assert (work.status, work.found, work.why, work.asked_by) == ("done", {"twice": 8}, "", "user:ana@example.com")
    assert work.started_at is not None
    assert work.finished_at == work.started_at + timedelta(seconds=3)
    with database.read() as tx:
        assert [one.id for one in requested_work.listed(tx, "report", limit=10)] == [second, first]
        assert [one.id for one in requested_work.listed(tx, "report", limit=10, before=second)] == [first]
        assert requested_work.listed(tx, "drill", limit=10) == []


def test_work_of_a_kind_that_nobody_does_here_waits(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock, "drill")

    begun = do(database, clock, doubled)

    assert (begun, load(database, work_id).status) == (0, "waiting")
    with database.read() as tx:
        assert (requested_work.open_count(tx, "drill"), requested_work.open_count(tx, "report")) == (1, 0)


def test_it_is_done_outside_of_any_transaction(database: Database, clock: ManualClock) -> None:
    ask(database, clock, number=1)

    def writes_itself(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        return {"asked": ask(database, clock, "other")}

    do(database, clock, writes_itself)

    with database.read() as tx:
        assert requested_work.open_count(tx, "other") == 1


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (CannotBeDone("no state\nis open"), "no state is open"),
        (ValueError("a secret of ours"), "we failed on it, and the scheduler's log says how"),
    ],
)
def test_a_failure_is_told_in_one_line_and_stops_no_other(
    raised: Exception, why: str, database: Database, clock: ManualClock
) -> None:
    bad, good = ask(database, clock, number=0), ask(database, clock, number=2)

    def handler(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        if asked["number"] == 0:
            raise raised
        return doubled(asked, database, now)

    do(database, clock, handler)

    assert (load(database, bad).status, load(database, bad).why, load(database, bad).found) == ("failed", why, None)
    assert load(database, good).status == "done"


def test_what_is_found_but_is_no_json_has_failed(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock)

    do(database, clock, lambda asked, database, now: {"at": now})

    assert load(database, work_id).status == "failed"


def test_what_the_database_cuts_off_is_tried_three_times(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock)

    def collides(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        raise Collision("another was first")

    begun = do(database, clock, collides)

    assert begun == 3
    assert (load(database, work_id).status, "cut it off" in load(database, work_id).why) == ("failed", True)


def test_what_is_interrupted_waits_for_the_next_process(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock, number=3)

    def stopped(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        raise Interrupted("the scheduler ends")

    with pytest.raises(Interrupted):
        do(database, clock, stopped)

    assert load(database, work_id).status == "waiting"
    do(database, clock, doubled)
    assert load(database, work_id).status == "done"


def test_work_whose_process_died_is_begun_anew_at_most_twice(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock, number=1)

    for nth in range(3):
        with database.begin() as tx:
            assert requested_work.give_up_lost(tx, clock.now()) == (nth > 0)
            dies = requested_work.claim_next(tx, {"report"}, clock.now())
        assert dies is not None
        assert dies.tries == nth + 1
        assert do(database, clock, doubled) == 0
        clock.advance(LOST_AFTER.total_seconds())
    assert do(database, clock, doubled) == 0

    work = load(database, work_id)
    assert (work.status, work.why) == ("failed", "begun 3 times, and each time its process ended before it was done")


def test_only_the_one_who_has_it_now_says_how_it_ended(database: Database, clock: ManualClock) -> None:
    work_id = ask(database, clock, number=1)
    with database.begin() as tx:
        slow = requested_work.claim_next(tx, {"report"}, clock.now())
    assert slow is not None
    clock.advance(LOST_AFTER.total_seconds())
    do(database, clock, doubled)

    with database.begin() as tx:
        accepted = [
            requested_work.give_sign(tx, slow, clock.now()),
            requested_work.finish(tx, slow, {"twice": 0}, clock.now()),
            requested_work.fail(tx, slow, "late", clock.now()),
        ]

    assert accepted == [False, False, False]
    assert load(database, work_id).found == {"twice": 2}


def test_who_is_slow_but_gives_signs_keeps_the_work(database: Database, clock: ManualClock) -> None:
    ask(database, clock, number=1)
    signs = threading.Event()

    def seen() -> Any:
        signs.set()
        return clock.now()

    def slow(asked: dict[str, Any], database: Database, now: Any) -> dict[str, Any]:
        clock.advance(2 * LOST_AFTER.total_seconds())
        for _ in range(2):
            # A sign that was under way already does not count.
            signs.clear()
            assert signs.wait(10)
        with database.begin() as tx:
            return {"lost": requested_work.give_up_lost(tx, clock.now())}

    do_requested(database=database, now=seen, handlers={"report": slow}, sign_seconds=0.01)

    with database.read() as tx:
        assert [one.found for one in requested_work.listed(tx, "report", limit=1)] == [{"lost": 0}]


def test_what_was_finished_long_ago_is_forgotten(database: Database, clock: ManualClock) -> None:
    old = ask(database, clock, number=1)
    do(database, clock, doubled)
    clock.advance(KEPT.total_seconds() + 1)
    new = ask(database, clock, number=2)

    do(database, clock, doubled)

    with database.read() as tx:
        assert [requested_work.load(tx, one) is None for one in (old, new)] == [True, False]
