"""What soliciting insurance without a license may cost: a general range, and the statutes that were read.

An order of magnitude for a report, not legal advice: most rows are a code's general penalty, and no state's row says
what a regulator would ask for. Table: app/data/penalties.csv (state or `US`, low_usd, high_usd, per, citation, source,
read, as_of, confidence, note).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from app.domain import states, tables
from app.domain.states import State


class Per(StrEnum):
    """What is counted, in the words of the table."""

    VIOLATION = "violation"
    DAY = "day"
    VIOLATION_AND_DAY = "violation and day"


@dataclass(frozen=True)
class Penalty:
    """The least and the most that the source names, in whole dollars for each `per`.

    `low_usd` is 0 where only a maximum is named. `citation` is empty where no statute says it. `read` tells whether
    the statute's own words were; `note` what the amounts are for and what they leave out.
    """

    low_usd: int
    high_usd: int
    source: str
    per: Per
    citation: str
    read: bool
    as_of: date
    confidence: str
    note: str


GENERAL = "US"


def penalty() -> Penalty:
    """The general range, of no single statute; it stands for every state that `of` does not know."""
    return _penalties()[GENERAL]


def of(state: State) -> Penalty | None:
    """What is known of the law of `state` itself; None for most."""
    return _penalties().get(state) if states.is_state(state) else None


@cache
def _penalties() -> MappingProxyType[str, Penalty]:
    return MappingProxyType(
        {
            state: Penalty(
                low_usd=int(low),
                high_usd=int(high),
                source=source,
                per=Per(per),
                citation=citation,
                read=read == "yes",
                as_of=date.fromisoformat(as_of),
                confidence=confidence,
                note=note,
            )
            for state, low, high, per, citation, source, read, as_of, confidence, note in tables.rows("penalties.csv")
        }
    )
