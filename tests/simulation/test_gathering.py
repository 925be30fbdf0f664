"""Gather, Say, Play, Pause, Record. Source: TELEPHONY.md section 4."""

from __future__ import annotations

import pytest

from app.simulator.parties import CallerBehavior, Speech
from app.simulator.products import Reply
from app.simulator.record import Heard
from tests.simulation.scripted import BASE, CALLER, OURS, Stage, stage

ASK = (
    '<Gather numDigits="5" action="/zip"><Say>Please key your five digit ZIP code now</Say></Gather><Say>Nothing</Say>'
)


def played(behavior: CallerBehavior, document: str = ASK, **more: str) -> Stage:
    world = stage({"/in": document, "/zip": "<Say>Thank you</Say>", **more})
    world.exchange.call(CALLER, OURS, behavior)
    world.exchange.run()
    return world


def test_keyed_digits_are_sent_as_soon_as_there_are_enough() -> None:
    world = played(CallerBehavior(answers=["606011"]))

    assert world.product.params("/zip")["Digits"] == "60601"


def test_too_few_digits_are_sent_after_the_timeout() -> None:
    world = played(CallerBehavior(answers=["606"], press_after_seconds=1, key_seconds=1))

    [asked] = world.product.asked_at("/zip")
    # Eight words at 0.4 s, one second of thinking, keys at 0, 1 and 2, then five seconds.
    assert (asked.form["Digits"], (asked.at - world.product.asked[0].at).total_seconds()) == ("606", 3.2 + 1 + 2 + 5)


def test_silence_is_no_request_and_the_next_verb() -> None:
    world = played(CallerBehavior(answers=[""]))

    assert world.product.asked_at("/zip") == []
    assert world.exchange.record.calls[0].heard("Nothing")


def test_the_finishing_key_alone_is_no_request() -> None:
    world = played(CallerBehavior(answers=["#"]))

    assert world.product.asked_at("/zip") == []


def test_the_finishing_key_is_not_among_the_digits() -> None:
    world = played(CallerBehavior(answers=["606#"]))

    assert world.product.params("/zip")["Digits"] == "606"
    assert world.product.params("/zip")["FinishedOnKey"] == "#"


def test_with_action_on_empty_result_silence_is_sent() -> None:
    world = played(CallerBehavior(), '<Gather action="/zip" actionOnEmptyResult="true"/>')

    assert world.product.params("/zip")["Digits"] == ""


def test_a_key_cuts_the_prompt_short() -> None:
    world = played(CallerBehavior(answers=["60601"], barge_in=True, press_after_seconds=1))

    [prompt, thanks] = world.exchange.record.calls[0].leg.heard
    assert prompt.cut
    assert prompt.until is not None
    assert (prompt.until - prompt.at).total_seconds() == 1
    assert not thanks.cut


def test_the_timeout_starts_after_the_prompt() -> None:
    world = played(CallerBehavior(answers=["60601"], press_after_seconds=4.9))

    assert world.product.params("/zip")["Digits"] == "60601"


def test_a_key_that_comes_too_late_goes_nowhere() -> None:
    world = played(CallerBehavior(answers=["60601"], press_after_seconds=5.1))

    assert world.product.asked_at("/zip") == []
    assert not any(key.heeded for key in world.exchange.record.calls[0].leg.keys)


def test_without_action_the_current_document_is_asked_again() -> None:
    world = played(CallerBehavior(answers=["1", ""]), '<Gather numDigits="1"/><Say>Bye</Say>')

    assert [asked.form.get("Digits") for asked in world.product.asked_at("/in")] == [None, "1"]


def test_answers_may_depend_on_what_is_heard() -> None:
    document = '<Gather numDigits="1" action="/zip"><Say language="es-US">Para español</Say></Gather>'

    world = played(CallerBehavior(answers={"zip code": "60601", "ESPAÑOL": "2"}), document)

    assert world.product.params("/zip")["Digits"] == "2"


def test_speech_is_heard_only_where_it_is_asked_for() -> None:
    caller = CallerBehavior(answers=[Speech("tomorrow at ten", 0.8)])

    spoken = played(caller, '<Gather input="dtmf speech" action="/zip"/>')
    keyed = played(caller, '<Gather input="dtmf" action="/zip"/>')

    assert spoken.product.params("/zip")["SpeechResult"] == "tomorrow at ten"
    assert spoken.product.params("/zip")["Confidence"] == "0.8"
    assert keyed.product.asked_at("/zip") == []


def test_a_redirected_action_is_followed_by_get_without_the_digits() -> None:
    world = stage(
        {"/in": ASK, "/zip": Reply(302, "text/html", "", {"location": "/found"}), "/found": "<Say>Found</Say>"}
    )

    call = world.exchange.call(CALLER, OURS, CallerBehavior(answers=["60601"]))
    world.exchange.run()

    [asked] = world.product.asked_at("/found")
    assert (asked.method, asked.form) == ("GET", {})
    assert call.heard("Found")


def test_what_is_heard_is_kept_with_its_language_and_its_time() -> None:
    world = played(
        CallerBehavior(), f'<Say language="es-US">Hola amigo</Say><Pause length="2"/><Play>{BASE}/a.mp3</Play>'
    )

    call = world.exchange.record.calls[0]
    assert [(heard.kind, heard.text, heard.language) for heard in call.leg.heard] == [
        ("say", "Hola amigo", "es-US"),
        ("pause", "2 s", ""),
        ("play", f"{BASE}/a.mp3", ""),
    ]
    assert [seconds(heard) for heard in call.leg.heard] == [0.8, 2, 3]
    assert call.spoken == ["Hola amigo", f"{BASE}/a.mp3"]


def seconds(heard: Heard) -> float:
    assert heard.until is not None
    return (heard.until - heard.at).total_seconds()


def test_the_end_of_a_document_hangs_up() -> None:
    world = played(CallerBehavior(), "<Say>Bye</Say>")

    call = world.exchange.record.calls[0]
    assert (call.status, call.leg.duration) == ("completed", 0)
    assert call.ended


def test_redirect_ends_the_document_and_is_relative_to_it() -> None:
    world = stage({"/in": "<Redirect>sub/next</Redirect><Say>Never</Say>", "/sub/next": "<Say>Here</Say>"})

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.spoken == ["Here"]


@pytest.mark.parametrize(("leaves", "digits"), [(None, ""), (6.0, "hangup")])
def test_a_recording_is_reported_to_its_action(leaves: float | None, digits: str) -> None:
    world = played(CallerBehavior(hang_up_after=leaves), '<Record action="/zip" maxLength="30"/>')

    sent = world.product.params("/zip")
    assert (sent["Digits"], sent["RecordingDuration"]) == (digits, "6" if leaves else "15")
    assert sent["CallStatus"] == ("completed" if leaves else "in-progress")
    assert [recording.url for recording in world.exchange.record.recordings] == [sent["RecordingUrl"]]


def test_a_caller_who_hangs_up_while_being_asked_makes_no_request() -> None:
    world = played(CallerBehavior(answers=["60601"], press_after_seconds=4, hang_up_after=5))

    assert world.product.asked_at("/zip") == []
    assert world.product.params("/status")["CallStatus"] == "completed"
    assert world.exchange.record.calls[0].leg.gathers[0].digits is None


def test_every_gather_that_was_offered_is_kept_with_what_came_of_it() -> None:
    world = played(CallerBehavior(answers=["", "60601"]), ASK.replace("<Say>Nothing</Say>", "<Redirect>/in</Redirect>"))

    offered = world.exchange.record.calls[0].leg.gathers
    assert [(gather.num_digits, gather.digits, gather.action) for gather in offered] == [
        (5, None, f"{BASE}/zip"),
        (5, "60601", f"{BASE}/zip"),
    ]
