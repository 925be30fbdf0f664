"""Instruction -> TwiML with its addresses and words."""

from __future__ import annotations

from app.carrier.addresses import Addresses
from app.domain.instructions import (
    AskZip,
    Bridge,
    Farewell,
    HangUpProducer,
    Instruction,
    Nothing,
    Offer,
    ProducerMenu,
    Screen,
    StayOrKeyZip,
    TurnAway,
    Words,
)
from twiml import documents, phrases

ZIP_DIGITS = 5
CALLER_SECONDS = 6  # to the first key, and between two
MENU_SECONDS = 8


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
    )
    if offer.greeting is None:
        return documents.offer(ring)
    return documents.greet_then_offer(_spoken((offer.greeting,), offer.language), offer.language, ring)


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
