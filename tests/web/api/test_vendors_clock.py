"""GET /calls/{sid}: the vendor's clock, as it ran."""

from __future__ import annotations

from app.simulator.parties import CallerBehavior
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.conversations.vendors import posted
from tests.product import PUBLIC, Stage


def test_a_call_shows_the_clock_by_which_the_vendor_bills(stage: Stage) -> None:
    stage.set(buffer_seconds=120, answer_after_seconds=15, when_nobody="return")
    posted(stage)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(talk_seconds=75))

    told = stage.story(call)
    assert (told["buffer_seconds"], told["answer_after_seconds"], told["when_nobody"]) == (120, 15, "return")
    assert told["arrived_at"] < told["accepted_at"] == told["answered_at"] < told["ended_at"]
    assert told["billable_seconds"] == told["served_seconds"] == 75


def test_a_question_is_billed_and_serves_nobody(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    told = stage.story(call)
    assert told["buffer_seconds"] is None
    assert (told["answer_after_seconds"], told["when_nobody"]) == (20, "hold")
    assert told["answered_at"] == told["arrived_at"]
    assert told["billable_seconds"] > told["served_seconds"] > 0


def test_a_call_that_was_never_answered_is_billed_for_nothing(stage: Stage) -> None:
    stage.set(when_nobody="return")
    posted(stage)

    call = stage.call_from(OHIO_CALLER)

    told = stage.story(call)
    assert call.was_rejected
    assert (told["answered_at"], told["accepted_at"], told["billable_seconds"]) == (None, None, 0)
    assert told["served_seconds"] == 0


def test_while_a_call_lasts_nobody_knows_what_it_will_cost(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(60)

    told = stage.story(call)
    assert told["accepted_at"] is not None
    assert (told["ended_at"], told["billable_seconds"]) == (None, None)
    stage.exchange.run()


def test_a_number_without_a_campaign_has_no_settings_to_show(stage: Stage) -> None:
    lost = "+18005550196"

    stage.exchange.add_number(lost, voice_url=f"{PUBLIC}/voice/incoming", status_url=f"{PUBLIC}/voice/status")

    call = stage.exchange.call(OHIO_CALLER, lost, CallerBehavior())
    stage.exchange.run()

    told = stage.story(call)
    assert (told["buffer_seconds"], told["answer_after_seconds"], told["when_nobody"]) == (None, None, None)
    assert told["billable_seconds"] > 0
