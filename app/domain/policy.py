"""A campaign's settings: every key, its default, and what it accepts. The only place of defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    PRIORITY = "priority"
    WEIGHTED = "weighted"
    STICKY = "sticky"


class BadSetting(ValueError):
    """A campaign has no such setting, or the setting does not take that value."""


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
        return ",".join(
            f"{_DAYS[day]} {hours.opens:%H:%M}-{hours.closes:%H:%M}"
            for day, hours in enumerate(self.by_weekday)
            if hours is not None
        )


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
            raise BadSetting(f"hours={text!r}: expected e.g. Mon-Fri 8:00-20:00,Sat 9:00-17:00")
        first = _weekday(match["first"], text)
        last = _weekday(match["last"], text) if match["last"] else first
        hours = DayHours(_clock_time(match["opens"], text), _clock_time(match["closes"], text))
        if hours.opens >= hours.closes:
            raise BadSetting(f"hours={text!r}: closing must be after opening")
        for day in range(first, last + 1 if last >= first else last + 8):
            by_weekday[day % 7] = hours
    return Hours(tuple(by_weekday))


def _weekday(name: str, text: str) -> int:
    try:
        return _DAYS.index(name.capitalize())
    except ValueError as error:
        raise BadSetting(f"hours={text!r}: {name!r} is not one of {', '.join(_DAYS)}") from error


def _clock_time(text: str, whole: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if (hour, minute) == (24, 0):
        return time(23, 59, 59, 999999)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise BadSetting(f"hours={whole!r}: {text!r} is not a time of day") from error


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

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def apply(policy: Policy, key: str, text: str) -> Policy:
    """`policy` with one setting read from text. Raises BadSetting."""
    reader = _READERS.get(key)
    if reader is None:
        raise BadSetting(f"no setting {key!r}; the settings are {', '.join(_READERS)}")
    return replace(policy, **{key: reader(key, text.strip())})


def from_settings(settings: Mapping[str, str]) -> Policy:
    """The policy of stored settings (key to text), defaults for all the others."""
    policy = Policy()
    for key, text in settings.items():
        policy = apply(policy, key, text)
    return policy


def spelled(policy: Policy) -> dict[str, str]:
    """Every setting as the text that `apply` reads back."""
    return {field.name: _spell(getattr(policy, field.name)) for field in fields(policy)}


def _spell(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _number(low: int, high: int, *, optional: bool = False) -> Callable[[str, str], int | None]:
    def read(key: str, text: str) -> int | None:
        if optional and text.lower() in ("", "none"):
            return None
        if not re.fullmatch(r"\d{1,6}", text) or not low <= int(text) <= high:
            raise BadSetting(f"{key}={text!r}: expected a whole number from {low} to {high}")
        return int(text)

    return read


def _one_of(*choices: str) -> Callable[[str, str], str]:
    def read(key: str, text: str) -> str:
        if text.lower() not in choices:
            raise BadSetting(f"{key}={text!r}: expected one of {', '.join(choices)}")
        return text.lower()

    return read


def _yes_or_no(key: str, text: str) -> bool:
    if text.lower() in ("yes", "true", "on", "1"):
        return True
    if text.lower() in ("no", "false", "off", "0"):
        return False
    raise BadSetting(f"{key}={text!r}: expected yes or no")


def _optional_text(key: str, text: str) -> str | None:
    if len(text) > 200:
        raise BadSetting(f"{key}: at most 200 characters")
    return None if text.lower() in ("", "none") else text


def _languages(key: str, text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip().lower() for part in text.split(","))
    if not set(chosen) <= {"en", "es"} or len(set(chosen)) != len(chosen):
        raise BadSetting(f"{key}={text!r}: expected en, es, or both, joined by a comma")
    return chosen


def _time_zone(key: str, text: str) -> str:
    if text not in available_timezones():
        raise BadSetting(f"{key}={text!r}: not a time zone; e.g. America/New_York")
    return text


def _day(key: str, text: str) -> date | None:
    if text.lower() in ("", "none"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSetting(f"{key}={text!r}: expected YYYY-MM-DD") from error


def _price(key: str, text: str) -> str | None:
    if text.lower() in ("", "none"):
        return None
    if not re.fullmatch(r"\d{1,5}(\.\d{1,2})?", text):
        raise BadSetting(f"{key}={text!r}: expected dollars, e.g. 42.50")
    return text


_READERS: dict[str, Callable[[str, str], Any]] = {
    "strategy": lambda key, text: Strategy(_one_of(*Strategy)(key, text)),
    "ring_seconds": _number(5, 60),
    "max_attempts": _number(1, 10),
    "ring_budget_seconds": _number(5, 300),
    "screening": _one_of("key"),
    "wrap_up_seconds": _number(0, 3600),
    "ask": _yes_or_no,
    "buffer_seconds": _number(15, 3600, optional=True),
    "answer_after_seconds": _number(0, 300),
    "hold_seconds": _number(0, 3600),
    "hold_past_buffer": _yes_or_no,
    "when_nobody": _one_of("hold", "return"),
    "hours": lambda _key, text: parse_hours(text),
    "time_zone": _time_zone,
    "languages": _languages,
    "price": _price,
    "starts_on": _day,
    "text_sender": _optional_text,
    "recording": _one_of("off", "vendor_announces", "producer_announces", "announce_first"),
    "carrier": _optional_text,
    "served_seconds": _number(1, 3600),
    "callback_minutes": _number(1, 1440),
    "supervisor_may_answer": _yes_or_no,
    "spoken_notice": _yes_or_no,
}
