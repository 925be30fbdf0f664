"""The 56 jurisdictions that license producers: 50 states, DC, PR, GU, VI, AS, MP; their names and time zones.

Military "states" (AA, AE, AP), the freely associated states (FM, MH, PW) and Canada's provinces are none of
them. Table: app/data/states.csv (code, name, aliases, type, fips, zones, source).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app.domain import tables

State: TypeAlias = str
"""A USPS code of one of the 56 jurisdictions, in capitals."""


@dataclass(frozen=True)
class _Jurisdiction:
    name: str
    aliases: tuple[str, ...]
    zones: tuple[str, ...]


def _load() -> dict[State, _Jurisdiction]:
    return {
        code: _Jurisdiction(name, tuple(filter(None, aliases.split("|"))), tuple(zones.split("|")))
        for code, name, aliases, _type, _fips, zones, _source in tables.rows("states.csv")
    }


_JURISDICTIONS = MappingProxyType(_load())
ALL: tuple[State, ...] = tuple(sorted(_JURISDICTIONS))

# Places that a vendor's "state" column does hold and whose people no state of ours governs.
_ELSEWHERE = {
    *("AA", "AE", "AP", "APO", "DPO", "FPO", "ARMEDFORCES"),
    *("ARMEDFORCESAMERICAS", "ARMEDFORCESEUROPE", "ARMEDFORCESPACIFIC"),
    *("FM", "MH", "PW", "MICRONESIA", "FEDERATEDSTATESOFMICRONESIA", "MARSHALLISLANDS", "PALAU"),
    *("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "PQ", "QC", "SK", "YT", "CANADA"),
    *("ALBERTA", "BRITISHCOLUMBIA", "MANITOBA", "NEWBRUNSWICK", "NEWFOUNDLAND", "NEWFOUNDLANDANDLABRADOR"),
    *("NORTHWESTTERRITORIES", "NOVASCOTIA", "NUNAVUT", "ONTARIO", "PRINCEEDWARDISLAND", "QUEBEC", "YUKON"),
    *("SASKATCHEWAN", "MEXICO", "BRITISHVIRGINISLANDS", "BAHAMAS", "BERMUDA", "DOMINICANREPUBLIC", "JAMAICA"),
    "SAMOA",
}
# Dots, commas, hyphens and apostrophes are how people punctuate a name; a slash or a digit is more than that.
_PUNCTUATION = re.compile(r"[\s.,'\u2018\u2019\u02bb`\-\u2010-\u2015]+")
_FORMS = (re.compile(r"^(?:STATE|COMMONWEALTH)OF(.+)$"), re.compile(r"^(.+)STATE$"), re.compile(r"^US(..)$"))
_CODE_AND_NAME = re.compile(r"^\s*(.+?)\s*(?:\(\s*(.+?)\s*\)|\s[-\u2013\u2014/|]\s*(.+?))\s*$")


def is_state(code: str) -> bool:
    """Whether `code` is exactly a USPS code of a licensing jurisdiction: "OH", not "oh"."""
    return code in _JURISDICTIONS


def name(code: State) -> str:
    """The full name: "Ohio". Raises KeyError for anything that is not a State."""
    return _JURISDICTIONS[code].name


@cache
def zones(code: State) -> tuple[ZoneInfo, ...]:
    """Every time zone that part of the state keeps, the commonest first; never empty.

    One zone stands for all that keep its offset in January and July (Indiana's are America/New_York and
    America/Chicago).
    """
    return tuple(ZoneInfo(zone) for zone in _JURISDICTIONS[code].zones)


def parse(text: str | None) -> State | None:
    """The state that a person or a vendor's file means: "oh", " Ohio ", "Calif.", "Washington, DC", "US-TX".

    None when unsure: a city with a state ("Ontario, CA" may be Canada), an abbreviation of two names, a
    number, a misspelling.
    """
    if not text:
        return None
    key = _key(text)
    known = _keys()
    if key in known:
        return known[key]
    for form in _FORMS:
        if (match := form.match(key)) and match[1] in known:
            return known[match[1]]
    if match := _CODE_AND_NAME.match(text):
        # "OH - Ohio", "Ohio (OH)": sure only when both halves say the same.
        halves = {known.get(_key(half)) for half in match.groups() if half}
        return halves.pop() if len(halves) == 1 else None
    return None


def is_elsewhere(text: str | None) -> bool:
    """Whether `text` plainly names a place that licenses nobody here: a province, "AE", "FM", "Mexico"."""
    return bool(text) and _key(text or "") in _ELSEWHERE


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark) and unicodedata.category(mark) != "Cf")
    return _PUNCTUATION.sub("", letters).upper()


@cache
def _keys() -> MappingProxyType[str, State]:
    keys: dict[str, State] = {}
    for code, jurisdiction in _JURISDICTIONS.items():
        for spelling in (code, jurisdiction.name, *jurisdiction.aliases):
            if keys.setdefault(_key(spelling), code) != code:
                raise ValueError(f"states.csv: {spelling!r} names both {keys[_key(spelling)]} and {code}")
    for ambiguous in _ELSEWHERE & keys.keys():
        raise ValueError(f"states.csv: {ambiguous!r} names a state and a place elsewhere")
    return MappingProxyType(keys)
