"""A person writes back: each message is understood, gets one true answer at most, and is seen by somebody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.lead import ClosedAs, Custody
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts
from app.simulator.record import Text
from app.storage import callbacks, work
from app.storage.callbacks import Callback
from tests.conversations.deliveries import ask
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, PAT, PENNSYLVANIA_ZIP
from tests.conversations.reconciling import arrived, promised, told
from tests.product import AGENCY, Stage

TOMORROW_AT_THREE = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
TOMORROW_AT_EIGHT = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)


def answers(stage: Stage, *messages: str) -> list[Text]:
    """What the caller is answered to `messages`, written one after another."""
    stage.tick()
    before = len(arrived(stage))
    for body in messages:
        stage.exchange.text(OHIO_CALLER, AGENCY, body)
        stage.exchange.run()
        stage.tick()
    return arrived(stage)[before:]


def writes_while_talking(stage: Stage, body: str) -> None:
    """The caller writes to us once they are bridged with Ana."""
    stage.exchange.once("bridged", ANA.phone, lambda _: stage.exchange.text(OHIO_CALLER, AGENCY, body))


def bodies(texts: list[Text]) -> list[str]:
    return [text.body for text in texts]


def promise_to(stage: Stage, call: Call) -> Callback | None:
    with stage.database.begin() as tx:
        return callbacks.active_of(tx, stage.lead(call).id)


# ---- a ZIP


def test_a_zip_settles_the_residence_and_a_call_is_promised(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(PAT)
    stage.presence(PAT, "away")
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    before = [item.reason for item in stage.waiting()]

    answered = answers(stage, PENNSYLVANIA_ZIP)

    promise = promise_to(stage, call)
    assert before == ["nobody_licensed"]
    assert promise is not None
    assert promise.state == "PA"
    assert stage.lead(call).held_states == "PA"
    assert stage.lead(call).custody is Custody.PROMISED
    assert stage.waiting() == []
    assert [text.from_number for text in answered] == [AGENCY]
    assert answered[0].body.startswith("Final expense: we will call you today")
    assert [message["understood_as"] for message in told(stage, call)["messages"]] == ["zip"]


def test_a_zip_where_nobody_is_licensed_is_told_the_truth(stage: Stage) -> None:
    call = promised(stage)

    answered = answers(stage, "10001")

    assert bodies(answered) == [
        "Final expense: we have no agent who may take your call from New York. A person from our team will follow up "
        "with you."
    ]
    assert [item.reason for item in stage.waiting()] == ["nobody_licensed"]
    assert promise_to(stage, call) is None, "what was promised before cannot be kept"


def test_a_zip_with_a_time_is_both(stage: Stage) -> None:
    call = promised(stage)

    (answer,) = answers(stage, f"{OHIO_ZIP} tomorrow at 3pm")

    promise = promise_to(stage, call)
    assert promise is not None
    assert promise.due_at == TOMORROW_AT_THREE
    assert "tomorrow" in answer.body
    assert "3:00 PM" in answer.body


def test_a_zip_out_of_the_blue_makes_a_lead_with_a_promise(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")

    (answer,) = answers(stage, OHIO_ZIP)

    assert answer.body.startswith("Final expense: we will call you today")
    assert stage.waiting() == []


def test_a_zip_during_a_call_changes_nothing_of_that_call(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=90))
    writes_while_talking(stage, "10001")

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))
    stage.tick()

    assert stage.lead(call).custody is Custody.SERVED
    assert stage.lead(call).held_states == "NY"
    assert arrived(stage) == []


# ---- a time


def test_a_time_moves_the_promise(stage: Stage) -> None:
    call = promised(stage)

    (answer,) = answers(stage, "tomorrow at 3pm")

    promise = promise_to(stage, call)
    assert promise is not None
    assert promise.due_at == TOMORROW_AT_THREE
    assert answer.body.startswith("Final expense: we will call you tomorrow")
    assert "3:00 PM" in answer.body
    assert stage.lead(call).custody is Custody.PROMISED
    assert stage.lead(call).owed_by == promise.promised_by


def test_at_a_time_at_which_we_may_not_call_the_next_one_is_offered(stage: Stage) -> None:
    call = promised(stage)

    (answer,) = answers(stage, "tonight at 11pm")

    promise = promise_to(stage, call)
    assert promise is not None
    assert promise.due_at == TOMORROW_AT_EIGHT
    assert answer.body.startswith("Final expense: we may not call you at that time. We will call you tomorrow")
    assert "8:00 AM" in answer.body


def test_each_message_gets_one_answer_and_a_second_delivery_none(stage: Stage) -> None:
    promised(stage)

    answered = answers(stage, "tomorrow at 3pm", "tomorrow at 4pm")
    received = [text for text in stage.exchange.record.texts.values() if text.direction == "inbound"]
    form = [("MessageSid", received[-1].sid), ("From", OHIO_CALLER), ("To", AGENCY), ("Body", received[-1].body)]
    for _ in range(2):
        ask(stage, "/sms/incoming", form)
    stage.tick()

    assert len(answered) == 2
    assert len(arrived(stage)) == 3, "and one unasked text before"


def test_an_answer_waits_for_the_morning_too(stage: Stage) -> None:
    call = promised(stage)
    stage.tick()
    stage.clock.move_to(datetime(2026, 11, 19, 3, 0, tzinfo=UTC))

    at_night = answers(stage, "tomorrow at 3pm")
    stage.clock.move_to(TOMORROW_AT_EIGHT)
    stage.tick()

    assert at_night == []
    assert "3:00 PM" in arrived(stage)[-1].body
    promise = promise_to(stage, call)
    assert promise is not None
    assert promise.due_at == TOMORROW_AT_THREE


def test_who_speaks_spanish_is_answered_in_spanish_in_letters_that_fit(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=["*", OHIO_ZIP]))

    (answer,) = answers(stage, "el sábado a las 3 de la tarde")

    assert answer.body.startswith("Final expense: le llamaremos sab")
    assert "3:00" in answer.body
    assert len(answer.body) <= 160


# ---- anything else


@pytest.mark.parametrize("body", ["Is this about my late husband's policy?", "👍", "3"])
def test_anything_else_is_a_supervisors_who_can_read_it(stage: Stage, body: str) -> None:
    call = promised(stage)

    answered = answers(stage, body)

    lead = told(stage, call)
    assert answered == []
    assert [(item.reason, item.call_sid) for item in stage.waiting()] == [("text_received", call.sid)]
    assert [(message["body"], message["understood_as"]) for message in lead["messages"]] == [(body, "to_supervisors")]


def test_a_message_during_a_call_is_seen_and_the_call_goes_on(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=90))
    writes_while_talking(stage, "I can't hear you well")

    call = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))
    stage.exchange.run(60)
    custody, waiting = stage.lead(call).custody, [item.reason for item in stage.waiting()]
    stage.exchange.run()

    assert (custody, waiting) == (Custody.IN_CALL, ["text_received"])
    assert stage.lead(call).custody is Custody.SERVED


# ---- the carrier's own words


def test_stop_ends_texts_and_calls_and_gets_no_answer(stage: Stage) -> None:
    call = promised(stage)

    answered = answers(stage, "please stop texting me")

    assert answered == []
    assert stage.lead(call).closed_as is ClosedAs.OPTED_OUT
    assert promise_to(stage, call) is None


def test_stop_closes_every_open_lead_of_the_number(stage: Stage) -> None:
    first = promised(stage)
    stage.campaign("+18005550198", name="Health")
    second = stage.exchange.call(OHIO_CALLER, "+18005550198", KEYS_OHIO)
    stage.exchange.run()

    answers(stage, "STOP")

    assert stage.lead(first).closed_as is ClosedAs.OPTED_OUT
    assert stage.lead(second).closed_as is ClosedAs.OPTED_OUT


def test_stop_during_a_call_cancels_the_promise_and_lets_them_talk(stage: Stage) -> None:
    call = promised(stage)
    stage.presence(ANA, "available")
    stage.behave(ANA, accepts(talk_seconds=90))
    writes_while_talking(stage, "STOP")

    second = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))

    with stage.database.read() as tx:
        assert work.suppressed(tx, OHIO_CALLER) == {"stop"}
    assert second.bridged_to == [ANA.phone]
    assert stage.lead(call).custody is Custody.SERVED
    assert promise_to(stage, call) is None


def test_start_lifts_the_stop_and_gets_no_answer_from_us(stage: Stage) -> None:
    answers(stage, "STOP")
    with stage.database.read() as tx:
        stopped = work.suppressed(tx, OHIO_CALLER)

    answered = answers(stage, "START")
    call = promised(stage)
    stage.tick()

    with stage.database.read() as tx:
        assert (stopped, work.suppressed(tx, OHIO_CALLER)) == ({"stop"}, set())
    assert answered == []
    assert stage.lead(call).custody is Custody.PROMISED
    assert len(arrived(stage)) == 1, "they are texted again"


def test_help_is_the_carriers_to_answer(stage: Stage) -> None:
    answered = answers(stage, "HELP")

    assert answered == []
    assert stage.waiting() == []


def test_who_has_said_stop_and_writes_again_is_read_and_not_answered(stage: Stage) -> None:
    call = promised(stage)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="test", now=stage.now)

    answered = answers(stage, "tomorrow at 3pm")

    assert answered == []
    assert [item.reason for item in stage.waiting()] == ["opted_out: opted out"]
    assert stage.lead(call).custody is Custody.ESCALATED
