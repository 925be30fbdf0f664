"""A pretended vendor, who posts most leads over the API before their calls come; what it says of a state is not always so."""

from __future__ import annotations

import random
from itertools import count

from app.simulator.api import ApiRefused
from app.simulator.cast import AGENCY
from app.simulator.supervisor import Desk

NAME = "leadco"

POSTED = 0.85
"""The share of callers whom the vendor announces."""

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
    """`post` is asked before each call."""

    def __init__(self, desk: Desk, key: str, *, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._ids = count(4001)
        self.desk = desk
        self.key = key

    def post(self, number: str, state: str, zip_code: str) -> None:
        """Announce a caller, or not. A product that is busy for once gets the call all the same."""
        if self._random.random() >= POSTED:
            return
        lead = {
            "campaign": AGENCY,
            "phone": number,
            "first_name": self._random.choice(_FIRST),
            "last_name": self._random.choice(_LAST),
            "state": "OH" if self._random.random() < MISTAKEN else state,
            "external_id": f"LC-{next(self._ids)}",
        }
        if self._random.random() < WITH_ZIP:
            lead["zip"] = zip_code
        try:
            self.desk.send("POST", "/leads", lead)
        except ApiRefused:
            return
