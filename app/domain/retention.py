"""How long a recording of a sale is kept, by class: one table, the longer reading wherever sources differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.lines import Line, Requirement


@dataclass(frozen=True)
class Retention:
    """A class of recordings and for how many years each is kept, from the day it was made."""

    name: str
    years: int
    source: str


HEALTH_SALE = Retention(
    "health_sale",
    10,
    # One secondary source reads the CY2027 rule (marketing from 2026-10-01) as six years. Until the rule itself is
    # read the longer time stands: what is deleted too early cannot be had back.
    "CMS: recording of sales and enrollment calls, 10 years (DOMAIN.md section 4)",
)
SALE = Retention("sale", 5, "Telemarketing Sales Rule records: 5 years (DOMAIN.md section 4)")


def retention_of(requirement: Requirement) -> Retention:
    """The class of a campaign's recordings: health wherever health may be sold."""
    return HEALTH_SALE if Line.HEALTH in requirement.lines else SALE


def retain_until(made_on: date, retention: Retention) -> date:
    """The last day on which the recording must still be there. Made on February 29: to March 1, the longer reading."""
    try:
        return made_on.replace(year=made_on.year + retention.years)
    except ValueError:
        return date(made_on.year + retention.years, 3, 1)
