"""The days of a report: what a person may ask for, the instants it covers, and the span before to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST = 366
"""Days that one report may cover."""


class Choice(StrEnum):
    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "7-days"
    LAST_30_DAYS = "30-days"
    THIS_MONTH = "month"
    LAST_MONTH = "last-month"
    CUSTOM = "custom"


@dataclass(frozen=True)
class Days:
    """Whole days of the agency's zone, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("the first day is after the last")
        if self.count > LONGEST:
            raise ValueError(f"a report covers at most {LONGEST} days")

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def begins(self, zone: ZoneInfo) -> datetime:
        return _midnight(self.first, zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The midnight after the last day; not included."""
        return _midnight(self.last + timedelta(days=1), zone)

    def covers(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether more calls may still come into it."""
        return now < self.ends(zone)


def chosen(choice: Choice, today: date) -> Days:
    """The days of a choice that is not custom."""
    match choice:
        case Choice.TODAY:
            return Days(today, today)
        case Choice.YESTERDAY:
            return Days(today - timedelta(days=1), today - timedelta(days=1))
        case Choice.LAST_7_DAYS:
            return Days(today - timedelta(days=6), today)
        case Choice.LAST_30_DAYS:
            return Days(today - timedelta(days=29), today)
        case Choice.THIS_MONTH:
            return Days(today.replace(day=1), today)
        case Choice.LAST_MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return Days(last.replace(day=1), last)
    raise ValueError(f"{choice} says no days")


@dataclass(frozen=True)
class Span:
    """From an instant to another, which is not included."""

    since: datetime
    until: datetime


def span_before(days: Days, zone: ZoneInfo, now: datetime) -> Span:
    """As many days before, cut at the same time of day where the last day is not over: like is compared with like."""
    earlier = Days(days.first - timedelta(days=days.count), days.first - timedelta(days=1))
    ends = earlier.ends(zone)
    if days.covers(now, zone) and now >= days.begins(zone):
        local = now.astimezone(zone).replace(tzinfo=None) - timedelta(days=days.count)
        ends = min(ends, local.replace(tzinfo=zone).astimezone(UTC))
    return Span(earlier.begins(zone), ends)


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    # Where a clock change skips midnight, the offset before it is taken: the day begins with the change.
    return datetime.combine(on, time(), zone).astimezone(UTC)
