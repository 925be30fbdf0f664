"""Discrepancies past their 48 hours, and months that nobody signed for, are told of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from app.outside.notices import NullNotices
from app.storage import ledger
from app.storage.database import Database
from app.workflows.leads.notify_overdue import MOST_NAMED
from app.workflows.licenses.resolve_discrepancy import Settled, resolve_discrepancy
from app.workflows.licenses.sign_audit import sign_audit
from app.workflows.licenses.watch_audits import watch_audits
from tests.builders import licensed, roster_file
from tests.workflows.licenses.audits import ANA, NOW, audited, but, imported, without
from tests.workflows.receivers import Receivers

DUE = NOW + timedelta(hours=48)


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


def titles(receivers: Receivers) -> list[str]:
    return [notice.title.removeprefix("License audit: ") for notice in receivers.heard]


def tell(database: Database, receivers: Receivers, now: datetime) -> int:
    return watch_audits(database=database, notices=receivers, now=now)


def texas_is_missing(database: Database, now: datetime = NOW) -> None:
    imported(database, ANA, now=now)
    audited(database, roster_file(without(ANA, "TX")), now)


def test_a_discrepancy_is_told_once_at_forty_eight_hours(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)

    told = [tell(database, receivers, DUE + timedelta(minutes=off)) for off in (-2880, -1, 0, 1, 60)]

    assert told == [0, 0, 1, 0, 0]
    assert titles(receivers) == ["1 discrepancy past their 48 hours"]
    assert receivers.heard[0].body.splitlines() == [
        f"1 (audit 1): NPN {ANA.npn} TX life, missing_there, license suspended; due 2026-11-20 15:00 UTC; nobody's yet",
        "To look at one: threegate audit show AUDIT",
    ]


def test_each_morning_all_that_are_still_open_are_told_together(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    tell(database, receivers, DUE)
    receivers.heard.clear()
    saturday = datetime(2026, 11, 21, 12, 59, tzinfo=UTC)

    told = [
        tell(database, receivers, saturday + timedelta(days=days, minutes=minutes))
        for days in (0, 1)
        for minutes in (0, 1, 2, 300)
    ]

    assert told == [0, 1, 0, 0] * 2
    assert titles(receivers) == ["1 discrepancy still past their 48 hours"] * 2


def test_what_was_told_just_now_is_not_told_again_in_the_same_breath(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    two_days_later = datetime(2026, 11, 22, 14, tzinfo=UTC)

    told = [tell(database, receivers, two_days_later + timedelta(minutes=minute)) for minute in range(3)]

    assert told == [1, 0, 0]


def test_what_is_resolved_is_told_no_more(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    resolve_discrepancy(1, Settled.KEPT, "", actor="command:bob", database=database, now=NOW)

    assert tell(database, receivers, DUE + timedelta(days=1)) == 0


def test_what_a_later_audit_found_again_was_told_of_already(database: Database, receivers: Receivers) -> None:
    imported(database, ANA)
    longer = but(ANA, "TX", expires="2029-12-31")
    audited(database, roster_file(longer))
    tell(database, receivers, DUE)

    audited(database, roster_file(but(longer, "OH", number="7")), DUE + timedelta(minutes=1))

    assert tell(database, receivers, DUE + timedelta(minutes=2)) == 0


def test_many_are_counted_and_the_first_are_named(database: Database, receivers: Receivers) -> None:
    everybody = [licensed(f"P{number}", number, "OH", "TX") for number in range(1, MOST_NAMED + 3)]
    imported(database, *everybody)
    audited(database, roster_file(*(without(person, "TX") for person in everybody)))

    assert tell(database, receivers, DUE) == MOST_NAMED + 2

    [notice] = receivers.heard
    assert notice.title == f"License audit: {MOST_NAMED + 2} discrepancies past their 48 hours"
    assert notice.body.splitlines()[-2] == "and 2 more"
    assert "Tester" not in notice.body


def test_where_nobody_was_reached_it_is_tried_again_a_minute_later(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    receivers.down = True
    early = [tell(database, receivers, DUE), tell(database, receivers, DUE + timedelta(seconds=30))]
    receivers.down = False

    later = [tell(database, receivers, DUE + timedelta(seconds=off)) for off in (59, 60, 61)]

    assert (early, later) == ([0, 0], [0, 1, 0])


def test_several_schedulers_tell_it_once(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    together = Barrier(4)

    def tick(_: int) -> int:
        together.wait()
        return tell(database, receivers, DUE)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tick, range(4)))

    assert sum(told) == 1
    assert len(receivers.heard) == 1


def test_with_nobody_to_tell_nothing_is_claimed(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    watch_audits(database=database, notices=NullNotices(), now=DUE)

    assert tell(database, receivers, DUE) == 1


# ---- months


def test_a_month_that_nobody_signed_for_is_told_once_after_the_fifth(database: Database, receivers: Receivers) -> None:
    imported(database, ANA)

    told = [
        tell(database, receivers, datetime(2026, 12, day, hour, tzinfo=UTC))
        for day, hour in ((1, 0), (5, 23), (6, 0), (6, 1), (31, 0))
    ]

    assert told == [0, 0, 1, 0, 0]
    assert titles(receivers) == ["none was signed for 2026-11"]


def test_a_month_before_there_was_a_roster_is_not_missed(database: Database, receivers: Receivers) -> None:
    assert tell(database, receivers, NOW) == 0
    imported(database, ANA)

    assert tell(database, receivers, NOW) == 0


def test_a_month_that_was_signed_for_in_its_grace_is_not_told(database: Database, receivers: Receivers) -> None:
    imported(database, ANA)
    third = datetime(2026, 12, 3, tzinfo=UTC)
    audit = audited(database, roster_file(ANA), third, period="2026-11").audit
    sign_audit(audit.id, "compliance", actor="command:bob", database=database, now=third)

    told = [tell(database, receivers, datetime(2026, 12, 6, tzinfo=UTC) + timedelta(days=days)) for days in (0, 31)]

    assert told == [0, 1]
    assert titles(receivers) == ["none was signed for 2026-12"]


def test_an_unsigned_audit_does_not_count(database: Database, receivers: Receivers) -> None:
    imported(database, ANA)
    audited(database, roster_file(ANA))

    assert tell(database, receivers, datetime(2026, 12, 6, tzinfo=UTC)) == 1


def test_telling_changes_nothing_but_what_was_told(database: Database, receivers: Receivers) -> None:
    texas_is_missing(database)
    tell(database, receivers, DUE)

    with database.read() as tx:
        assert ledger.roster_version(tx) == 2
