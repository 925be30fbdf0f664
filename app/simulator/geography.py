"""State and country of a number, as carriers guess them: from the number alone; city and ZIP are blank, as they often are.

Source: TELEPHONY.md section 1. It describes the number, never the person: the product must not take it for evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from app.domain import area_codes
from app.domain.phone import PhoneNumber


@dataclass(frozen=True)
class Place:
    """Blank is what Twilio sends where it does not know."""

    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


@lru_cache(maxsize=4096)
def place_of(number: str) -> Place:
    """Where `number` says it is; nothing for what is not a number, the country alone for toll-free."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Place()
    country = phonenumbers.region_code_for_number(parsed) or ""
    if parsed.country_code != 1:
        return Place(country=country)
    return Place(state=area_codes.state_of(PhoneNumber(number)) or "", country=country or "US")
