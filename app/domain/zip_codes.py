"""ZIP codes: how people and spreadsheets write them, and the state, or states, that one lies in.

Table: app/data/zip_codes.csv (first, last, states, kind, source): one row for each run of neighboring ZIPs
with the same facts; every gap ends a run, so a ZIP that does not exist is not in it. No guess is made from
the first three digits.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.domain import spoken_digits, tables
from app.domain.states import State


class Kind(StrEnum):
    """What a ZIP is: `shared` touches two states, `foreign` is FM, MH or PW, `unknown` does not exist."""

    SINGLE = "single"
    SHARED = "shared"
    MILITARY = "military"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Zip:
    """What is known of one ZIP. `states` is sorted and empty for every kind but single and shared."""

    states: tuple[State, ...]
    kind: Kind


_UNKNOWN = Zip((), Kind.UNKNOWN)
# As a spreadsheet exports a cell that it took for a number or a formula: 2134.0, '02134, ="02134".
_CELL = re.compile(r"""^=?["']?(.*?)["']?$""")
_NUMBER = re.compile(r"(\d{3,5})(?:\.0+)?", re.ASCII)
_WITH_FOUR = re.compile(r"(\d{4,5})[ -]+(?:\d{4})?|(\d{5})\d{4}", re.ASCII)
_KEYED = re.compile(r"(\d{5})(?:\d{4})?", re.ASCII)
_CANADIAN = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[^\W\d_]+|[0-9]+")
# A number said in any other way ("forty three two fifteen", "double five") is asked for again.
_FILLERS = frozenset(
    {
        "my",
        "the",
        "a",
        "its",
        "it",
        "is",
        "zip",
        "zipcode",
        "code",
        "postal",
        "uh",
        "um",
        "yes",
        "yeah",
        "sure",
    }
    | {"okay", "ok", "dash", "mi", "el", "es", "código", "codigo", "si", "sí"}
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def normalize(text: str | None) -> str | None:
    """The five digits of a ZIP as people and spreadsheets write it; None where it cannot be one.

    Accepts ZIP+4 ("43215-1234", "432151234"), spaces, Unicode dashes and digits, and leading zeros that a
    spreadsheet lost: "2134" is 02134, "601" is 00601. Eight digits without a hyphen are refused: they may
    as well be a date. It need not exist: see `lookup`.
    """
    plain = _CELL.sub(r"\1", _plain(text)).strip()
    match = _NUMBER.fullmatch(plain) or _WITH_FOUR.fullmatch(plain)
    return (match[1] or match[2]).zfill(5) if match else None


def normalize_keyed(text: str | None) -> str | None:
    """The five digits that a person pressed or said; None where they are not complete.

    Stricter than `normalize`: four digits from a keypad are a ZIP cut short, never one with a zero lost.
    Speech comes as the carrier wrote it down: "4 3 2 1 5.", "four three two one five", "my ZIP is 43215",
    "cuatro tres dos uno cinco".
    """
    digits: list[str] = []
    for word in _WORD.findall(_plain(text).lower().replace("'", "")):
        if word.isdigit():
            digits.append(word)
        elif word in spoken_digits.SPOKEN:
            digits.append(spoken_digits.SPOKEN[word])
        elif word not in _FILLERS:
            return None
    match = _KEYED.fullmatch("".join(digits))
    return match[1] if match else None


def is_canadian(text: str | None) -> bool:
    """Whether `text` is written as a Canadian postal code: somebody whom no state of ours governs."""
    return bool(_CANADIAN.fullmatch(_plain(text)))


def states_of(zip5: str) -> tuple[State, ...]:
    """The states that a five-digit ZIP touches; empty where it does not exist or no state governs it."""
    return lookup(zip5).states


def lookup(zip5: str) -> Zip:
    """What a five-digit ZIP is; anything else is `unknown`."""
    if not (len(zip5) == 5 and zip5.isascii() and zip5.isdigit()):
        return _UNKNOWN
    firsts, lasts, facts = _runs()
    number = int(zip5)
    position = bisect_right(firsts, number) - 1
    return facts[position] if position >= 0 and number <= lasts[position] else _UNKNOWN


def _plain(text: str | None) -> str:
    folded = unicodedata.normalize("NFKC", text or "")
    visible = "".join(mark for mark in folded if unicodedata.category(mark) != "Cf")
    return _DASHES.sub("-", visible).strip()


@cache
def _runs() -> tuple[list[int], list[int], list[Zip]]:
    """First ZIPs, ascending; the last ZIP of each run; its facts (equal ones are one object: small)."""
    firsts: list[int] = []
    lasts: list[int] = []
    facts: list[Zip] = []
    known: dict[tuple[str, str], Zip] = {}
    for first, last, states, kind, _source in tables.rows("zip_codes.csv"):
        fact = known.get((states, kind))
        if fact is None:
            fact = known[states, kind] = Zip(tuple(sorted(filter(None, states.split("|")))), Kind(kind))
        firsts.append(int(first))
        lasts.append(int(last))
        facts.append(fact)
    return firsts, lasts, facts
