"""Texts: STOP, a person who wants something, and an outbox from which each text leaves at most once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app import scheduler
from app.domain.lead import ClosedAs, Custody
from app.simulator.messages import TextBehavior
from app.simulator.parties import NO_ANSWER
from app.simulator.rest import RestFault, RestTrouble
from app.storage import leads, texts, work
from tests.conversations.deliveries import ask
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.product import AGENCY, Stage

SPELLINGS = (
    "STOP", "stop", "Stop.", "  STOP  ", "stop!!!", "S T O P", "S.T.O.P.", "stopppp", "Unsubscribe", "please stop",
    "Stop calling me", "take me off your list", "do not text me", "Don't call", "Remove me", "ALTO", "No me llamen más",
    "leave me alone", "opt out", "ＳＴＯＰ", "quit texting me", "STOP 🛑", "end", "cancel", "Déjen de llamar",
)  # fmt: skip


def suppressed(stage: Stage, number: str) -> set[str]:
    with stage.database.read() as tx:
        return work.suppressed(tx, number)


def outbox(stage: Stage, subject: str) -> list[tuple[str, str | None]]:
    with stage.database.read() as tx:
        return [(text.status, text.error) for text in texts.of_subject(tx, subject)]


def a_text_to_ana(stage: Stage) -> str:
    """Two missed calls earn Ana a text; the subject under which it stands in the outbox."""
    stage.hire(ANA, behavior=NO_ANSWER)
    for _ in range(2):
        stage.call_from(OHIO_CALLER, KEYS_OHIO)
    return "attempt:2"


def ours(stage: Stage, number: str) -> list[Any]:
    """Texts to `number` that the carrier did not write itself."""
    return [text for text in stage.exchange.record.texts_to(number) if not text.by_carrier]


def test_stop_in_any_spelling_is_heeded_at_once_and_gets_no_reply_from_us(stage: Stage) -> None:
    numbers = {f"+1614555{100 + nth:04d}": words for nth, words in enumerate(SPELLINGS)}
    for number, words in numbers.items():
        stage.exchange.text(number, AGENCY, words)
    stage.exchange.run()
    stage.tick()

    assert {number for number in numbers if suppressed(stage, number) != {"stop"}} == set()
    assert [text for number in numbers for text in ours(stage, number)] == []
    assert stage.waiting() == []


def test_stop_closes_the_lead_and_takes_it_off_the_list(stage: Stage) -> None:
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    assert stage.lead(call).custody is Custody.ESCALATED

    stage.exchange.text(OHIO_CALLER, AGENCY, "Stop")
    stage.exchange.run()

    assert stage.lead(call).closed_as is ClosedAs.OPTED_OUT
    assert stage.waiting() == []


def test_what_is_no_stop_is_a_person_who_wants_something(stage: Stage) -> None:
    asking = [
        "Can you stop by on Monday?",
        "please cancel my other appointment, I want you",
        "HELLO",
        "¿Para cuándo?",
        "",
    ]
    for nth, words in enumerate(asking):
        stage.exchange.text(f"+1614555{150 + nth:04d}", AGENCY, words)
    stage.exchange.run()

    assert [item.reason for item in stage.waiting()] == ["text_received"] * len(asking)
    with stage.database.read() as tx:
        assert {leads.load(tx, item.lead_id).custody for item in stage.waiting()} == {Custody.ESCALATED}  # type: ignore[union-attr]


def test_a_second_text_joins_the_open_lead(stage: Stage) -> None:
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    stage.exchange.text(OHIO_CALLER, AGENCY, "are you there?")
    stage.exchange.run()

    assert [item.lead_id for item in stage.waiting()] == [stage.lead(call).id]


def test_a_producers_stop_gets_no_answer_and_takes_them_out_of_rotation(stage: Stage) -> None:
    stage.hire(ANA)

    stage.exchange.text(ANA.phone, AGENCY, "STOP")
    stage.exchange.run()
    stage.tick()

    assert suppressed(stage, ANA.phone) == {"stop"}
    assert ours(stage, ANA.phone) == []
    assert stage.seat(ANA).presence == "away"
    assert stage.waiting() == []


def test_a_text_whose_fate_is_unclear_is_never_sent_again(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    fault = RestFault(RestTrouble.TIMEOUT_AFTER, "/Messages", "POST", to_number=ANA.phone)
    stage.exchange.rest_faults.append(fault)

    for _ in range(3):
        stage.tick()
        stage.clock.advance(600)

    assert [status for status, _ in outbox(stage, subject)] != ["queued"]
    assert len(ours(stage, ANA.phone)) == 1


def test_a_text_that_surely_did_not_leave_says_why(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    stage.exchange.set_text_behavior(ANA.phone, TextBehavior(refused_code=21614))

    stage.tick()

    ((status, error),) = outbox(stage, subject)
    assert status == "refused"
    assert error is not None
    assert error.startswith("21614")
    assert suppressed(stage, ANA.phone) == set()


def test_a_refusal_because_of_stop_is_recorded_as_stop(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    stage.exchange.record.opted_out.add((AGENCY, ANA.phone))

    stage.tick()

    assert [status for status, _ in outbox(stage, subject)] == ["refused"]
    assert suppressed(stage, ANA.phone) == {"stop"}


def test_a_stop_between_queue_and_send_is_recorded_as_stop(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    scheduler.tick(stage.tools)
    stage.exchange.record.opted_out.add((AGENCY, ANA.phone))
    stage.exchange.run()

    assert outbox(stage, subject) == [("undelivered", "21610")]
    assert suppressed(stage, ANA.phone) == {"stop"}


def test_what_waits_in_the_outbox_does_not_leave_after_stop(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    with stage.database.begin() as tx:
        work.suppress(tx, ANA.phone, "stop", source="text", now=stage.now)

    stage.tick()

    assert outbox(stage, subject) == [("refused", "the number has said STOP")]
    assert ours(stage, ANA.phone) == []


def test_reports_in_the_wrong_order_leave_a_delivered_text_delivered(stage: Stage) -> None:
    subject = a_text_to_ana(stage)
    stage.tick()
    (sent,) = ours(stage, ANA.phone)
    delivered = outbox(stage, subject)

    for status in ("sent", "queued", "undelivered"):
        ask(stage, "/sms/status", [("MessageSid", sent.sid), ("MessageStatus", status)])

    assert delivered == [("delivered", None)]
    assert outbox(stage, subject) == delivered


def test_two_schedulers_send_a_text_once(stage: Stage) -> None:
    a_text_to_ana(stage)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: scheduler.tick(stage.tools), range(4)))
    stage.exchange.run()

    assert len(ours(stage, ANA.phone)) == 1


def test_who_said_stop_and_calls_again_is_not_told_that_we_will_call_back(stage: Stage) -> None:
    stage.exchange.text(OHIO_CALLER, AGENCY, "STOP")
    stage.exchange.run()

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.heard("You asked us not to contact you")
    assert not call.heard("follow up")
    assert [item.reason for item in stage.waiting()] == ["nobody_licensed: opted out"]
    assert stage.lead(call).custody is Custody.ESCALATED
