"""How much of a vendor's or a campaign's traffic is taken, and when we hold back before a vendor penalizes us.

A call that arrives is served whatever stands here: caps and throttling answer pings and posts, which are asked ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.domain.call import Disposition

HOUR = timedelta(minutes=60)
"""An hourly cap is rolling: what came longer ago no longer counts."""

LEFT_AT_ONCE = timedelta(seconds=5)
"""A caller who hangs up sooner was not kept ringing. Source: FLOWS.md, matching."""


class Limit(StrEnum):
    """Why a lead is not asked for right now; reasons of a ping and a post, never of a producer."""

    CAP_REACHED = "cap_reached"
    THROTTLED = "throttled"


@dataclass(frozen=True)
class Windows:
    """What counts at one instant: leads later than `hour_since`, and those from `day_began` on, before `day_ends`."""

    hour_since: datetime
    day_began: datetime
    day_ends: datetime


def windows(now: datetime, zone: ZoneInfo) -> Windows:
    """The rolling hour, and the day of the calendar in `zone`: 23 or 25 hours where the clocks change."""
    today = now.astimezone(zone).date()
    began, ends = (datetime.combine(day, time(), zone) for day in (today, today + timedelta(days=1)))
    return Windows(now - HOUR, began.astimezone(UTC), ends.astimezone(UTC))


@dataclass(frozen=True)
class Caps:
    """The most leads in 60 minutes and in a day; None: as many as come."""

    hourly: int | None
    daily: int | None

    def __bool__(self) -> bool:
        return self.hourly is not None or self.daily is not None


@dataclass(frozen=True)
class Brought:
    """How many leads came in the windows, accepted pings that still hold somebody included."""

    this_hour: int
    today: int


def is_reached(caps: Caps, brought: Brought) -> bool:
    """Whether one more would be too many."""
    return (caps.hourly is not None and brought.this_hour >= caps.hourly) or (
        caps.daily is not None and brought.today >= caps.daily
    )


# ---- unanswered calls


@dataclass(frozen=True)
class Rung:
    """A call that ended, and that nobody and nothing of ours answered."""

    arrived_at: datetime
    ended_at: datetime
    disposition: Disposition | None


def is_unanswered(rung: Rung) -> bool:
    """Whether a vendor counts it against us: it rang, and was neither refused at once nor left at once by the caller."""
    refused = rung.disposition in (Disposition.RETURNED, Disposition.BLOCKED)
    return not refused and rung.ended_at - rung.arrived_at > LEFT_AT_ONCE


def holds_back_at(unanswered_per_hour: int | None) -> int | None:
    """At so many unanswered calls in 60 minutes we ask for no more: one below what the vendor allows; one at least."""
    return None if unanswered_per_hour is None else max(unanswered_per_hour - 1, 1)


def throttled_until(arrived_at: Sequence[datetime], unanswered_per_hour: int | None) -> datetime | None:
    """When the hour has rolled on far enough; None where nothing is held back.

    `arrived_at`: when each unanswered call of the last 60 minutes arrived, in any order.
    """
    limit = holds_back_at(unanswered_per_hour)
    if limit is None or len(arrived_at) < limit:
        return None
    return sorted(arrived_at)[-limit] + HOUR
