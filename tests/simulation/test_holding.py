"""Hold as a document of ours that repeats, and the long conversations of people who wait."""

from __future__ import annotations

from collections.abc import Sequence

from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, Speech
from app.simulator.replies import Replies
from tests.simulation.rest_client import client
from tests.simulation.scripted import BASE, CALLER, OURS, Answer, Stage, stage

OFFER = (
    '<Gather numDigits="1" timeout="5" action="/chosen"><Say>All agents are busy. Press 1 to stay on the line, '
    "press 2 to choose another time.</Say></Gather><Say>We will call you.</Say><Hangup/>"
)
LONGEST = 18


def hold(place: str, turn: int) -> str:
    ask = f'<Gather numDigits="1" timeout="1" action="/chosen"><Say>You are {place} in line.</Say><Pause length="8"/>'
    return f"{ask}</Gather><Redirect>/hold/{turn + 1}</Redirect>"


WHEN = '<Gather input="dtmf speech" action="/when"><Say>When shall we call?</Say></Gather><Say>Goodbye.</Say>'
CONFIRM = (
    '<Gather numDigits="1" action="/confirmed"><Say>Tomorrow at ten. Press 1 if that is right.</Say></Gather><Hangup/>'
)


def prepared() -> Stage:
    answers: dict[str, Answer] = {
        "/in": OFFER,
        "/chosen": lambda form: WHEN if form["Digits"] == "2" else "<Redirect>/hold/1</Redirect>",
        "/when": CONFIRM,
        "/confirmed": "<Say>Thank you.</Say>",
    }
    for turn in range(1, LONGEST):
        answers[f"/hold/{turn}"] = hold("third" if turn < 6 else "second", turn)
    answers[f"/hold/{LONGEST}"] = "<Say>We will call you.</Say>"
    return stage(answers)


def waited(answers: Replies, hang_up_after: float | None = None) -> tuple[Stage, Call]:
    world = prepared()
    call = world.exchange.call(CALLER, OURS, CallerBehavior(answers=answers, hang_up_after=hang_up_after))
    world.exchange.run()
    return world, call


def keyed(call: Call) -> Sequence[str | None]:
    return [gather.digits or gather.speech for gather in call.leg.gathers]


def test_a_caller_who_chose_to_stay_waits_round_after_round_without_a_key() -> None:
    world, call = waited({"stay on the line": "1"})

    assert keyed(call) == ["1", *[None] * (LONGEST - 1)]
    assert call.spoken.count("You are third in line.") == 5
    assert call.heard("We will call you.")
    assert len(world.product.asked_at("/chosen")) == 1


def test_a_round_lasts_as_long_as_its_sentence_its_silence_and_its_timeout() -> None:
    world, _ = waited({"stay on the line": "1"})

    second, third = (world.product.asked_at(f"/hold/{turn}")[0].at for turn in (2, 3))
    assert (third - second).total_seconds() == 5 * 0.4 + 8 + 1


def test_a_key_during_hold_is_heard_right_after_the_sentence() -> None:
    world, call = waited({"stay on the line": "1", "second in line": "2"})

    assert keyed(call)[:7] == ["1", *[None] * 5, "2"]
    key = call.leg.keys[-1]
    assert (key.at - world.product.asked_at("/hold/6")[0].at).total_seconds() == 5 * 0.4 + 1
    assert call.heard("When shall we call?")


def test_a_caller_may_hang_up_during_hold() -> None:
    world, call = waited({"stay on the line": "1"}, hang_up_after=60)

    assert call.status == "completed"
    assert world.product.asked_at(f"/hold/{LONGEST}") == []


def test_a_caller_says_a_time_and_confirms_it() -> None:
    world, call = waited({"stay on the line": "2", "when shall": Speech("tomorrow at ten"), "if that is right": "1"})

    assert keyed(call) == ["2", "tomorrow at ten", "1"]
    assert world.product.params("/when")["SpeechResult"] == "tomorrow at ten"
    assert call.heard("Thank you.")


def test_an_answered_prompt_is_not_answered_again_at_the_next() -> None:
    _, call = waited({"stay on the line": "1", "press": "9"})

    assert keyed(call)[:3] == ["1", None, None]


def test_a_list_by_fragment_is_used_up_one_by_one() -> None:
    _, call = waited({"stay on the line": "1", "third in line": ["", "", "1"], "in line": ["", "2"]})

    # Two rounds of silence, 1 in the third, then the next fragment that fits: one silence, and 2.
    assert keyed(call)[:6] == ["1", None, None, "1", None, "2"]


def test_a_redirect_by_rest_during_hold_ends_what_was_being_asked() -> None:
    world = prepared()
    behavior = CallerBehavior(answers={"stay on the line": "1", "in line": "", "one moment": "5"})
    call = world.exchange.call(CALLER, OURS, behavior)
    world.product.answers["/offer"] = '<Gather numDigits="1" action="/confirmed"><Say>One moment.</Say></Gather>'
    world.exchange.run(16)

    client(world).calls(call.sid).update(url=f"{BASE}/offer")
    world.exchange.run()

    assert keyed(call)[-1] == "5"
    assert world.product.params("/confirmed")["Digits"] == "5"
