"""A campaign's settings: every key, its default, and what it accepts. The only place of defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from app.domain.agency_hours import NOTHING_TIGHTER, AgencyHours


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    PRIORITY = "priority"
    WEIGHTED = "weighted"
    STICKY = "sticky"


class BadSetting(ValueError):
    """A campaign has no such setting, or the setting does not take that value: `key`, and `why` in words."""

    def __init__(self, key: str, why: str, text: str | None = None) -> None:
        super().__init__(f"{key}: {why}" if text is None else f"{key}={text!r}: {why}")
        self.key = key
        self.why = why


@dataclass(frozen=True)
class Range:
    """The whole numbers that a setting takes; `optional`: none, too."""

    low: int
    high: int
    optional: bool = False


NUMBERS = {
    "ring_seconds": Range(5, 60),
    "max_attempts": Range(1, 10),
    "ring_budget_seconds": Range(5, 300),
    "wrap_up_seconds": Range(0, 3600),
    "buffer_seconds": Range(15, 3600, optional=True),
    "answer_after_seconds": Range(0, 300),
    "hold_seconds": Range(0, 3600),
    "served_seconds": Range(1, 3600),
    "callback_minutes": Range(1, 1440),
    "hourly_cap": Range(0, 100_000, optional=True),
    "daily_cap": Range(0, 100_000, optional=True),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "strategy": tuple(Strategy),
    "screening": ("key",),
    "when_nobody": ("hold", "return"),
    "recording": ("off", "vendor_announces", "producer_announces", "announce_first"),
}


@dataclass(frozen=True)
class DayHours:
    """Local opening hours of one weekday; `closes` is not included."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Hours:
    """Opening hours by weekday, Monday 0; a missing weekday is closed."""

    by_weekday: tuple[DayHours | None, ...]

    def __str__(self) -> str:
        """As `parse_hours` reads it back, days in a row together: Mon-Fri 08:00-20:00,Sat 09:00-17:00."""
        told: list[str] = []
        for hours, days in groupby(range(7), key=lambda day: self.by_weekday[day]):
            if hours is not None:
                first, *_, last = [*days] * 2
                span = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
                told.append(f"{span} {hours.opens:%H:%M}-{hours.closes:%H:%M}")
        return ",".join(told)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPAN = re.compile(
    r"^\s*(?P<first>[A-Za-z]{3})(?:\s*[-–]\s*(?P<last>[A-Za-z]{3}))?\s+"
    r"(?P<opens>\d{1,2}:\d{2})\s*[-–]\s*(?P<closes>\d{1,2}:\d{2})\s*$"
)


def parse_hours(text: str) -> Hours:
    """`Mon-Sat 8:00-20:00`, several joined by commas. Raises BadSetting."""
    by_weekday: list[DayHours | None] = [None] * 7
    for part in text.split(","):
        match = _SPAN.match(part)
        if match is None:
            raise BadSetting("hours", "expected e.g. Mon-Fri 8:00-20:00,Sat 9:00-17:00", text)
        first = _weekday(match["first"], text)
        last = _weekday(match["last"], text) if match["last"] else first
        hours = DayHours(_clock_time(match["opens"], text), _clock_time(match["closes"], text))
        if hours.opens >= hours.closes:
            raise BadSetting("hours", "closing must be after opening", text)
        for day in range(first, last + 1 if last >= first else last + 8):
            by_weekday[day % 7] = hours
    return Hours(tuple(by_weekday))


def _weekday(name: str, text: str) -> int:
    try:
        return _DAYS.index(name.capitalize())
    except ValueError as error:
        raise BadSetting("hours", f"{name!r} is not one of {', '.join(_DAYS)}", text) from error


def _clock_time(text: str, whole: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if (hour, minute) == (24, 0):
        return time(23, 59, 59, 999999)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise BadSetting("hours", f"{text!r} is not a time of day", whole) from error


_OFFICE_HOURS = parse_hours("Mon-Sat 8:00-20:00")


@dataclass(frozen=True)
class Policy:
    """How one campaign treats a call. Defaults and their sources: FLOWS.md, last section."""

    strategy: Strategy = Strategy.LONGEST_IDLE
    ring_seconds: int = 20
    max_attempts: int = 3
    ring_budget_seconds: int = 60
    screening: str = "key"
    wrap_up_seconds: int = 30
    ask: bool = True
    buffer_seconds: int | None = None
    answer_after_seconds: int = 20
    hold_seconds: int = 180
    hold_past_buffer: bool = False
    when_nobody: str = "hold"
    hours: Hours = _OFFICE_HOURS
    time_zone: str = "America/New_York"
    languages: tuple[str, ...] = ("en", "es")
    price: str | None = None
    starts_on: date | None = None
    text_sender: str | None = None
    recording: str = "off"
    carrier: str | None = None
    served_seconds: int = 60
    callback_minutes: int = 5
    supervisor_may_answer: bool = False
    spoken_notice: bool = False
    hourly_cap: int | None = None
    daily_cap: int | None = None
    agency_hours: AgencyHours = NOTHING_TIGHTER
    """What the agency narrowed for all of its campaigns; no setting of one."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def apply(policy: Policy, key: str, text: str) -> Policy:
    """`policy` with one setting read from text. Raises BadSetting."""
    reader = _READERS.get(key)
    if reader is None:
        raise BadSetting(key, f"no such setting; the settings are {', '.join(_READERS)}")
    return replace(policy, **{key: reader(key, text.strip())})


def from_settings(settings: Mapping[str, str]) -> Policy:
    """The policy of stored settings (key to text), defaults for all the others."""
    policy = Policy()
    for key, text in settings.items():
        policy = apply(policy, key, text)
    return policy


def spelled(policy: Policy) -> dict[str, str]:
    """Every setting as the text that `apply` reads back."""
    return {key: _spell(getattr(policy, key)) for key in _READERS}


def _spell(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _number(key: str, text: str) -> int | None:
    takes = NUMBERS[key]
    if takes.optional and text.lower() in ("", "none"):
        return None
    if not re.fullmatch(r"\d{1,6}", text) or not takes.low <= int(text) <= takes.high:
        or_none = ", or none" if takes.optional else ""
        raise BadSetting(key, f"expected a whole number from {takes.low} to {takes.high}{or_none}", text)
    return int(text)


def _choice(key: str, text: str) -> str:
    if text.lower() not in CHOICES[key]:
        raise BadSetting(key, f"expected one of {', '.join(CHOICES[key])}", text)
    return text.lower()


def _yes_or_no(key: str, text: str) -> bool:
    if text.lower() in ("yes", "true", "on", "1"):
        return True
    if text.lower() in ("no", "false", "off", "0"):
        return False
    raise BadSetting(key, "expected yes or no", text)


def _optional_text(key: str, text: str) -> str | None:
    if len(text) > 200 or not text.isprintable():
        raise BadSetting(key, "expected one line of at most 200 characters")
    return None if text.lower() in ("", "none") else text


def _languages(key: str, text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip().lower() for part in text.split(","))
    if not set(chosen) <= {"en", "es"} or len(set(chosen)) != len(chosen):
        raise BadSetting(key, "expected en, es, or both, joined by a comma", text)
    return chosen


def _time_zone(key: str, text: str) -> str:
    if text not in available_timezones():
        raise BadSetting(key, "not a time zone; e.g. America/New_York", text)
    return text


def _day(key: str, text: str) -> date | None:
    if text.lower() in ("", "none"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSetting(key, "expected a day as YYYY-MM-DD", text) from error


def _price(key: str, text: str) -> str | None:
    if text.lower() in ("", "none"):
        return None
    if not re.fullmatch(r"\d{1,5}(\.\d{1,2})?", text):
        raise BadSetting(key, "expected dollars, e.g. 42.50", text)
    return text


_READERS: dict[str, Callable[[str, str], Any]] = {
    "strategy": lambda key, text: Strategy(_choice(key, text)),
    "ring_seconds": _number,
    "max_attempts": _number,
    "ring_budget_seconds": _number,
    "screening": _choice,
    "wrap_up_seconds": _number,
    "ask": _yes_or_no,
    "buffer_seconds": _number,
    "answer_after_seconds": _number,
    "hold_seconds": _number,
    "hold_past_buffer": _yes_or_no,
    "when_nobody": _choice,
    "hours": lambda _key, text: parse_hours(text),
    "time_zone": _time_zone,
    "languages": _languages,
    "price": _price,
    "starts_on": _day,
    "text_sender": _optional_text,
    "recording": _choice,
    "carrier": _optional_text,
    "served_seconds": _number,
    "callback_minutes": _number,
    "supervisor_may_answer": _yes_or_no,
    "spoken_notice": _yes_or_no,
    "hourly_cap": _number,
    "daily_cap": _number,
}
