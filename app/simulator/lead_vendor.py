"""A pretended vendor: it pings, posts most leads over the API and transfers them; what it says of a state is not always so."""

from __future__ import annotations

import random
from itertools import count
from typing import Any

from app.simulator.api import ApiRefused
from app.simulator.cast import AGENCY
from app.simulator.facts import Json
from app.simulator.supervisor import Desk

NAME = "leadco"

POSTED = 0.85
"""The share of callers whom the vendor announces."""

PINGED = 0.6
"""The share of those about whom it asks first."""

SOLD_ELSEWHERE = 0.5
"""The share of refused pings after which another buyer gets the caller; the rest it transfers all the same."""

MISTAKEN = 0.05
"""The share of those whose state it has wrong."""

WITH_ZIP = 0.8
"""The share of those whose ZIP it tells; the others are asked."""

_FIRST = (
    *("Alma", "Bertha", "Calvin", "Doris", "Earl", "Flora", "Gus", "Hazel", "Irma", "Jesse", "Karl", "Lorena"),
    *("Mabel", "Neil", "Opal", "Percy", "Rita", "Stella", "Travis", "Una", "Vera", "Wade", "Yolanda", "Zeke"),
)
_LAST = (
    *("Abbott", "Barnes", "Castillo", "Dunn", "Ellis", "Fuentes", "Garza", "Hobbs", "Ingram", "Jarvis", "Keller"),
    *("Lowe", "Mercer", "Noble", "Ortega", "Pruitt", "Rhodes", "Salazar", "Tate", "Underwood", "Vance", "Wolfe"),
)


class LeadVendor:
    """`announce` is asked before each call."""

    def __init__(self, desk: Desk, key: str, *, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._ids = count(4001)
        self.desk = desk
        self.key = key

    def announce(self, number: str, state: str, zip_code: str) -> bool:
        """Whether the caller is transferred. A product that is busy for once gets the call all the same."""
        if self._random.random() >= POSTED:
            return True
        try:
            ping = self._ping(zip_code) if self._random.random() < PINGED else {}
            if not ping.get("accept", True) and self._random.random() < SOLD_ELSEWHERE:
                return False
            self.desk.send("POST", "/leads", self._lead(number, state, zip_code, ping))
        except ApiRefused:
            return True
        return True

    def _ping(self, zip_code: str) -> Json:
        return self.desk.send("POST", "/ping", {"campaign": AGENCY, "zip": zip_code})

    def _lead(self, number: str, state: str, zip_code: str, ping: Json) -> Json:
        lead: dict[str, Any] = {
            "campaign": AGENCY,
            "phone": number,
            "first_name": self._random.choice(_FIRST),
            "last_name": self._random.choice(_LAST),
            "state": "OH" if self._random.random() < MISTAKEN else state,
            "external_id": f"LC-{next(self._ids)}",
        }
        if self._random.random() < WITH_ZIP:
            lead["zip"] = zip_code
        if ping.get("accept"):
            lead["ping_id"] = ping["ping_id"]
        return lead
