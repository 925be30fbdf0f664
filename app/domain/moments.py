"""A time that is promised to a person, as a code that twiml/moments.py puts into words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def when_code(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """`2026-11-23T10:00|tomorrow|EST`: the local time there, how far off the day is (today, tomorrow, date), the zone."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    names = {today: "today", today + timedelta(days=1): "tomorrow"}
    return f"{local:%Y-%m-%dT%H:%M}|{names.get(local.date(), 'date')}|{local.tzname()}"
