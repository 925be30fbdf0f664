"""Telephone numbers as people, vendors and carriers write them.

`phonenumbers` only parses: a number is believed where its length is possible. Whether it is *valid* is
never asked, because the library does not know 14 area codes that are in service; what one is stands in
area_codes.py.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers

from app.domain import area_codes

_NORTH_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})", re.ASCII)
_PLAIN = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}", re.ASCII)
# As nearly every list writes them; what phonenumbers makes of these is known (and takes it fifty times as long).
_COMMON = re.compile(r"\s*(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?([2-9]\d{2})[ .-]?(\d{4})\s*", re.ASCII)
_SIP_USER = re.compile(r"(?:^|<|\b)sips?:([^@;>?]*)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?:[;,]?\s*e?xt(?:ensi[oó]n|n)?\s*[.:=]?|[;,]?\s*(?<![a-z])x\.?|\s*#|[,;]+)\s*\d{1,7}\s*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+(]*\d.*\d", re.DOTALL)
_LETTER_INSIDE = re.compile(r"[^\W\d_]")
# ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE, PRIVATE on a keypad: carriers' words for "hidden".
_SPELLED = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+7748283"}
_LONGEST = 300
_CELL = re.compile(r"^(\+?\d{10,11})\.0+$")


@dataclass(frozen=True)
class PhoneNumber:
    """A number in E.164, e.g. +16145550101. Made by `parse`; nothing else checks it."""

    e164: str

    @property
    def area_code(self) -> str | None:
        """The three digits after +1, whatever they are for; None for a number of another country code."""
        match = _NORTH_AMERICAN.fullmatch(self.e164)
        return match[1] if match else None

    @property
    def masked(self) -> str:
        """For lists and logs: area code and last two digits, "+1 614-***-**01"; elsewhere "+44 ***58"."""
        if match := _NORTH_AMERICAN.fullmatch(self.e164):
            return f"+1 {match[1]}-***-**{match[3][-2:]}"
        return f"+{phonenumbers.parse(self.e164).country_code} ***{self.e164[-2:]}"

    def __str__(self) -> str:
        return self.e164


def parse(text: str | None) -> PhoneNumber | None:
    """The number that `text` means, a US one where it has no country code; None where it is not one.

    Reads "(614) 555-0101 x12", "tel:+1-614-555-0101", "sip:+16145550101@host", "001 614 555 0101",
    full-width digits, Unicode dashes and direction marks, a spreadsheet's "6145550101.0". Extensions are
    dropped. Not a number: "anonymous" and the digits by which carriers spell it (+266696687), a local
    number without area code, letters among the digits (an O may be a zero), two numbers in one field, and
    in +1 an area code or exchange that begins with 0 or 1.
    """
    if not text or text.strip() in _SPELLED or len(text) > _LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        return PhoneNumber(text)
    if common := _COMMON.fullmatch(text):
        return PhoneNumber(f"+1{common[1]}{common[2]}{common[3]}")
    return _parsed(text)


def _parsed(text: str) -> PhoneNumber | None:
    """What phonenumbers makes of any spelling."""
    written = _bare(text)
    if written is None:
        return None
    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    # Not is_possible_number(): that also admits seven digits without an area code.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code == 1 and not _PLAIN.fullmatch(e164):
        return None
    return PhoneNumber(e164)


def is_dialable_us(number: PhoneNumber | None) -> bool:
    """Whether a person in a US state or territory may be reached at `number`: an area code in service there.

    Not toll-free, premium, 5XX, Canada, the Caribbean or unassigned; nor an exchange that is a service code
    (N11) or pay-per-call (976).
    """
    if number is None:
        return False
    match = _NORTH_AMERICAN.fullmatch(number.e164)
    if match is None or not _PLAIN.fullmatch(number.e164) or area_codes.state_of(number) is None:
        return False
    exchange = match[2]
    return exchange != "976" and not exchange.endswith("11")


def _bare(text: str) -> str | None:
    """The part of `text` that holds the number, ready for phonenumbers; None where no part plainly does."""
    folded = unicodedata.normalize("NFKC", unquote(text))
    visible = "".join(mark for mark in folded if unicodedata.category(mark) not in ("Cf", "Cc")).strip()
    if "phone-context" in visible.lower():
        return visible
    if match := _SIP_USER.search(visible):
        visible = match[1].partition(":")[0]
    elif "@" in visible:
        visible = visible.partition("@")[0]
    visible = _CELL.sub(r"\1", visible)
    match = _NUMBER.search(_EXTENSION.sub("", visible))
    if match is None or _LETTER_INSIDE.search(match[0]):
        return None
    # 00 is how most of the world dials abroad; no US number begins with it.
    return re.sub(r"^00\s*(?=[1-9])", "+", match[0])
