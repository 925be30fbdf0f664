"""What a person's own text message asks for: to be left alone, a ZIP, a time, or something for the supervisors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain import chosen_time, opt_out, time_words, zip_codes


class Meaning(StrEnum):
    """What is done with a message. STOP, START and HELP are the carriers' own; they answer those, we do not."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    ZIP = "zip"
    TIME = "time"
    OTHER = "other"


@dataclass(frozen=True)
class Message:
    """A message as understood. A ZIP that exists and a time may both be there; its meaning is ZIP then."""

    meaning: Meaning
    zip_code: str | None = None
    at: datetime | None = None


# Single-word messages, as carriers read them (TELEPHONY.md section 6).
_WORDS = {
    **dict.fromkeys(("start", "unstop", "yes"), Meaning.START),
    **dict.fromkeys(("help", "info", "ayuda"), Meaning.HELP),
}
_MOST_WORDS = 15
_FIVE = re.compile(r"(?<![\w$#.,-])(\d{5})(?:-\d{4})?(?![\w%]|[.,-]\d)", re.ASCII)
_MONEY = re.compile(r"\$|\d,\d")
# Five digits that are something else: money, a policy, a house in a street.
_NOT_BEFORE = re.compile(
    r"(?:policy|claim|member|account|acct|case|order|ref|reference|number|id|no|make|made|earn|owe|paid|pay|about|over|under"
    r"|than|income|is worth|box|code is not|poliza|cuenta|numero|gano|not|isnt|apt|unit|ext)[ #:]*$"
)
_NOT_AFTER = re.compile(
    r" ?(?:dollars?|bucks|miles?|k\b|per|a (?:year|month)|people|dolares|millas|pesos|al (?:ano|mes)"
    r"|(?:\w+ ){1,3}(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|way|ct|court|pl|place|pkwy|hwy|cir)\b)"
)


def understand_message(body: str, *, now: datetime, zone: ZoneInfo, language: str = "en") -> Message:
    """What `body` means to a person in `zone` at `now`. STOP comes first, whatever else is said.

    A bare number is no time here ("3" may answer anything): `chosen_time.understand` is for the answer to "when?".
    """
    if opt_out.means_stop(body):
        return Message(Meaning.STOP)
    word = _WORDS.get(opt_out.single_word(body))
    if word is not None:
        return Message(word)
    zip_code = _zip_in(body)
    at = None if _is_number(body) else chosen_time.understand(body, now=now, zone=zone, language=language)
    if zip_code is not None:
        return Message(Meaning.ZIP, zip_code, at)
    return Message(Meaning.TIME, at=at) if at is not None else Message(Meaning.OTHER)


def _zip_in(body: str) -> str | None:
    """The one ZIP in a short message that is in use; None where there is none, or several."""
    said = zip_codes.normalize_keyed(body) if len(body) <= 200 and not _MONEY.search(body) else None
    text = time_words.plain(body[:1600])
    if said is not None:
        found = {said}
    elif len(text.split()) > _MOST_WORDS:
        return None
    else:
        found = {match[1] for match in _FIVE.finditer(text) if _may_be_zip(text, match)}
    in_use = {zip5 for zip5 in found if zip_codes.lookup(zip5).kind is not zip_codes.Kind.UNKNOWN}
    return in_use.pop() if len(in_use) == 1 else None


def _may_be_zip(text: str, match: re.Match[str]) -> bool:
    return not (_NOT_BEFORE.search(text[: match.start()]) or _NOT_AFTER.match(text[match.end() :]))


def _is_number(body: str) -> bool:
    plain = time_words.plain(body[:200])
    return any(re.fullmatch(r"\W*\d*\W*", time_words.in_figures(plain, language)) for language in ("en", "es"))
