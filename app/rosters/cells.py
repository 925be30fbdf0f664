"""What one cell of a roster file means. Each function raises BadCell, whose message says why not."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from app.domain import phone, states
from app.domain.lines import Line
from app.domain.states import State
from app.rosters.errors import BadCell
from app.rosters.line_names import lines_named

_NPN = re.compile(r"^[1-9][0-9]{0,9}$")
_EMAIL = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+$")
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_SOCIAL_SECURITY_NUMBER = re.compile(r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$")
_EARLIEST_YEAR = 1900

_Word = TypeVar("_Word", bound=StrEnum)


def npn(cell: str) -> str:
    """A National Producer Number: 1 to 10 digits, without leading zeros, kept as text."""
    if not _NPN.match(cell):
        raise BadCell("an NPN is 1 to 10 digits and does not begin with 0")
    return cell


def text(cell: str, longest: int) -> str:
    """Something, of at most `longest` characters."""
    if not cell:
        raise BadCell("is empty")
    if len(cell) > longest:
        raise BadCell(f"longer than {longest} characters")
    return cell


def email(cell: str) -> str:
    if len(cell) > 254 or not _EMAIL.match(cell):
        raise BadCell("not an email address")
    return cell


@lru_cache(maxsize=4096)
def us_phone(cell: str) -> str:
    """E.164 of a number in a US state or territory, in any spelling."""
    if not cell:
        raise BadCell("is empty")
    number = phone.parse(cell)
    if number is None:
        raise BadCell("not a telephone number")
    if not phone.is_dialable_us(number):
        raise BadCell("not a number of a US state or territory that a producer could be rung at")
    return number.e164


def state(cell: str) -> State:
    code = cell.upper()
    if not states.is_state(code):
        raise BadCell("not the USPS code of a state or territory that licenses producers")
    return code


def license_number(cell: str) -> str:
    """At most 60 characters; may be empty. Never one that is written like a Social Security number."""
    if _SOCIAL_SECURITY_NUMBER.match(cell):
        raise BadCell("is written like a Social Security number, which is never stored")
    if len(cell) > 60:
        raise BadCell("longer than 60 characters")
    return cell


def word(cell: str, words: type[_Word]) -> _Word:
    """One of `words`, whatever its case; blanks and hyphens count as underscores."""
    try:
        return words(cell.lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        raise BadCell(f"must be one of {', '.join(words)}" if cell else "is empty") from None


def lines(cell: str, of_state: State) -> tuple[Line, ...]:
    """The lines that the cell names in that state."""
    named = lines_named(cell, of_state)
    if not named:
        known = ", ".join(Line)
        raise BadCell(f"not a line of authority that is known for sure in {of_state}; the lines are {known}")
    return named


@lru_cache(maxsize=65536)
def day(cell: str) -> date | None:
    """YYYY-MM-DD; None where the cell is empty: not known."""
    if not cell:
        return None
    if not _DATE.match(cell):
        raise BadCell("a date is written YYYY-MM-DD")
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        raise BadCell("there is no such day") from None
    if found.year < _EARLIEST_YEAR:
        raise BadCell(f"a year before {_EARLIEST_YEAR}")
    return found
