"""twiml/documents.py: what may bridge, and that no text of a stranger makes a verb."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twiml import documents
from twiml.documents import Ring

URL = "https://threegate.example/voice/x"
HOSTILE = (
    "\x00",
    "\x0b\x0c\x1b",
    "\ud800",
    "\udfff\ud800",
    "</Say><Dial>900</Dial><Say>",
    "]]><!-- & < > \" ' -->",
    "\u202e\u200f\u2066",
    "🦜" * 3,
    "x" * 10_000,
    "🦜" * 10_000,
    "&" * 10_000,
    "\ufffe\uffff",
)


def ring(phone: str = "+12175550123", caller_id: str = "+18005550199", seconds: int = 20) -> Ring:
    return Ring(
        phone=phone,
        caller_id=caller_id,
        seconds=seconds,
        screen_url=URL + "/screen",
        progress_url=URL + "/progress#rp=ct&rc=2",
        concluded_url=URL + "/concluded",
    )


# Every function that makes a document, with a text of the caller's choice in it. Left out: the two that bridge.
DOCUMENTS: dict[str, Callable[[str], str]] = {
    "offer": lambda text: documents.offer(ring(caller_id=text)),
    "greet_then_offer": lambda text: documents.greet_then_offer([text], "en", ring()),
    "ask_digits": lambda text: documents.ask_digits([text], "es", url=URL, digits=5, seconds=6),
    "ask_key": lambda text: documents.ask_key([text], "en", url=URL, seconds=5, otherwise=[text]),
    "confirm": lambda text: documents.confirm([text], "es", url=URL, seconds=5),
    "ask_producer": lambda text: documents.ask_producer([text], "en", url=URL, seconds=8),
    "ask_in_words": lambda text: documents.ask_in_words([text], "en", url=URL, digits=10, seconds=6),
    "hold": lambda text: documents.hold([text], "es", key_url=URL + "/2", next_url=URL + "/2", seconds=8),
    "farewell": lambda text: documents.farewell([text, text], "en"),
    "turn_away": documents.turn_away,
    "producer_menu": lambda text: documents.producer_menu([text], "en", url=URL, seconds=8),
    "whisper": lambda text: documents.whisper([text, "Press 1."], text, url=URL, seconds=8),
    "hang_up_producer": lambda text: documents.hang_up_producer([text], "en"),
    "nothing": lambda text: documents.nothing(),
}
BRIDGING: dict[str, Callable[[int], str]] = {
    "let_through": lambda acceptance_id: documents.let_through(acceptance_id=acceptance_id),
    "dial_caller": lambda acceptance_id: documents.dial_caller(ring(), acceptance_id=acceptance_id),
}
# Read on the caller's leg, which bridges nothing by ending. Whatever is new counts as a producer's.
CALLERS_LEG = {"offer", "greet_then_offer", "ask_digits", "turn_away", "ask_in_words", "hold", "confirm"}
VERBS = {
    "offer": ["Dial"],
    "greet_then_offer": ["Say", "Dial"],
    "ask_digits": ["Gather", "Redirect"],
    "ask_key": ["Gather", "Say", "Hangup"],
    "confirm": ["Gather", "Redirect"],
    "ask_producer": ["Gather", "Hangup"],
    "ask_in_words": ["Gather", "Redirect"],
    "hold": ["Gather", "Redirect"],
    "farewell": ["Say", "Hangup"],
    "turn_away": ["Reject"],
    "producer_menu": ["Gather", "Hangup"],
    "whisper": ["Gather", "Hangup"],
    "hang_up_producer": ["Say", "Hangup"],
    "nothing": ["Hangup"],
}


def verbs(document: str) -> list[str]:
    return [verb.tag for verb in ElementTree.fromstring(document)]


def test_every_function_that_makes_a_document_is_tested_here() -> None:
    public = {
        name
        for name, function in inspect.getmembers(documents, inspect.isfunction)
        if function.__module__ == documents.__name__ and not name.startswith("_")
    }

    assert public - {"clean", *BRIDGING} == DOCUMENTS.keys() == VERBS.keys()


@pytest.mark.parametrize("name", sorted(DOCUMENTS.keys() - CALLERS_LEG))
@pytest.mark.parametrize("text", ["Hello.", "", *HOSTILE])
def test_every_document_for_a_producers_leg_ends_in_a_hangup(name: str, text: str) -> None:
    assert verbs(DOCUMENTS[name](text))[-1] == "Hangup"


def test_nobody_who_has_not_accepted_is_dialed_by_any_document_of_a_producers_leg() -> None:
    dialing = {name for name, document in DOCUMENTS.items() if "Dial" in verbs(document("x"))}

    assert dialing == {"offer", "greet_then_offer"}  # a caller's leg
    assert verbs(documents.dial_caller(ring(), acceptance_id=1)) == ["Dial"]


def test_only_one_function_makes_a_document_without_verbs() -> None:
    bridging = [name for name, document in DOCUMENTS.items() for text in ("", "x") if not verbs(document(text))]

    assert bridging == []
    assert verbs(documents.let_through(acceptance_id=1)) == []


@pytest.mark.parametrize("name", sorted(BRIDGING))
@pytest.mark.parametrize("acceptance_id", [None, 0, -1, True, "1", 1.0])
def test_nothing_bridges_without_an_acceptance(name: str, acceptance_id: Any) -> None:
    with pytest.raises(documents.NotAccepted):
        BRIDGING[name](acceptance_id)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_makes_no_verb_and_no_broken_document(name: str, text: str) -> None:
    document = DOCUMENTS[name](text)

    # A text of nothing but illegal characters leaves nothing to say.
    assert [verb for verb in verbs(document) if verb != "Say"] == [v for v in VERBS[name] if v != "Say"]
    assert len(document.encode("utf-8")) < 65_536


@given(st.text(st.characters(), max_size=200))
def test_any_text_comes_back_whole_but_for_what_xml_forbids(text: str) -> None:
    said = ElementTree.fromstring(documents.farewell([text], "en")).findtext("Say", "")

    # XML reads every line end as a line feed.
    expected = documents.clean(text).strip().replace("\r\n", "\n").replace("\r", "\n")
    assert said == expected


def test_the_first_document_is_a_bare_dial_that_leaves_the_caller_ringing() -> None:
    dial = ElementTree.fromstring(documents.offer(ring()))[0]

    assert dial.attrib == {
        "action": URL + "/concluded",
        "answerOnBridge": "true",
        "callerId": "+18005550199",
        "timeout": "20",
    }
    assert [(noun.tag, noun.text) for noun in dial] == [("Number", "+12175550123")]
    assert dial[0].attrib == {
        "url": URL + "/screen",
        "statusCallback": URL + "/progress#rp=ct&rc=2",
        "statusCallbackEvent": "initiated ringing answered completed",
    }


def test_after_a_greeting_the_dial_does_not_claim_to_leave_the_caller_ringing() -> None:
    response = ElementTree.fromstring(documents.greet_then_offer(["One moment."], "en", ring()))

    assert response.findtext("Say") == "One moment."
    assert "answerOnBridge" not in response[1].attrib


def test_a_softphone_is_rung_as_a_client() -> None:
    dial = ElementTree.fromstring(documents.offer(ring(phone="client:ana")))[0]

    assert [(noun.tag, noun.text) for noun in dial] == [("Client", "ana")]


@pytest.mark.parametrize(("asked", "written"), [(1, "5"), (20, "20"), (9_999, "600")])
def test_ringing_keeps_to_what_the_carrier_takes(asked: int, written: str) -> None:
    dial = ElementTree.fromstring(documents.offer(ring(seconds=asked)))[0]

    assert dial.attrib["timeout"] == written


def test_silence_in_the_whisper_reaches_the_hangup_without_asking_us() -> None:
    gather = ElementTree.fromstring(documents.whisper(["Life. Ohio."], "en", url=URL, seconds=8))[0]

    # By default an empty result makes no request: the next verb runs, and that is the hangup.
    assert gather.attrib == {
        "action": URL,
        "finishOnKey": "",
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "8",
    }


def test_the_question_for_a_zip_is_answered_even_by_silence() -> None:
    response = ElementTree.fromstring(documents.ask_digits(["ZIP?"], "es", url=URL, digits=5, seconds=6))

    assert response[0].attrib == {
        "action": URL,
        "actionOnEmptyResult": "true",
        "finishOnKey": "*",
        "input": "dtmf speech",
        "language": "es-MX",
        "numDigits": "5",
        "timeout": "6",
    }
    assert response.findtext("Redirect") == URL


def test_a_person_is_dialed_from_the_leg_that_accepted_and_is_told_of_where_the_talk_ends() -> None:
    dial = ElementTree.fromstring(documents.dial_caller(ring(), acceptance_id=1))[0]

    assert dial.attrib == {"action": URL + "/concluded", "callerId": "+18005550199", "timeout": "20"}
    assert [(noun.tag, noun.text) for noun in dial] == [("Number", "+12175550123")]
    # When the person answers we have the last word: nobody is bridged whose license went while the phone rang.
    assert dial[0].attrib == {
        "url": URL + "/screen",
        "statusCallback": URL + "/progress#rp=ct&rc=2",
        "statusCallbackEvent": "initiated ringing answered completed",
    }


def test_a_choice_is_one_key_and_silence_hears_the_goodbye_without_asking_us() -> None:
    document = documents.ask_key(["Press 1."], "en", url=URL, seconds=5, otherwise=["Goodbye."])
    response = ElementTree.fromstring(document)

    assert response[0].attrib == {
        "action": URL,
        "finishOnKey": "",
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "5",
    }
    assert response.findtext("Say") == "Goodbye."


def test_what_is_read_back_is_answered_even_by_silence() -> None:
    gather = ElementTree.fromstring(documents.confirm(["Monday?"], "en", url=URL, seconds=5))[0]

    assert gather.attrib == {
        "action": URL,
        "actionOnEmptyResult": "true",
        "finishOnKey": "",
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "5",
    }


def test_a_number_or_a_time_is_taken_from_the_keys_or_the_voice_and_silence_is_an_answer() -> None:
    response = ElementTree.fromstring(documents.ask_in_words(["When?"], "es", url=URL, digits=4, seconds=6))

    assert response[0].attrib == {
        "action": URL,
        "actionOnEmptyResult": "true",
        "finishOnKey": "#",
        "input": "dtmf speech",
        "language": "es-MX",
        "numDigits": "4",
        "speechTimeout": "auto",
        "timeout": "6",
    }
    assert response.findtext("Redirect") == URL


def test_a_round_of_holding_is_quiet_in_which_a_key_counts_and_then_the_next_round() -> None:
    document = documents.hold(["Please stay."], "en", key_url=URL + "/2", next_url=URL + "/3", seconds=8)
    response = ElementTree.fromstring(document)

    gather = response[0]
    assert (gather.attrib["action"], gather.attrib["numDigits"], gather.attrib["finishOnKey"]) == (URL + "/2", "1", "")
    assert [verb.tag for verb in gather] == ["Say", "Pause"]
    assert gather[1].attrib == {"length": "8"}
    assert response.findtext("Redirect") == URL + "/3"


@pytest.mark.parametrize(("reason", "written"), [("busy", "busy"), ("rejected", "rejected"), ("<x>", "rejected")])
def test_a_call_is_turned_away_in_one_of_two_ways(reason: str, written: str) -> None:
    assert ElementTree.fromstring(documents.turn_away(reason))[0].attrib == {"reason": written}
