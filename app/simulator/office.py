"""The agency that the running demo shows: where its callers are, and who signs in to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

ROSTER = "office.csv"

MORNING = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
"""Half past nine in New York, a Wednesday: the roster's dates are written for it."""

OPENS = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""The demo's first instant for who looks; what came before was played in advance."""

STATES = ("FL", "GA", "IL", "KY", "MI", "NC", "OH", "PA", "TN", "TX")
"""The states that it has opened."""

PLACES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "FL": (("305", "813"), ("33130", "32801")),
    "GA": (("404",), ("30303",)),
    "IL": (("312", "217"), ("60601", "62701")),
    "KY": (("502",), ("40202",)),
    "MI": (("313", "517"), ("48226", "48933")),
    "NC": (("919", "704"), ("27601", "28202")),
    "NY": (("212",), ("10001",)),
    "OH": (("614", "216"), ("43215", "44114")),
    "PA": (("215", "412"), ("19103", "15222")),
    "TN": (("615",), ("37203",)),
    "TX": (("512", "214"), ("78701", "75201")),
}
"""Area codes and ZIPs that callers have. New York is not open: nobody may take those calls, which supervisors get."""

SECONDS_BETWEEN_CALLS = 20.0
"""Of the simulated clock, on average: with 24 producers some eight calls at a time."""

PASSWORD = "three gates open"
"""Of everybody who signs in to the demo, which listens on this machine only."""


@dataclass(frozen=True)
class SignIn:
    """Somebody who may look at the demo; `npn`: the producer that they are."""

    role: str
    npn: str | None = None

    @property
    def email(self) -> str:
        return f"{self.role}@demo.example"


SIGN_INS = (SignIn("supervisor"), SignIn("producer", "90000104"), SignIn("compliance"), SignIn("admin"))
