"""What single cells mean: seconds, dollars, directions, and a spreadsheet's habits undone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Generic, TypeVar

LONGEST_CELL = 500

NONSENSE = -1
"""What `seconds` makes of a cell that says no length."""

_LONGEST_CALL = 24 * 60 * 60
_REMEMBERED = 20_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMULA = re.compile(r'="?(.*?)"?')
_WHOLE = re.compile(r"\+?\d+\.0+", re.ASCII)
_DECIMAL = re.compile(r"\d{1,7}(?:\.\d*)?|\.\d+", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]?\d)(?:\.\d+)?", re.ASCII)
_SPELLED = re.compile(
    r"(?:(\d{1,3})\s*h(?:ou)?r?s?)?\s*(?:(\d{1,4})\s*m(?:in(?:ute)?s?)?)?\s*(?:(\d{1,6})\s*s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONEY = re.compile(r"(?:USD)?\s*\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{0,6}))?\s*(?:USD)?", re.ASCII)
_INBOUND = frozenset(("in", "incoming", "received", "i"))
_OUTBOUND = frozenset(("out", "outgoing", "dialed", "dialled", "placed", "o"))

_Meaning = TypeVar("_Meaning")


class Remembered(dict[str, _Meaning], Generic[_Meaning]):
    """What `meaning` makes of a text, worked out once: a log repeats itself. Holds some thousands of texts, no more."""

    def __init__(self, meaning: Callable[[str], _Meaning]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, text: str) -> _Meaning:
        if len(self) >= _REMEMBERED:
            self.clear()
        meant = self[text] = self._meaning(text)
        return meant


def has_control(text: str) -> bool:
    """Whether a line break, a tab, a NUL or half a character stands in `text`."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def plain(text: str) -> str:
    """The cell without what a spreadsheet or a tab-separated file wraps it in: ="…", "…", a leading ', 6145550101.0."""
    text = text.strip()
    if text[:1] == "=" and (match := _FORMULA.fullmatch(text)):
        text = match[1]
    elif text[:1] == '"' == text[-1:] and len(text) > 1:
        text = text[1:-1].replace('""', '"')
    if text[:1] == "'":
        text = text[1:]
    text = text.strip()
    return text.partition(".")[0] if text[-2:] in (".0", "00") and _WHOLE.fullmatch(text) else text


def seconds(text: str) -> int:
    """Whole seconds; NONSENSE where the cell says none, or more than a day. An empty cell is 0: nobody answered.

    Reads 95, 95.4 (a begun second counts), 1:35, 00:01:35, 1m 35s. Two parts are minutes and seconds.
    """
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        found = math.ceil(float(text))
    elif match := _CLOCK.fullmatch(text) or _SPELLED.fullmatch(text):
        hours, minutes, rest = (int(part or 0) for part in match.groups())
        found = hours * 3600 + minutes * 60 + rest
    else:
        return NONSENSE
    return found if found <= _LONGEST_CALL else NONSENSE


def cents(text: str) -> int | None:
    """A price in cents, half a cent rounded up; None where the cell holds none, or a negative one."""
    match = _MONEY.fullmatch(text)
    if match is None:
        return None
    thousandths = int((match[2] or "").ljust(3, "0")[:3])
    return int(match[1].replace(",", "")) * 100 + (thousandths + 5) // 10


def direction(text: str) -> str:
    """ "inbound", "outbound" (we dialed), or "" where the word says neither."""
    word = text.casefold()
    if word in _INBOUND or word.startswith("inbound"):
        return "inbound"
    if word in _OUTBOUND or word.startswith("outbound"):
        return "outbound"
    return ""
