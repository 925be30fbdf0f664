"""Times as phone systems and spreadsheets write them, in UTC.

A time without a zone that a change of clocks makes ambiguous is the first of the two; one that it leaves out is read with
the offset from before the change. Slashes are month first, as in the US.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

NO_TIME = "no time"
NOT_A_TIME = "the time is not one we can read"
NO_TIME_OF_DAY = "a date without a time of day"
NO_ZONE = "a time without a time zone, though the first rows have one; say which zone it is in"

_EARLIEST, _LATEST = 1990, 2100
_LONGEST = 80
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>[a-z]{1,4})?\s*(?P<offset>[+-]\d{2}:?\d{2})?(?:\s*\([^)]*\))?"
)
_DATES = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{4}|\d{2})",
    r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})[ -](?P<name>[a-z]{3,9})\.?[ -](?P<year>\d{4})",
    r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
)
_PATTERNS = tuple(
    re.compile(rf"{date}(?:(?:\s*T\s*|,?\s+(?:at\s+)?){_CLOCK})?", re.ASCII | re.IGNORECASE) for date in _DATES
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Source of the eight abbreviations: RFC 2822 section 4.3. ET and its like follow the clocks of their place.
_ZONES: dict[str, tzinfo] = {
    **dict.fromkeys(("z", "utc", "gmt", "ut"), UTC),
    **{
        f"{place}{season}t": timezone(timedelta(hours=hours + (season == "d")))
        for place, hours in (("e", -5), ("c", -6), ("m", -7), ("p", -8))
        for season in ("s", "d")
    },
    "et": ZoneInfo("America/New_York"),
    "ct": ZoneInfo("America/Chicago"),
    "mt": ZoneInfo("America/Denver"),
    "pt": ZoneInfo("America/Los_Angeles"),
}


TimeReader = Callable[[str], datetime | str]


def reader(zone: ZoneInfo | None, *, zone_needed: bool) -> TimeReader:
    """What reads the times of one file: the moment in UTC, or the sentence that says why there is none.

    `zone` is that of times without one, UTC where None; with `zone_needed` such a time is none.
    """
    assumed = zone or UTC

    def read(text: str) -> datetime | str:
        moment = written(text)
        if isinstance(moment, str) or moment.tzinfo is UTC:
            return moment
        if moment.tzinfo is None:
            if zone_needed:
                return NO_ZONE
            moment = moment.replace(tzinfo=assumed)
        return moment.astimezone(UTC)

    return read


def written(text: str) -> datetime | str:
    """The time as it is written, with its zone or without; or the sentence that says why there is none."""
    # What fromisoformat takes besides, all digits or a bare date, would be mistaken for something else.
    if text[4:5] == "-" and len(text) > 10:
        try:
            moment: datetime | str = datetime.fromisoformat(text)
        except ValueError:
            moment = _spelled(text)
    else:
        moment = _spelled(text)
    if isinstance(moment, str) or _EARLIEST <= moment.year <= _LATEST:
        return moment
    return NOT_A_TIME


def _spelled(text: str) -> datetime | str:
    if not text:
        return NO_TIME
    if len(text) > _LONGEST:
        return NOT_A_TIME
    try:
        if text.isascii() and text.replace(".", "", 1).isdigit():
            return _counted(text)
        # The likely ones first.
        for pattern in _PATTERNS if text[0].isdigit() else _PATTERNS[2:]:
            if match := pattern.fullmatch(text):
                return _made(match)
    except (ValueError, OverflowError):
        pass
    return NOT_A_TIME


def _counted(text: str) -> datetime | str:
    """Digits alone: seconds or milliseconds since 1970, or YYYYMMDDHHMM with or without SS (VICIdial's ALTERNATE_1)."""
    whole = text.partition(".")[0]
    match len(whole):
        case 10:
            return datetime.fromtimestamp(int(whole), UTC)
        case 13:
            return datetime.fromtimestamp(int(whole) // 1000, UTC)
        case 12 | 14 if whole == text:
            return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- the caller knows the zone
    return NOT_A_TIME


def _made(match: re.Match[str]) -> datetime | str:
    part = match.groupdict()
    if part["hour"] is None:
        return NO_TIME_OF_DAY
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)
    month = _MONTHS.index(part["name"][:3].lower()) + 1 if "name" in part else int(part["month"])
    hour = int(part["hour"])
    if part["half"]:
        if not 1 <= hour <= 12:
            return NOT_A_TIME
        hour = hour % 12 + (12 if part["half"][0] in "Pp" else 0)
    zone: tzinfo | None = None
    if part["zone"]:
        zone = _ZONES.get(part["zone"].lower())
        if zone is None:
            return NOT_A_TIME
    if offset := part["offset"]:
        away = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        zone = timezone(-away if offset[0] == "-" else away)
    return datetime(year, month, int(part["day"]), hour, int(part["minute"]), int(part["second"] or 0), tzinfo=zone)
