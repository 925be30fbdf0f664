"""What a nonresident license costs in each state, and how long one waits for it: estimates with a date on them.

Table: app/data/nonresident_fees.csv (state, low_usd, high_usd, nipr_usd, extras, confidence, as_of, source, waiting,
waiting_source), one row for each of the 56 jurisdictions. Whoever learns a state's true fee writes it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from app.domain import tables
from app.domain.states import State


@dataclass(frozen=True)
class Fee:
    """The cost of one individual's nonresident license, in cents.

    `low_cents` and `high_cents` are the state's fee with NIPR's own for the transaction, the range over the sources
    there are; both None where no source has a number. `nipr_cents` is NIPR's part, 0 where NIPR does not take the
    application. `extras`, maybe empty, is what else is asked for. `confidence`: none, low, low-medium or medium.
    """

    low_cents: int | None
    high_cents: int | None
    nipr_cents: int
    extras: str
    confidence: str
    as_of: date
    source: str
    waiting: str
    waiting_source: str


def fee(state: State) -> Fee:
    """What is known of a nonresident license in `state`. Raises KeyError for anything that is not a State."""
    return _fees()[state]


@cache
def _fees() -> MappingProxyType[State, Fee]:
    fees: dict[State, Fee] = {}
    for state, low, high, nipr, extras, confidence, as_of, source, waiting, waiting_source in tables.rows(
        "nonresident_fees.csv"
    ):
        fees[state] = Fee(
            low_cents=_cents(low) + _cents(nipr) if low else None,
            high_cents=_cents(high) + _cents(nipr) if high else None,
            nipr_cents=_cents(nipr),
            extras=extras,
            confidence=confidence,
            as_of=date.fromisoformat(as_of),
            source=source,
            waiting=waiting,
            waiting_source=waiting_source,
        )
    return MappingProxyType(fees)


def _cents(usd: str) -> int:
    return int(Decimal(usd) * 100)
