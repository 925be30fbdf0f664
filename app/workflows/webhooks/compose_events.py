"""What is said of something that happened: ids, states, times and reasons; never a person's name, number or address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain import states
from app.domain.webhook_types import EventType
from app.storage import campaigns, leads
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.storage.webhooks_events import NewEvent, rfc3339
from app.storage.webhooks_sources import Happened, call_names

MOST_LISTED = 300
"""Licenses that went with one: a payload stays far below 20 KB."""


def from_entry(entry: Mapping[str, Any]) -> Happened | None:
    """What an entry of the ledger tells; None where it tells nobody anything (nobody was rung, or the gate said no)."""
    facts = entry["facts"]
    if entry["kind"] == "license_lapsed":
        type_, tells = EventType.LICENSE_LAPSED, "going" in facts
    elif entry["kind"] == "acceptance":
        type_, tells = EventType.LEAD_CONNECTED, bool(facts.get("allowed"))
    else:
        type_, tells = EventType.LEAD_OFFERED, facts.get("npn") is not None
    if not tells:
        return None
    return Happened(type_, f"ledger:{entry['id']}", entry["at"], entry["lead_id"], entry["call_id"], facts)


def compose(tx: Transaction, happened: Sequence[Happened]) -> list[NewEvent]:
    """As they will be told. What is about a lead that is not there is told to nobody."""
    about = leads.many(tx, {each.lead_id for each in happened if each.lead_id is not None})
    calls = dict(call_names(tx, (each.call_id for each in happened if each.call_id is not None)))
    numbers = {each.campaign_id: each.number for each in campaigns.everything(tx)} if about else {}
    return list(_composed(happened, about, calls, numbers))


def _composed(
    happened: Sequence[Happened],
    about: Mapping[int, Lead],
    calls: Mapping[int, tuple[str, str]],
    numbers: Mapping[int, str],
) -> Iterable[NewEvent]:
    for each in happened:
        sid, direction = calls.get(each.call_id or 0, (None, None))
        if each.type is EventType.LEAD_CONNECTED and direction != "inbound":
            # The producer has taken it, and the person's phone has yet to ring: callback.done tells how it came out.
            continue
        lead = about.get(each.lead_id or 0)
        if lead is None:
            if each.lead_id is None and each.type is EventType.LICENSE_LAPSED:
                yield NewEvent(each.type, each.subject, each.at, _lapsed(each.facts))
            continue
        data: dict[str, Any] = {
            "lead_id": lead.id,
            "external_id": lead.external_id,
            "campaign": numbers.get(lead.campaign_id or 0),
            # Where the person lives, once that is settled; until then what the vendor says, where it is a state.
            "state": lead.held_states or (states.parse(lead.state) if lead.state else None),
        }
        if each.call_id is not None:
            data |= {"call_sid": sid, "direction": direction}
        data |= _of[each.type](each.facts)
        yield NewEvent(each.type, each.subject, each.at, data, lead.id, each.call_id, lead.vendor_id)


def _received(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"posted": facts["posted"]}


def _offered(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": "|".join(facts["states"]), "npn": facts["npn"], "offer": facts["offer"]}


def _missed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"disposition": facts["disposition"]}


def _promised(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "callback_id": facts["id"],
        "state": facts["state"],
        "due_at": rfc3339(facts["due_at"]),
        "promised_by": rfc3339(facts["promised_by"]),
    }


def _done(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"callback_id": facts["callback_id"], "served_seconds": facts["served_seconds"]}


def _escalated(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "escalation_id": facts["id"],
        "state": facts["state"],
        "reason": facts["reason"],
        "opened_at": rfc3339(facts["opened_at"]),
        "due_at": rfc3339(facts["due_at"]),
    }


def _resolved(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**_escalated(facts), "outcome": facts["outcome"]}


def _lapsed(facts: Mapping[str, Any]) -> dict[str, Any]:
    going = facts["going"]
    return {
        "npn": facts["npn"],
        "state": facts["state"],
        "lines": facts["lines"],
        "ended_at": facts["ended_at"],
        "how": facts["how"],
        "went_with_it": [{"state": state, "line": line} for state, line in going[:MOST_LISTED]],
        "went_with_it_count": len(going),
        "callbacks_at_stake": len(facts["callbacks"]),
    }


_of = {
    EventType.LEAD_RECEIVED: _received,
    EventType.LEAD_OFFERED: _offered,
    EventType.LEAD_CONNECTED: _offered,
    EventType.LEAD_MISSED: _missed,
    EventType.CALLBACK_PROMISED: _promised,
    EventType.CALLBACK_DONE: _done,
    EventType.ESCALATION_OPENED: _escalated,
    EventType.ESCALATION_OVERDUE: _escalated,
    EventType.ESCALATION_RESOLVED: _resolved,
}
