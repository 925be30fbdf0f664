"""Who is in rotation: wrap-up, "not now", missed rings, ON and OFF, the menu, four hours."""

from __future__ import annotations

import pytest

from app.domain.lead import Custody
from app.simulator.parties import BUSY, NO_ANSWER, CallerBehavior, accepts, declines, says_nothing
from app.storage import calls, desk
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.product import AGENCY, Stage

TALKS_A_MINUTE = CallerBehavior(answers=[OHIO_ZIP], talk_seconds=70)


def test_wrap_up_lasts_thirty_seconds(stage: Stage) -> None:
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)

    talked_until = stage.exchange.record.bridges[0].until
    assert talked_until is not None
    stage.clock.move_to(talked_until)
    stage.clock.advance(29.9)
    assert stage.seat(ANA).availability(stage.now) == "wrap_up"
    stage.clock.advance(0.2)
    assert stage.seat(ANA).availability(stage.now) == "available"


def test_nobody_in_wrap_up_is_rung_and_setting_available_ends_it(stage: Stage) -> None:
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)
    refused = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], barge_in=True))

    stage.presence(ANA, "available")
    taken = stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)

    assert refused.rung == []
    assert taken.bridged_to == [ANA.phone]


def test_the_wrap_up_is_a_setting(stage: Stage) -> None:
    stage.set(wrap_up_seconds=300)
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)

    stage.clock.advance(200)

    assert stage.seat(ANA).availability(stage.now) == "wrap_up"


def test_not_now_is_ten_minutes_of_peace(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(9 * 60)
    in_peace = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(60)
    again = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert in_peace.rung == []
    assert again.rung == [ANA.phone]


@pytest.mark.parametrize("missing", [NO_ANSWER, says_nothing()], ids=["rings out", "answered without a key"])
def test_two_misses_in_a_row_take_a_producer_out_and_earn_one_text(stage: Stage, missing: object) -> None:
    stage.hire(ANA, behavior=missing)  # type: ignore[arg-type]
    for _ in range(2):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)
    third = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.exchange.record.texts_to(ANA.phone) == []
    stage.tick()
    stage.tick()

    assert third.rung == []
    assert stage.seat(ANA).availability(stage.now) == "missed"
    (text,) = stage.exchange.record.texts_to(ANA.phone)
    assert text.body == "You missed two calls and are out of rotation. Reply ON to come back."
    assert text.from_number == AGENCY


def test_on_brings_a_producer_back_with_no_misses(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    for _ in range(2):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)

    stage.exchange.text(ANA.phone, AGENCY, " on ")
    stage.exchange.run()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [ANA.phone]
    assert stage.seat(ANA).misses == 1
    stage.tick()
    assert [text.body for text in stage.exchange.record.texts_to(ANA.phone)][-1].startswith("You are available.")


def test_a_miss_is_forgotten_by_a_talk(stage: Stage) -> None:
    stage.hire(ANA, behavior=[NO_ANSWER, accepts(), NO_ANSWER])
    for _ in range(3):
        stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)
        stage.clock.advance(31)

    assert stage.seat(ANA).misses == 1
    assert stage.seat(ANA).availability(stage.now) == "available"


def test_a_busy_phone_neither_counts_as_a_miss_nor_forgets_one(stage: Stage) -> None:
    stage.hire(ANA, behavior=[NO_ANSWER, BUSY, NO_ANSWER])
    for _ in range(3):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.seat(ANA).availability(stage.now) == "missed"


def test_a_ring_that_the_caller_ended_is_no_miss(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)

    for _ in range(2):
        stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], hang_up_after_ringing=6))

    assert (stage.seat(ANA).misses, stage.seat(ANA).held_by) == (0, None)


def test_off_takes_a_producer_out_of_rotation(stage: Stage) -> None:
    stage.hire(ANA)

    stage.exchange.text(ANA.phone, AGENCY, "Off")
    stage.exchange.run()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == []
    assert stage.seat(ANA).availability(stage.now) == "away"


def test_a_text_that_is_no_command_is_answered_and_is_never_a_lead(stage: Stage) -> None:
    stage.hire(ANA)

    stage.exchange.text(ANA.phone, AGENCY, "is anybody there?")
    stage.exchange.run()
    stage.tick()

    (answer,) = stage.exchange.record.texts_to(ANA.phone)
    assert answer.body.startswith("We did not understand that.")
    assert stage.waiting() == []


@pytest.mark.parametrize(("key", "presence"), [("1", "available"), ("9", "missed")])
def test_a_producers_call_gets_the_menu_and_is_never_a_lead(stage: Stage, key: str, presence: str) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    for _ in range(2):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)

    call = stage.call_from(ANA.phone, CallerBehavior(answers=key))

    assert call.heard("Press 1 to be available")
    assert stage.seat(ANA).presence == presence
    assert stage.record(call).lead_id is None
    assert stage.record(call).phase == "ended"


def test_presence_ends_by_itself_after_four_hours(stage: Stage) -> None:
    stage.hire(ANA)
    stage.clock.advance(4 * 3600 - 60)
    last = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], hang_up_after_ringing=2))

    stage.clock.advance(60)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert last.rung == [ANA.phone]
    assert call.rung == []
    assert stage.seat(ANA).availability(stage.now) == "offline"


def test_a_talk_is_a_sign_of_presence(stage: Stage) -> None:
    stage.hire(ANA)
    stage.clock.advance(3 * 3600)
    stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)

    stage.clock.advance(2 * 3600)

    assert stage.call_from(OHIO_CALLER, KEYS_OHIO).rung == [ANA.phone]


def test_a_producer_who_says_off_while_it_rings_may_still_take_that_call(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=10))
    call = stage.ring_in(OHIO_CALLER, TALKS_A_MINUTE)
    while not call.rang(ANA.phone):
        stage.exchange.run(1)

    stage.presence(ANA, "away")
    stage.exchange.run()

    assert call.bridged_to == [ANA.phone]
    assert stage.seat(ANA).availability(stage.now) == "away"
    assert stage.lead(call).custody is Custody.SERVED


def test_who_is_held_by_a_call_that_is_over_is_freed_by_the_scheduler(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    call = stage.call_from(OHIO_CALLER, TALKS_A_MINUTE)
    stage.clock.advance(31)
    with stage.database.begin() as tx:
        record = calls.read(tx, call.sid)
        assert record is not None
        assert desk.claim(tx, stage.seat(ANA).producer_id, record.id, stage.now)

    stage.tick()

    assert stage.seat(ANA).availability(stage.now) == "available"
