"""When a delivery that failed is tried again, and when an endpoint is taken to be dead."""

from __future__ import annotations

from datetime import datetime, timedelta

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between two tries: ten tries in 75 hours and a half. Source: Standard Webhooks, "Deliverability and reliability"."""

JITTER = 0.1
"""Up to so much longer, so that what failed together does not come back together."""

DEAD_AFTER = timedelta(days=5)
"""An endpoint of which nothing but failures has come for so long is switched off."""


def next_try(tries: int, now: datetime, roll: float) -> datetime | None:
    """When to try after `tries` that failed; None: it is given up. `roll` is from 0 to 1, by chance."""
    if not 1 <= tries <= len(DELAYS):
        return None
    return now + DELAYS[tries - 1] * (1 + JITTER * roll)


def is_dead(failing_since: datetime | None, now: datetime) -> bool:
    return failing_since is not None and now - failing_since >= DEAD_AFTER
