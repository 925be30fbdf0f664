"""Instruction -> TwiML: every kind, read back by the strict reader of the simulated carrier."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args
from xml.etree import ElementTree

import pytest

from app.carrier import rendering
from app.carrier.addresses import Addresses
from app.domain.instructions import (
    Acknowledge,
    AskNumber,
    AskServed,
    AskTime,
    AskZip,
    Bridge,
    ConfirmTime,
    DialCaller,
    Farewell,
    HangUpProducer,
    Hold,
    Instruction,
    Nothing,
    Offer,
    ProducerMenu,
    Screen,
    ScreenCallback,
    SpeakNotice,
    StayOrKeyZip,
    TurnAway,
    Words,
)
from twiml import phrases, reader

CALL = "CA1111222233334444555566667777888a"
LEG = "CA9999888877776666555544443333222b"
AT = Addresses("https://threegate.example")
CALLS = f"https://threegate.example/voice/calls/{CALL}"
CALLBACKS = "https://threegate.example/voice/callbacks/7"

OFFER = Offer(CALL, 1, "+12175550123", "+18005550199", 20)
WHISPER = (Words("whisper_offer", {"product": "life", "states": "Ohio"}), Words("whisper_keys"))
DIAL_CALLER = DialCaller(7, "+16145550123", "+18005550199", 25, 17)
EVERY_KIND: tuple[tuple[Instruction, list[str]], ...] = (
    (OFFER, ["Dial"]),
    (Offer(CALL, 2, "client:ana", "+18005550199", 15, "es", Words("one_moment")), ["Say", "Dial"]),
    (replace(OFFER, record=True, announce=Words("recording_announced")), ["Say", "Dial"]),
    (AskZip(CALL, 1, (Words("ask_zip"),)), ["Gather", "Redirect"]),
    (Screen(CALL, 1, WHISPER), ["Gather", "Hangup"]),
    (Bridge(CALL, 1, LEG, 17), []),
    (HangUpProducer(), ["Hangup"]),
    (HangUpProducer((Words("authority_lost", {"reason": "license_expired"}),)), ["Say", "Hangup"]),
    (Farewell((Words("acknowledge_busy"), Words("goodbye")), "es"), ["Say", "Hangup"]),
    (StayOrKeyZip(CALL, 1, (Words("stay_or_zip"),)), ["Gather", "Redirect"]),
    (TurnAway("busy"), ["Reject"]),
    (Acknowledge(CALL, 1, (Words("busy"), Words("keys_time")), Words("goodbye"), "2"), ["Gather", "Say", "Hangup"]),
    (AskNumber(CALL, 1, (Words("ask_number"),)), ["Gather", "Redirect"]),
    (AskTime(CALL, 1, (Words("ask_time"),)), ["Gather", "Redirect"]),
    (ConfirmTime(CALL, 1, (Words("confirm_time", {"when": "2026-11-23T10:00|tomorrow|EST"}),)), ["Gather", "Redirect"]),
    (Hold(CALL, 1, (Words("hold_place", {"place": "2"}),), "es"), ["Gather", "Redirect"]),
    (ScreenCallback(7, WHISPER), ["Gather", "Hangup"]),
    (DIAL_CALLER, ["Dial"]),
    (AskServed(7, (Words("ask_served"),)), ["Gather", "Hangup"]),
    (SpeakNotice(7, "A person will follow up. Press 9 to stop these calls.", "es"), ["Gather", "Hangup"]),
    (ProducerMenu(CALL, (Words("producer_menu"),)), ["Gather", "Hangup"]),
    (Nothing(), ["Hangup"]),
)


def rendered(instruction: Instruction) -> ElementTree.Element:
    return ElementTree.fromstring(rendering.render(instruction, addresses=AT))


def test_every_kind_of_instruction_is_tested_here() -> None:
    assert {type(instruction) for instruction, _ in EVERY_KIND} == set(get_args(Instruction))


@pytest.mark.parametrize(("instruction", "verbs"), EVERY_KIND)
def test_every_kind_is_a_document_that_the_strict_reader_takes(instruction: Instruction, verbs: list[str]) -> None:
    document = rendering.render(instruction, addresses=AT)

    assert [type(verb).__name__ for verb in reader.read(document).verbs] == verbs


def test_only_a_bridge_lets_a_leg_fall_off_the_end() -> None:
    falling = [type(instruction) for instruction, verbs in EVERY_KIND if not verbs]

    assert falling == [Bridge]


@pytest.mark.parametrize("instruction", [Bridge(CALL, 1, LEG, 0), replace(DIAL_CALLER, acceptance_id=0)])
def test_a_bridge_without_an_acceptance_is_refused(instruction: Instruction) -> None:
    with pytest.raises(Exception, match="acceptance_id=0"):
        rendering.render(instruction, addresses=AT)


def test_only_an_accepted_callback_dials_from_a_producers_leg() -> None:
    dialing = [type(instruction) for instruction, verbs in EVERY_KIND if "Dial" in verbs]

    assert dialing == [Offer, Offer, Offer, DialCaller]  # an offer is read on the caller's leg


def test_an_offer_names_where_its_screen_its_progress_and_its_end_are_told() -> None:
    dial = rendered(OFFER)[0]

    assert dial.attrib["action"] == f"{CALLS}/offers/1/concluded"
    assert dial[0].attrib["url"] == f"{CALLS}/offers/1/screen"
    assert dial[0].attrib["statusCallback"].startswith(f"{CALLS}/offers/1/progress#")


def test_an_offer_is_recorded_only_where_it_says_so() -> None:
    silent, recorded = rendered(OFFER)[0], rendered(replace(OFFER, record=True))[0]

    assert {"record", "recordingStatusCallback"}.isdisjoint(silent.attrib)
    assert recorded.attrib["record"] == "record-from-answer-dual"
    assert recorded.attrib["recordingStatusCallback"].startswith(f"{CALLS}/offers/1/recorded#")


def test_the_announcement_comes_before_every_other_word() -> None:
    offer = replace(OFFER, greeting=Words("one_moment"), announce=Words("recording_announced"))

    assert (rendered(offer).findtext("Say") or "").startswith("This call may be recorded. One moment")


def test_the_agencys_number_is_shown_to_the_producer() -> None:
    assert rendered(OFFER)[0].attrib["callerId"] == "+18005550199"


def test_the_key_pressed_in_the_whisper_goes_to_the_same_offer() -> None:
    gather = rendered(Screen(CALL, 3, WHISPER))[0]

    assert gather.attrib["action"] == f"{CALLS}/offers/3/key"
    assert gather.findtext("Say") == "Life. Ohio. Press 1 to accept, 2 for not now."


def test_a_callback_rings_the_person_and_tells_of_it_at_its_own_addresses() -> None:
    dial = rendered(DIAL_CALLER)[0]

    assert dial.attrib == {"action": f"{CALLBACKS}/concluded", "callerId": "+18005550199", "timeout": "25"}
    assert [(noun.tag, noun.text) for noun in dial] == [("Number", "+16145550123")]
    assert dial[0].attrib["url"] == f"{CALLBACKS}/answered"
    assert dial[0].attrib["statusCallback"].startswith(f"{CALLBACKS}/progress#")


def test_the_keys_of_a_callback_go_to_the_same_callback() -> None:
    whisper, served = rendered(ScreenCallback(7, WHISPER))[0], rendered(AskServed(7, (Words("ask_served"),)))[0]

    assert (whisper.attrib["action"], served.attrib["action"]) == (f"{CALLBACKS}/key", f"{CALLBACKS}/served")


def test_a_spoken_notice_says_what_stands_in_the_outbox_and_takes_a_key_at_its_own_address() -> None:
    gather = rendered(SpeakNotice(7, "Una persona se comunicará con usted.", "es"))[0]

    assert gather.attrib["action"] == "https://threegate.example/voice/notices/7/key"
    assert gather.findtext("Say") == "Una persona se comunicará con usted."


def test_silence_after_the_acknowledgement_hears_the_goodbye_and_ends_the_call() -> None:
    words = (Words("promise_within", {"minutes": "5"}), Words("keys_time"))
    response = rendered(Acknowledge(CALL, 3, words, Words("goodbye"), "2"))

    assert response[0].attrib["action"] == f"{CALLS}/acknowledged/3"
    assert (response[0].findtext("Say") or "").endswith("Press 2 to choose another time.")
    assert [verb.tag for verb in response] == ["Gather", "Say", "Hangup"]
    assert response.findtext("Say") == "Goodbye."


def test_a_chosen_time_is_read_back_in_words() -> None:
    words = (Words("confirm_time", {"when": "2026-11-23T10:00|tomorrow|EST"}),)
    response = rendered(ConfirmTime(CALL, 2, words))

    assert "tomorrow at 10:00 AM Eastern time" in (response.findtext("Gather/Say") or "")
    assert response.findtext("Redirect") == f"{CALLS}/time/2/confirmed"


def test_a_round_of_holding_leads_to_the_next_one_by_key_and_by_silence() -> None:
    response = rendered(Hold(CALL, 4, (Words("hold_place", {"place": "2"}),)))

    assert response[0].attrib["action"] == response.findtext("Redirect") == f"{CALLS}/hold/5"


def test_words_are_said_in_the_instructions_language() -> None:
    say = rendered(Farewell((Words("goodbye"),), "es"))[0]

    assert (say.text, say.attrib) == ("Adiós.", {"language": "es-MX"})


def test_the_round_of_a_question_is_in_its_address() -> None:
    assert rendered(AskZip(CALL, 2, (Words("ask_zip"),))).findtext("Redirect") == f"{CALLS}/zip/2"
    stay = StayOrKeyZip(CALL, 4, (Words("stay_or_zip"),))
    assert rendered(stay).findtext("Redirect") == f"{CALLS}/after/4"
    assert rendered(AskNumber(CALL, 2, (Words("ask_number"),))).findtext("Redirect") == f"{CALLS}/number/2"
    assert rendered(AskTime(CALL, 2, (Words("ask_time"),))).findtext("Redirect") == f"{CALLS}/time/2"


def test_an_error_on_a_producers_leg_is_a_hangup_and_nothing_else() -> None:
    assert [verb.tag for verb in ElementTree.fromstring(rendering.producer_leg_error())] == ["Hangup"]


@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_the_fallback_promises_a_follow_up_only_where_the_call_was_written_down(language: str) -> None:
    written = ElementTree.fromstring(rendering.caller_fallback(language))
    lost = ElementTree.fromstring(rendering.caller_fallback(language, written_down=False))

    assert written.findtext("Say") == phrases.say("fallback", language, {})
    assert lost.findtext("Say") == phrases.say("fallback_not_written", language, {})
    assert [verb.tag for verb in written] == [verb.tag for verb in lost] == ["Say", "Hangup"]


def test_the_fallback_speaks_english_where_it_does_not_know_the_language() -> None:
    assert rendering.caller_fallback("tlh") == rendering.caller_fallback("en")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "</Say><Dial>900</Dial>", "\u202e", "🦜", "x" * 10_000])
def test_a_hostile_value_in_the_words_makes_no_verb(text: str) -> None:
    words = (Words("whisper_offer", {"product": text, "states": text}), Words("whisper_keys"))

    response = rendered(Screen(CALL, 1, words))

    assert [verb.tag for verb in response.iter()] == ["Response", "Gather", "Say", "Hangup"]
    assert (response.findtext("Gather/Say") or "").endswith("Press 1 to accept, 2 for not now.")
