"""A spoken notice is never said against the person's will, never twice, and what became of it is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.lead import ClosedAs, Custody
from app.simulator.parties import BUSY, NO_ANSWER, ProducerBehavior, talks
from app.simulator.rest import RestFault, RestTrouble
from app.storage import leads, texts, work
from tests.conversations.deliveries import ask
from tests.conversations.people import OHIO_CALLER
from tests.conversations.reconciling import told
from tests.conversations.telling_aloud import (
    LATER,
    SAYS_STOP,
    missed,
    notice_of,
    outbox,
    rung,
    speak,
    suppress,
)
from tests.product import AGENCY, Stage


@pytest.fixture
def speaking(stage: Stage) -> Stage:
    """The campaign has spoken notices on."""
    stage.set(spoken_notice="yes")
    return stage


# ---- never against the person's will, never twice


def test_several_schedulers_call_once(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    missed(speaking)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: speak(speaking), range(3)))

    assert len(rung(speaking)) == 1


def test_nine_stops_calls_and_texts_at_once(speaking: Stage) -> None:
    call = missed(speaking)
    speaking.exchange.set_behavior(OHIO_CALLER, SAYS_STOP)
    speaking.pass_time(60)

    (spoken,) = rung(speaking)
    lead = speaking.lead(call)
    with speaking.database.read() as tx:
        assert "stop" in work.suppressed(tx, OHIO_CALLER)
    assert spoken.heard("We will not call or text you again. Goodbye.")
    assert (lead.custody, lead.closed_as) == (Custody.CLOSED, ClosedAs.OPTED_OUT)
    assert [promise["status"] for promise in told(speaking, call)["callbacks"]] == ["cancelled"]
    speaking.pass_time(600, step=60)
    assert len(rung(speaking)) == 1


def test_another_key_ends_the_call_and_stops_nothing(speaking: Stage) -> None:
    call = missed(speaking)
    speaking.exchange.set_behavior(OHIO_CALLER, ProducerBehavior(presses="1"))
    speaking.pass_time(60)

    assert outbox(speaking, call)[1] == ("spoken", "delivered", None)
    assert speaking.lead(call).custody is Custody.PROMISED


@pytest.mark.parametrize(("kind", "why"), [("stop", "the number has said STOP"), ("blocked", "the number is blocked")])
def test_who_must_be_left_alone_is_not_called(speaking: Stage, kind: str, why: str) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    suppress(speaking, OHIO_CALLER, kind)
    speaking.pass_time(20)

    assert rung(speaking) == []
    assert outbox(speaking, call) == [("spoken", "dropped", why)]


def test_who_was_served_meanwhile_is_not_called(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    with speaking.database.begin() as tx:
        leads.move(tx, speaking.lead(call), Custody.SERVED)
        work.resolve_of_lead(tx, speaking.lead(call).id, outcome="served", by="test", now=speaking.now)
    speaking.pass_time(20)

    assert rung(speaking) == []
    assert outbox(speaking, call) == [("spoken", "dropped", "the lead is served")]


def test_who_says_stop_while_the_phone_rings_hears_nothing(speaking: Stage) -> None:
    call = missed(speaking)
    speaking.exchange.once("ringing", OHIO_CALLER, lambda _: suppress(speaking, OHIO_CALLER, "stop"))
    speaking.pass_time(60)

    (spoken,) = rung(speaking)
    assert not spoken.heard("automated call")
    assert outbox(speaking, call)[1] == ("spoken", "dropped", "the number has said STOP")


def test_after_an_unclear_answer_the_leg_announces_itself_and_is_the_only_one(speaking: Stage) -> None:
    speaking.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_AFTER, "/Calls", "POST"))
    call = missed(speaking)
    speaking.pass_time(60)

    assert [spoken.heard("automated call") for spoken in rung(speaking)] == [True]
    assert outbox(speaking, call)[1] == ("spoken", "delivered", None)


def test_a_call_that_was_perhaps_never_placed_is_not_placed_again_and_a_person_is_told(speaking: Stage) -> None:
    speaking.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_BEFORE, "/Calls", "POST"))
    call = missed(speaking)
    speaking.tick()
    at_once = outbox(speaking, call)[1], told(speaking, call)["notified"]
    speaking.pass_time(LATER.total_seconds(), step=60)

    assert at_once == (("spoken", "unknown", "ReadTimeout"), "pending")
    assert rung(speaking) == []
    assert told(speaking, call)["notified"] == "no"
    assert len(speaking.waiting()) == 1


def test_a_scheduler_that_dies_before_it_calls_never_calls(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    with speaking.database.begin() as tx:
        assert texts.claim_next(tx, speaking.now) is None, "no text is taken for a call, nor a call for a text"
        assert texts.claim_next(tx, speaking.now, spoken=True) is not None
    speaking.clock.advance(LATER.total_seconds())
    speak(speaking)

    assert rung(speaking) == []
    assert outbox(speaking, call) == [("spoken", "unknown", "we never heard what became of it")]
    assert told(speaking, call)["notified"] == "no"


# ---- what becomes of it


@pytest.mark.parametrize(("behavior", "status"), [(BUSY, "busy"), (NO_ANSWER, "no-answer")])
def test_who_does_not_pick_up_is_not_notified_and_a_persons(
    speaking: Stage, behavior: ProducerBehavior, status: str
) -> None:
    call = missed(speaking)
    speaking.exchange.set_behavior(OHIO_CALLER, behavior)
    speaking.pass_time(60)

    assert len(rung(speaking)) == 1
    assert outbox(speaking, call)[1] == ("spoken", "undelivered", status)
    assert told(speaking, call)["notified"] == "no"
    assert [item.reason for item in speaking.waiting()] == ["not_notified"]


def test_a_call_that_the_carrier_refuses_is_not_tried_again(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    del speaking.exchange.numbers[AGENCY]
    speaking.pass_time(60)

    ((_, status, error),) = outbox(speaking, call)
    assert (status, (error or "")[:6]) == ("refused", "21210:")
    assert [item.reason for item in speaking.waiting()] == ["not_notified"]


def test_no_end_goes_back(speaking: Stage) -> None:
    call = missed(speaking)
    speaking.pass_time(60)
    (spoken,) = rung(speaking)
    path = f"/voice/notices/{notice_of(speaking, call).id}/status"

    for status in ("failed", "ringing", "completed"):
        assert ask(speaking, path, [("CallSid", spoken.sid), ("CallStatus", status)]).status == 200

    assert outbox(speaking, call)[1] == ("spoken", "delivered", None)


def test_a_second_delivery_hears_the_same_and_a_stranger_nothing(speaking: Stage) -> None:
    suppress(speaking, OHIO_CALLER, texts.CANNOT_BE_TEXTED)
    call = missed(speaking)
    speaking.exchange.set_behavior(OHIO_CALLER, talks(None))
    speak(speaking)
    speaking.exchange.run(15)
    (spoken,) = rung(speaking)
    path = f"/voice/notices/{notice_of(speaking, call).id}"
    stranger = [("CallSid", "CA" + "0" * 32), ("Digits", "9")]

    twice = {ask(speaking, path, [("CallSid", spoken.sid)]).body for _ in range(2)}
    nothing = {
        ask(speaking, where, stranger).body for where in (path, f"{path}/key", "/voice/notices/999", f"{path}999/key")
    }
    nothing.add(ask(speaking, path, [("CallSid", "no sid")]).body)

    assert len(twice) == 1
    assert notice_of(speaking, call).body in twice.pop()
    assert all(body.endswith("<Response><Hangup /></Response>") for body in nothing), nothing
    with speaking.database.read() as tx:
        assert "stop" not in work.suppressed(tx, OHIO_CALLER)
