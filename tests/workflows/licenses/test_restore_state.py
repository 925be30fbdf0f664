"""After a move authority comes back state by state, on a person's word that the roster bears out; never by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.moves import Move
from app.storage import authority_facts
from app.storage.database import Database
from app.workflows.authority.matrix import authority_matrix
from app.workflows.licenses.file_address_change import file_address_change
from app.workflows.licenses.move_domicile import Objection, Refused
from app.workflows.licenses.open_state import Document, open_state
from app.workflows.licenses.restore_state import restore_state, what_is_missing
from tests.workflows.licenses.moving import ANA, MOVED_ON, entries, open_move, outcome_of, report, settled, show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
IN_TEXAS = settled(ANA, "TX", "FL", "GA", "OH")


@pytest.fixture
def moved(database: Database) -> Database:
    """Ana of Ohio, licensed in Florida and Georgia too, has reported her move to Texas."""
    show_roster(database, NOW - HOUR, ANA)
    open_state(
        ["OH", "TX", "FL", "GA"],
        document=Document("c.pdf", b"%PDF-1.4 test"),
        verified_by="compliance@example.com",
        zips=None,
        actor="test",
        database=database,
        now=NOW,
    )
    report(database, NOW)
    return database


def file(database: Database, state: str, now: datetime, on: date | None = None) -> Move:
    outcome = file_address_change(ANA.npn, state, on, actor="test", database=database, now=now)
    assert isinstance(outcome, Move), outcome
    return outcome


def restore(database: Database, state: str, now: datetime) -> Move:
    outcome = restore_state(ANA.npn, state, actor="test", database=database, now=now)
    assert isinstance(outcome, Move), outcome
    return outcome


def refusal(database: Database, state: str, now: datetime, objection: Objection = Objection.NOT_NOW) -> str:
    outcome = restore_state(ANA.npn, state, actor="test", database=database, now=now)
    assert isinstance(outcome, Refused), outcome
    assert outcome.objection is objection
    return outcome.why


def serves(database: Database, now: datetime) -> set[str]:
    """Where Ana has authority."""
    with database.read() as tx:
        return {cell.state for cell in authority_matrix(tx, now, ANA.npn) if cell.allowed}


def test_each_state_comes_back_on_its_own_and_the_last_one_closes_the_move(moved: Database) -> None:
    now = NOW + HOUR
    for state in ("FL", "GA", "OH"):
        file(moved, state, now)
    show_roster(moved, now + HOUR, IN_TEXAS)
    now += 2 * HOUR
    served = [serves(moved, now)]

    for state in ("TX", "FL", "OH", "GA"):
        move = restore(moved, state, now)
        served.append(serves(moved, now))

    assert served == [set(), {"TX"}, {"TX", "FL"}, {"TX", "FL", "OH"}, {"TX", "FL", "OH", "GA"}]
    assert move.closed_at == now
    assert open_move(moved) is None
    assert [facts["state"] for facts in entries(moved, "move_restored")] == ["TX", "FL", "OH", "GA"]
    assert entries(moved, "move_restored")[1]["licenses"][0]["loa"] == "life"
    assert entries(moved, "move_closed") == [{"move": 1, "npn": ANA.npn, "suspended": []}]


def test_nothing_comes_back_by_an_import_or_by_time(moved: Database) -> None:
    file(moved, "FL", NOW + HOUR)
    show_roster(moved, NOW + 2 * HOUR, IN_TEXAS)

    for days in (0, 1, 30, 44):
        assert serves(moved, NOW + 2 * HOUR + timedelta(days=days)) == set()


def test_the_new_resident_state_waits_for_a_resident_license_seen_since_the_report(moved: Database) -> None:
    told = [refusal(moved, "TX", NOW + HOUR)]
    show_roster(moved, NOW + HOUR, settled(ANA, "TX", "FL"))

    restore(moved, "TX", NOW + 2 * HOUR)

    assert told == ["the roster has OH as the resident state; import one that shows TX"]
    assert serves(moved, NOW + 2 * HOUR) == {"TX"}


def test_a_state_waits_for_the_new_residence_then_the_filing_then_the_roster(moved: Database) -> None:
    told = [refusal(moved, "FL", NOW + HOUR)]
    show_roster(moved, NOW + HOUR, IN_TEXAS)
    restore(moved, "TX", NOW + 2 * HOUR)
    told.append(refusal(moved, "FL", NOW + 2 * HOUR))
    file(moved, "FL", NOW + 3 * HOUR)
    told.append(refusal(moved, "FL", NOW + 4 * HOUR))
    show_roster(moved, NOW + 5 * HOUR, IN_TEXAS)

    restore(moved, "FL", NOW + 6 * HOUR)

    assert told == [
        "the new resident state comes first: TX is not restored",
        "the change of address is not filed in FL",
        "no roster has shown life in FL since the change of address was filed",
    ]
    with moved.read() as tx:
        move = open_move(moved)
        assert move is not None
        assert what_is_missing(tx, move, NOW + 6 * HOUR).keys() == {"GA", "OH"}


def test_a_day_of_filing_counts_from_its_end(moved: Database) -> None:
    file(moved, "FL", NOW + timedelta(days=2), on=date(2026, 11, 19))
    show_roster(moved, datetime(2026, 11, 20, 5, 59, tzinfo=UTC), IN_TEXAS)
    restore(moved, "TX", NOW + timedelta(days=2))
    told = refusal(moved, "FL", NOW + timedelta(days=2))
    # Florida keeps two times: the day is over when it is in Pensacola.
    show_roster(moved, datetime(2026, 11, 20, 6, 1, tzinfo=UTC), IN_TEXAS)

    restore(moved, "FL", NOW + timedelta(days=2))

    assert "no roster has shown life in FL" in told


def test_a_filing_said_twice_is_one_and_another_day_is_a_correction(moved: Database) -> None:
    now = NOW + timedelta(days=3)

    first = file(moved, "FL", now, on=date(2026, 11, 19))
    again = [file(moved, "FL", now + HOUR), file(moved, "FL", now + HOUR, on=date(2026, 11, 19))]
    other = file(moved, "FL", now, on=date(2026, 11, 20))

    assert again == [first, first]
    assert other.step("FL") != first.step("FL")
    assert [facts["on"] for facts in entries(moved, "move_filed")] == ["2026-11-19", "2026-11-20"]


@pytest.mark.parametrize(
    ("state", "on", "objection"),
    [
        ("FL", MOVED_ON - timedelta(days=1), Objection.WRONG),
        ("FL", date(2026, 11, 20), Objection.WRONG),
        ("NV", None, Objection.UNKNOWN),
    ],
)
def test_a_filing_that_cannot_be_is_refused(moved: Database, state: str, on: date | None, objection: Objection) -> None:
    refused = file_address_change(ANA.npn, state, on, actor="test", database=moved, now=NOW)

    assert isinstance(refused, Refused)
    assert refused.objection is objection


def test_a_state_that_the_move_does_not_touch_cannot_be_restored(moved: Database) -> None:
    assert refusal(moved, "NV", NOW, Objection.UNKNOWN) == f"no move of NPN {ANA.npn} touches NV"


def test_restoring_twice_changes_nothing(moved: Database) -> None:
    show_roster(moved, NOW + HOUR, IN_TEXAS)

    assert restore(moved, "TX", NOW + 2 * HOUR) == restore(moved, "TX", NOW + 3 * HOUR)
    assert len(entries(moved, "move_restored")) == 1


def test_a_move_closes_although_the_former_license_is_gone_and_that_state_stays_suspended(moved: Database) -> None:
    file(moved, "FL", NOW + HOUR)
    gone = settled(ANA, "TX", "FL")
    cancelled = [replace(held, status="cancelled", residency="nonresident") for held in ANA.held if held.state != "FL"]
    show_roster(moved, NOW + 2 * HOUR, gone.holding(*gone.held, *cancelled))
    restore(moved, "TX", NOW + 3 * HOUR)

    closed = restore(moved, "FL", NOW + 3 * HOUR)
    show_roster(moved, NOW + 4 * HOUR, IN_TEXAS)

    assert closed.closed_at is not None
    assert entries(moved, "move_closed")[0]["suspended"] == ["GA", "OH"]
    assert serves(moved, NOW + 5 * HOUR) == {"TX", "FL"}


def test_a_license_that_comes_back_after_the_move_was_closed_is_restored_the_same_way(moved: Database) -> None:
    test_a_move_closes_although_the_former_license_is_gone_and_that_state_stays_suspended(moved)

    told = refusal(moved, "GA", NOW + 5 * HOUR)
    file(moved, "GA", NOW + 5 * HOUR)
    show_roster(moved, NOW + 6 * HOUR, IN_TEXAS)
    restore(moved, "GA", NOW + 7 * HOUR)

    assert told == "the change of address is not filed in GA"
    assert serves(moved, NOW + 7 * HOUR) == {"TX", "FL", "GA"}


def test_a_second_move_takes_up_what_the_first_one_left_suspended(moved: Database) -> None:
    test_a_move_closes_although_the_former_license_is_gone_and_that_state_stays_suspended(moved)

    again = report(moved, NOW + 5 * HOUR, "NV", NOW.date())

    assert again.suspended == ("FL", "GA", "NV", "OH", "TX")
    assert again.move.from_state == "TX"


def test_a_correction_to_another_state_takes_back_what_was_filed_and_restored(moved: Database) -> None:
    file(moved, "FL", NOW + HOUR)
    show_roster(moved, NOW + 2 * HOUR, IN_TEXAS)
    restore(moved, "TX", NOW + 3 * HOUR)
    restore(moved, "FL", NOW + 3 * HOUR)

    corrected = report(moved, NOW + 4 * HOUR, "NV", MOVED_ON, correct=True).move

    assert serves(moved, NOW + 4 * HOUR) == set()
    assert {(step.filed_at, step.restored_at) for step in corrected.steps} == {(None, None)}


def test_a_correction_of_the_date_alone_leaves_what_was_restored(moved: Database) -> None:
    show_roster(moved, NOW + HOUR, IN_TEXAS)
    restore(moved, "TX", NOW + 2 * HOUR)

    report(moved, NOW + 3 * HOUR, "TX", date(2026, 11, 2), correct=True)

    assert serves(moved, NOW + 3 * HOUR) == {"TX"}
    with moved.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, ANA.npn) or 0)
    assert producer is not None
    assert producer.domicile_holds == {"FL", "GA", "OH"}


def test_who_never_moved_has_nothing_to_restore(database: Database) -> None:
    show_roster(database, NOW, ANA)

    assert refusal(database, "OH", NOW, Objection.UNKNOWN)
    assert isinstance(outcome_of(database, NOW, "OH"), Refused)
