"""A producer's softphone: their browser, rung instead of their phone for as long as it says that it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SCHEME = "client:"
"""How the carrier spells the address of a browser. Source: TELEPHONY.md section 4, Client."""

RING_SECONDS = 15
"""As long as a softphone rings at most. Source: FLOWS.md, tier 1."""

SIGN_EVERY_SECONDS = 20
"""Real seconds between two signs of a browser whose softphone is registered with the carrier."""

_LASTS = timedelta(seconds=60)
"""Two signs in a row may be lost; after the third the phone is rung instead."""

_SHORTEST_RING = timedelta(seconds=5)
"""No ring of ours is shorter: what ends sooner, unanswered, never rang (the carrier knew of no such browser)."""


class Dialed(StrEnum):
    """What was dialed to reach a producer."""

    PHONE = "phone"
    SOFTPHONE = "softphone"


@dataclass(frozen=True)
class Reach:
    """Where a producer is rung: E.164, or `client:` and their softphone's name."""

    address: str
    dialed: Dialed

    def ring_seconds(self, seconds: int) -> int:
        """How long to ring here where a phone would ring for `seconds`."""
        return min(seconds, RING_SECONDS) if self.dialed is Dialed.SOFTPHONE else seconds


def is_softphone(address: str) -> bool:
    """Whether the carrier means a browser by `address`. A person's number never looks like that."""
    return address.strip().lower().startswith(SCHEME)


def registered_until(now: datetime, *, clock_speed: float) -> datetime:
    """How long a sign given `now` holds. Browsers count real seconds, and a demonstration's clock runs faster than those."""
    return now + _LASTS * max(clock_speed, 1.0)


def never_rang(dialed: Dialed, dial_status: str, *, started_at: datetime, now: datetime) -> bool:
    """Whether what was dialed was a browser that is gone: refused by the carrier, or given up before any ring could end."""
    if dialed is not Dialed.SOFTPHONE:
        return False
    return dial_status == "failed" or (dial_status == "no-answer" and now - started_at < _SHORTEST_RING)
