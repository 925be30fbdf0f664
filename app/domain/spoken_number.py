"""The number that a caller wants to be called at, keyed or said."""

from __future__ import annotations

import re
import unicodedata

from app.domain import phone
from app.domain.phone import PhoneNumber
from app.domain.spoken_digits import HEARD_AS, SPOKEN, TIMES

_TEN = re.compile(r"1?[2-9][0-9]{9}", re.ASCII)
_WORD = re.compile(r"[a-z]+|[0-9]+", re.ASCII)
_LONGEST = 300
# Said around a number. Any other word may change what is meant ("not 614 …", "extension 12"): asked for again.
_FILLERS = frozenset({
    "my", "the", "a", "is", "its", "it", "s", "this", "that", "number", "phone", "cell", "mobile", "home", "work",
    "area", "code", "please", "call", "me", "back", "at", "on", "dial", "reach", "and", "then", "dash", "plus",
    "uh", "um", "yes", "yeah", "sure", "okay", "ok", "so", "hi", "hello", "you", "can", "i", "am", "m", "thanks",
    "thank", "best", "would", "be", "mi", "el", "la", "es", "un", "numero", "telefono", "celular", "casa",
    "trabajo", "codigo", "de", "por", "favor", "llame", "llameme", "marque", "al", "guion", "y", "mas", "si",
    "bueno", "claro", "puede", "gracias",
})  # fmt: skip


def ten_digits(digits: str, speech: str = "") -> PhoneNumber | None:
    """The number of a US state or territory that was keyed, or else said; None where it is not plainly one.

    Ten digits, or eleven that begin with 1. "six one four, double five five, oh one five oh", "(614) 555-0150",
    "seis uno cuatro cinco cinco cinco ...". Keys outrank speech, also where they are wrong: then it is asked again.
    """
    keyed = digits.strip("*# ")
    written = keyed if keyed else _said(speech)
    if written is None or not _TEN.fullmatch(written):
        return None
    number = phone.parse(written)
    return number if phone.is_dialable_us(number) else None


def _said(speech: str) -> str | None:
    """The digits of a sentence, in order; None where it holds more than digits and what is said around them."""
    if len(speech) > _LONGEST:
        return None
    folded = unicodedata.normalize("NFKD", speech).casefold()
    letters = "".join(character for character in folded if not unicodedata.combining(character))
    words = _WORD.findall(letters)
    digits = ""
    times = 1
    for position, word in enumerate(words):
        digit = word if word.isdigit() else SPOKEN.get(word) or _among_digits(words, position)
        if digit is not None:
            if times > 1 and len(digit) > 1:
                return None
            digits += digit * times
            times = 1
        elif times > 1:
            return None
        elif word in TIMES:
            times = TIMES[word]
        elif word not in _FILLERS:
            return None
    return digits


def _among_digits(words: list[str], position: int) -> str | None:
    before, after = words[max(position - 1, 0)], words[min(position + 1, len(words) - 1)]
    if _is_digit(before) and _is_digit(after):
        return HEARD_AS.get(words[position])
    return None


def _is_digit(word: str) -> bool:
    return word.isdigit() or word in SPOKEN or word in HEARD_AS or word in TIMES
