"""May somebody be called who never turned to us? Only while the national do-not-call registry says so, and lately.

Source: 47 CFR 64.1200(c)(2)(i)(D): a version of the registry obtained no more than 31 days prior to the date of the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

OLDEST_SCRUB = timedelta(days=31)

INQUIRY_COUNTS = timedelta(days=89)
"""So long a call or a text of theirs exempts somebody: three months before the date of the call, at their shortest.

Source: 47 CFR 64.1200(f)(5), an established business relationship by an inquiry. A purchase counts for eighteen months
there; nothing here knows of purchases.
"""


_NEITHER = f"The number has not called or written to us in the last {INQUIRY_COUNTS.days} days, no consent is stored"


@dataclass(frozen=True)
class Scrub:
    """What the registry said of a number on that day."""

    listed: bool
    scrubbed_on: date


def against_calling(scrub: Scrub | None, on: date) -> str | None:
    """Why the number may not be called on that day, in a sentence; None where it may."""
    if scrub is None:
        return f"{_NEITHER}, and it was never checked against the registry."
    if scrub.listed:
        return f"The number is on the national do-not-call registry (checked on {scrub.scrubbed_on})."
    if on - scrub.scrubbed_on > OLDEST_SCRUB:
        return (
            f"{_NEITHER}, and it was checked against the registry on {scrub.scrubbed_on}: more than {OLDEST_SCRUB.days} "
            "days ago."
        )
    return None
