"""A producer learns on the call that the caller lives, or is right now, elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.carrier import Ambiguous, Carrier, NullCarrier
from app.carrier.addresses import Addresses
from app.domain.instructions import Offer
from app.domain.lead import Custody
from app.domain.signals import DialResult, KeysPressed
from app.domain.told_place import Place
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts
from app.simulator.switches import Switches
from app.storage import wrong_states
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.workflows.calls.conclude_offer import conclude_offer
from app.workflows.calls.wrong_state import Noted, NotMoved, move_on, report_wrong_state
from tests.builders import Person, licensed
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.product import AGENCY, PUBLIC, Stage, build_stage

TESS = licensed("Tess", 6, "OH", "TX")
TOM = licensed("Tom", 7, "TX")
TEXAS_ZIP = "75201"
TALKS_LONG = CallerBehavior(answers=[OHIO_ZIP], talk_seconds=100)


def talking(stage: Stage, *, seconds: float = 20, behavior: CallerBehavior = TALKS_LONG) -> Call:
    """A call from Ohio that has been talking with Ana for `seconds`."""
    stage.hire(ANA)
    call = stage.ring_in(OHIO_CALLER, behavior)
    while not (call.bridged_to or call.ended):
        stage.exchange.run(1)
    stage.exchange.run(seconds)
    assert call.bridged_to == [ANA.phone]
    return call


def told(stage: Stage, call: Call, *, status: int = 200, **place: str) -> dict[str, Any]:
    """The button of the call card."""
    answer = stage.app.test_client().post(
        f"/api/v1/calls/{call.sid}/wrong-state", json=place, headers={"Authorization": f"Bearer {stage.key}"}
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    body: dict[str, Any] = answer.get_json()
    return body


def texts(stage: Stage, person: Person, body: str) -> None:
    stage.exchange.text(person.phone, AGENCY, body)


def test_the_caller_is_moved_to_a_producer_who_is_licensed_in_both_states(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(BEN, TOM, TESS)

    answer = told(stage, call, state="Texas")
    stage.exchange.run()

    assert answer["redirected"] is True
    assert answer["residence"]["states"] == ["OH", "TX"]
    assert call.bridged_to == [ANA.phone, TESS.phone]
    assert call.heard("One moment, please.")
    assert stage.outcomes(call) == [(ANA.npn, "accepted"), (TESS.npn, "accepted")]
    assert stage.lead(call).custody is Custody.SERVED
    assert stage.seat(ANA).held_by is None


def test_a_zip_that_the_caller_says_decides_alone(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(BEN, TOM)

    answer = told(stage, call, zip=TEXAS_ZIP)
    stage.exchange.run()

    assert (answer["residence"]["states"], answer["residence"]["zip"]) == (["TX"], TEXAS_ZIP)
    assert call.bridged_to == [ANA.phone, TOM.phone]


def test_with_nobody_licensed_there_it_is_said_and_the_lead_is_on_the_list(stage: Stage) -> None:
    """However long the talk was: it served nobody."""
    stage.open("TX")
    call = talking(stage, seconds=90)

    told(stage, call, state="TX")
    stage.exchange.run()

    assert call.heard("We have no agent who may take your call from Ohio and Texas.")
    assert stage.lead(call).custody is Custody.ESCALATED
    (item,) = stage.waiting()
    assert (item.reason, item.state) == ("nobody_licensed", "OH|TX")


def test_the_vendors_buffer_is_over_once_somebody_has_talked(stage: Stage) -> None:
    stage.set(buffer_seconds=60)
    stage.open("TX")
    call = talking(stage, seconds=60)
    stage.hire(TESS)

    told(stage, call, state="TX")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone, TESS.phone]


def test_the_report_is_in_the_ledger_and_in_the_calls_story(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    told(stage, call, state="TX")
    stage.exchange.run()

    with stage.database.read() as tx:
        (report,) = wrong_states.of_call(tx, stage.record(call).id)
    assert (report.offer, report.states) == (1, ("TX",))
    story = stage.story(call)
    assert [event["phase"] for event in story["events"] if event["happening"] == "wrong_state_reported"] == [
        "connected"
    ]
    (talk,) = [event for event in story["events"] if event["facts"].get("wrong_state")]
    assert (talk["happening"], talk["facts"]["talk_seconds"]) == ("talk_ended", 20)
    decision = stage.get(f"/decisions/{story['decisions'][-1]}")
    assert decision["residence"]["evidence"] == {
        "keyed_zip": OHIO_ZIP,
        "vendor_zip": None,
        "vendor_state": None,
        "area_code": "614",
        "stated_states": ["TX"],
    }


def test_the_same_report_twice_moves_the_caller_once(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    first = told(stage, call, state="TX")
    again = told(stage, call, state="TX")
    stage.exchange.run()

    assert (first["redirected"], again["redirected"]) == (True, False)
    assert again["residence"] == first["residence"]
    assert call.rung == [ANA.phone, TESS.phone]
    with stage.database.read() as tx:
        assert len(wrong_states.of_call(tx, stage.record(call).id)) == 1


def test_two_states_reported_take_a_license_in_each(stage: Stage) -> None:
    stage.open("TX", "FL")
    every = licensed("Eve", 8, "OH", "TX", "FL")
    call = talking(stage)
    stage.hire(TESS, every)

    told(stage, call, state="TX")
    second = told(stage, call, state="FL")
    stage.exchange.run()

    assert second["residence"]["states"] == ["FL", "OH", "TX"]
    assert call.bridged_to == [ANA.phone, every.phone]


def test_wrong_tx_texted_during_the_talk_moves_the_caller(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()
    stage.tick()

    assert call.bridged_to == [ANA.phone, TESS.phone]
    sent = [text.body for text in stage.exchange.record.texts_to(ANA.phone)]
    assert sent == ["Noted: Texas. The caller goes to another licensed agent or to the supervisors."]


def test_wrong_tx_texted_after_hanging_up_first_holds_for_the_next_offer(stage: Stage) -> None:
    stage.open("TX")
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, talk_seconds=70)
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.hire(BEN, TESS)
    call = stage.ring_in(OHIO_CALLER, stays)
    while not call.heard("Stay on the line"):
        stage.exchange.run(1)

    texts(stage, ANA, "wrong texas")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone, TESS.phone]
    assert stage.lead(call).custody is Custody.SERVED


def test_a_producer_whose_phone_rings_meanwhile_is_judged_by_the_new_state(stage: Stage) -> None:
    stage.open("TX")
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, talk_seconds=70)
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.hire(BEN, behavior=accepts(after=10))
    stage.hire(TESS)
    call = stage.ring_in(OHIO_CALLER, stays)
    while not call.rang(BEN.phone):
        stage.exchange.run(1)

    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone, TESS.phone]
    assert stage.outcomes(call)[1] == (BEN.npn, "authority_lost")


@pytest.mark.parametrize("next_one", [TESS, BEN], ids=["licensed there", "not licensed there"])
def test_somebody_else_who_talks_with_the_caller_by_now_stays_only_with_authority_there(
    stage: Stage, next_one: Person
) -> None:
    stage.open("TX")
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, talk_seconds=70)
    stage.hire(ANA, behavior=accepts(talk_seconds=5))
    stage.hire(next_one)
    call = stage.ring_in(OHIO_CALLER, stays)
    while len(call.bridged_to) < 2:
        stage.exchange.run(1)

    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone, next_one.phone]
    lawful = next_one is TESS
    assert stage.lead(call).custody is (Custody.SERVED if lawful else Custody.ESCALATED)
    assert call.heard("We have no agent who may take your call") is not lawful


def test_after_the_call_the_lead_goes_back_to_the_supervisors_even_from_a_long_talk(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage, seconds=5)
    stage.exchange.run(100)
    assert stage.lead(call).custody is Custody.SERVED

    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()

    assert stage.lead(call).custody is Custody.ESCALATED
    assert [(item.reason, item.state) for item in stage.waiting()] == [("wrong_state", "OH|TX")]
    assert stage.record(call).phase == "ended"


def test_on_their_next_call_the_state_is_still_required(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage, seconds=5)
    stage.exchange.run(100)
    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()
    stage.hire(BEN, TESS)

    again = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))

    assert again.bridged_to == [TESS.phone]
    assert stage.lead(again).id == stage.lead(call).id
    assert stage.lead(again).custody is Custody.SERVED


def test_a_text_later_than_a_minute_is_told_so_and_changes_nothing(stage: Stage) -> None:
    call = talking(stage, seconds=5)
    stage.exchange.run(100)
    stage.clock.advance(61)

    texts(stage, ANA, "WRONG TX")
    stage.exchange.run()
    stage.tick()

    assert stage.lead(call).custody is Custody.SERVED
    (sent,) = [text.body for text in stage.exchange.record.texts_to(ANA.phone)]
    assert sent.startswith("We could not note that.")


@pytest.mark.parametrize("body", ["WRONG", "WRONG NUMBER", "WRONG 00000"])
def test_a_text_that_names_no_state_is_told_so_and_moves_nobody(stage: Stage, body: str) -> None:
    call = talking(stage)

    texts(stage, ANA, body)
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone]
    assert stage.record(call).residence.states == ("OH",)  # type: ignore[union-attr]
    assert stage.lead(call).custody is Custody.SERVED


def test_a_caller_who_has_just_hung_up_is_answered_with_409_and_not_forgotten(stage: Stage) -> None:
    call = talking(stage)
    call.hang_up()
    stage.exchange.run()

    told(stage, call, state="TX", status=409)

    assert stage.lead(call).custody is Custody.ESCALATED
    assert [item.reason for item in stage.waiting()] == ["wrong_state"]
    assert stage.record(call).phase == "ended"


# ---- what the carrier does with it


class Unclear(NullCarrier):
    """A carrier that gives no sensible answer; `does_it`: it redirects all the same."""

    def __init__(self, carrier: Carrier, *, does_it: bool) -> None:
        self._carrier = carrier
        self._does_it = does_it

    def redirect(self, call_sid: str, url: str) -> Ambiguous:  # type: ignore[override]
        if self._does_it:
            self._carrier.redirect(call_sid, url)
        return Ambiguous("HTTP 502")


def reported(stage: Stage, call: Call, carrier: Carrier | None = None) -> Noted | NotMoved:
    return report_wrong_state(
        call.sid,
        Place(state="TX"),
        by="test",
        database=stage.database,
        carrier=carrier or stage.tools.carrier,
        address_of=Addresses(PUBLIC).redirected,
        now=stage.now,
    )


def test_a_carrier_that_does_not_do_it_is_told_of_and_the_talk_counts_for_nothing(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    answer = reported(stage, call, Unclear(stage.tools.carrier, does_it=False))
    stage.exchange.run()

    assert isinstance(answer, NotMoved)
    assert "did not say" in answer.why
    assert call.bridged_to == [ANA.phone]
    assert stage.lead(call).custody is Custody.ESCALATED
    assert [item.reason for item in stage.waiting()] == ["wrong_state"]


def test_a_carrier_that_did_it_without_saying_so_moves_the_caller(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    answer = reported(stage, call, Unclear(stage.tools.carrier, does_it=True))
    stage.exchange.run()

    assert isinstance(answer, NotMoved)
    assert call.bridged_to == [ANA.phone, TESS.phone]
    assert stage.lead(call).custody is Custody.SERVED


def test_after_a_redirect_that_failed_the_button_may_be_pressed_again(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)
    reported(stage, call, NullCarrier())

    again = reported(stage, call)
    stage.exchange.run()

    assert isinstance(again, Noted)
    assert again.leaves == 1
    assert call.bridged_to == [ANA.phone, TESS.phone]
    with stage.database.read() as tx:
        assert len(wrong_states.of_call(tx, stage.record(call).id)) == 1


@pytest.mark.parametrize("child", ["ends", "stays"])
def test_whatever_becomes_of_the_producers_leg_the_caller_is_moved(
    child: str, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    stage = build_stage(database, clock, tmp_path, switches=Switches(redirected_parent_child=child))
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)

    told(stage, call, state="TX")
    stage.exchange.run(150)

    assert call.bridged_to == [ANA.phone, TESS.phone]
    assert stage.lead(call).custody is Custody.SERVED
    stage.check()


def after_dial(call: Call) -> DialResult:
    leg = call.leg_to(ANA.phone)
    return DialResult(call.sid, "completed", True, leg.sid, talk_seconds=20, caller_left=False)


def test_the_dials_own_report_does_no_harm_before_the_caller_is_moved(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)
    reported(stage, call, NullCarrier())
    how: dict[str, Any] = {"database": stage.database, "now": stage.now, "wording": stage.tools.wording}
    conclude_offer(after_dial(call), 1, **how)

    moved = move_on(KeysPressed(call.sid, ""), 1, **how)

    assert isinstance(moved, Offer)
    assert (moved.number, moved.producer_phone) == (2, TESS.phone)
    assert stage.record(call).served_seconds == 0


def test_the_dials_own_report_does_no_harm_after_the_caller_was_moved(stage: Stage) -> None:
    stage.open("TX")
    call = talking(stage)
    stage.hire(TESS)
    reported(stage, call, NullCarrier())
    how: dict[str, Any] = {"database": stage.database, "now": stage.now, "wording": stage.tools.wording}
    moved = move_on(KeysPressed(call.sid, ""), 1, **how)

    conclude_offer(after_dial(call), 1, **how)

    assert move_on(KeysPressed(call.sid, ""), 1, **how) == moved
    record = stage.record(call)
    assert (record.phase, record.offers) == ("offering", 2)
    assert stage.outcomes(call) == [(ANA.npn, "accepted"), (TESS.npn, None)]


def test_a_caller_who_left_while_being_moved_is_on_the_list(stage: Stage) -> None:
    call = talking(stage)
    reported(stage, call, NullCarrier())

    move_on(
        KeysPressed(call.sid, "", caller_left=True),
        1,
        database=stage.database,
        now=stage.now,
        wording=stage.tools.wording,
    )

    assert stage.record(call).phase == "ended"
    assert [item.reason for item in stage.waiting()] == ["wrong_state"]
    assert stage.seat(ANA).held_by is None
