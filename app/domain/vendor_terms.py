"""What was agreed with a vendor: every key, its default, and what it accepts. The only place of defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.policy import BadSetting, Range
from app.domain.setting_words import Words


@dataclass(frozen=True)
class VendorTerms:
    """How much of a vendor's traffic is asked for, and by when what they bill can be disputed.

    `hourly_cap` and `daily_cap`: the most leads in 60 minutes, and in one day; none: as many as come.
    `unanswered_per_hour`: at so many unanswered calls in 60 minutes the vendor pauses us (three, with some: FLOWS.md, the
    vendor's clock); none: this vendor does not.
    `dispute_days`: so many days after an invoice arrives, its lines can be disputed.
    `duplicate_days`: the same caller again within so many days is a duplicate, and not billed.
    """

    hourly_cap: int | None = None
    daily_cap: int | None = None
    unanswered_per_hour: int | None = None
    dispute_days: int = 7
    duplicate_days: int = 30


NUMBERS = {
    "hourly_cap": Range(0, 100_000, optional=True),
    "daily_cap": Range(0, 100_000, optional=True),
    "unanswered_per_hour": Range(1, 1_000, optional=True),
    "dispute_days": Range(0, 365),
    "duplicate_days": Range(0, 365),
}

AGREED_BY_DEFAULT = VendorTerms()

WORDS = {
    "hourly_cap": Words(
        "Hourly cap",
        "At so many leads in 60 minutes it is told no. A call that arrives is served all the same.",
        "leads",
    ),
    "daily_cap": Words("Daily cap", "The same for a day, from midnight to midnight by the agency's clock.", "leads"),
    "unanswered_per_hour": Words(
        "Pauses us at",
        "So many unanswered calls in 60 minutes make the vendor pause us. One before that, it is told no for a while.",
        "calls",
    ),
    "dispute_days": Words("Disputes", "So long after an invoice arrives, what is on it can be disputed.", "days"),
    "duplicate_days": Words("Duplicates", "The same caller again within so long is not billed.", "days"),
}
"""Each term as a person reads it."""


def apply(terms: VendorTerms, key: str, text: str) -> VendorTerms:
    """`terms` with one of them read from text. Raises BadSetting."""
    if key not in NUMBERS:
        raise BadSetting(key, f"no such term; the terms are {', '.join(NUMBERS)}")
    changed: dict[str, Any] = {key: _number(key, text.strip())}
    return replace(terms, **changed)


def from_agreed(agreed: Mapping[str, str]) -> VendorTerms:
    """The terms of what is stored (key to text), defaults for all the others."""
    terms = AGREED_BY_DEFAULT
    for key, text in agreed.items():
        terms = apply(terms, key, text)
    return terms


def spelled(terms: VendorTerms) -> dict[str, str]:
    """Every term as the text that `apply` reads back."""
    return {key: _spell(getattr(terms, key)) for key in NUMBERS}


def _spell(number: int | None) -> str:
    return "none" if number is None else str(number)


def _number(key: str, text: str) -> int | None:
    takes = NUMBERS[key]
    if takes.optional and text.lower() in ("", "none"):
        return None
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not takes.low <= int(text) <= takes.high:
        or_none = ", or none" if takes.optional else ""
        raise BadSetting(key, f"expected a whole number from {takes.low} to {takes.high}{or_none}", text)
    return int(text)
