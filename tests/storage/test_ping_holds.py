"""A hold is one row a producer, taken by one statement; whoever offers a call asks about holds by an index."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.lines import Requirement
from app.storage import campaigns, desk, ping_holds, waiting
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.workflows.licenses.import_roster import import_roster
from tests.builders import licensed, roster_file

SECONDS = timedelta(seconds=20)
ANA, CALL = 1, 77


@pytest.fixture
def campaign_id(database: Database, clock: ManualClock) -> int:
    """A campaign, and Ana on duty."""
    import_roster(
        roster_file(licensed("Ana", 1, "OH")),
        file_name="roster.csv",
        actor="test",
        dry_run=False,
        database=database,
        now=clock.now(),
    )
    with database.begin() as tx:
        desk.set_presence(tx, ANA, "available", clock.now(), by="test")
        found = campaigns.add(
            tx, number="+18005550199", name="Life", requirement=Requirement.parse("life"), vendor_id=None
        )
    assert found is not None
    return found


def take(database: Database, campaign_id: int, now: datetime, *, last_offered_at: datetime = desk.NEVER) -> bool:
    with database.begin() as tx:
        return ping_holds.take(
            tx,
            ANA,
            vendor_id=None,
            campaign_id=campaign_id,
            last_offered_at=last_offered_at,
            now=now,
            until=now + SECONDS,
        )


def held(database: Database, now: datetime) -> list[int]:
    with database.read() as tx:
        return [*ping_holds.in_force(tx, now)]


def test_who_is_held_is_held_once_until_the_instant_it_is_over(
    database: Database, clock: ManualClock, campaign_id: int
) -> None:
    now, over = clock.now(), clock.now() + SECONDS
    just_before = over - timedelta(microseconds=1)

    assert take(database, campaign_id, now)

    assert not take(database, campaign_id, just_before)
    assert held(database, just_before) == [ANA]
    assert held(database, over) == []
    assert take(database, campaign_id, over)


def test_an_offer_ends_a_hold_and_the_next_ping_may_take_the_same_person(
    database: Database, clock: ManualClock, campaign_id: int
) -> None:
    now, later = clock.now(), clock.now() + timedelta(seconds=1)
    take(database, campaign_id, now)

    with database.begin() as tx:
        assert desk.claim(tx, ANA, CALL, later)

    assert held(database, later) == []
    assert take(database, campaign_id, later, last_offered_at=later)
    assert held(database, later) == [ANA]


def test_a_hold_is_counted_for_its_campaign_while_it_stands(
    database: Database, clock: ManualClock, campaign_id: int
) -> None:
    now = clock.now()
    take(database, campaign_id, now)

    with database.begin() as tx:
        assert ping_holds.promised(tx, now, campaign_id=campaign_id) == (1, now + SECONDS)
        assert ping_holds.promised(tx, now, campaign_id=campaign_id + 1) == (0, None)
        assert ping_holds.promised(tx, now + SECONDS, campaign_id=campaign_id) == (0, None)


def test_an_offer_asks_about_holds_by_the_index_and_in_no_statement_of_its_own(
    database: Database, clock: ManualClock, campaign_id: int
) -> None:
    now, asked = clock.now(), list[tuple[str, Any]]()

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    take(database, campaign_id, now)
    with database.read() as tx:
        event.listen(tx, "before_cursor_execute", note)
        before = waiting.found(tx, heard_since=now, urgent_before=now, now=now)
        after = waiting.found(tx, heard_since=now, urgent_before=now, now=now + SECONDS)
        event.remove(tx, "before_cursor_execute", note)
        assert (before.held, after.held, before.somebody) == (True, False, False)
        assert len(asked) == 2
        if database.dialect == "sqlite":
            plan = [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])]
            assert [line for line in plan if "ping_holds USING COVERING INDEX ix_ping_holds_until" in line], plan
