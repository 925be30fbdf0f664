"""What a producer must hold, where the agency is open, and whose calls are refused."""

from __future__ import annotations

import pytest

from app.domain.lead import Custody
from app.simulator.parties import CallerBehavior
from app.storage import work
from app.workflows.licenses.import_appointments import AppointmentsImported, import_appointments
from tests.builders import licensed
from tests.conversations.people import ANA, BEN, CAM, KEYS_OHIO, OHIO_CALLER
from tests.product import PUBLIC, Stage

HOME = "+18005550197"


def home_campaign(stage: Stage, loa: str) -> None:
    stage.campaign(HOME, loa=loa, name="Home")


def call_about_a_home(stage: Stage) -> list[str]:
    call = stage.exchange.call(OHIO_CALLER, HOME, KEYS_OHIO)
    stage.exchange.run()
    return call.bridged_to


def test_property_and_casualty_takes_both_lines(stage: Stage) -> None:
    home_campaign(stage, "property+casualty")
    both = licensed("Both", 11, "OH", loa=("property", "casualty"))
    stage.hire(licensed("Half", 12, "OH", loa="property"), licensed("Other", 13, "OH", loa="casualty"), both)

    assert call_about_a_home(stage) == [both.phone]


def test_personal_lines_or_both_is_either(stage: Stage) -> None:
    home_campaign(stage, "personal_lines|property+casualty")
    personal = licensed("Personal", 14, "OH", loa="personal_lines")
    both = licensed("Both", 11, "OH", loa=("property", "casualty"))
    stage.hire(licensed("Half", 12, "OH", loa="property"), personal, both)

    first = call_about_a_home(stage)

    assert first == [personal.phone]
    stage.presence(personal, "away")
    assert call_about_a_home(stage) == [both.phone]


def test_a_campaign_that_names_a_carrier_takes_an_appointment_with_it(stage: Stage) -> None:
    stage.set(carrier="Acme  LIFE")
    stage.hire(ANA, BEN, CAM)
    rows = (
        "npn,state,carrier,loa,status,effective_date,termination_date\n"
        f"{ANA.npn},OH,Other Life,,active,2020-01-01,\n"
        f"{BEN.npn},OH,acme life,,inactive,2020-01-01,\n"
        f"{CAM.npn},OH,Acme Life,life,active,2020-01-01,\n"
    )
    imported = import_appointments(
        rows.encode(), file_name="a.csv", actor="test", dry_run=False, database=stage.database, now=stage.now
    )

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert isinstance(imported, AppointmentsImported)
    assert call.rung == [CAM.phone]


def test_an_appointment_that_ends_while_the_phone_rings_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not call.rang(ANA.phone):
        stage.exchange.run(1)

    stage.set(carrier="Acme Life")
    stage.exchange.run()

    assert stage.outcomes(call) == [(ANA.npn, "authority_lost")]
    assert call.bridged_to == []


def test_a_state_open_for_some_zips_only_is_open_for_those(stage: Stage) -> None:
    stage.open("OH", zips=b"zip\n43215\n43016\n")
    stage.hire(ANA)

    inside = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(31)
    outside = stage.call_from(OHIO_CALLER, CallerBehavior(answers=["44101"]))
    presumed = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[]))

    assert inside.bridged_to == [ANA.phone]
    assert (outside.rung, presumed.rung) == ([], [])
    assert {item.reason for item in stage.waiting()} == {"nobody_licensed"}


def test_a_state_that_is_not_open_is_nobodys(stage: Stage) -> None:
    pat = licensed("Pat", 5, "PA")
    stage.hire(pat)

    call = stage.call_from("+12155550150", CallerBehavior(answers=["19103"]))

    assert call.rung == []
    assert call.heard("Pennsylvania")


def test_a_blocked_number_is_refused_and_leaves_no_lead(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "blocked", source="a person", now=stage.now)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert (call.was_rejected, call.answered_at) == (True, None)
    record = stage.record(call)
    assert (record.disposition, record.phase, record.lead_id) == ("blocked", "ended", None)


def test_who_said_stop_and_calls_in_is_served(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="text", now=stage.now)

    assert stage.call_from(OHIO_CALLER, KEYS_OHIO).bridged_to == [ANA.phone]


def test_a_call_to_a_number_of_no_campaign_is_kept(stage: Stage) -> None:
    stage.exchange.add_number("+18005550196", voice_url=f"{PUBLIC}/voice/incoming", status_url=f"{PUBLIC}/voice/status")

    call = stage.exchange.call(OHIO_CALLER, "+18005550196", KEYS_OHIO)
    stage.exchange.run()

    assert call.heard("Your call is on our team's list")
    assert [item.reason for item in stage.waiting()] == ["no_campaign"]
    assert stage.lead(call).custody is Custody.ESCALATED


@pytest.mark.parametrize("line", ["health", "variable"])
def test_the_wrong_line_is_no_authority(stage: Stage, line: str) -> None:
    stage.hire(licensed("Ana", 1, "OH", loa=line))

    assert stage.call_from(OHIO_CALLER, KEYS_OHIO).rung == []
