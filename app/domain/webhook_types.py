"""What others can be told of, and what each of it means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class EventType(StrEnum):
    """The name of an event, as it stands in `type`. Part of the public interface (docs/webhooks.md)."""

    LEAD_RECEIVED = "lead.received"
    LEAD_OFFERED = "lead.offered"
    LEAD_CONNECTED = "lead.connected"
    LEAD_MISSED = "lead.missed"
    CALLBACK_PROMISED = "callback.promised"
    CALLBACK_DONE = "callback.done"
    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_OVERDUE = "escalation.overdue"
    ESCALATION_RESOLVED = "escalation.resolved"
    LICENSE_LAPSED = "license.lapsed"
    COVERAGE_LOST = "coverage.lost"


PING = "ping.test"
"""Nobody subscribes to it: it is sent to one endpoint, when somebody asks for it."""

WORDS: Mapping[EventType, str] = {
    EventType.LEAD_RECEIVED: "A lead is ours: posted, or known by its call.",
    EventType.LEAD_OFFERED: "A producer's phone rings for the lead.",
    EventType.LEAD_CONNECTED: "A producer with authority took the lead's call.",
    EventType.LEAD_MISSED: "The lead's call ended, and no producer had taken it.",
    EventType.CALLBACK_PROMISED: "The lead is promised a call.",
    EventType.CALLBACK_DONE: "A promised call was made, and it served the lead.",
    EventType.ESCALATION_OPENED: "The lead waits for a supervisor.",
    EventType.ESCALATION_OVERDUE: "Nobody has seen to it in time.",
    EventType.ESCALATION_RESOLVED: "It is settled, one way or another.",
    EventType.LICENSE_LAPSED: "A producer's resident license ended, and what rested on it went with it.",
    EventType.COVERAGE_LOST: "In an open state no producer on the roster has authority for a campaign any more.",
}
"""Each type in one sentence."""

AGENCYS_OWN = frozenset({EventType.LICENSE_LAPSED, EventType.COVERAGE_LOST})
"""No vendor is told of these: they are about the agency, and not about a lead of theirs."""

FOR_VENDORS = tuple(each for each in EventType if each not in AGENCYS_OWN)


def open_to(vendor_id: int | None) -> tuple[EventType, ...]:
    """What an endpoint may subscribe to; `vendor_id` None: the agency's own."""
    return tuple(EventType) if vendor_id is None else FOR_VENDORS


def wrong_types(types: Collection[str], vendor_id: int | None) -> str | None:
    """Why these cannot be subscribed to; None where they can. No types at all: every one that is open."""
    if unknown := [name for name in types if name not in set(EventType)]:
        return f"no event {unknown[0][:40]!r}; the events are {', '.join(open_to(vendor_id))}"
    if closed := [name for name in types if name not in open_to(vendor_id)]:
        return f"{closed[0]} is about the agency, and no vendor is told of it"
    return None
