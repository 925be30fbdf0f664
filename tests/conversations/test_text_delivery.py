"""A text leaves at most once, and what becomes of it is found out: delivered, or *not notified*, visibly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import scheduler
from app.carrier import Sent
from app.carrier.twilio import TwilioCarrier
from app.domain.lead import Custody
from app.simulator.parties import CallerBehavior, accepts
from app.simulator.rest import RestFault, RestTrouble, WsgiAdapter
from app.simulator.text_behavior import LANDLINE, NOT_A_MOBILE, UNSUBSCRIBED, TextBehavior, failed, undelivered
from app.storage import callbacks, texts, work
from app.storage.texts import Text
from app.workflows.callbacks.reconcile_texts import reconcile_texts
from app.workflows.callbacks.send_texts import send_texts
from tests.conversations.deliveries import ask
from tests.conversations.people import ANA, OHIO_CALLER, OHIO_ZIP
from tests.conversations.reconciling import arrived, fate, look_for_texts, promised, told, written_to
from tests.product import ACCOUNT_SID, AUTH_TOKEN, PUBLIC, REST, Stage

SILENT = TextBehavior(callbacks={"sent": [], "delivered": []})
"""Delivered, and nobody tells us."""


def ambiguous(stage: Stage, trouble: RestTrouble) -> None:
    """The next request to text the caller times out."""
    stage.exchange.rest_faults.append(RestFault(trouble, "/Messages", "POST", to_number=OHIO_CALLER))


def impatient(stage: Stage) -> TwilioCarrier:
    """A client that tries as often as ours, without waiting in between."""
    carrier = TwilioCarrier(ACCOUNT_SID, AUTH_TOKEN, base_url=REST, pause=lambda _: None)
    carrier.session.mount(REST, WsgiAdapter(stage.exchange.rest))
    return carrier


def claim(stage: Stage) -> Text:
    """What a scheduler does before it sends; and here it dies."""
    with stage.database.begin() as tx:
        text = texts.claim_next(tx, stage.now)
    assert text is not None
    return text


def send(stage: Stage, text: Text) -> str:
    """The carrier takes the text of a claimed row."""
    taken = stage.tools.carrier.send_text(
        from_number=text.from_number, to_number=text.to_number, body=text.body, status_url=f"{PUBLIC}/sms/status"
    )
    assert isinstance(taken, Sent)
    return taken.message_sid


def cannot_be_texted(stage: Stage, number: str) -> bool:
    with stage.database.read() as tx:
        return texts.cannot_be_texted(tx, number)


# ---- at most once


@pytest.mark.parametrize("lag_seconds", [30, 90])
def test_a_timeout_after_effect_and_a_list_that_lags_make_one_text_that_is_found(
    stage: Stage, lag_seconds: int
) -> None:
    stage.exchange.turn(message_list_lag_seconds=lag_seconds)
    ambiguous(stage, RestTrouble.TIMEOUT_AFTER)
    call = promised(stage)
    scheduler.tick(stage.tools)
    at_once = fate(stage, call), told(stage, call)["notified"]

    seen = []
    for _ in range(6):
        stage.exchange.run(20)
        scheduler.tick(stage.tools)
        look_for_texts(stage)
        seen.append(fate(stage, call)[0][0])

    assert at_once == ([("unknown", "ReadTimeout")], "pending")
    # After 20, 40, 60 … seconds.
    found_after = seen.index("delivered") * 20 + 20
    assert found_after >= lag_seconds
    assert set(seen) == {"unknown", "delivered"}
    assert len(arrived(stage)) == 1
    assert told(stage, call)["notified"] == "yes"
    assert stage.lead(call).custody is Custody.PROMISED


def test_a_timeout_before_effect_sends_nothing_ever_and_a_person_is_told(stage: Stage) -> None:
    ambiguous(stage, RestTrouble.TIMEOUT_BEFORE)
    call = promised(stage)
    scheduler.tick(stage.tools)
    (left,) = written_to(stage, call)

    seen = []
    for _ in range(11):
        stage.clock.advance(60)
        look_for_texts(stage)
        with stage.database.read() as tx:
            seen.append([text.notified for text in texts.of_subject(tx, left.subject)])
    send_texts(database=stage.database, carrier=stage.tools.carrier, now=stage.clock.now, status_url=PUBLIC)

    assert seen == [["pending"]] * 9 + [["no"]] * 2
    assert arrived(stage) == []
    assert fate(stage, call)[0][0] == "unknown"
    assert [item.reason for item in stage.waiting()] == ["not_notified"]


def test_a_scheduler_that_dies_before_it_sends_sends_nothing_ever(stage: Stage) -> None:
    call = promised(stage)
    claim(stage)

    stage.clock.advance(61)
    look_for_texts(stage)
    after_a_minute = fate(stage, call)
    stage.clock.advance(600)
    look_for_texts(stage)
    look_for_texts(stage)

    assert after_a_minute == [("unknown", "we never heard what became of it")]
    assert fate(stage, call) == after_a_minute
    assert arrived(stage) == []
    assert told(stage, call)["notified"] == "no"
    assert [item.reason for item in stage.waiting()] == ["not_notified"]


def test_a_scheduler_that_dies_after_it_has_sent_is_found_out(stage: Stage) -> None:
    call = promised(stage)
    send(stage, claim(stage))
    stage.exchange.run()

    stage.clock.advance(61)
    look_for_texts(stage)

    assert fate(stage, call) == [("delivered", None)]
    assert len(arrived(stage)) == 1


def test_a_young_text_that_is_being_sent_is_left_alone(stage: Stage) -> None:
    call = promised(stage)
    claim(stage)

    stage.clock.advance(59)
    look_for_texts(stage)

    assert fate(stage, call) == [("sending", None)]


def test_of_two_texts_with_the_same_words_only_the_one_that_left_is_found(stage: Stage) -> None:
    call = promised(stage)
    (text,) = written_to(stage, call)
    with stage.database.begin() as tx:
        texts.queue(
            tx,
            subject="again",
            kind="unasked",
            from_number=text.from_number,
            to_number=text.to_number,
            body=text.body,
            now=stage.now,
            lead_id=text.lead_id,
            campaign_id=text.campaign_id,
            states=text.states,
        )
    send(stage, claim(stage))
    claim(stage)
    stage.exchange.run()

    stage.clock.advance(61)
    for _ in range(2):
        look_for_texts(stage)

    assert [status for status, _ in fate(stage, call)] == ["delivered", "unknown"]


def test_where_the_carrier_is_out_of_reach_the_look_waits(stage: Stage) -> None:
    ambiguous(stage, RestTrouble.TIMEOUT_AFTER)
    call = promised(stage)
    stage.tick()
    stage.clock.advance(700)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.SERVER_ERROR, "/Messages", "GET", times=50))
    carrier = impatient(stage)

    reconcile_texts(database=stage.database, carrier=carrier, now=stage.clock.now)
    unreached = fate(stage, call)[0][0], told(stage, call)["notified"]
    stage.exchange.rest_faults.clear()
    reconcile_texts(database=stage.database, carrier=carrier, now=stage.clock.now)

    assert unreached == ("unknown", "pending")
    assert fate(stage, call)[0] == ("delivered", None)


def test_a_text_that_surely_did_not_leave_is_sent_a_minute_later(stage: Stage) -> None:
    promised(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.RATE_LIMITED, "/Messages", "POST", times=50))
    carrier = impatient(stage)

    def tick() -> None:
        send_texts(database=stage.database, carrier=carrier, now=stage.clock.now, status_url=f"{PUBLIC}/sms/status")

    tick()
    stage.exchange.rest_faults.clear()
    tick()
    at_once = arrived(stage)
    stage.clock.advance(60)
    tick()

    assert at_once == []
    assert len(arrived(stage)) == 1


def test_two_schedulers_that_look_at_once_find_a_text_once(stage: Stage) -> None:
    ambiguous(stage, RestTrouble.TIMEOUT_BEFORE)
    call = promised(stage)
    scheduler.tick(stage.tools)
    stage.clock.advance(601)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: look_for_texts(stage), range(3)))

    assert told(stage, call)["notified"] == "no"
    assert len(stage.waiting()) == 1


# ---- what the carrier tells us of it


@pytest.mark.parametrize(
    "callbacks_of",
    [
        {"sent": [60.0]},
        {"sent": [0.0, 30.0], "delivered": [0.0, 5.0]},
        {"delivered": [3600.0]},
    ],
)
def test_reports_that_are_late_twice_or_out_of_order_tell_the_same(
    stage: Stage, callbacks_of: dict[str, list[float]]
) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, TextBehavior(callbacks=callbacks_of))
    call = promised(stage)

    stage.tick()

    assert fate(stage, call) == [("delivered", None)]
    assert told(stage, call)["notified"] == "yes"


@pytest.mark.parametrize("code", [30003, 30004, 30005, 30007, 30008, 30032, 30034])
def test_what_does_not_arrive_is_not_notified_and_a_persons(stage: Stage, code: int) -> None:
    never_leaves = code in (30032, 30034)
    stage.exchange.set_text_behavior(OHIO_CALLER, failed(code) if never_leaves else undelivered(code))
    call = promised(stage)

    stage.tick()

    lead = told(stage, call)
    assert (lead["notified"], lead["texts"][0]["status"], lead["texts"][0]["error"]) == ("no", "undelivered", str(code))
    assert [item.reason for item in stage.waiting()] == ["not_notified"]
    assert lead["custody"] == "escalated"
    assert [promise["status"] for promise in lead["callbacks"]] == ["promised"], "the promise is kept all the same"
    assert not cannot_be_texted(stage, OHIO_CALLER)


@pytest.mark.parametrize("behavior", [NOT_A_MOBILE, LANDLINE])
def test_a_landline_is_remembered_and_called_from_then_on(stage: Stage, behavior: TextBehavior) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, behavior)
    call = promised(stage)
    stage.tick()

    again = promised(stage)
    stage.tick()

    assert cannot_be_texted(stage, OHIO_CALLER)
    assert [status for status, _ in fate(stage, call)] in (["refused"], ["undelivered"])
    assert again.heard("We cannot send a text to your number")
    with stage.database.read() as tx:
        promise = callbacks.active_of(tx, stage.lead(call).id)
    assert promise is not None


def test_who_writes_to_us_can_be_texted_after_all(stage: Stage) -> None:
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, texts.CANNOT_BE_TEXTED, source="test", now=stage.now)

    stage.exchange.text(OHIO_CALLER, "+18005550199", "are you there?")
    stage.exchange.run()

    assert not cannot_be_texted(stage, OHIO_CALLER)


def test_a_stop_that_only_the_carrier_knows_of_is_recorded(stage: Stage) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, UNSUBSCRIBED)
    call = promised(stage)

    stage.tick()

    with stage.database.read() as tx:
        assert work.suppressed(tx, OHIO_CALLER) == {"stop"}
    assert [item.reason for item in stage.waiting()] == ["not_notified: opted out"]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_silence_is_looked_into_after_ten_minutes(stage: Stage) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, SILENT)
    call = promised(stage)
    stage.tick()

    stage.clock.advance(590)
    look_for_texts(stage)
    before = told(stage, call)["notified"]
    stage.clock.advance(10)
    look_for_texts(stage)

    assert before == "pending"
    assert fate(stage, call)[0] == ("delivered", None)


def test_silence_that_goes_on_counts_as_not_notified(stage: Stage) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, TextBehavior(ends="sent"))
    call = promised(stage)
    stage.tick()

    stage.clock.advance(600)
    look_for_texts(stage)

    assert fate(stage, call)[0] == ("sent", None)
    assert told(stage, call)["notified"] == "no"
    assert [item.reason for item in stage.waiting()] == ["not_notified"]


def test_a_report_after_the_silence_still_counts(stage: Stage) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, TextBehavior(ends="sent"))
    call = promised(stage)
    stage.tick()
    stage.clock.advance(600)
    look_for_texts(stage)

    (sent,) = arrived(stage)
    ask(stage, "/sms/status", [("MessageSid", sent.sid), ("MessageStatus", "delivered")])

    assert told(stage, call)["notified"] == "yes"


def test_a_report_that_overtakes_our_own_note_is_not_lost(stage: Stage) -> None:
    call = promised(stage)
    text = claim(stage)
    sid = send(stage, text)
    stage.exchange.run()
    with stage.database.begin() as tx:
        texts.settle(tx, text.id, status="sent", message_sid=sid)
    overtaken = fate(stage, call)

    stage.clock.advance(600)
    look_for_texts(stage)

    assert overtaken == [("sent", None)]
    assert fate(stage, call) == [("delivered", None)]


def test_whom_somebody_has_talked_with_is_nobodys_worry(stage: Stage) -> None:
    stage.exchange.set_text_behavior(OHIO_CALLER, undelivered(30003))
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    stage.presence(ANA, "away")

    for _ in range(5):
        stage.clock.advance(60)
        send_texts(
            database=stage.database,
            carrier=stage.tools.carrier,
            now=stage.clock.now,
            status_url=f"{PUBLIC}/sms/status",
        )
        stage.exchange.run()

    assert stage.record(call).served_seconds == 20
    assert [status for status, _ in fate(stage, call)] == ["undelivered"]
    assert stage.waiting() == []


def test_a_look_at_an_empty_outbox_asks_the_carrier_nothing(stage: Stage) -> None:
    call = promised(stage)
    stage.tick()
    asked = len(stage.exchange.record.rest_requests)

    stage.clock.advance(timedelta(hours=1).total_seconds())
    look_for_texts(stage)

    assert fate(stage, call)[0] == ("delivered", None)
    assert len(stage.exchange.record.rest_requests) == asked
