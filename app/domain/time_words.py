"""Times in words, written in figures: "half past four" is 4:30, "las diez y media" is las 10:30, "an hour" 1 hour.

No library reads these; what comes out is small, plain ASCII that the grammar in `time_grammar` reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Rewrite = tuple[str, str | Callable[[re.Match[str]], str]]


def _numbered(*words: str) -> dict[str, int]:
    return {word: number for number, word in enumerate(words, start=1)}


_ENGLISH = _numbered(
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINALS = _numbered(
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
) | {"thirtieth": 30}  # fmt: skip
_SPANISH = _numbered(
    "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
    "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidos",
    "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho", "veintinueve",
)  # fmt: skip
_SPANISH_TENS = {"veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50}

HOUR = r"(?:1[0-2]|0?[1-9])"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec"
_SHORT_DAYS = "mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun"


def plain(said: str) -> str:
    """Lower case, no accents, no apostrophes, "a.m." as "am", a full stop only where a sentence ends."""
    folded = unicodedata.normalize("NFKD", said).casefold()
    kept = "".join(mark for mark in folded if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf")
    text = re.sub(r"['’‘`´]", "", kept)
    text = re.sub(r"\b([ap])\s?\.?\s?m\b\.?(?!\w)", r"\1m", text)
    text = re.sub(r"\b(\d{1,2}(?::\d\d)?)([ap])\b(?!\.?m)", r"\1 \2m", text, flags=re.ASCII)
    text = re.sub(r"(\d(?:st|nd|rd|th)?), (?=20\d\d\b)", r"\1 ", text, flags=re.ASCII)
    text = re.sub(r"(?<=\d) ?ish\b", "", text, flags=re.ASCII)
    text = re.sub(rf"\b({_MONTHS}|{_SHORT_DAYS})\.(?=\s)", r"\1", text)
    text = re.sub(r"(?<![\d.$])\b(\d{1,2})\.([0-5]\d)\b(?![\d.%])", r"\1:\2", text, flags=re.ASCII)
    return re.sub(r"[^\S\n]+", " ", text)


def in_figures(text: str, language: str) -> str:
    """`text`, which is plain, with the number words and spoken times of `language` (en or es) in figures."""
    for pattern, figures in _REWRITES[language]:
        text = re.sub(pattern, figures, text, flags=re.ASCII)
    return text


def _one_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _hour_before(match: re.Match[str]) -> str:
    """ "quarter to five", "las cinco menos cuarto": an hour earlier, so many minutes short of the full one."""
    hour = int(match["hour"])
    return f"{12 if hour == 1 else hour - 1}:{60 - int(match['minutes']):02}"


def _hour_after(match: re.Match[str]) -> str:
    return f"{match['hour']}:{int(match['minutes']):02}"


def _minutes(match: re.Match[str], unit: str) -> str:
    return f"{int(match['hours'] or 1) * 60 + 30} {unit}"


_REWRITES: dict[str, tuple[Rewrite, ...]] = {
    "en": (
        (r"\bo ?clock\b", ""),
        (
            rf"\b({_one_of(_ENGLISH_TENS)})[ -]({_one_of(_ORDINALS)})\b",
            lambda match: f"{_ENGLISH_TENS[match[1]] + _ORDINALS[match[2]]}th",
        ),
        (rf"\b({_one_of(_ORDINALS)})\b(?! thing)", lambda match: f"{_ORDINALS[match[1]]}th"),
        (
            rf"\b({_one_of(_ENGLISH_TENS)})[ -]({_one_of(dict(list(_ENGLISH.items())[:9]))})\b",
            lambda match: str(_ENGLISH_TENS[match[1]] + _ENGLISH[match[2]]),
        ),
        (
            rf"\b({_one_of(_ENGLISH | _ENGLISH_TENS)})\b",
            lambda match: str((_ENGLISH | _ENGLISH_TENS)[match[1]]),
        ),
        (r"\b(?:oh?|zero) ([1-9])\b", r"0\1"),
        (r"\b(?:three|3) quarters of an hour\b", "45 minutes"),
        (r"\b(?:a )?quarter of an hour\b", "15 minutes"),
        (r"\b(?:a )?half (?:an )?hour\b", "30 minutes"),
        (r"\b(?:an?|(?P<hours>\d{1,2})) hours? and a half\b", lambda match: _minutes(match, "minutes")),
        (r"\b(?P<hours>\d{1,2}) and a half hours?\b", lambda match: _minutes(match, "minutes")),
        (r"\ba? ?couple(?: of)? (?=minutes|hours|days)", "2 "),
        (r"\ban? (?=minute|hour|day|week)", "1 "),
        (rf"\bhalf (?:past|after) (?P<hour>{HOUR})\b", r"\g<hour>:30"),
        (rf"\b(?:a )?quarter (?:past|after) (?P<hour>{HOUR})\b", r"\g<hour>:15"),
        (r"\b(?:a )?quarter (?=(?:to|till?|of|before) \d)", "15 minutes "),
        (rf"\b(?P<minutes>\d{{1,2}}) minutes (?:to|till?|of|before) (?P<hour>{HOUR})\b", _hour_before),
        (rf"\b(?P<minutes>[1-5]?\d)(?: minutes)? past (?P<hour>{HOUR})\b", _hour_after),
        (r"\bfirst thing(?! (?:in the|tomorrow|\w+day) morning)\b", "morning"),
        (r"\bfirst thing\b", ""),
    ),
    "es": (
        (r"\ben punto\b", ""),
        (r"\b(?:doce|12) del (?:medio ?)?dia\b", "12 pm"),
        (
            r"\b(treinta|cuarenta|cincuenta) y (un|una|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b",
            lambda match: str(_SPANISH_TENS[match[1]] + _SPANISH.get(match[2], 1)),
        ),
        (
            rf"\b({_one_of(_SPANISH | _SPANISH_TENS)})\b",
            lambda match: str((_SPANISH | _SPANISH_TENS)[match[1]]),
        ),
        (r"\bprimero (?=de )", "1 "),
        (r"\b(la|las) una\b", r"\1 1"),
        (r"\bmedia hora\b", "30 minutos"),
        (r"\b(?:un )?cuarto de hora\b", "15 minutos"),
        (r"\b(?:una |(?P<hours>\d{1,2}) )?horas? y media\b", lambda match: _minutes(match, "minutos")),
        (r"\bun par de (?=horas|minutos|dias)", "2 "),
        (r"\bun[ao]? (?=hora|minuto|dia|semana)", "1 "),
        (rf"\b(?P<hour>{HOUR}) y media\b", r"\g<hour>:30"),
        (rf"\b(?P<hour>{HOUR}) y cuarto\b", r"\g<hour>:15"),
        (r"\b(?:un )?cuarto (?=para las? \d)", "15 "),
        (r"\bmenos cuarto\b", "menos 15"),
        (rf"\b(?P<hour>{HOUR}) menos (?P<minutes>[1-5]?\d)\b", _hour_before),
        (rf"\b(?:las? )?(?P<minutes>5|10|15|20|25)(?: minutos)? para las? (?P<hour>{HOUR})\b", _hour_before),
        (rf"(?<!entre las )(?<!entre la )\b(?P<hour>{HOUR}) (?:y|con) (?P<minutes>[1-5][05]|5)\b", _hour_after),
    ),
}
