"""How long ago a license was seen at its source, and when that is worth a warning."""

from __future__ import annotations

from datetime import datetime, timedelta

WARN_AFTER = timedelta(days=7)
"""A license not seen for so long is told of. Source: FLOWS.md, Licenses."""

FEED_BLOCK_AFTER = timedelta(days=10)
"""With a daily feed it gives no authority any more after this."""

FEED_WARN_AFTER = timedelta(days=4)

EARLIEST_WARNING = min(WARN_AFTER, FEED_WARN_AFTER)


def warns_at(verified_at: datetime, stale_at: datetime) -> datetime:
    """From when on the age is told of. How soon the license goes stale says whether it comes from a daily feed."""
    from_feed = stale_at - verified_at <= FEED_BLOCK_AFTER
    return verified_at + (FEED_WARN_AFTER if from_feed else WARN_AFTER)
