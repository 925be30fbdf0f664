"""A resident license that ended is noted once, with what went, and compliance is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.licensing import Status
from app.domain.lines import Line
from app.storage import lapses, roster
from app.storage.database import Database
from app.workflows.licenses.watch_lapses import watch_lapses
from tests.builders import Held, Person, licensed
from tests.unguarded import take_guard_away
from tests.workflows.licenses.lapsing import FLO, GIL, campaign, open_states, promised, resident_until
from tests.workflows.licenses.moving import entries, show_roster
from tests.workflows.receivers import Receivers

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ENDS = datetime(2026, 11, 19, 5, tzinfo=UTC)
"""The end of 18 November in Florida, in the zone in which it ends first."""
ENDING = FLO.holding(*resident_until("2026-11-18"))


def watch(database: Database, now: datetime, receivers: Receivers | None = None) -> int:
    return watch_lapses(database=database, notices=receivers or Receivers(anybody=False), now=now)


def written(database: Database) -> list[dict[str, Any]]:
    return entries(database, lapses.KIND)


@pytest.fixture
def watched(database: Database) -> Database:
    """A roster whose one resident license ends tonight, and a watch that has begun."""
    show_roster(database, NOW, ENDING, GIL)
    watch(database, NOW)
    return database


def test_a_license_whose_date_has_come_is_noted_with_all_that_rested_on_it(watched: Database) -> None:
    watch(watched, ENDS)

    (facts,) = written(watched)
    assert (facts["npn"], facts["state"], facts["lines"], facts["how"]) == (FLO.npn, "FL", ["life"], "date")
    assert facts["ended_at"] == ENDS.isoformat()
    assert facts["going"] == [["FL", "life"], ["GA", "life"], ["OH", "life"]]
    assert facts["callbacks"] == []


def test_not_a_moment_before(watched: Database) -> None:
    watch(watched, ENDS - timedelta(microseconds=1))

    assert written(watched) == []


def test_it_is_noted_once_however_often_one_looks(watched: Database) -> None:
    for minutes in (0, 1, 59, 61, 3000):
        watch(watched, ENDS + timedelta(minutes=minutes))

    assert len(written(watched)) == 1


def test_a_watch_that_slept_for_a_week_finds_it(watched: Database) -> None:
    watch(watched, ENDS + timedelta(days=7))

    assert len(written(watched)) == 1


def test_the_first_look_of_all_notes_nothing_that_ended_before_it(database: Database) -> None:
    show_roster(database, NOW, ENDING)

    watch(database, ENDS + timedelta(days=30))
    watch(database, ENDS + timedelta(days=31))

    assert written(database) == []


def test_two_lines_that_end_together_are_one_lapse(database: Database) -> None:
    both = licensed("Flo", 1, "FL", "GA", loa=("life", "health"))
    ending = both.holding(*(Held("FL", loa, expires="2026-11-18") for loa in ("life", "health")), Held("GA", "health"))
    show_roster(database, NOW, ending)
    watch(database, NOW)

    watch(database, ENDS)

    (facts,) = written(database)
    assert facts["lines"] == ["health", "life"]
    assert facts["going"] == [["FL", "health"], ["FL", "life"], ["GA", "health"]]


def test_the_calls_that_nobody_else_can_keep_are_listed_without_a_number(watched: Database) -> None:
    open_states(watched, NOW, "FL", "GA")
    campaign_id = campaign(watched)
    alone = promised(watched, "FL", ENDS + timedelta(hours=9), NOW, campaign_id=campaign_id)
    promised(watched, "GA", ENDS + timedelta(hours=9), NOW, campaign_id=campaign_id)

    watch(watched, ENDS)

    (facts,) = written(watched)
    assert facts["callbacks"] == [
        {
            "callback": alone.id,
            "lead": alone.lead_id,
            "states": ["FL"],
            "due_at": (ENDS + timedelta(hours=9)).isoformat(),
        }
    ]
    assert alone.phone not in str(facts)


# ---- by a change of the roster


@pytest.mark.parametrize(
    "held",
    [
        Held("FL", status="inactive"),
        Held("FL", status="suspended"),
        Held("FL", expires="2026-11-10"),
        Held("FL", residency="nonresident"),
    ],
    ids=["inactive", "suspended", "ended already", "no resident license any more"],
)
def test_a_license_that_an_import_shows_as_ended_is_noted(database: Database, held: Held) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    seen_at = NOW + timedelta(minutes=5)
    show_roster(database, seen_at, FLO.holding(held))

    watch(database, seen_at + timedelta(minutes=1))

    (facts,) = written(database)
    assert (facts["how"], facts["ended_at"]) == ("csv", seen_at.isoformat())
    assert facts["going"] == [["FL", "life"], ["GA", "life"], ["OH", "life"]]


def test_a_change_that_was_committed_after_the_look_that_it_began_before_is_found(database: Database) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    watch(database, NOW + timedelta(minutes=10))

    show_roster(database, NOW + timedelta(minutes=5), FLO.holding(Held("FL", status="inactive")))
    watch(database, NOW + timedelta(minutes=11))

    assert len(written(database)) == 1


def test_what_somebody_suspended_by_hand_is_no_news(database: Database) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    with database.begin() as tx:
        roster.change_license(tx, FLO.npn, "FL", Line.LIFE, NOW, "test", status=Status.SUSPENDED)

    watch(database, NOW + timedelta(minutes=1))

    assert written(database) == []


@pytest.mark.parametrize(
    "person",
    [
        FLO.holding(Held("FL"), Held("GA", status="inactive"), Held("OH")),
        FLO.holding(Held("FL", number="FL-2"), Held("GA"), Held("OH")),
        FLO.holding(Held("FL", expires="2027-01-31"), Held("GA"), Held("OH")),
    ],
    ids=["another license", "another number", "a later end"],
)
def test_a_change_that_does_not_end_the_resident_license_is_none(database: Database, person: Person) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    show_roster(database, NOW + timedelta(minutes=1), person)

    watch(database, NOW + timedelta(minutes=2))

    assert written(database) == []


def test_one_that_came_back_before_the_look_is_passed_over(database: Database) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    show_roster(database, NOW + timedelta(minutes=1), FLO.holding(Held("FL", status="inactive")))
    show_roster(database, NOW + timedelta(minutes=2), FLO)

    watch(database, NOW + timedelta(minutes=3))

    assert written(database) == []


def test_one_that_ends_again_is_another_lapse_and_only_its_last_end_is_noted(database: Database) -> None:
    show_roster(database, NOW, FLO)
    watch(database, NOW)
    for minutes, status in enumerate(("inactive", "active", "inactive"), start=1):
        show_roster(database, NOW + timedelta(minutes=minutes), FLO.holding(Held("FL", status=status)))
    watch(database, NOW + timedelta(minutes=4))
    for minutes, status in enumerate(("active", "suspended"), start=5):
        show_roster(database, NOW + timedelta(minutes=minutes), FLO.holding(Held("FL", status=status)))

    watch(database, NOW + timedelta(minutes=7))

    ended_at = [datetime.fromisoformat(facts["ended_at"]) - NOW for facts in written(database)]
    assert ended_at == [timedelta(minutes=3), timedelta(minutes=6)]


# ---- who hears of it


def test_one_notice_tells_of_it_once_without_any_consumer(watched: Database) -> None:
    receivers = Receivers()

    first, again = watch(watched, ENDS, receivers), watch(watched, ENDS + timedelta(minutes=5), receivers)

    assert (first, again) == (1, 0)
    (notice,) = receivers.heard
    assert notice.title == "Resident licenses lapsed: 1"
    assert notice.body.splitlines()[0] == (
        f"{FLO.name} (NPN {FLO.npn}), FL life: expired; 3 states, 3 lines and 0 promised calls went with it"
    )


def test_who_cannot_be_reached_is_told_later_and_the_ledger_has_it_once(watched: Database) -> None:
    receivers = Receivers(down=True)
    unheard = watch(watched, ENDS, receivers)
    receivers.down = False

    soon = watch(watched, ENDS + timedelta(seconds=30), receivers)
    later = watch(watched, ENDS + timedelta(minutes=2), receivers)

    assert (unheard, soon, later) == (0, 0, 1)
    assert len(receivers.heard) == len(written(watched)) == 1


def test_a_license_that_gave_nothing_is_noted_and_not_told_of(database: Database) -> None:
    show_roster(database, NOW, ENDING)
    with database.begin() as tx:
        roster.change_producer(tx, FLO.npn, NOW, "test", suspended=True)
    receivers = Receivers()
    watch(database, NOW, receivers)

    told = watch(database, ENDS, receivers)

    assert told == 0
    assert [facts["going"] for facts in written(database)] == [[]]


def test_a_long_list_is_cut(database: Database) -> None:
    people = [licensed("Flo", number, "FL").holding(Held("FL", expires="2026-11-18")) for number in range(1, 31)]
    show_roster(database, NOW, *people)
    receivers = Receivers()
    watch(database, NOW, receivers)

    told = watch(database, ENDS, receivers)

    assert told == 30
    assert "and 10 more" in receivers.heard[0].body


# ---- how it finds them


@settings(max_examples=25)
@given(
    looks=st.lists(st.integers(-180, 180), min_size=1, max_size=6),
    last=st.integers(181, 400),
)
def test_however_the_looks_fall_around_the_end_it_is_noted_exactly_once(
    looks: list[int], last: int, database: Database
) -> None:
    show_roster(database, NOW, ENDING)
    with database.begin() as tx:
        take_guard_away(tx)
        for table in ("notices", "heartbeats", "ledger"):
            tx.execute(text(f"DELETE FROM {table}"))  # examples of one test share its database
    watch(database, NOW)

    for minutes in [*looks, last]:
        watch(database, ENDS + timedelta(minutes=minutes))

    assert len(written(database)) == 1


def test_the_look_for_dates_uses_the_index_on_them(database: Database) -> None:
    show_roster(database, NOW, *(licensed("Ana", number, "FL", "GA", "OH") for number in range(1, 60)))
    with database.begin() as tx:
        if database.dialect == "postgresql":
            tx.execute(text("ANALYZE licenses"))
            tx.execute(text("SET LOCAL enable_seqscan = off"))
        explained = "EXPLAIN" if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = tx.execute(
            text(
                f"{explained} SELECT producer_id FROM licenses WHERE residency = 'resident' "
                "AND authority_until > :since AND authority_until <= :until"
            ),
            {"since": str(NOW), "until": str(ENDS)},
        )
        told = " ".join(str(row) for row in plan)

    assert "ix_licenses_resident_until" in told
