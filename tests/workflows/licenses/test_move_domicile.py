"""A move is reported: nobody rings and nobody is bridged from that moment on, and what came before is listed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.licensing import Reason
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, says_nothing, talks
from app.storage import authority_facts, roster
from app.storage.database import Database
from app.workflows.licenses.exposure import exposure_since
from app.workflows.licenses.move_domicile import Objection, Refused, list_exposure
from tests.builders import Person, licensed
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage
from tests.workflows.licenses.moving import ANA, MOVED_ON, entries, open_move, outcome_of, report, show_roster
from tests.workflows.lookback.played import tamper

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
TODAY = NOW.date()
FLORIDA = CallerBehavior(answers=["33101"])


@pytest.fixture
def roster_of_ana(database: Database) -> Database:
    show_roster(database, NOW, ANA)
    return database


def held(database: Database, npn: str = ANA.npn) -> frozenset[str]:
    with database.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, npn) or 0)
    assert producer is not None
    return producer.domicile_holds


# ---- the suspension


def test_a_producer_whose_move_is_reported_between_ring_and_key_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA, behavior=ProducerBehavior(answers_after_seconds=4, press_after_seconds=3))
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not call.rang(ANA.phone):
        stage.exchange.run(1)

    report(stage.database, stage.now)
    stage.exchange.run()

    assert call.bridged_to == []
    assert stage.outcomes(call) == [(ANA.npn, "authority_lost")]
    assert [waiting.lead_id for waiting in stage.waiting()] == [stage.lead(call).id]


def test_a_producer_whose_move_is_reported_does_not_ring_any_more(stage: Stage) -> None:
    stage.hire(ANA)
    report(stage.database, stage.now)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert not call.rang(ANA.phone)
    assert stage.get(f"/producers/{ANA.npn}/moves")["items"][0]["late"] is False


def test_a_callback_whose_producer_moves_while_the_person_is_rung_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA, behavior=ProducerBehavior(answers_after_seconds=2, press_after_seconds=1))
    stage.presence(ANA, "away")
    stage.exchange.add_person(OHIO_CALLER, talks(60, after=10))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.presence(ANA, "available")
    while not stage.exchange.placed_calls():
        stage.pass_time(1, step=1)
    stage.exchange.run(6)

    report(stage.database, stage.now)
    stage.exchange.run(60)

    assert stage.exchange.record.bridges == []


def test_every_state_with_a_license_and_both_residences_are_suspended_at_once(roster_of_ana: Database) -> None:
    reported = report(roster_of_ana, NOW)

    assert reported.suspended == ("FL", "GA", "OH", "TX")
    assert held(roster_of_ana) == {"FL", "GA", "OH", "TX"}
    (written,) = entries(roster_of_ana, "producer_moved")
    assert written["suspended"] == ["FL", "GA", "OH", "TX"]
    assert (written["from"], written["to"], written["moved_on"], written["version"]) == ("OH", "TX", "2026-11-10", 2)
    assert set(written["due_on"].values()) == {"2026-12-10"}


def test_the_clock_of_a_resident_who_leaves_wisconsin_ends_there_after_sixty_days(database: Database) -> None:
    wanda = licensed("Wanda", 2, "WI", "OH")
    show_roster(database, NOW, wanda)

    move = report(database, NOW, npn=wanda.npn).move

    assert {step.state: (step.due_on - MOVED_ON).days for step in move.steps} == {"OH": 30, "TX": 30, "WI": 60}
    assert move.due_on == MOVED_ON + timedelta(days=30)


# ---- what is refused


@pytest.mark.parametrize(
    ("to", "on", "objection", "why"),
    [
        ("OH", TODAY, Objection.NOT_NOW, "OH is the state that they would have moved from"),
        ("XX", TODAY, Objection.WRONG, "not the USPS code"),
        ("tx", TODAY, Objection.WRONG, "not the USPS code"),
        ("AE", TODAY, Objection.WRONG, "not the USPS code"),
        ("TX", TODAY + timedelta(days=1), Objection.WRONG, "has not come yet"),
        ("TX", date(1949, 12, 31), Objection.WRONG, "is the year right?"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    roster_of_ana: Database, to: str, on: date, objection: Objection, why: str
) -> None:
    refused = outcome_of(roster_of_ana, NOW, to, on)

    assert isinstance(refused, Refused)
    assert refused.objection is objection
    assert why in refused.why
    assert held(roster_of_ana) == frozenset()
    assert open_move(roster_of_ana) is None


def test_nobody_of_that_npn_is_unknown(roster_of_ana: Database) -> None:
    refused = outcome_of(roster_of_ana, NOW, npn="99")

    assert isinstance(refused, Refused)
    assert refused.objection is Objection.UNKNOWN


def test_a_day_that_has_come_in_guam_already_is_not_in_the_future(roster_of_ana: Database) -> None:
    evening_in_ohio = datetime(2026, 11, 18, 20, tzinfo=UTC)

    assert report(roster_of_ana, evening_in_ohio, "GU", date(2026, 11, 19)).move.moved_on == date(2026, 11, 19)


def test_a_second_report_names_the_move_that_is_open(roster_of_ana: Database) -> None:
    report(roster_of_ana, NOW)

    refused = outcome_of(roster_of_ana, NOW, "FL", TODAY)

    assert isinstance(refused, Refused)
    assert "a move from OH to TX on 2026-11-10 is open" in refused.why


def test_of_reports_at_once_one_wins(roster_of_ana: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda to: outcome_of(roster_of_ana, NOW, to), ["TX", "FL", "GA", "NV"]))

    assert sum(not isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert len(entries(roster_of_ana, "producer_moved")) == len(entries(roster_of_ana, "exposure")) == 1


# ---- corrections


def test_a_correction_keeps_the_earlier_date(roster_of_ana: Database) -> None:
    report(roster_of_ana, NOW)

    later = report(roster_of_ana, NOW, "TX", TODAY, correct=True)
    earlier = report(roster_of_ana, NOW, "TX", date(2026, 11, 2), correct=True)

    assert later.move.moved_on == MOVED_ON
    assert (earlier.move.moved_on, earlier.move.due_on) == (date(2026, 11, 2), date(2026, 12, 2))
    assert [facts["before"] for facts in entries(roster_of_ana, "move_corrected")] == [
        {"to": "TX", "moved_on": "2026-11-10"}
    ]


def test_a_correction_to_another_state_suspends_that_one_too(roster_of_ana: Database) -> None:
    report(roster_of_ana, NOW)

    corrected = report(roster_of_ana, NOW, "NV", TODAY, correct=True)

    assert (corrected.move.to_state, corrected.move.moved_on) == ("NV", MOVED_ON)
    assert corrected.suspended == ("FL", "GA", "NV", "OH", "TX")
    assert held(roster_of_ana) == set(corrected.suspended)


def test_without_an_open_move_there_is_nothing_to_correct(roster_of_ana: Database) -> None:
    refused = outcome_of(roster_of_ana, NOW, correct=True)

    assert isinstance(refused, Refused)
    assert refused.objection is Objection.NOT_NOW


# ---- the exposure


def talk(stage: Stage, person: Person = ANA, number: str = OHIO_CALLER, says: CallerBehavior = KEYS_OHIO) -> str:
    """A caller talks with the producer; the call's sid."""
    stage.presence(person, "available")
    call = stage.call_from(number, says)
    assert call.bridged_to == [person.phone]
    stage.clock.advance(60)
    return call.sid


def test_a_late_report_lists_every_call_that_was_bridged_since_the_move(stage: Stage) -> None:
    stage.open("FL")
    stage.hire(ANA, behavior=accepts())
    talk(stage)
    stage.clock.advance(20 * 3600)
    at = stage.now
    first = talk(stage, number=OTHER_OHIO_CALLER)
    second = talk(stage, number="+13055550150", says=FLORIDA)

    reported = report(stage.database, stage.now, on=date(2026, 11, 19))

    assert [(each.call_sid, each.states, each.why) for each in reported.exposed] == [
        (first, ("OH",), Reason.DOMICILE_CHANGE_PENDING),
        (second, ("FL",), Reason.DOMICILE_CHANGE_PENDING),
    ]
    assert all(each.at >= at and each.npn == ANA.npn and each.decision_id for each in reported.exposed)
    assert (reported.move.late, reported.move.exposed_calls) == (True, 2)
    (written,) = entries(stage.database, "exposure")
    assert [call["call_sid"] for call in written["calls"]] == [first, second]
    assert (written["because"], written["total"]) == ({"move": reported.move.id}, 2)


def test_the_exposure_begins_with_the_midnight_of_the_move_in_the_state(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.clock.move_to(datetime(2026, 11, 20, 4, 59, tzinfo=UTC))
    talk(stage)
    after = talk(stage, number=OTHER_OHIO_CALLER)

    reported = report(stage.database, stage.now, on=date(2026, 11, 20))

    assert [each.call_sid for each in reported.exposed] == [after]


def test_a_call_that_was_offered_and_not_taken_is_no_exposure(stage: Stage) -> None:
    stage.hire(ANA, behavior=says_nothing())
    stage.call_from(OHIO_CALLER, KEYS_OHIO)

    reported = report(stage.database, stage.now)

    assert reported.exposed == ()
    assert reported.move.late is False
    assert entries(stage.database, "exposure")[0]["calls"] == []


def test_a_correction_to_an_earlier_date_finds_the_earlier_calls_too(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    sid = talk(stage)
    stage.clock.advance(24 * 3600)
    before = report(stage.database, stage.now, on=date(2026, 11, 19))

    after = report(stage.database, stage.now, on=MOVED_ON, correct=True)

    assert (before.exposed, before.move.late) == ((), False)
    assert [each.call_sid for each in after.exposed] == [sid]
    assert after.move.late


def test_a_report_after_the_last_day_is_late_without_any_call(roster_of_ana: Database) -> None:
    assert report(roster_of_ana, NOW, on=date(2026, 10, 18)).move.late
    assert entries(roster_of_ana, "producer_moved")[0]["after_the_clock"] is True


def test_the_exposure_is_looked_for_once(roster_of_ana: Database) -> None:
    move = report(roster_of_ana, NOW).move

    assert list_exposure(move.id, actor="test", database=roster_of_ana, now=NOW) is False
    assert len(entries(roster_of_ana, "exposure")) == 1


def test_a_call_whose_acceptance_cannot_be_read_is_exposed(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    sid = talk(stage)
    stage.reads_zero = False
    tamper(stage.database, "ledger", {"kind": "acceptance"}, facts="{broken")

    with stage.database.read() as tx:
        (found,) = exposure_since(tx, ANA.npn, stage.now - timedelta(days=1), states=["FL"])

    assert (found.call_sid, found.states) == (sid, ())
    assert "no acceptance that can be read" in found.why


def test_a_license_that_ended_before_the_call_exposes_it_and_our_own_suspension_does_not(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    sid = talk(stage)
    since = stage.now - timedelta(days=1)

    with stage.database.begin() as tx:
        roster.change_producer(tx, ANA.npn, stage.now, "test", suspended=True)
        ours = exposure_since(tx, ANA.npn, since)
    ended = ANA.holding(*(replace(held_, expires="2026-11-17") for held_ in ANA.held))
    stage.import_roster(ended)
    with stage.database.read() as tx:
        theirs = exposure_since(tx, ANA.npn, since)
        elsewhere = exposure_since(tx, ANA.npn, since, states=["FL"])
        later = exposure_since(tx, ANA.npn, stage.now)

    assert (ours, elsewhere, later) == ((), (), ())
    assert [(each.call_sid, each.why) for each in theirs] == [(sid, "license_expired")]


def test_nobody_has_no_exposure(database: Database) -> None:
    with database.read() as tx:
        assert exposure_since(tx, "99", NOW) == ()
