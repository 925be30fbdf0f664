"""twiml/phrases.py: every sentence in both languages, and nothing unsaid or oversaid."""

from __future__ import annotations

import re

import pytest

from twiml import phrases

EVERY_VALUE = {
    "campaign": "Final expense of Ohio and more",
    "when": "2026-11-25T10:00|date|CST",
    "minutes": "5",
    "place": "3",
    "product": "life",
    "states": "Ohio|Kentucky",
    "reason": "license_expired",
}
GSM_7 = re.compile("[A-Za-z0-9 /.,:;!?¿¡'()\n+éèùìòÇØøÅåÆæßÉÄÖÑÜäöñüà-]*")


@pytest.mark.parametrize("language", phrases.LANGUAGES)
@pytest.mark.parametrize("key", phrases.KEYS)
def test_every_sentence_can_be_said_in_every_language(key: str, language: str) -> None:
    sentence = phrases.say(key, language, EVERY_VALUE)

    assert sentence
    assert "{" not in sentence
    assert "|" not in sentence


@pytest.mark.parametrize("key", phrases.KEYS)
def test_both_languages_say_the_same_values_and_not_the_same_words(key: str) -> None:
    assert phrases.places(key, "en") == phrases.places(key, "es")
    assert phrases.say(key, "en", EVERY_VALUE) != phrases.say(key, "es", EVERY_VALUE)


@pytest.mark.parametrize("language", phrases.LANGUAGES)
@pytest.mark.parametrize("reason", phrases.REASONS)
def test_every_reason_is_said_in_words_not_as_its_code(reason: str, language: str) -> None:
    sentence = phrases.say("authority_lost", language, {"reason": reason})

    assert "_" not in sentence


def test_a_reason_we_have_no_words_for_is_not_read_out_as_a_code() -> None:
    sentence = phrases.say("authority_lost", "en", {"reason": "moon_phase"})

    assert sentence == "This call can no longer be given to you: your authority for it has changed. Thank you."


def test_the_whisper_says_product_and_state() -> None:
    values = {"product": "personal_lines|property+casualty", "states": "Ohio"}

    assert phrases.say("whisper_offer", "en", values) == "Personal lines or property and casualty. Ohio."
    assert phrases.say("whisper_offer", "es", values) == (
        "Seguros personales o propiedad y responsabilidad civil. Ohio."
    )


def test_several_states_are_joined_in_the_language() -> None:
    values = {"product": "life", "states": "Ohio|Kentucky"}

    assert phrases.say("whisper_offer", "en", values) == "Life. Ohio and Kentucky."
    assert phrases.say("whisper_offer", "es", values) == "Vida. Ohio y Kentucky."


def test_a_language_that_we_do_not_speak_is_answered_in_english() -> None:
    assert phrases.say("goodbye", "fr", {}) == "Goodbye."


def test_braces_in_a_value_are_said_as_they_are() -> None:
    assert phrases.say("whisper_offer", "en", {"product": "{states}", "states": "Ohio"}) == "{states}. Ohio."


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(phrases.UnknownPhrase, match="no_such_sentence"):
        phrases.say("no_such_sentence", "en", {})


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(phrases.MissingValue, match="whisper_offer needs 'states'"):
        phrases.say("whisper_offer", "en", {"product": "life"})


@pytest.mark.parametrize("language", phrases.LANGUAGES)
@pytest.mark.parametrize("key", [key for key in phrases.KEYS if key.startswith("text_")])
def test_a_text_is_one_segment_and_asks_for_no_word_that_the_carrier_takes(key: str, language: str) -> None:
    body = phrases.say(key, language, EVERY_VALUE)

    assert len(body) <= 160
    assert GSM_7.fullmatch(body)
    taken = {
        *("YES", "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
        *("START", "INFO"),
    }
    # How to be left alone is told; nothing else may be asked for by such a word.
    told = re.sub(r"STOP (to opt out|para no recibir mas)$", "", body)
    assert not taken & set(re.findall("[A-Z]{2,}", told))


@pytest.mark.parametrize("language", phrases.LANGUAGES)
@pytest.mark.parametrize("key", [key for key in phrases.KEYS if key.startswith("acknowledge_")])
def test_an_acknowledgement_promises_no_time(key: str, language: str) -> None:
    sentence = phrases.say(key, language, EVERY_VALUE)

    # Until callbacks are promised, all that is sure is that a person will see the lead.
    assert not re.search(r"\d|minute|minuto|hour[^s]|today|hoy|tomorrow|mañana|soon|pronto", sentence)


def test_no_follow_up_is_promised_where_it_cannot_be() -> None:
    for key in ("fallback_not_written", "acknowledge_no_number"):
        assert "follow up" not in phrases.say(key, "en", {})
        assert "comunicará" not in phrases.say(key, "es", {})
