"""Where no text is possible and automated calls are agreed to: one spoken call, inside its own hours, off by default."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.lead import Custody
from app.simulator.parties import CallerBehavior
from app.simulator.text_behavior import LANDLINE, NOT_A_MOBILE, TextBehavior, undelivered
from app.storage import leads, texts
from tests.builders import licensed
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.conversations.reconciling import arrived, told
from tests.conversations.telling_aloud import (
    AGREES,
    FLORIDA_CALLER,
    LATER,
    LISTENS,
    MAINE_CALLER,
    missed,
    new_york,
    notice_of,
    outbox,
    post,
    rung,
    speak,
    suppress,
)
from tests.product import Stage


@pytest.fixture
def speaking(stage: Stage) -> Stage:
    """The campaign has spoken notices on."""
    stage.set(spoken_notice="yes")
    return stage


# ---- whether there is one


def test_it_is_off_by_default(stage: Stage) -> None:
    call = missed(stage)
    stage.pass_time(20)

    assert rung(stage) == []
    assert [kind for kind, _, _ in outbox(stage, call)] == ["unasked"]
    assert [item.reason for item in stage.waiting()] == ["not_notified"]


@pytest.mark.parametrize("consent", [None, "I agree to automated calls.", {"automated_calls": "true"}, {"calls": True}])
def test_without_stored_consent_to_automated_calls_nobody_is_called(speaking: Stage, consent: Any) -> None:
    call = missed(speaking, consent=consent)
    speaking.pass_time(20)

    assert rung(speaking) == []
    assert [kind for kind, _, _ in outbox(speaking, call)] == ["unasked"]
    assert [item.reason for item in speaking.waiting()] == ["not_notified"]


@pytest.mark.parametrize("behavior", [NOT_A_MOBILE, LANDLINE])
def test_whose_number_takes_no_texts_is_told_in_one_call(speaking: Stage, behavior: TextBehavior) -> None:
    call = missed(speaking, behavior=behavior)
    speaking.pass_time(90)

    (spoken,) = rung(speaking)
    assert spoken.heard("This is an automated call from Final expense. A licensed agent will call you")
    assert spoken.heard("at the latest. To stop these calls, press 9.")
    assert spoken.status == "completed"
    assert [(kind, status) for kind, status, _ in outbox(speaking, call)][1:] == [("spoken", "delivered")]
    assert told(speaking, call)["notified"] == "yes"
    assert told(speaking, call)["texts"][1]["body"] in spoken.spoken
    assert speaking.waiting() == []
    assert speaking.lead(call).custody is Custody.PROMISED


def test_a_number_known_to_take_no_texts_is_not_texted_first(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    speaking.pass_time(60)

    assert len(rung(speaking)) == 1
    assert outbox(speaking, call) == [("spoken", "delivered", None)]
    assert arrived(speaking) == []


def test_a_phone_that_only_failed_to_get_the_text_is_not_called(speaking: Stage) -> None:
    missed(speaking, behavior=undelivered(30003))
    speaking.pass_time(30)

    assert rung(speaking) == []
    assert [item.reason for item in speaking.waiting()] == ["not_notified"]


def test_it_is_said_in_the_persons_language(speaking: Stage) -> None:
    call = missed(speaking)
    with speaking.database.begin() as tx:
        lead = speaking.lead(call)
        assert lead.residence is not None
        leads.settle(tx, lead.id, lead.residence, language="es")
    speaking.pass_time(60)

    (spoken,) = rung(speaking)
    assert spoken.heard("Esta es una llamada automática de Final expense.")
    assert spoken.heard("Para no recibir más estas llamadas, marque 9.")


def test_a_second_failed_attempt_has_a_notice_of_its_own(speaking: Stage) -> None:
    call = missed(speaking)
    speaking.pass_time(60)
    speaking.call_from(OHIO_CALLER, KEYS_OHIO)
    speaking.pass_time(60)

    assert len(rung(speaking)) == 2
    assert [kind for kind, _, _ in outbox(speaking, call)] == ["unasked", "spoken", "spoken"]


def test_a_promise_that_slips_is_not_told_in_a_call(speaking: Stage) -> None:
    missed(speaking)
    speaking.pass_time(LATER.total_seconds(), step=30)

    assert [item.reason for item in speaking.waiting()] == ["promise_passed"]
    assert len(rung(speaking)) == 1


# ---- when


def test_outside_the_hours_of_automated_calls_it_waits_although_a_producer_may_call(speaking: Stage) -> None:
    # Maine: machines 9 to 17 on weekdays, people 8 to 21. Nobody is licensed there: a person will follow up.
    speaking.clock.move_to(new_york(18, 17, 30))
    suppress(speaking, MAINE_CALLER, texts.CANNOT_BE_TEXTED)
    speaking.exchange.add_person(MAINE_CALLER, LISTENS)
    post(speaking, MAINE_CALLER, AGREES, state="ME", zip="04101")
    call = speaking.call_from(MAINE_CALLER)
    speaking.tick()
    waits = notice_of(speaking, call)
    speaking.clock.move_to(new_york(19, 8, 59))
    speaking.tick()
    before = rung(speaking, MAINE_CALLER)
    speaking.clock.move_to(new_york(19, 9))
    speaking.tick()

    (spoken,) = rung(speaking, MAINE_CALLER)
    assert (waits.status, waits.not_before, before) == ("queued", new_york(19, 9), [])
    assert spoken.answered_at is not None
    assert new_york(19, 9) <= spoken.answered_at < new_york(19, 9, 1)
    assert spoken.heard("A person from our team will follow up with you.")


def test_what_would_no_longer_be_true_by_then_is_never_said(speaking: Stage) -> None:
    speaking.clock.move_to(new_york(18, 17, 30))
    speaking.open("ME")
    bea = licensed("Bea", 9, "ME")
    speaking.hire(bea)
    speaking.presence(bea, "away")
    suppress(speaking, MAINE_CALLER, texts.CANNOT_BE_TEXTED)
    post(speaking, MAINE_CALLER, AGREES, state="ME", zip="04101")
    call = speaking.call_from(MAINE_CALLER)
    speaking.tick()

    assert speaking.lead(call).custody is Custody.PROMISED
    assert outbox(speaking, call) == [("spoken", "dropped", "no longer true at the next lawful hour")]


def test_the_states_cap_in_24_hours_counts_our_own_calls_too(speaking: Stage) -> None:
    suppress(speaking, FLORIDA_CALLER, texts.CANNOT_BE_TEXTED)
    speaking.exchange.add_person(FLORIDA_CALLER, LISTENS)
    post(speaking, FLORIDA_CALLER, AGREES, state="FL", zip="33130")
    for _ in range(4):
        call = speaking.call_from(FLORIDA_CALLER)
        speaking.pass_time(60)

    assert len(rung(speaking, FLORIDA_CALLER)) == 3
    assert [status for _, status, _ in outbox(speaking, call)] == ["delivered"] * 3 + ["queued"]


def test_who_is_on_the_line_again_is_not_called(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    speaking.ring_in(OHIO_CALLER, CallerBehavior(answers=["", "1"], hang_up_after=40))
    speaking.exchange.run(5)
    speak(speaking)

    assert rung(speaking) == []
    assert notice_of(speaking, call).status == "queued"


def test_of_two_calls_one_leaves_a_second(speaking: Stage) -> None:
    for phone in (OHIO_CALLER, OTHER_OHIO_CALLER):
        suppress(speaking, phone, texts.CANNOT_BE_TEXTED)
        missed(speaking, phone)

    speak(speaking)
    speak(speaking)
    at_once = len(speaking.exchange.placed_calls())
    speaking.clock.advance(1)
    speak(speaking)

    assert (at_once, len(speaking.exchange.placed_calls())) == (1, 2)
