"""Every +1 area code: what kind it is, and the one state whose numbers it numbers.

An area code is weak evidence: of US mobile numbers 7 to 12 in a hundred do not match their owner's state.
Table: app/data/area_codes.csv (area_code, state, kind, in_service_date, zones, source, notes), 499 rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain import tables
from app.domain.states import State

if TYPE_CHECKING:  # phone.py asks this file what may be dialed
    from app.domain.phone import PhoneNumber


class Kind(StrEnum):
    """What an area code is for, in the words of the table; UNASSIGNED is what the table does not list."""

    GEOGRAPHIC = "geographic_us"
    TERRITORY = "territory_us"
    PLANNED = "geographic_us_planned"
    CANADA = "canada"
    CANADA_NONGEOGRAPHIC = "canada_nongeographic"
    CARIBBEAN = "caribbean_other_nanp"
    TOLL_FREE = "toll_free"
    TOLL_FREE_PLANNED = "toll_free_planned"
    PERSONAL = "nongeographic_5xx"
    PREMIUM = "premium_900"
    INTEREXCHANGE = "interexchange_700"
    GOVERNMENT = "us_government_710"
    SERVICE = "n11_service"
    SPECIAL = "special_not_an_area_code"
    UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class AreaCode:
    """One area code. `state` and `zones` are given only for a US state's or territory's code in service."""

    code: str
    kind: Kind
    state: State | None
    zones: tuple[ZoneInfo, ...]


def lookup(area_code: str) -> AreaCode:
    """What `area_code` (three digits) is. One that is malformed or not in the table is UNASSIGNED.

    A code that is assigned but not yet in service has no state: a caller ID from it is made up.
    """
    return _by_code().get(area_code) or AreaCode(area_code, Kind.UNASSIGNED, None, ())


def state_of(number: PhoneNumber | None) -> State | None:
    """The state of a US or territory number's area code; None for every other number."""
    if number is None or number.area_code is None:
        return None
    return lookup(number.area_code).state


@cache
def _by_code() -> MappingProxyType[str, AreaCode]:
    codes: dict[str, AreaCode] = {}
    for code, state, kind_text, _since, zones, _source, _notes in tables.rows("area_codes.csv"):
        kind = Kind(kind_text)
        in_service = kind in (Kind.GEOGRAPHIC, Kind.TERRITORY)
        keeps = tuple(ZoneInfo(zone) for zone in zones.split("|")) if in_service else ()
        codes[code] = AreaCode(code, kind, state if in_service else None, keeps)
    return MappingProxyType(codes)
