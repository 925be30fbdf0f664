"""The whisper and the key: only a committed acceptance bridges, whatever goes wrong on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.simulator.parties import ProducerBehavior, accepts, declines, says_nothing
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage import calls
from tests.conversations.deliveries import arrival_form, ask, leg_form
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.conversations.vendors import posted
from tests.product import AGENCY, Stage

HANGUP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'
SID, LEG, OTHER_LEG = "CA" + "a" * 32, "CA" + "b" * 32, "CA" + "c" * 32
OFFER = f"/voice/calls/{SID}/offers/1"


def offered(stage: Stage, *, screened: bool = True) -> None:
    """A call, by hand, up to the offer (and the whisper) to Ana."""
    stage.hire(ANA)
    arrival = arrival_form(SID, OHIO_CALLER, AGENCY)
    ask(stage, "/voice/incoming", arrival)
    ring = ask(stage, f"/voice/calls/{SID}/zip/1", [*arrival, ("Digits", OHIO_ZIP)])
    assert f"{OFFER}/screen" in ring.body
    if screened:
        assert "<Gather" in ask(stage, f"{OFFER}/screen", leg_form(LEG, SID, ANA.phone)).body


def press(stage: Stage, leg: str = LEG, *, parent: str = SID, key: str = "1", offer: str = OFFER) -> str:
    reply = ask(stage, f"{offer}/key", leg_form(leg, parent, ANA.phone, Digits=key))
    assert reply.status == 200
    return reply.body


def bridges(body: str) -> bool:
    return "Hangup" not in body


def test_one_bridges(stage: Stage) -> None:
    offered(stage)

    assert press(stage) == '<?xml version="1.0" encoding="UTF-8"?><Response />'


@pytest.mark.parametrize("key", ["2", "3", "*", ""])
def test_any_other_key_hangs_up(stage: Stage, key: str) -> None:
    offered(stage)

    assert not bridges(press(stage, key=key))
    assert not bridges(press(stage, key="1")), "and the key that decided is the first one"


def test_a_leg_that_heard_no_whisper_is_not_bridged(stage: Stage) -> None:
    offered(stage, screened=False)

    assert not bridges(press(stage))


def test_a_second_leg_for_the_same_offer_is_not_bridged(stage: Stage) -> None:
    offered(stage)

    other = ask(stage, f"{OFFER}/screen", leg_form(OTHER_LEG, SID, ANA.phone))

    assert other.body.endswith("<Hangup /></Response>")
    assert not bridges(press(stage, OTHER_LEG))
    assert bridges(press(stage, LEG))


def test_a_leg_of_another_call_is_not_bridged(stage: Stage) -> None:
    offered(stage, screened=False)
    elsewhere = "CA" + "d" * 32

    screen = ask(stage, f"{OFFER}/screen", leg_form(LEG, elsewhere, ANA.phone))

    assert not bridges(screen.body)
    assert not bridges(press(stage, parent=elsewhere))


def test_a_key_for_an_offer_that_was_never_made_is_not_bridged(stage: Stage) -> None:
    offered(stage)

    assert not bridges(press(stage, offer=f"/voice/calls/{SID}/offers/2"))
    assert press(stage, offer=f"/voice/calls/{'CA' + 'f' * 32}/offers/1") == HANGUP


@pytest.mark.parametrize("ending", ["the caller left", "the offer is over"])
def test_a_key_that_comes_too_late_is_not_bridged(stage: Stage, ending: str) -> None:
    offered(stage)
    if ending == "the caller left":
        ask(stage, "/voice/status", arrival_form(SID, OHIO_CALLER, AGENCY, CallStatus="completed"))
    else:
        over = arrival_form(SID, OHIO_CALLER, AGENCY, DialCallStatus="no-answer", DialBridged="false")
        ask(stage, f"{OFFER}/concluded", over)

    assert not bridges(press(stage))
    assert stage.seat(ANA).held_by is None


def test_a_key_after_the_license_was_suspended_is_not_bridged_and_says_why(stage: Stage) -> None:
    offered(stage)
    stage.suspend(ANA, "OH")

    body = press(stage)

    assert not bridges(body)
    assert "your license there is not active" in body
    assert not bridges(press(stage)), "nor when the key is delivered again"


def test_an_acceptance_that_the_carrier_did_not_bridge_is_no_talk(stage: Stage) -> None:
    offered(stage)
    press(stage)
    stage.clock.advance(90)

    over = arrival_form(SID, OHIO_CALLER, AGENCY, DialCallStatus="completed", DialBridged="false", DialCallSid=LEG)
    reply = ask(stage, f"{OFFER}/concluded", [pair for pair in over if pair[0] != "CallStatus"])

    story = stage.get(f"/calls/{SID}")
    assert "busy" in reply.body
    assert [attempt["outcome"] for attempt in story["attempts"]] == ["failed"]
    (promise,) = stage.callbacks()
    assert (promise.status, promise.phone, promise.state) == ("promised", OHIO_CALLER, "OH")
    assert (promise.due_at, promise.promised_by) == (stage.now, stage.now + timedelta(minutes=5))
    assert stage.waiting() == []


def test_an_acceptance_that_was_never_bridged_did_not_answer_the_caller(stage: Stage) -> None:
    posted(stage)
    stage.hire(ANA, BEN)
    arrival = arrival_form(SID, OHIO_CALLER, AGENCY)
    ask(stage, "/voice/incoming", arrival)
    ask(stage, f"{OFFER}/screen", leg_form(LEG, SID, ANA.phone))
    press(stage)

    over = {**dict(arrival), "DialCallStatus": "completed", "DialBridged": "false", "DialCallSid": LEG}
    reply = ask(stage, f"{OFFER}/concluded", list(over.items()))

    assert BEN.phone in reply.body
    assert "<Say" not in reply.body
    with stage.database.read() as tx:
        call = calls.read(tx, SID)
    assert call is not None
    assert (call.answered_at, call.accepted_at) == (None, None)


BROKEN = [
    [("CallSid", "CA-nonsense"), ("Direction", "outbound-dial")],
    [("Direction", "outbound-dial"), ("Digits", "1")],
    [("CallSid", LEG), ("CallSid", OTHER_LEG), ("Digits", "1")],
    [("CallSid", LEG), ("ParentCallSid", "x"), ("Digits", "1")],
    [],
]


def test_whatever_surprises_a_producers_door_ends_the_leg(stage: Stage) -> None:
    offered(stage)

    replies = [ask(stage, f"{OFFER}/{door}", form) for door in ("screen", "key") for form in BROKEN]

    assert {(reply.status, reply.body) for reply in replies} == {(200, HANGUP)}


@pytest.mark.parametrize(
    "mark", [{"ParentCallSid": SID}, {"Direction": "outbound-dial"}, {"Direction": "outbound-api"}]
)
def test_a_producers_leg_that_asks_at_a_callers_door_is_ended(stage: Stage, mark: dict[str, str]) -> None:
    offered(stage)
    doors = ["/voice/incoming", "/voice/fallback", f"/voice/calls/{SID}/menu"]
    doors += [f"/voice/calls/{SID}/zip/1", f"/voice/calls/{SID}/after/1", f"{OFFER}/concluded"]
    form = list({**dict(arrival_form(LEG, OHIO_CALLER, AGENCY)), **mark, "Digits": "1"}.items())

    replies = [ask(stage, door, form) for door in doors]

    assert {(reply.status, reply.body) for reply in replies} == {(200, HANGUP)}


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.TIMEOUT_BEFORE, Trouble.TIMEOUT_AFTER])
@pytest.mark.parametrize("door", ["/screen", "/key"])
def test_a_whisper_or_key_that_fails_leads_to_the_fallback_and_bridges_nobody(
    stage: Stage, door: str, trouble: Trouble
) -> None:
    stage.hire(ANA)
    stage.hire(BEN, behavior=says_nothing())
    stage.exchange.webhook_faults.append(WebhookFault(trouble, door, times=9))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == []
    assert [asked.reply for asked in stage.exchange.record.webhooks_to("/voice/fallback")][:1] == [HANGUP]
    assert stage.promised(call).phone == OHIO_CALLER
    assert stage.waiting() == []
    assert stage.seat(ANA).held_by is None
    assert stage.seat(BEN).held_by is None


def test_eight_seconds_without_a_key_pass_to_the_next(stage: Stage) -> None:
    stage.hire(ANA, behavior=ProducerBehavior(answers_after_seconds=4, press_after_seconds=8.5))
    stage.hire(BEN)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [BEN.phone]
    assert stage.seat(ANA).misses == 1


def test_a_caller_hears_nothing_of_the_whisper_and_the_producer_nothing_of_the_caller(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.hire(BEN, behavior=accepts())

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert not call.heard("Press 1 to accept")
    assert call.leg_to(ANA.phone).has_heard("All right, not now.")
    assert OHIO_CALLER not in str([heard.text for leg in call.children for heard in leg.heard])
