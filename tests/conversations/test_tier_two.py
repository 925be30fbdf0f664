"""Nobody can take the call: only what will happen is said, and it is written down before it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.call import Disposition
from app.domain.lead import Custody
from app.simulator.parties import CallerBehavior, Speech
from tests.conversations.people import ANA, OHIO_CALLER, OHIO_ZIP
from tests.product import Stage

STAY_OR_TIME = "Press 1 to stay on the line, 2 to choose another time."


def _caller(**answers: object) -> CallerBehavior:
    """Keys the Ohio ZIP, then answers by what is heard."""
    told = {"ZIP code": OHIO_ZIP, **{fragment.replace("_", " "): reply for fragment, reply in answers.items()}}
    return CallerBehavior(answers=told)  # type: ignore[arg-type]


def _wait_until(stage: Stage, at: datetime) -> None:
    stage.clock.advance((at - stage.now).total_seconds())


def _busy(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")


def test_a_caller_hears_that_all_are_busy_and_within_how_many_minutes_they_are_called(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from(OHIO_CALLER, _caller())

    assert call.heard("All our licensed agents are busy. We will call you back within 5 minutes.")
    assert call.heard(STAY_OR_TIME)
    (callback,) = stage.callbacks("promised")
    assert callback.promised_by - callback.due_at == timedelta(minutes=5)
    assert stage.lead(call).custody is Custody.PROMISED
    assert stage.lead(call).owed_by == callback.promised_by
    assert stage.record(call).disposition is Disposition.CALLBACK_SCHEDULED
    assert stage.waiting() == []


def test_one_text_says_who_we_are_what_was_promised_how_to_answer_and_stop(stage: Stage) -> None:
    _busy(stage)
    call = stage.call_from(OHIO_CALLER, _caller())

    stage.tick()
    stage.tick()

    (text,) = stage.exchange.record.texts_to(OHIO_CALLER)
    assert text.body.startswith("Final expense: sorry we missed you. A licensed agent will call by today 10:05 AM EST")
    assert "Reply" in text.body
    assert "STOP" in text.body
    assert stage.get(f"/leads/{stage.lead(call).id}")["texts"][0]["status"] in ("sent", "delivered")


def test_outside_the_hours_it_is_said_and_the_promise_is_for_the_morning(stage: Stage) -> None:
    _wait_until(stage, datetime(2026, 11, 19, 3, 30, tzinfo=UTC))  # 22:30 in Ohio
    _busy(stage)

    call = stage.call_from(OHIO_CALLER, _caller())

    assert call.heard("You have reached us outside our hours.")
    assert call.heard("We will call you back tomorrow at 8:05 AM Eastern time, at the latest.")
    stage.tick()
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []
    _wait_until(stage, datetime(2026, 11, 19, 13, 0, 1, tzinfo=UTC))
    stage.tick()
    assert len(stage.exchange.record.texts_to(OHIO_CALLER)) == 1


def test_all_of_a_nights_leads_are_not_promised_for_eight(stage: Stage) -> None:
    _wait_until(stage, datetime(2026, 11, 19, 3, 30, tzinfo=UTC))
    _busy(stage)

    for number in range(6):
        stage.call_from(f"+1614555{160 + number:04d}", _caller())

    due = [callback.due_at for callback in stage.callbacks("promised")]
    assert due == [datetime(2026, 11, 19, 13, 0, tzinfo=UTC) + timedelta(minutes=5 * nth) for nth in range(6)]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (Speech("tomorrow at ten"), datetime(2026, 11, 19, 15, 0, tzinfo=UTC)),
        ("1130", datetime(2026, 11, 18, 16, 30, tzinfo=UTC)),
    ],
)
def test_another_time_is_chosen_by_voice_or_keys_read_back_and_confirmed(
    stage: Stage, said: str | Speech, at: datetime
) -> None:
    _busy(stage)

    call = stage.call_from(
        OHIO_CALLER, _caller(**{"choose another time": ["2", "1"], "Say a day": said, "You chose": "1"})
    )

    assert call.heard("You chose")
    assert call.heard("Goodbye")
    (callback,) = stage.callbacks("promised")
    assert callback.due_at == at
    assert stage.lead(call).owed_by == callback.promised_by


def test_a_time_outside_the_law_is_not_taken_and_the_next_one_is_offered(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from(
        OHIO_CALLER,
        _caller(**{"next possible": "1", "choose another time": "2", "Say a day": Speech("tonight at 11 pm")}),
    )

    assert call.heard("We may not call you at that time. The next possible time is tomorrow at 8:00 AM Eastern time.")
    assert stage.callbacks("promised")[0].due_at == datetime(2026, 11, 19, 13, 0, tzinfo=UTC)


def test_what_nobody_understands_leaves_the_first_promise_standing(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from(
        OHIO_CALLER, _caller(**{"choose another time": "2", "Say a day": Speech("bananas"), "understand": ""})
    )

    assert call.heard("We did not understand the time.")
    assert call.heard("We will call you back within")
    assert len(stage.callbacks("promised")) == 1


def test_a_caller_whose_number_is_withheld_keys_one_and_is_promised_a_call_there(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from("anonymous", _caller(**{"cannot see your number": "6145550177#"}))

    assert call.heard("We will call you back within 5 minutes.")
    assert [callback.phone for callback in stage.callbacks("promised")] == ["+16145550177"]
    assert stage.waiting() == []


def test_without_a_number_the_lead_is_a_persons_work_and_nothing_is_promised(stage: Stage) -> None:
    _busy(stage)

    call = stage.call_from("anonymous", _caller(**{"cannot see your number": "", "ten digits again": "911#"}))

    assert call.heard("we cannot call you back")
    assert [waiting.reason for waiting in stage.waiting()] == ["nobody_available: no number"]
    assert stage.callbacks() == []


def test_somebody_who_said_stop_is_promised_a_call_only_if_they_ask_for_it_on_that_call(stage: Stage) -> None:
    _busy(stage)
    stage.exchange.text(OHIO_CALLER, "+18005550199", "STOP")
    stage.exchange.run()

    silent = stage.call_from(OHIO_CALLER, _caller())
    assert silent.heard("You asked us not to contact you, so we will not call you back.")
    assert stage.callbacks() == []
    assert stage.waiting()[0].reason == "nobody_available: opted out"
    asking = stage.call_from(OHIO_CALLER, _caller(**{"Press 2 if you want us": "2"}))

    assert asking.heard("We will call you back within 5 minutes.")
    assert asking.heard(STAY_OR_TIME)
    (callback,) = stage.callbacks("promised")
    assert callback.asked


def test_stop_during_the_call_closes_the_lead_when_it_ends(stage: Stage) -> None:
    _busy(stage)
    call = stage.ring_in(OHIO_CALLER, _caller())
    stage.exchange.run(20)
    stage.exchange.text(OHIO_CALLER, "+18005550199", "please stop")

    stage.exchange.run()

    lead = stage.lead(call)
    assert (lead.custody, lead.closed_as) == (Custody.CLOSED, "opted_out")
    assert stage.callbacks("promised") == []


def test_in_spanish_it_is_said_in_spanish(stage: Stage) -> None:
    _busy(stage)
    spanish = CallerBehavior(answers={"five digit ZIP": "*", "código postal": OHIO_ZIP})

    call = stage.call_from(OHIO_CALLER, spanish)

    assert call.heard("Todos nuestros agentes con licencia están ocupados. Le llamaremos en 5 minutos como máximo.")


def test_a_second_delivery_of_every_answer_changes_nothing(stage: Stage) -> None:
    _busy(stage)
    stage.exchange.turn(callback_copies=2)

    stage.call_from(
        OHIO_CALLER,
        _caller(**{"choose another time": "2", "Say a day": Speech("tomorrow at ten"), "You chose": "1"}),
    )

    assert len(stage.callbacks()) == 1


def test_somebody_who_asked_to_be_called_after_stop_may_choose_another_time_too(stage: Stage) -> None:
    _busy(stage)
    stage.exchange.text(OHIO_CALLER, "+18005550199", "STOP")
    stage.exchange.run()

    asking = stage.call_from(
        OHIO_CALLER,
        _caller(**{"Press 2 if you want us": "2", "You chose": "1", "choose another time": "2", "Say a day": "1130"}),
    )
    stage.tick()

    assert asking.heard("You chose today at 11:30 AM Eastern time.")
    assert stage.callbacks("promised")[0].due_at == datetime(2026, 11, 18, 16, 30, tzinfo=UTC)
    assert len(stage.exchange.record.texts_to(OHIO_CALLER)) <= 1


def test_stop_during_a_short_talk_closes_the_lead_and_the_call_still_says_connected(stage: Stage) -> None:
    stage.hire(ANA)
    stage.exchange.once("bridged", ANA.phone, lambda leg: stage.exchange.text(OHIO_CALLER, "+18005550199", "STOP"))

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=20))

    assert stage.lead(call).closed_as == "opted_out"
    assert stage.record(call).disposition is Disposition.CONNECTED
