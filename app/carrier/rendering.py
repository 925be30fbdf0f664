"""Instruction -> TwiML with its addresses and words."""

from __future__ import annotations

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
from twiml import documents, phrases

ZIP_DIGITS = 5
CALLER_SECONDS = 6  # to the first key, and between two
MENU_SECONDS = 8
KEY_SECONDS = 5
NUMBER_DIGITS = 10
TIME_DIGITS = 4


def render(instruction: Instruction, *, addresses: Addresses) -> str:
    """The document for `instruction`: the reply's whole body, to be served as text/xml."""
    match instruction:
        case Offer():
            return _offer(instruction, addresses)
        case AskZip(call_sid, round, words, language):
            return _ask_zip(words, language, addresses.zip(call_sid, round))
        case StayOrKeyZip(call_sid, round, words, language):
            return _ask_zip(words, language, addresses.after(call_sid, round))
        case Screen(call_sid, number, words, language, seconds):
            url = addresses.key(call_sid, number)
            return documents.whisper(_spoken(words, language), language, url=url, seconds=seconds)
        case Bridge():
            return documents.let_through(acceptance_id=instruction.acceptance_id)
        case HangUpProducer(words, language):
            return documents.hang_up_producer(_spoken(words, language), language)
        case Farewell(words, language):
            return documents.farewell(_spoken(words, language), language)
        case Acknowledge() | AskNumber() | AskTime() | ConfirmTime() | Hold():
            return _tier_two(instruction, addresses)
        case ScreenCallback(call_id, words, language, seconds):
            url = addresses.callback_key(call_id)
            return documents.whisper(_spoken(words, language), language, url=url, seconds=seconds)
        case DialCaller():
            return _dial_caller(instruction, addresses)
        case AskServed(call_id, words, language):
            url = addresses.callback_served(call_id)
            return documents.ask_producer(_spoken(words, language), language, url=url, seconds=MENU_SECONDS)
        case SpeakNotice(text_id, body, language):
            url = addresses.notice_key(text_id)
            return documents.ask_key([body], language, url=url, seconds=KEY_SECONDS)
        case ProducerMenu(call_sid, words, language):
            url = addresses.menu(call_sid)
            return documents.producer_menu(_spoken(words, language), language, url=url, seconds=MENU_SECONDS)
        case TurnAway(reason):
            return documents.turn_away(reason)
        case Nothing():
            return documents.nothing()


def producer_leg_error() -> str:
    """What a producer's leg gets whenever anything went wrong: it ends, and says nothing."""
    return _PRODUCER_LEG_ERROR


def caller_fallback(language: str = "en", *, written_down: bool = True) -> str:
    """What a caller hears while the database, or all of us, is in trouble: made at import.

    `written_down` says whether the journal has the call: only then is a follow-up promised.
    """
    return _CALLER_FALLBACKS[language if language in phrases.LANGUAGES else "en", written_down]


def _offer(offer: Offer, addresses: Addresses) -> str:
    ring = documents.Ring(
        phone=offer.producer_phone,
        caller_id=offer.caller_id,
        seconds=offer.ring_seconds,
        screen_url=addresses.screen(offer.call_sid, offer.number),
        progress_url=addresses.progress(offer.call_sid, offer.number),
        concluded_url=addresses.concluded(offer.call_sid, offer.number),
        recording_url=addresses.recorded(offer.call_sid, offer.number) if offer.record else None,
    )
    if not offer.answers:
        return documents.offer(ring)
    words = tuple(each for each in (offer.announce, offer.greeting) if each is not None)
    return documents.greet_then_offer(_spoken(words, offer.language), offer.language, ring)


def _tier_two(asked: Acknowledge | AskNumber | AskTime | ConfirmTime | Hold, addresses: Addresses) -> str:
    sid, round_, language = asked.call_sid, asked.round, asked.language
    sentences = _spoken(asked.words, language)
    match asked:
        case Acknowledge():
            return documents.ask_key(
                sentences,
                language,
                url=addresses.acknowledged(sid, round_),
                seconds=KEY_SECONDS,
                otherwise=_spoken((asked.goodbye,), language),
            )
        case AskNumber():
            url = addresses.number(sid, round_)
            return documents.ask_in_words(sentences, language, url=url, digits=NUMBER_DIGITS, seconds=CALLER_SECONDS)
        case AskTime():
            url = addresses.time(sid, round_)
            return documents.ask_in_words(sentences, language, url=url, digits=TIME_DIGITS, seconds=CALLER_SECONDS)
        case ConfirmTime():
            url = addresses.time_confirmed(sid, round_)
            return documents.confirm(sentences, language, url=url, seconds=KEY_SECONDS)
        case Hold():
            return documents.hold(
                sentences,
                language,
                key_url=addresses.hold(sid, round_ + 1),
                next_url=addresses.hold(sid, round_ + 1),
                seconds=asked.seconds,
            )


def _dial_caller(dial: DialCaller, addresses: Addresses) -> str:
    ring = documents.Ring(
        phone=dial.phone,
        caller_id=dial.caller_id,
        seconds=dial.ring_seconds,
        screen_url=addresses.callback_answered(dial.call_id),
        progress_url=addresses.callback_progress(dial.call_id),
        concluded_url=addresses.callback_concluded(dial.call_id),
        recording_url=addresses.recorded(dial.recorded_as, 1) if dial.recorded_as else None,
    )
    return documents.dial_caller(ring, acceptance_id=dial.acceptance_id)


def _ask_zip(words: tuple[Words, ...], language: str, url: str) -> str:
    sentences = _spoken(words, language)
    return documents.ask_digits(sentences, language, url=url, digits=ZIP_DIGITS, seconds=CALLER_SECONDS)


def _spoken(words: tuple[Words, ...], language: str) -> list[str]:
    return [phrases.say(each.key, language, each.values) for each in words]


def _static_fallback(language: str, key: str) -> str:
    return documents.farewell([phrases.say(key, language, {})], language)


_PRODUCER_LEG_ERROR = documents.hang_up_producer((), "en")
_CALLER_FALLBACKS = {
    (language, written_down): _static_fallback(language, key)
    for language in phrases.LANGUAGES
    for written_down, key in ((True, "fallback"), (False, "fallback_not_written"))
}
