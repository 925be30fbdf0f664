"""When a supervisor must have dealt with what waits: the same business day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.domain.policy import DayHours, Policy


def due_by(policy: Policy, now: datetime) -> datetime:
    """The first closing time after `now`, in the campaign's hours and zone (UTC). Source: FLOWS.md, escalations.

    Without any opening hours it is due within a day.
    """
    local = now.astimezone(policy.zone)
    for days in range(8):
        day = local.date() + timedelta(days=days)
        hours = policy.hours.by_weekday[day.weekday()]
        closing = None if hours is None else _closing(policy, day, hours)
        if closing is not None and closing > now:
            return closing
    return now + timedelta(days=1)


def _closing(policy: Policy, day: date, hours: DayHours) -> datetime:
    return datetime.combine(day, hours.closes, policy.zone).astimezone(UTC)
