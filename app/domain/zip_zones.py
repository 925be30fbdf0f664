"""The one time zone of a ZIP, in a state that keeps two.

Table: app/data/zip_zones.csv (first, last, state, zone, source): one row for each run of neighboring ZIPs of a split
state in the same zone, which may pass over ZIPs that do not exist. Only those on which two sources agree are in it:
what is not may lie in any zone of its state.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from zoneinfo import ZoneInfo

from app.domain import tables, zip_codes
from app.domain.states import State


def of(zip5: str, state: State) -> ZoneInfo | None:
    """The zone of the five-digit `zip5`, where it lies in `state` and nowhere else, and its zone is known for sure."""
    if zip_codes.states_of(zip5) != (state,):
        return None
    firsts, runs = _runs()
    position = bisect_right(firsts, zip5) - 1
    if position < 0:
        return None
    last, of_state, zone = runs[position]
    return zone if zip5 <= last and state == of_state else None


@cache
def _runs() -> tuple[list[str], list[tuple[str, State, ZoneInfo]]]:
    """First ZIPs, ascending; the last ZIP, state and zone of each run."""
    firsts, runs = [], []
    for first, last, state, zone, _source in tables.rows("zip_zones.csv"):
        firsts.append(first)
        runs.append((last, state, ZoneInfo(zone)))
    return firsts, runs
