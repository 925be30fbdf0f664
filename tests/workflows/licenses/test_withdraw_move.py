"""A report of a move that was false is withdrawn by another person, and nothing comes back that no roster has shown since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.moves import Move
from app.outside.notices import NullNotices
from app.storage import calendar_feeds, moves
from app.storage.database import Database
from app.workflows.authority.matrix import authority_matrix
from app.workflows.licenses.file_address_change import file_address_change
from app.workflows.licenses.move_domicile import Objection, Refused
from app.workflows.licenses.restore_state import restore_state, what_is_missing
from app.workflows.licenses.watch_moves import watch_moves
from app.workflows.licenses.withdraw_move import withdraw_move
from tests.workflows.licenses.lapsing import open_states
from tests.workflows.licenses.moving import ANA, entries, open_move, report, settled, show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
IN_TEXAS = settled(ANA, "TX", "FL", "GA", "OH")


@pytest.fixture
def misreported(database: Database) -> Database:
    """Somebody has reported by mistake that Ana of Ohio, licensed in Florida and Georgia too, has moved to Texas."""
    show_roster(database, NOW - HOUR, ANA)
    open_states(database, NOW - HOUR, "OH", "TX", "FL", "GA")
    report(database, NOW)
    return database


def withdraw(database: Database, now: datetime, actor: str = "user:lee@agency.example") -> Move:
    outcome = withdraw_move(ANA.npn, "another Ana", actor=actor, database=database, now=now)
    assert isinstance(outcome, Move), outcome
    return outcome


def refusal(database: Database, now: datetime, *, because: str = "x", actor: str = "kim") -> Refused:
    outcome = withdraw_move(ANA.npn, because, actor=actor, database=database, now=now)
    assert isinstance(outcome, Refused), outcome
    return outcome


def restore(database: Database, state: str, now: datetime) -> Move | Refused:
    return restore_state(ANA.npn, state, actor="test", database=database, now=now)


def serves(database: Database, now: datetime) -> set[str]:
    with database.read() as tx:
        return {cell.state for cell in authority_matrix(tx, now, ANA.npn) if cell.allowed}


def suspended(move: Move) -> list[str]:
    return [step.state for step in move.steps if step.restored_at is None]


def test_nothing_comes_back_before_a_roster_has_shown_it_since_the_report(misreported: Database) -> None:
    move = withdraw(misreported, NOW + HOUR)

    assert suspended(move) == ["FL", "GA", "OH", "TX"]
    assert move.closed_at is None
    assert serves(misreported, NOW + HOUR) == set()
    with misreported.read() as tx:
        missing = what_is_missing(tx, move, NOW + HOUR)
    assert missing == {
        "FL": "the resident state comes first: OH is not restored",
        "GA": "the resident state comes first: OH is not restored",
        "OH": "no roster has shown life in OH since the move was reported",
        "TX": "the resident state comes first: OH is not restored",
    }
    show_roster(misreported, NOW + 2 * HOUR, ANA)
    assert serves(misreported, NOW + 2 * HOUR) == set()


def test_after_the_roster_a_person_restores_it_state_by_state(misreported: Database) -> None:
    withdraw(misreported, NOW + HOUR)
    show_roster(misreported, NOW + 2 * HOUR, ANA)
    now = NOW + 3 * HOUR
    too_early = restore(misreported, "FL", now)

    served = []
    for state in ("OH", "FL", "GA"):
        restore(misreported, state, now)
        served.append(serves(misreported, now))

    assert isinstance(too_early, Refused)
    assert served == [{"OH"}, {"OH", "FL"}, {"OH", "FL", "GA"}]
    assert open_move(misreported) is None


def test_what_a_roster_has_shown_since_the_report_comes_back_with_the_word(misreported: Database) -> None:
    show_roster(misreported, NOW + HOUR, settled(ANA, "OH", "FL"))

    move = withdraw(misreported, NOW + 2 * HOUR)

    assert serves(misreported, NOW + 2 * HOUR) == {"OH", "FL"}
    # Georgia was not in that file; of Texas there is no license that anything could come back of.
    assert suspended(move) == ["GA"]
    assert [facts["state"] for facts in entries(misreported, "move_restored")] == ["OH", "FL", "TX"]
    (written,) = entries(misreported, "move_withdrawn")
    assert (written["because"], written["reported_by"]) == ("another Ana", "test")


def test_once_everything_is_back_nothing_is_suspended_and_it_is_over(misreported: Database) -> None:
    show_roster(misreported, NOW + HOUR, ANA)

    move = withdraw(misreported, NOW + 2 * HOUR)

    assert suspended(move) == []
    assert move.closed_at == NOW + 2 * HOUR
    assert (move.withdrawn_by, move.withdrawn_because) == ("user:lee@agency.example", "another Ana")


def test_a_license_that_is_not_in_force_keeps_its_state_waiting(misreported: Database) -> None:
    held = [replace(each, status="pending") if each.state == "GA" else each for each in ANA.held]
    show_roster(misreported, NOW + HOUR, ANA.holding(*held))

    move = withdraw(misreported, NOW + 2 * HOUR)

    assert suspended(move) == ["GA"]


@pytest.mark.parametrize("actor", ["test", "command:TEST", "key:test", "user:test@agency.example"])
def test_who_reported_it_cannot_withdraw_it(misreported: Database, actor: str) -> None:
    refused = refusal(misreported, NOW + HOUR, actor=actor)

    assert refused.objection is Objection.NOT_NOW
    assert "another person must" in refused.why


@pytest.mark.parametrize("because", ["", "  ", "x" * 501, "two\nlines"])
def test_a_reason_is_asked_for(misreported: Database, because: str) -> None:
    assert refusal(misreported, NOW + HOUR, because=because).objection is Objection.WRONG


def test_a_move_that_the_roster_has_borne_out_is_not_withdrawn(misreported: Database) -> None:
    show_roster(misreported, NOW + HOUR, IN_TEXAS)
    restore(misreported, "TX", NOW + 2 * HOUR)

    assert "borne it out (TX restored)" in refusal(misreported, NOW + 3 * HOUR).why


def test_without_an_open_move_there_is_nothing_to_withdraw(database: Database) -> None:
    show_roster(database, NOW, ANA)

    assert refusal(database, NOW).objection is Objection.UNKNOWN


def test_withdrawn_twice_it_is_withdrawn_once(misreported: Database) -> None:
    first = withdraw(misreported, NOW + HOUR)

    assert withdraw(misreported, NOW + 2 * HOUR, actor="kim") == first
    assert len(entries(misreported, "move_withdrawn")) == 1


def test_its_clock_is_over(misreported: Database) -> None:
    withdraw(misreported, NOW + HOUR)

    watch_moves(database=misreported, notices=NullNotices(), now=NOW + timedelta(days=40))

    assert entries(misreported, "move_alarm") == []
    with misreported.read() as tx:
        assert calendar_feeds.move_deadlines(tx, limit=9) == []
        assert moves.untold(tx) == []
    refused = file_address_change(ANA.npn, "FL", None, actor="test", database=misreported, now=NOW + 2 * HOUR)
    assert isinstance(refused, Refused)
    assert "withdrawn" in refused.why


# ---- what takes authority away never waits


def test_a_new_report_suspends_at_once_and_ends_what_was_withdrawn(misreported: Database) -> None:
    show_roster(misreported, NOW + HOUR, settled(ANA, "OH", "FL"))
    withdrawn = withdraw(misreported, NOW + 2 * HOUR)

    again = report(misreported, NOW + 3 * HOUR, "TX", date(2026, 11, 18)).move

    assert again.id != withdrawn.id
    assert (again.from_state, again.withdrawn_at) == ("OH", None)
    assert suspended(again) == ["FL", "GA", "OH", "TX"]
    assert serves(misreported, NOW + 3 * HOUR) == set()


def test_a_roster_that_shows_them_elsewhere_all_the_same_suspends_at_once(misreported: Database) -> None:
    show_roster(misreported, NOW + HOUR, settled(ANA, "OH", "FL"))
    withdraw(misreported, NOW + 2 * HOUR)

    show_roster(misreported, NOW + 3 * HOUR, IN_TEXAS)

    assert serves(misreported, NOW + 3 * HOUR) == set()
    move = open_move(misreported)
    assert move is not None
    assert (move.to_state, move.withdrawn_at) == ("TX", None)


def test_a_mistake_of_a_file_is_mended_by_a_file(database: Database) -> None:
    show_roster(database, NOW, ANA)
    open_states(database, NOW, "OH", "TX", "FL", "GA")
    show_roster(database, NOW + HOUR, IN_TEXAS)

    withdraw(database, NOW + 2 * HOUR)
    show_roster(database, NOW + 3 * HOUR, ANA)
    restore(database, "OH", NOW + 4 * HOUR)

    assert serves(database, NOW + 4 * HOUR) == {"OH"}
    move = open_move(database)
    assert move is not None
    assert move.withdrawn_at == NOW + 2 * HOUR
