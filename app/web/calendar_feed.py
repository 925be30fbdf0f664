"""GET /calendar/<secret>.ics: deadlines for a calendar program. The address itself is the key."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from app.storage.database import OutOfReach
from app.wiring import Tools
from app.workflows.licenses.calendar_feed import Day, calendar_of

if TYPE_CHECKING:
    from icalendar import Event

log = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(hours=4)

_HEADERS = {
    # A shared cache must never hold it, and a rotated address must end at once.
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def calendar_feed(tools: Tools) -> Blueprint:
    """The one address; in production too, and without a key in a header: calendar programs cannot send one."""
    blueprint = Blueprint("calendar_feed", __name__)

    @blueprint.get("/calendar/<secret>.ics")
    def calendar(secret: str) -> Response:
        try:
            days = calendar_of(secret, database=tools.database)
        except OutOfReach as error:
            log.error("the database is out of reach for a calendar: %s", type(error).__name__)
            return Response("Try again later.\n", 503, {**_HEADERS, "Retry-After": "300"}, mimetype="text/plain")
        if days is None:
            abort(Response("There is no calendar here.\n", 404, _HEADERS, mimetype="text/plain"))
        return Response(
            as_icalendar(days, tools.clock.now()), 200, _HEADERS, content_type="text/calendar; charset=utf-8"
        )

    return blueprint


def as_icalendar(days: Sequence[Day], now: datetime) -> bytes:
    """The days as all-day events with alarms. Source: RFC 5545; REFRESH-INTERVAL is RFC 7986."""
    # It takes a fifth of a second to load, and a web process may never need it.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Threegate//Licenses//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Licenses (Threegate)")
    calendar.add("x-wr-calname", "Licenses (Threegate)")
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, {"VALUE": "DURATION"})
    for day in days:
        calendar.add_component(_event(day, now))
    content: bytes = calendar.to_ical()
    return content


def _event(day: Day, now: datetime) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", day.uid)
    event.add("dtstamp", now)
    event.add("dtstart", day.on)
    event.add("dtend", day.on + timedelta(days=1))
    event.add("summary", day.title)
    event.add("description", day.text)
    event.add("transp", "TRANSPARENT")
    for days_before in day.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", day.title)
        alarm.add("trigger", timedelta(days=-days_before))
        event.add_component(alarm)
    return event
