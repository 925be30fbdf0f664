"""The two promises, judged from facts: nobody is bridged unaccepted, and no lead is dropped."""

from __future__ import annotations

from app.simulator.facts import Bridged, Facts

ACCEPT = "1"
OPEN = ("promised", "escalated")
WAITING = ("promised", "dialing")
SETTLED = ("served", "closed")


def broken_promises(facts: Facts) -> list[str]:
    """What must never be, of a call that is over; nothing where all is well."""
    return [*(why for bridge in facts.bridges for why in _unaccepted(facts, bridge)), *_dropped(facts)]


def _unaccepted(facts: Facts, bridge: Bridged) -> list[str]:
    """A bridge takes a key press on the producer's leg, before it, and an acceptance that was written down and allowed."""
    attempt = next((found for found in facts.story["attempts"] if found["leg_sid"] == bridge.leg), None)
    if attempt is None or attempt["accepted_at"] is None:
        return [f"{bridge.number} was bridged, and the product knows of no acceptance"]
    if not bridge.pressed.endswith(ACCEPT):
        return [f"{bridge.number} was bridged after pressing {bridge.pressed or 'nothing'}"]
    allowed = [
        decision
        for decision in facts.decisions
        if decision["kind"] == "acceptance" and decision["allowed"] and decision["npn"] == attempt["npn"]
    ]
    return [] if allowed else [f"{bridge.number} was bridged without authority at the key press"]


def _dropped(facts: Facts) -> list[str]:
    """A call that is over leaves its lead served, closed, or owed a next step by somebody who can see it on a list."""
    lead = facts.lead
    if lead is None:
        return ["the call has no lead"]
    custody = lead["custody"]
    if custody in SETTLED:
        return []
    if custody not in OPEN or lead["owed_by"] is None:
        return [f"lead {lead['lead_id']} is {custody}, owed by {lead['owed_by']}"]
    if custody == "promised" and not any(promise["status"] in WAITING for promise in lead["callbacks"]):
        return [f"lead {lead['lead_id']} is promised a callback, and none is due"]
    if custody == "escalated" and not any(item["lead_id"] == lead["lead_id"] for item in facts.escalations):
        return [f"lead {lead['lead_id']} is escalated, and on nobody's list"]
    return []
