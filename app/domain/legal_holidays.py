"""The days on which a state counts its holiday rule.

Table: app/data/calling_holidays.csv (state, holiday, rule, source, confidence): a list for each state whose law closes
on holidays. `rule` is "Jul 4", "3rd Mon Jan", "last Mon May", "Easter-47" or "Tue after 1st Mon Nov (general)". The
general election counts every year, not only in even ones.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from app.domain import tables

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FIXED = re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2})")
_NTH = re.compile(r"(?P<nth>1st|2nd|3rd|4th|last) (?P<weekday>[A-Z][a-z]{2}) (?P<month>[A-Z][a-z]{2})")
_EASTER = re.compile(r"Easter(?P<days>[+-]\d+)")
_ELECTION = "Tue after 1st Mon Nov (general)"
_NTHS = {"1st": 0, "2nd": 1, "3rd": 2, "4th": 3}


def named(jurisdiction: str, on: date) -> tuple[str, ...]:
    """The holidays that `on` is there, by name; empty where it is none.

    A date that falls on a Saturday is observed on the Friday before as well, one on a Sunday on the Monday after:
    both days count. A jurisdiction without a list of its own keeps every holiday of every list: which days its law
    means is not known.
    """
    return _of_year(jurisdiction if has_list(jurisdiction) else None, on.year).get(on, ())


def has_list(jurisdiction: str) -> bool:
    """Whether the holidays of `jurisdiction` itself are known."""
    return jurisdiction in _lists()


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar. Source: Meeus, Astronomical Algorithms, ch. 8 (Butcher's rule)."""
    golden, (century, of_century) = year % 19, divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    moon = (19 * golden + century - leap_centuries - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    to_sunday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def _of_year(listed: str | None, year: int) -> MappingProxyType[date, tuple[str, ...]]:
    """Each holiday of `year` with its names, of one list, or of all of them where `listed` is None."""
    lists = _lists()
    rules = lists[listed] if listed else [entry for each in lists.values() for entry in each]
    days: dict[date, tuple[str, ...]] = {}
    # New Year's Day on a Saturday is observed in the year before.
    for when in range(year, min(year + 1, date.max.year) + 1):
        for name, rule in rules:
            for day, told in _observed(rule(when), name):
                if day.year == year and told not in days.get(day, ()):
                    days[day] = (*days.get(day, ()), told)
    return MappingProxyType(days)


def _observed(day: date, name: str) -> list[tuple[date, str]]:
    """The day itself, and the Friday or Monday next to it where it falls on a weekend."""
    match day.weekday():
        case 5:
            return [(day, name), (day - timedelta(days=1), f"{name} (observed)")]
        case 6:
            return [(day, name), (day + timedelta(days=1), f"{name} (observed)")]
        case _:
            return [(day, name)]


@cache
def _lists() -> MappingProxyType[str, list[tuple[str, Callable[[int], date]]]]:
    lists: dict[str, list[tuple[str, Callable[[int], date]]]] = {}
    for state, name, rule, _source, _confidence in tables.rows("calling_holidays.csv"):
        lists.setdefault(state, []).append((name, _rule(rule)))
    return MappingProxyType(lists)


def _rule(text: str) -> Callable[[int], date]:
    """The day of a year that `text` means. Raises ValueError where it is none of the spellings above."""
    if text == _ELECTION:
        return lambda year: _nth(year, 11, 0, "1st") + timedelta(days=1)
    if match := _FIXED.fullmatch(text):
        month, day = _MONTHS.index(match["month"]) + 1, int(match["day"])
        return lambda year: date(year, month, day)
    if match := _NTH.fullmatch(text):
        month, weekday, nth = _MONTHS.index(match["month"]) + 1, _DAYS.index(match["weekday"]), match["nth"]
        return lambda year: _nth(year, month, weekday, nth)
    if match := _EASTER.fullmatch(text):
        after = timedelta(days=int(match["days"]))
        return lambda year: easter(year) + after
    raise ValueError(f"calling_holidays.csv: {text!r} is no rule for a day")


def _nth(year: int, month: int, weekday: int, nth: str) -> date:
    if nth == "last":
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * _NTHS[nth])
