"""Instants as people and programs write them: ISO 8601, with an offset."""

from __future__ import annotations

from datetime import UTC, datetime

_LONGEST = 40


class BadInstant(ValueError):
    """An instant is written like 2026-11-18T15:00:00Z; without Z or an offset it means nothing."""


def parse(text: str) -> datetime:
    """The instant, in UTC. Raises BadInstant where there is no time zone, or none such on any calendar."""
    try:
        instant = datetime.fromisoformat(text) if len(text) <= _LONGEST else None
    except ValueError:
        instant = None
    if instant is None:
        raise BadInstant(f"{text[:_LONGEST]!r} is not an ISO 8601 instant, e.g. 2026-11-18T15:00:00Z")
    if instant.tzinfo is None:
        raise BadInstant(f"{text!r} has no time zone; add Z or an offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise BadInstant(f"{text!r} is outside of the calendar") from None
