"""A ping keeps a producer from other pings for twenty seconds, and from no caller."""

from __future__ import annotations

from typing import Any

import pytest

from app.simulator.parties import CallerBehavior, accepts, talks
from app.storage import campaigns, ledger
from app.workflows.admin.agree_terms import agree_terms
from app.workflows.leads.watch_vendors import watch_vendors
from tests.conversations.people import (
    ANA,
    BEN,
    CAM,
    KEYS_OHIO,
    OHIO_CALLER,
    OTHER_OHIO_CALLER,
    PAT,
    PENNSYLVANIA_CALLER,
)
from tests.conversations.vendors import posted
from tests.product import AGENCY, Stage
from tests.workflows.receivers import Receivers

LEAVES_WHILE_IT_RINGS = CallerBehavior(hang_up_after=12)


def held(stage: Stage, ping: dict[str, Any]) -> str:
    """The phone of whom a ping holds."""
    assert ping["accept"], ping
    with stage.database.read() as tx:
        entry = ledger.entry(tx, ping["ping_id"])
    assert entry is not None
    number: int = entry.facts["held"]
    return stage.hired[number - 1].phone


def test_a_live_caller_takes_the_only_producer_although_a_ping_holds_them(stage: Stage) -> None:
    stage.hire(ANA)
    assert stage.ping(state="OH")["accept"] is True
    posted(stage, phone="+16145550159")  # a lead of a vendor's, so the call below is not the one announced

    call = stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]


def test_a_caller_is_offered_those_first_whom_no_ping_holds(stage: Stage) -> None:
    stage.hire(ANA, BEN, CAM)
    ping = stage.ping(state="OH")
    posted(stage, phone="+16145550159", ping_id=ping["ping_id"])

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert held(stage, ping) == ANA.phone
    assert call.bridged_to == [BEN.phone]


@pytest.mark.parametrize("strategy", ["longest_idle", "round_robin", "priority", "weighted", "sticky"])
def test_the_call_of_the_lead_that_the_ping_announced_goes_to_whom_it_holds(stage: Stage, strategy: str) -> None:
    stage.hire(ANA, BEN, CAM)
    stage.set(strategy=strategy)
    for _ in range(2):
        stage.ping(state="OH")
    ping = stage.ping(state="OH")
    posted(stage, ping_id=ping["ping_id"])

    call = stage.call_from(OHIO_CALLER)

    assert held(stage, ping) == CAM.phone
    assert call.bridged_to == [CAM.phone]


def test_a_call_without_a_lead_goes_to_whom_a_ping_of_its_vendor_holds(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    ping = stage.ping(state="OH")

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=["43215"], talk_seconds=2))

    assert call.bridged_to == [held(stage, ping)] == [ANA.phone]


def test_a_hold_is_over_after_twenty_seconds(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    ping = stage.ping(state="OH")
    posted(stage, phone="+16145550159", ping_id=ping["ping_id"])

    stage.clock.advance(20)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]


def test_a_hold_is_over_once_the_producer_was_offered_a_call(stage: Stage) -> None:
    stage.hire(ANA)
    assert stage.ping(state="OH")["accept"] is True

    stage.ring_in(OHIO_CALLER, CallerBehavior(answers=["43215"], hang_up_after_ringing=1))
    stage.exchange.run(17)

    assert stage.seat(ANA).availability(stage.now) == "available"
    assert stage.ping(state="OH")["accept"] is True


def test_a_producer_who_leaves_the_desk_serves_nobody_by_a_hold(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    ping = stage.ping(state="OH")
    posted(stage, ping_id=ping["ping_id"])
    stage.presence(ANA, "away")

    call = stage.call_from(OHIO_CALLER)

    assert held(stage, ping) == ANA.phone
    assert call.bridged_to == [BEN.phone]


def test_a_hold_gives_nobody_authority(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(ANA, PAT)
    ping = stage.ping(state="OH")
    posted(stage, phone=PENNSYLVANIA_CALLER, state="PA", zip="19103", ping_id=ping["ping_id"])

    call = stage.call_from(PENNSYLVANIA_CALLER)

    assert held(stage, ping) == ANA.phone
    assert call.bridged_to == [PAT.phone]


def _promised(stage: Stage) -> None:
    """OHIO_CALLER is promised a call that is due now; Ana and Ben are free."""
    stage.hire(ANA, BEN, behavior=accepts())
    for person in (ANA, BEN):
        stage.presence(person, "away")
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    (promise,) = stage.callbacks("promised")
    stage.clock.advance(max((promise.next_try_at - stage.now).total_seconds(), 0))
    for person in (ANA, BEN):
        stage.presence(person, "available")


def test_a_callback_takes_whom_no_ping_holds_and_the_held_one_where_there_is_nobody_else(stage: Stage) -> None:
    _promised(stage)
    stage.presence(BEN, "away")
    assert held(stage, stage.ping(state="OH")) == ANA.phone

    stage.tick()

    assert stage.callbacks()[0].status == "done"


def test_a_callback_leaves_the_held_one_to_the_ping_where_another_is_free(stage: Stage) -> None:
    _promised(stage)
    assert held(stage, stage.ping(state="OH")) == ANA.phone

    stage.tick()

    assert [call.leg.number for call in stage.exchange.placed_calls()] == [BEN.phone]


# ---- a cap is no reason to lose a caller; calls that nobody answers


def _sold_by_leadco(stage: Stage, **terms: str) -> None:
    with stage.database.begin() as tx:
        vendor_id = campaigns.add_vendor(tx, slug="leadco", name="Lead Company", trunks=[])
        campaign = campaigns.reached_by(tx, AGENCY)
        assert campaign is not None
        tx.exec_driver_sql(f"UPDATE campaigns SET vendor_id = {vendor_id}")
    if terms:
        agree_terms("leadco", terms, actor="test", database=stage.database, now=stage.now)


def test_a_call_that_arrives_at_the_cap_is_served_like_any_other(stage: Stage) -> None:
    stage.hire(ANA)
    _sold_by_leadco(stage, hourly_cap="0")
    stage.set(daily_cap=0)
    assert stage.ping(state="OH")["reason"] == "cap_reached"

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]


def test_calls_that_come_in_count_for_the_cap(stage: Stage) -> None:
    stage.hire(ANA)
    _sold_by_leadco(stage, hourly_cap="1")
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(60)

    assert stage.ping(state="OH")["reason"] == "cap_reached"


def test_after_two_unanswered_calls_pings_are_told_no_supervisors_once_and_callers_are_served(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=60))
    _sold_by_leadco(stage, unanswered_per_hour="3")
    receivers = Receivers()
    for number in (OHIO_CALLER, OTHER_OHIO_CALLER):
        posted(stage, phone=number)
        call = stage.call_from(number, LEAVES_WHILE_IT_RINGS)
        stage.presence(ANA, "available")
        assert stage.record(call).answered_at is None

    told = [_tell(stage, receivers) for _ in range(2)]

    assert stage.ping(state="OH")["reason"] == "throttled"
    assert told == [1, 0]
    assert "leadco: 2 calls rang" in receivers.heard[0].body
    stage.behave(ANA, accepts())
    assert stage.call_from("+16145550155", KEYS_OHIO).bridged_to == [ANA.phone]
    stage.clock.advance(3600)
    stage.presence(ANA, "available")
    assert stage.ping(state="OH")["accept"] is True
    assert _tell(stage, receivers) == 0


def test_a_notice_that_reached_nobody_is_sent_again(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=60))
    _sold_by_leadco(stage, unanswered_per_hour="1")
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=["43215"], hang_up_after_ringing=8))
    posted(stage, phone=OTHER_OHIO_CALLER)
    stage.call_from(OTHER_OHIO_CALLER, LEAVES_WHILE_IT_RINGS)
    receivers = Receivers(down=True)

    assert _tell(stage, receivers) == 0
    receivers.down = False
    stage.clock.advance(61)

    assert (_tell(stage, receivers), len(receivers.heard)) == (1, 1)


def _tell(stage: Stage, receivers: Receivers) -> int:
    return watch_vendors(database=stage.database, notices=receivers, now=stage.now)
