"""One row is one producer's availability: a claim lands or does not, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from app.domain.call import Outcome
from app.storage import authority_facts, desk
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.workflows.licenses.import_roster import import_roster
from tests.builders import licensed, roster_file

ANA = licensed("Ana", 1, "OH")
CALL = 7


@pytest.fixture
def ana(database: Database, clock: ManualClock) -> int:
    """Ana's id; she is available."""
    import_roster(roster_file(ANA), file_name="r.csv", actor="test", dry_run=False, database=database, now=clock.now())
    with database.begin() as tx:
        producer_id = authority_facts.producer_id_of(tx, ANA.npn)
        assert producer_id is not None
        desk.set_presence(tx, producer_id, "available", clock.now(), by="test")
    return producer_id


def seat(database: Database, producer_id: int) -> desk.Seat:
    with database.read() as tx:
        found = desk.seat(tx, producer_id)
        assert found is not None
        return found


def test_of_sixteen_claims_at_once_one_lands(database: Database, ana: int, clock: ManualClock) -> None:
    start = Barrier(16)

    def claim(call_id: int) -> bool:
        start.wait(timeout=10)
        with database.begin() as tx:
            return desk.claim(tx, ana, call_id, clock.now())

    with ThreadPoolExecutor(16) as pool:
        landed = [call_id for call_id, won in enumerate(pool.map(claim, range(1, 17)), 1) if won]

    assert len(landed) == 1
    assert seat(database, ana).held_by == landed[0]


@pytest.mark.parametrize("presence", ["away", "offline"])
def test_who_is_not_available_cannot_be_claimed(
    database: Database, ana: int, clock: ManualClock, presence: str
) -> None:
    with database.begin() as tx:
        desk.set_presence(tx, ana, presence, clock.now(), by="test")
        assert not desk.claim(tx, ana, CALL, clock.now())


def test_another_call_frees_nobody(database: Database, ana: int, clock: ManualClock) -> None:
    with database.begin() as tx:
        assert desk.claim(tx, ana, CALL, clock.now())
        assert not desk.release(tx, ana, CALL + 1, Outcome.NO_ANSWER, clock.now(), wrap_up_seconds=30)

    assert seat(database, ana).held_by == CALL


@pytest.mark.parametrize(
    ("outcome", "seconds"), [(Outcome.ACCEPTED, 30), (Outcome.DECLINED, 600), (Outcome.NO_ANSWER, 0), (Outcome.BUSY, 0)]
)
def test_how_an_offer_ended_says_when_the_next_may_come(
    database: Database, ana: int, clock: ManualClock, outcome: Outcome, seconds: int
) -> None:
    with database.begin() as tx:
        desk.claim(tx, ana, CALL, clock.now())
        desk.release(tx, ana, CALL, outcome, clock.now(), wrap_up_seconds=30)

    free_at = clock.now() + timedelta(seconds=seconds)
    with database.begin() as tx:
        if seconds:
            assert not desk.claim(tx, ana, CALL, free_at - timedelta(milliseconds=1))
        assert desk.claim(tx, ana, CALL, free_at)


def test_the_second_miss_in_a_row_takes_out_and_any_sign_brings_back(
    database: Database, ana: int, clock: ManualClock
) -> None:
    def miss() -> bool:
        with database.begin() as tx:
            assert desk.claim(tx, ana, CALL, clock.now())
            return desk.release(tx, ana, CALL, Outcome.NO_ANSWER, clock.now(), wrap_up_seconds=30)

    assert [miss(), miss()] == [False, True]
    assert seat(database, ana).presence == "missed"
    with database.begin() as tx:
        desk.set_presence(tx, ana, "available", clock.now(), by="test")
    assert miss() is False


def test_the_days_count_begins_anew_with_the_day(database: Database, ana: int, clock: ManualClock) -> None:
    today = clock.now().date()
    with database.begin() as tx:
        for day in (today, today, today + timedelta(days=1)):
            desk.count_taken(tx, ana, day)
        assert tx.execute(text("SELECT taken_today FROM desk")).scalar_one() == 1


def test_what_a_desk_was_is_written_down(database: Database, ana: int, clock: ManualClock) -> None:
    began = clock.now()
    clock.advance(60)
    with database.begin() as tx:
        desk.set_presence(tx, ana, "away", clock.now(), by="test")

    def at(instant: datetime) -> str | None:
        with database.read() as tx:
            return desk.seats_at(tx, instant).get(ana)

    assert [at(began - timedelta(days=1)), at(began), at(clock.now())] == [None, "available", "away"]


def test_who_says_off_while_their_talk_is_being_ended_stays_off(
    database: Database, ana: int, clock: ManualClock
) -> None:
    """Read, then written: whoever comes second waits, and sees what the first one did."""

    def end_talk() -> None:
        with database.begin() as tx:
            desk.release(tx, ana, CALL, Outcome.ACCEPTED, clock.now(), wrap_up_seconds=30)

    with database.begin() as tx:
        desk.claim(tx, ana, CALL, clock.now())
    with ThreadPoolExecutor(1) as pool:
        with database.begin() as tx:
            desk.set_presence(tx, ana, "away", clock.now(), by="test")
            ended = pool.submit(end_talk)
            _until_somebody_waits(database)
        ended.result(timeout=30)

    found = seat(database, ana)
    assert (found.presence, found.held_by) == ("away", None)


def _until_somebody_waits(database: Database) -> None:
    """SQLite's writers wait before they read, so there is nothing to wait for."""
    waiting = 0
    while database.dialect == "postgresql" and not waiting:
        with database.read() as tx:
            waiting = tx.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
