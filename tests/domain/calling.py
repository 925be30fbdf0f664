"""Short ways to say whom we call and when it is open."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain import calling_hours
from app.domain.calling_hours import Called, Scope, Span

WEDNESDAY = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
"""An hour at which no state is open: 6:00 in New York, 1:00 in Honolulu, 21:00 on Guam."""


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def span(opens: str, closes: str) -> Span:
    return Span(instant(opens), instant(closes))


def after(called: Called, text: str, scope: Scope = Scope.LIVE) -> Span | None:
    return calling_hours.next_span(called, instant(text), scope=scope)


def resident(*states: str, area_code: str | None = None, zip_code: str | None = None) -> Called:
    return Called(states, area_code, zip_code)
