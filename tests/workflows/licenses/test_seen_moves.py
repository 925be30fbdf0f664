"""A roster that shows somebody resident elsewhere is a move that nobody reported: suspended at once, and a clock that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.domain.lines import Requirement
from app.storage.database import Database
from app.workflows.authority.check_authority import AuthorityQuestion, check_authority
from app.workflows.licenses.import_roster import Imported, import_roster
from tests.builders import roster_file
from tests.workflows.licenses.lapsing import open_states
from tests.workflows.licenses.moving import ANA, open_move, report, settled, show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
IN_TEXAS = settled(ANA, "TX", "FL", "GA")


def reasons(database: Database, state: str) -> tuple[str, ...]:
    asked = AuthorityQuestion(npn=ANA.npn, requirement=Requirement.parse("life"), state=state)
    return tuple(check_authority(asked, actor="test", database=database, now=NOW).reasons)


def test_it_is_suspended_at_once_in_every_state(database: Database) -> None:
    show_roster(database, NOW, ANA)
    open_states(database, NOW, "OH", "TX", "FL")

    show_roster(database, NOW, IN_TEXAS)

    move = open_move(database)
    assert move is not None
    assert (move.from_state, move.to_state, move.moved_on) == ("OH", "TX", date(2026, 11, 18))
    for state in ("OH", "TX", "FL"):
        assert "domicile_change_pending" in reasons(database, state)


def test_a_move_that_was_reported_is_not_another_one(database: Database) -> None:
    show_roster(database, NOW, ANA)
    reported = report(database, NOW)

    show_roster(database, NOW, IN_TEXAS)

    move = open_move(database)
    assert move is not None
    assert (move.id, move.moved_on) == (reported.move.id, reported.move.moved_on)


def test_a_dry_run_only_tells(database: Database) -> None:
    show_roster(database, NOW, ANA)

    told = import_roster(roster_file(IN_TEXAS), file_name="r", actor="test", dry_run=True, database=database, now=NOW)

    assert isinstance(told, Imported)
    assert told.moved == ((ANA.npn, "TX"),)
    assert open_move(database) is None


def test_somebody_who_stays_has_not_moved(database: Database) -> None:
    show_roster(database, NOW, ANA)
    open_states(database, NOW, "OH")

    show_roster(database, NOW, ANA)

    assert open_move(database) is None
    assert reasons(database, "OH") == ()
