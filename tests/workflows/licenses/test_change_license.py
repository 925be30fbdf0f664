"""Suspending by hand: at once, with what goes; and what may be given back by hand, and what may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.licensing import Reason, Status
from app.domain.lines import Line
from app.simulator.parties import CallerBehavior, ProducerBehavior
from app.storage import roster
from app.storage.database import Database
from app.workflows.authority.matrix import authority_matrix
from app.workflows.licenses.change_license import KIND, Objection, Refused, Suspended, suspend_license
from app.workflows.licenses.change_producer import (
    GIVEN_BACK,
    SUSPENDED,
    Changed,
    suspend_producer,
    unsuspend_producer,
)
from app.workflows.licenses.impact import Gone
from tests.builders import licensed
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER
from tests.product import Stage
from tests.workflows.licenses.lapsing import FLO, GIL, campaign, open_states, promised
from tests.workflows.licenses.moving import entries, show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
OHIOAN = licensed("Ana", 1, "OH", "FL")


def suspend(
    database: Database,
    state: str = "FL",
    line: Line | None = None,
    *,
    npn: str = FLO.npn,
    reason: str = "the state called",
    since: date | None = None,
    now: datetime = NOW,
) -> Suspended | Refused:
    return suspend_license(npn, state, line, reason=reason, since=since, actor="test", database=database, now=now)


def reasons(database: Database, now: datetime, npn: str = FLO.npn) -> dict[tuple[str, str], tuple[Reason, ...]]:
    with database.read() as tx:
        return {(cell.state, cell.line): cell.reasons for cell in authority_matrix(tx, now, npn)}


@pytest.fixture
def office(database: Database) -> Database:
    show_roster(database, NOW - timedelta(days=1), FLO, GIL)
    open_states(database, NOW, "FL", "GA", "OH")
    return database


# ---- a license


def test_it_and_what_rests_on_it_give_no_authority_from_that_moment_on(office: Database) -> None:
    found = suspend(office)

    assert isinstance(found, Suspended)
    assert (found.lines, found.gone.states) == ((Line.LIFE,), ("FL", "GA", "OH"))
    assert reasons(office, NOW) == {
        ("FL", "life"): (Reason.LICENSE_NOT_ACTIVE,),
        ("GA", "life"): (Reason.RESIDENT_LICENSE_INVALID,),
        ("OH", "life"): (Reason.RESIDENT_LICENSE_INVALID,),
    }


def test_the_ledger_says_who_why_and_what_went(office: Database) -> None:
    found = suspend(office, reason="  the state\n called ")

    assert isinstance(found, Suspended)
    assert entries(office, KIND) == [
        {
            "npn": FLO.npn,
            "state": "FL",
            "lines": ["life"],
            "reason": "the state called",
            "since": None,
            "version": found.version,
            "going": [["FL", "life"], ["GA", "life"], ["OH", "life"]],
        }
    ]


def test_one_line_alone_can_be_suspended(database: Database) -> None:
    both = licensed("Flo", 1, "FL", "GA", loa=("life", "health"))
    show_roster(database, NOW - timedelta(days=1), both)
    open_states(database, NOW, "FL", "GA")

    suspend(database, "GA", Line.HEALTH)

    assert reasons(database, NOW)["GA", "health"] == (Reason.LICENSE_NOT_ACTIVE,)
    assert reasons(database, NOW)["GA", "life"] == ()


def test_all_its_lines_are_one_change_of_the_roster(database: Database) -> None:
    show_roster(database, NOW - timedelta(days=1), licensed("Flo", 1, "FL", loa=("life", "health")))

    found = suspend(database)

    assert isinstance(found, Suspended)
    assert (found.lines, found.version) == ((Line.HEALTH, Line.LIFE), 2)


def test_said_twice_it_changes_nothing(office: Database) -> None:
    suspend(office)

    again = suspend(office)

    assert again == Suspended(FLO.npn, FLO.name, "FL", (), None, None, Gone((), ()), ())
    assert len(entries(office, KIND)) == 1


def test_what_the_roster_says_is_worse_stays(office: Database) -> None:
    with office.begin() as tx:
        roster.change_license(tx, FLO.npn, "GA", Line.LIFE, NOW, "test", status=Status.REVOKED)

    found = suspend(office, "GA")

    assert isinstance(found, Suspended)
    assert found.lines == ()
    with office.read() as tx:
        shown = roster.show(tx, FLO.npn)
    assert shown is not None
    assert [held.status for held in shown.licenses if held.state == "GA"] == [Status.REVOKED]


def test_only_an_import_that_sees_it_active_gives_it_back(office: Database) -> None:
    suspend(office, "GA")
    later = NOW + timedelta(hours=1)

    show_roster(office, later, FLO)

    assert reasons(office, later)["GA", "life"] == ()


@pytest.mark.parametrize(
    ("refused", "objection", "field"),
    [
        ({"npn": "1"}, Objection.UNKNOWN, ""),
        ({"state": "TX"}, Objection.UNKNOWN, ""),
        ({"line": Line.HEALTH}, Objection.UNKNOWN, ""),
        ({"state": "XX"}, Objection.WRONG, "state"),
        ({"reason": " \n "}, Objection.WRONG, "reason"),
        ({"reason": "x" * 501}, Objection.WRONG, "reason"),
        ({"since": date(2026, 11, 19)}, Objection.WRONG, "since"),
        ({"since": date(1949, 12, 31)}, Objection.WRONG, "since"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_done(
    office: Database, refused: dict[str, str], objection: Objection, field: str
) -> None:
    found = suspend(office, **refused)  # type: ignore[arg-type]

    assert isinstance(found, Refused)
    assert (found.objection, found.field) == (objection, field)
    assert entries(office, KIND) == []
    assert all(why == () for why in reasons(office, NOW).values())


def test_promised_calls_that_nobody_else_can_keep_are_named(office: Database) -> None:
    alone = promised(office, "FL", NOW + timedelta(days=1), NOW, campaign_id=campaign(office))

    found = suspend(office)

    assert isinstance(found, Suspended)
    assert [each.callback_id for each in found.gone.callbacks] == [alone.id]


def test_between_ring_and_key_it_stops_the_bridge(stage: Stage) -> None:
    stage.hire(OHIOAN, behavior=ProducerBehavior(answers_after_seconds=4, press_after_seconds=3))
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not call.rang(OHIOAN.phone):
        stage.exchange.run(1)

    suspend(stage.database, "OH", npn=OHIOAN.npn, now=stage.now)
    stage.exchange.run()

    assert call.bridged_to == []
    assert stage.outcomes(call) == [(OHIOAN.npn, "authority_lost")]


# ---- reaching back


def test_a_suspension_that_reaches_back_lists_the_calls_that_rested_on_it(stage: Stage) -> None:
    stage.reads_zero = False  # The look back finds them too, as it should.
    stage.hire(OHIOAN, behavior=ProducerBehavior(talk_seconds=90))
    stage.open("FL")
    ohio = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(120)
    stage.presence(OHIOAN, "available")
    florida = stage.call_from("+13055550150", CallerBehavior(answers=["33101"]))
    assert ohio.bridged_to == florida.bridged_to == [OHIOAN.phone]
    stage.clock.advance(120)

    nonresident = suspend(stage.database, "FL", npn=OHIOAN.npn, since=date(2026, 11, 1), now=stage.now)
    resident = suspend(stage.database, "OH", npn=OHIOAN.npn, since=date(2026, 11, 18), now=stage.now)
    written = entries(stage.database, "exposure")

    assert isinstance(nonresident, Suspended)
    assert isinstance(resident, Suspended)
    assert [each.call_sid for each in nonresident.exposed] == [florida.sid]
    assert [each.call_sid for each in resident.exposed] == [ohio.sid, florida.sid]
    assert [facts["total"] for facts in written] == [1, 2]
    assert written[0]["because"] == {
        "license": f"{OHIOAN.npn}/FL",
        "since": "2026-11-01",
        "suspension": nonresident.entry_id,
    }


def test_said_again_with_a_day_it_lists_them_although_nothing_changes(stage: Stage) -> None:
    stage.reads_zero = False
    stage.hire(OHIOAN, behavior=ProducerBehavior(talk_seconds=90))
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(120)
    suspend(stage.database, "OH", npn=OHIOAN.npn, now=stage.now)

    found = suspend(stage.database, "OH", npn=OHIOAN.npn, since=date(2026, 11, 18), now=stage.now)

    assert isinstance(found, Suspended)
    assert (found.version, [each.call_sid for each in found.exposed]) == (None, [call.sid])


# ---- a producer


def test_a_producer_is_taken_out_whole_and_given_back(office: Database) -> None:
    taken = suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)
    during = set(reasons(office, NOW).values())
    back = unsuspend_producer(FLO.npn, reason="settled", actor="test", database=office, now=NOW)

    assert isinstance(taken, Changed)
    assert taken.gone.states == ("FL", "GA", "OH")
    assert during == {(Reason.PRODUCER_SUSPENDED,)}
    assert isinstance(back, Changed)
    assert not back.suspended
    assert set(reasons(office, NOW).values()) == {()}


def test_the_ledger_has_both_with_their_reasons(office: Database) -> None:
    suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)
    unsuspend_producer(FLO.npn, reason="settled", actor="test", database=office, now=NOW)

    (taken,), (back,) = entries(office, SUSPENDED), entries(office, GIVEN_BACK)
    assert taken["reason"] == "complaint 7"
    assert taken["going"] == [["FL", "life"], ["GA", "life"], ["OH", "life"]]
    assert back["reason"] == "settled"


def test_giving_a_producer_back_gives_no_license_back(office: Database) -> None:
    suspend(office, "GA")
    suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)

    unsuspend_producer(FLO.npn, reason="settled", actor="test", database=office, now=NOW)

    assert reasons(office, NOW)["GA", "life"] == (Reason.LICENSE_NOT_ACTIVE,)


def test_an_import_does_not_give_a_producer_back(office: Database) -> None:
    suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)

    show_roster(office, NOW + timedelta(hours=1), FLO)

    assert set(reasons(office, NOW + timedelta(hours=1)).values()) == {(Reason.PRODUCER_SUSPENDED,)}


def test_the_second_time_nothing_changes_and_without_a_reason_nothing_happens(office: Database) -> None:
    suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)

    again = suspend_producer(FLO.npn, reason="complaint 7", actor="test", database=office, now=NOW)
    unexplained = unsuspend_producer(FLO.npn, reason=" ", actor="test", database=office, now=NOW)
    nobody = suspend_producer("1", reason="complaint 7", actor="test", database=office, now=NOW)

    assert isinstance(again, Changed)
    assert (again.version, len(entries(office, SUSPENDED))) == (None, 1)
    assert isinstance(unexplained, Refused)
    assert unexplained.field == "reason"
    assert isinstance(nobody, Refused)
    assert nobody.objection is Objection.UNKNOWN
