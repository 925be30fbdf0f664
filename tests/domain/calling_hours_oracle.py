"""The calling hours once more, read from the tables by another route: for one quarter of an hour after the other.

Nothing of app/domain's reading is used: a day's holidays are looked for in the calendar, Easter is written down, and
an instant is asked for its local time instead of a local time for its instant.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, reduce
from itertools import groupby
from operator import and_
from pathlib import Path
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[2] / "app" / "data"
QUARTER = timedelta(minutes=15)
BEGIN, END = datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
"""Thirteen months: both changes of the clocks, and the days on which Oregon's and Pennsylvania's rules began."""

INSTANTS = tuple(BEGIN + QUARTER * number for number in range((END - BEGIN) // QUARTER))
EASTERS = (date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28))
_ORDINALS = {"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "last": -1}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ZONES = {row["code"]: row["zones"].split("|") for row in rows("states.csv")}
WINDOWS = rows("calling_windows.csv")
HOLIDAYS = rows("calling_holidays.csv")


def quarters(laws: Iterable[str], zones: Sequence[str], *, automated: bool) -> int:
    """Whether every one of `laws` allows a call by the clock of every one of `zones`: a bit for each of INSTANTS."""
    return both(_of_one(law, zone, automated) for law in laws for zone in zones)


def both(several: Iterable[int]) -> int:
    return reduce(and_, several)


def bits(answers: Iterable[bool]) -> int:
    """The answers for all of INSTANTS, the first one in the lowest bit."""
    return int("".join("1" if answer else "0" for answer in answers)[::-1], 2)


@cache
def _of_one(law: str, zone: str, automated: bool) -> int:
    return bits(
        opens <= minute < closes
        for on, minutes in _local(zone)
        for opens, closes in [_minutes(law, on, automated)]
        for minute in minutes
    )


@cache
def _local(zone: str) -> list[tuple[date, list[int]]]:
    """INSTANTS by the clock of `zone`: each date, and the minutes of it."""
    clock = ZoneInfo(zone)
    readings = (at.astimezone(clock) for at in INSTANTS)
    days = groupby(readings, lambda reading: reading.date())
    return [(on, [reading.hour * 60 + reading.minute for reading in day]) for on, day in days]


@cache
def _minutes(law: str, on: date, automated: bool) -> tuple[int, int]:
    """First minute open and first minute closed of a local day; (0, 0) is a day without any."""
    opens, closes = 0, 24 * 60
    for row in _rows_of(law):
        if row["scope"] == "automated_or_prerecorded_only" and not automated:
            continue
        if row["effective_from"] > on.isoformat() or not _is(row["day_class"], law, on):
            continue
        if row["allowed"] == "no":
            return 0, 0
        opens, closes = max(opens, _minute(row["start"])), min(closes, _minute(row["end"]))
    return opens, closes


@cache
def _rows_of(law: str) -> list[dict[str, str]]:
    """Its own rows and the floor's; where the state is not known, every rule for automated calls besides."""
    machines = [row for row in WINDOWS if row["scope"] == "automated_or_prerecorded_only" and law == "UNKNOWN"]
    return [row for row in WINDOWS if row["state"] in ("US", law)] + machines


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _is(day_class: str, law: str, on: date) -> bool:
    if day_class == "holiday":
        return on in _holidays(law)
    return day_class == ("weekday" if on.isoweekday() < 6 else "saturday" if on.isoweekday() == 6 else "sunday")


@cache
def _holidays(law: str) -> set[date]:
    own = [row["rule"] for row in HOLIDAYS if row["state"] == law]
    found = {day for rule in own or {row["rule"] for row in HOLIDAYS} for day in _days(rule)}
    fridays = {day - timedelta(days=1) for day in found if day.isoweekday() == 6}
    mondays = {day + timedelta(days=1) for day in found if day.isoweekday() == 7}
    return found | fridays | mondays


@cache
def _days(rule: str) -> list[date]:
    return list(_looked_for(rule))


def _looked_for(rule: str) -> Iterator[date]:
    calendar = [date(2025, 1, 1) + timedelta(days=number) for number in range(3 * 365)]
    if rule.startswith("Easter"):
        yield from (easter + timedelta(days=int(rule.removeprefix("Easter"))) for easter in EASTERS)
    elif rule == "Tue after 1st Mon Nov (general)":
        yield from (day for day in calendar if f"{day:%a %b}" == "Tue Nov" and 2 <= day.day <= 8)
    elif rule.split()[0] in _ORDINALS:
        ordinal, month = rule.split(maxsplit=1)
        for year in (2025, 2026, 2027):
            yield [day for day in calendar if f"{day:%a %b}" == month and day.year == year][_ORDINALS[ordinal]]
    else:
        month, number = rule.split()
        yield from (day for day in calendar if f"{day:%b}" == month and day.day == int(number))
