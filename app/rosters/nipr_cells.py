"""What one attribute or element of a NIPR report means. Each function raises BadCell, whose message says why not.

Source of the spellings: public readers of these reports (no official schema was found); what is not known is a no.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from app.domain.licensing import Residency, Status
from app.rosters import cells
from app.rosters.errors import BadCell, shortened
from app.rosters.line_names import fold

PERPETUAL_YEAR = 9999
LONGEST_NAME = 200

_SLASHED = re.compile(r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$")
_COMPACT = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})$")
_TIME_OF_DAY = re.compile(r"[ T][0-9]{1,2}:[0-9]{2}[0-9:.,+\- AaPpMmZz]*$")
_CREDITS = re.compile(r"^[0-9]{1,4}(\.[0-9]{1,3})?$")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_YES = ("yes", "y", "true", "t", "1")
_NO = ("no", "n", "false", "f", "0")
_STATUSES = {
    **dict.fromkeys(("active", "a", *_YES), Status.ACTIVE),
    **dict.fromkeys(("inactive", "i", "not active", "denied", "deceased", "closed", *_NO), Status.INACTIVE),
    **dict.fromkeys(("renewal pending", "pending renewal"), Status.RENEWAL_PENDING),
    **dict.fromkeys(("expired", "lapsed"), Status.EXPIRED),
    **dict.fromkeys(("cancelled", "canceled", "terminated", "surrendered", "withdrawn"), Status.CANCELLED),
    "pending": Status.PENDING,
    "suspended": Status.SUSPENDED,
    "revoked": Status.REVOKED,
}


class StatusWord(NamedTuple):
    """A status, and what is odd about the word it was read from; empty where nothing is."""

    status: Status
    oddity: str = ""


UNTOLD = StatusWord(Status.INACTIVE, "the report gives no status, which counts as inactive")


class Expiration(NamedTuple):
    """The day on which a license ends; None where that is not known, or never comes."""

    on: date | None
    perpetual: bool = False


@lru_cache(maxsize=65536)
def day(text: str) -> date | None:
    """MM/DD/YYYY, YYYY-MM-DD or YYYYMMDD; None where there is none."""
    if match := _SLASHED.match(text):
        month, day_of_month, year = match.groups()
        return cells.day(f"{year}-{month:>02}-{day_of_month:>02}")
    if match := _COMPACT.match(text):
        return cells.day("-".join(match.groups()))
    try:
        return cells.day(text)
    except BadCell as bad:
        raise BadCell(f"{bad}, or MM/DD/YYYY") from None


def day_of(text: str) -> date | None:
    """The day of a moment: a date, with or without a time of day behind it."""
    return day(_TIME_OF_DAY.sub("", text))


def expiration(text: str) -> Expiration:
    """A date; in the year 9999, perpetual (12/31/9999 and 99991231 are how the reports say so)."""
    ends_on = day(text)
    if ends_on is not None and ends_on.year == PERPETUAL_YEAR:
        return Expiration(None, perpetual=True)
    return Expiration(ends_on)


@lru_cache(maxsize=1024)
def status(text: str) -> StatusWord:
    """Yes and no count as active and inactive. What is missing or not known is inactive, and that is told."""
    folded = fold(text)
    if not folded:
        return UNTOLD
    if folded not in _STATUSES:
        return StatusWord(Status.INACTIVE, f"the status {shortened(text)!r} is not known and counts as inactive")
    return StatusWord(_STATUSES[folded])


@lru_cache(maxsize=1024)
def residency(text: str) -> Residency:
    """Resident only where the report says so: a nonresident needs the resident license as well."""
    return Residency.RESIDENT if fold(text) in (*_YES, "r", "res", "resident") else Residency.NONRESIDENT


@lru_cache(maxsize=1024)
def yes_or_no(text: str) -> bool | None:
    """None where it says neither ("exempt")."""
    folded = fold(text)
    if folded in (*_YES, "compliant"):
        return True
    return False if folded in (*_NO, "not compliant", "noncompliant") else None


@lru_cache(maxsize=1024)
def credits_needed(text: str) -> int | None:
    """Hours of education still owed, begun ones counted whole."""
    if not text:
        return None
    if not _CREDITS.match(text):
        raise BadCell("not a number of credits")
    return -int(-float(text) // 1)


def npn(text: str) -> str:
    return intern(cells.npn(text))


def npn_if_told(text: str) -> str:
    return npn(text) if text else ""


def number(text: str) -> str | None:
    """A license number; None where there is none, or one that must not be kept."""
    if _CONTROL.search(text):
        return None
    try:
        return cells.license_number(text) or None
    except BadCell:
        return None


def name(text: str) -> str:
    """At most 200 characters, in one line; may be empty."""
    if len(text) > LONGEST_NAME:
        raise BadCell(f"longer than {LONGEST_NAME} characters")
    if _CONTROL.search(text):
        raise BadCell("a control character (a line break, a tab) inside the text")
    return intern(text)
