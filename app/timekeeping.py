"""The only reader of the system's time. Everywhere else, time is a value."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

_SPELLING = re.compile(r"^(?P<start>[^@*]+)(?:@(?P<anchor>[^*]+))?(?:\*(?P<speed>\d+(?:\.\d+)?))?$")


class Clock(Protocol):
    """Tells the instant, UTC and aware."""

    @property
    def speed(self) -> float:
        """How many of its seconds go by in one real second; 0 where time only moves when told to."""
        ...

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """At the real instant `anchor` it shows `start`, and runs `speed` times as fast."""

    def __init__(self, start: datetime, anchor: datetime | None = None, speed: float = 1.0) -> None:
        self._start = start
        self._anchor = anchor or datetime.now(UTC)
        self.speed = speed

    def now(self) -> datetime:
        return self._start + (datetime.now(UTC) - self._anchor) * self.speed


class ManualClock:
    """Stands still until it is moved: for tests and the simulator's virtual time."""

    speed = 0.0

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Go to `instant`; a step back is allowed, because system clocks do that."""
        self._now = instant

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class ClockSpelling(ValueError):
    """THREEGATE_CLOCK is START[@ANCHOR][*SPEED], e.g. 2026-11-18T15:00:00Z@2026-11-22T09:30:00Z*60."""


def clock_from(spelling: str | None) -> Clock:
    """The clock that THREEGATE_CLOCK asks for; the system's where it asks for none."""
    if not spelling or not spelling.strip():
        return SystemClock()
    match = _SPELLING.match(spelling.strip())
    if match is None:
        raise ClockSpelling(f"THREEGATE_CLOCK={spelling!r}: expected START[@ANCHOR][*SPEED]")
    speed = float(match["speed"]) if match["speed"] else 1.0
    if speed <= 0:
        raise ClockSpelling(f"THREEGATE_CLOCK={spelling!r}: SPEED must be greater than 0")
    anchor = _instant(match["anchor"], spelling) if match["anchor"] else None
    return ShiftedClock(_instant(match["start"], spelling), anchor, speed)


def _instant(text: str, spelling: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ClockSpelling(f"THREEGATE_CLOCK={spelling!r}: {text!r} is not an ISO 8601 instant") from error
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
