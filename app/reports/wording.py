"""Values in plain words: counts, days, money, lines, states, and text that came from a file.

Everything that a log or a roster wrote is hostile: `shown` makes it safe to stand in a sentence, a terminal or a page
(which still escapes it).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date

from app.domain import states
from app.domain.lookback.report import Range
from app.domain.states import State

LONGEST = 80
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINES = {"health": "health", "variable": "variable life and annuity"}
_FIELDS = {
    "at": "Time of the call",
    "caller": "Number of the caller",
    "producer": "Who took it, or was to",
    "producer_npn": "Who took it, by NPN",
    "producer_phone": "Who took it, by phone",
    "agent": "Who took it, by agent",
    "campaign": "Campaign",
    "loa": "Line of insurance",
    "answered_seconds": "Seconds answered",
    "zip": "ZIP",
    "state": "State",
    "direction": "Who placed it",
    "price": "Price of the lead",
    "price_cents": "Price of the lead",
}
_ASKED = {
    "zip_not_found": "the ZIP is none in use",
    "no_state_governs": "the place named is no state that licenses",
    "conflict": "ZIP, state and area code contradict each other",
    "vendor_state_alone": "only the vendor's state was known",
    "area_code_alone": "only the area code was known",
    "nothing_known": "nothing was known of where the caller lives",
}


def shown(text: str, longest: int = LONGEST) -> str:
    """`text` on one line, without control, direction or invisible characters, at most `longest` long (then with "…")."""
    if not text.isprintable():
        text = "".join(_harmless(mark) for mark in text)
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _harmless(mark: str) -> str:
    if mark.isspace():
        return " "
    category = unicodedata.category(mark)
    if category == "Cs":  # half a pair: it could not be written as UTF-8
        return "\ufffd"
    # Cf turns the direction of the text around it, or hides in it: no name needs one.
    return "" if category in ("Cc", "Cf") else mark


def ranged(range_: Range) -> str:
    """ "5" where best and worst are one, "5 to 7" where not."""
    if range_.best == range_.worst:
        return f"{range_.best:,}"
    return f"{range_.best:,} to {range_.worst:,}"


def dollars(cents: int) -> str:
    """ "$1,710", and "$5.60" where it is not whole dollars."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}" + (f".{rest:02}" if rest else "")


def dollars_ranged(low_cents: int, high_cents: int) -> str:
    return dollars(low_cents) if low_cents == high_cents else f"{dollars(low_cents)} to {dollars(high_cents)}"


def counted(number: int | Range, one: str, many: str = "") -> str:
    """ "1 call", "2 calls", "1 to 2 calls"."""
    most = number.worst if isinstance(number, Range) else number
    said = ranged(number) if isinstance(number, Range) else f"{number:,}"
    return f"{said} {one if most == 1 else many or one + 's'}"


def day(on: date) -> str:
    """ "Mar 5, 2026"."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def short_day(on: date) -> str:
    """ "Mar 5"."""
    return f"{_MONTHS[on.month - 1]} {on.day}"


def span(first: date, last: date) -> str:
    """ "Jan 5 to Mar 29, 2026": the year once where it is one."""
    if first == last:
        return day(first)
    return f"{short_day(first) if first.year == last.year else day(first)} to {day(last)}"


def lines(requirement: str) -> str:
    """ "property and casualty" for "property+casualty"; "or" for "|"."""
    groups = [
        " and ".join(_LINES.get(name.strip(), name.strip().replace("_", " ")) for name in group.split("+"))
        for group in shown(requirement).split("|")
    ]
    return ", or ".join(group for group in groups if group)


def state(code: State) -> str:
    """ "Ohio"; what a report puts in a state's place is said in words."""
    if code == "several":
        return "More than one state"
    if not code:
        return "Not known"
    return states.name(code) if states.is_state(code) else shown(code, 24)


def listed(parts: Iterable[str], most: int = 56) -> str:
    """ "Ohio, Texas and Utah"; past `most` parts, "Ohio, Texas and 3 more"."""
    each = list(parts)
    if len(each) > most:
        return f"{', '.join(each[:most])} and {len(each) - most:,} more"
    return " and ".join(filter(None, (", ".join(each[:-1]), *each[-1:])))


def because(reason: str) -> str:
    """Why a caller would have been asked, in words; `reason` may be a code or a sentence already."""
    return _ASKED.get(reason, shown(reason, 200))


def field(name: str) -> str:
    """What a field of a logged call is, in words."""
    return _FIELDS.get(name) or shown(name).replace("_", " ")


def sentence(text: str) -> str:
    """`text` with a capital first and a full stop last."""
    said = shown(text, 300)
    if not said:
        return ""
    if " " not in said:  # a code; a sentence may name a zone, as in America/New_York
        said = said.replace("_", " ")
    return said[0].upper() + said[1:] + ("" if said[-1] in ".!?…" else ".")
