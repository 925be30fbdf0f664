"""What was not seen for too long is told once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.verification_age import FEED_BLOCK_AFTER, warns_at
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.watch_age import watch_age
from tests.builders import Held, Person, licensed, roster_file
from tests.workflows.receivers import Receivers

SEEN = datetime(2026, 11, 18, 15, tzinfo=UTC)
ANA = replace(licensed("Ana", 1, "OH", "TX", "CA"), last_name="Alba")
BEA = licensed("Bea", 2, "OH").holding(Held("OH"), Held("OH", "health"), Held("TX", status="suspended"))


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


def see(database: Database, *people: Person, now: datetime = SEEN) -> None:
    imported = import_roster(
        roster_file(*people), file_name="r.csv", actor="test", dry_run=False, database=database, now=now
    )
    assert isinstance(imported, Imported), imported


def after(database: Database, receivers: Receivers, **later: float) -> int:
    return watch_age(database=database, notices=receivers, now=SEEN + timedelta(**later))


def from_daily_feed(database: Database) -> None:
    with database.begin() as tx:
        tx.execute(update(table_of(LicenseRow)).values(stale_at=SEEN + FEED_BLOCK_AFTER))


def test_seven_days_are_told_by_state_and_producer(database: Database, receivers: Receivers) -> None:
    see(database, ANA, BEA)

    told = [after(database, receivers, days=days) for days in (0, 6, 7)]

    assert told == [0, 0, 5]
    (notice,) = receivers.heard
    assert notice.title == "Licenses not seen lately: 5 of 2 producers in 3 states"
    assert notice.body.splitlines() == [
        "CA: 1, the next stops at 2027-01-02 15:00 UTC",
        "OH: 3, the next stops at 2027-01-02 15:00 UTC",
        "TX: 1, the next stops at 2027-01-02 15:00 UTC",
        "Ana Alba: 3",
        "Bea Tester: 2",
        "To see them again: threegate roster import FILE",
    ]


def test_what_comes_from_a_daily_feed_is_told_after_four_days(database: Database, receivers: Receivers) -> None:
    see(database, ANA)
    from_daily_feed(database)

    told = [after(database, receivers, days=days) for days in (3, 4, 10)]

    assert told == [0, 3, 3]
    assert receivers.heard[1].title.endswith("; 3 give no authority any more")
    assert "CA: 1, 1 give no authority any more" in receivers.heard[1].body.splitlines()


def test_it_is_told_once_a_day_and_again_the_next(database: Database, receivers: Receivers) -> None:
    see(database, ANA)

    told = [after(database, receivers, days=7, hours=hours) for hours in (0, 1, 21, 22, 23)]

    assert told == [3, 0, 0, 3, 0]  # the day's news is due at 13:00 UTC


def test_what_was_seen_again_is_not_told(database: Database, receivers: Receivers) -> None:
    see(database, ANA)
    see(database, ANA, now=SEEN + timedelta(days=5))

    assert after(database, receivers, days=8) == 0
    assert receivers.heard == []


def test_a_day_whose_notice_reached_nobody_is_tried_again(database: Database, receivers: Receivers) -> None:
    see(database, ANA)
    receivers.down = True
    told = [after(database, receivers, days=7)]
    receivers.down = False

    told += [after(database, receivers, days=7, seconds=seconds) for seconds in (59, 60, 61)]

    assert told == [0, 0, 3, 0]


def test_how_soon_it_goes_stale_says_when_it_is_told() -> None:
    assert warns_at(SEEN, SEEN + timedelta(days=45)) == SEEN + timedelta(days=7)
    assert warns_at(SEEN, SEEN + timedelta(days=10)) == SEEN + timedelta(days=4)
