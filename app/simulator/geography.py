"""City, state, ZIP and country of a number, as carriers guess them: from the number alone, often blank.

Source: TELEPHONY.md section 1; the places are those of the phonenumbers package. Not the product's table, on
purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import geocoder  # noqa: TID251  # what a carrier guesses is no evidence, and never ours


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
    if parsed.country_code != 1:
        return Place(country=phonenumbers.region_code_for_number(parsed) or "")
    country = phonenumbers.region_code_for_number(parsed) or "US"
    city, _, state = geocoder.description_for_number(parsed, "en").rpartition(", ")
    return Place(city.upper(), _STATES.get(state, state if len(state) == 2 else ""), "", country)


_STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Washington D.C.": "DC", "District of Columbia": "DC",
    "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN",
    "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA", "Maine": "ME", "Maryland": "MD",
    "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN", "Mississippi": "MS", "Missouri": "MO",
    "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH", "New Jersey": "NJ",
    "New Mexico": "NM", "New York": "NY", "North Carolina": "NC", "North Dakota": "ND", "Ohio": "OH",
    "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI", "South Carolina": "SC",
    "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT", "Virginia": "VA",
    "Washington": "WA", "Washington State": "WA", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
    "Puerto Rico": "PR", "Guam": "GU", "American Samoa": "AS", "US Virgin Islands": "VI",
}  # fmt: skip
