"""What stands against a call that the producer has authority for: the first thing, as a code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.calling_hours import most_per_day, next_span
from app.storage import desk, outbound
from app.storage.callbacks import Callback
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.callbacks.calls_made import calls_made
from app.workflows.callbacks.promise import why_not
from app.workflows.leads.escalate_lead import called, is_left_alone
from app.workflows.outbound.after_call import MADE_BY
from app.workflows.outbound.do_not_call import judge_registry

_SENTENCES = {
    "no_number": "The lead has no number to call.",
    "opted_out": "The number is on our own do-not-call list.",
    "state_unknown": "Nobody knows where the person lives.",
    "no_license": "Nobody on the campaign's team is licensed there.",
}


@dataclass(frozen=True)
class Against:
    """`code`: over, no_number, dialing_off, on_the_line, opted_out, dnc_unknown, outside_hours, attempt_cap, not_available."""

    code: str
    detail: str


def stands_against(
    tx: Transaction, lead: Lead, campaign: Campaign, standing: Callback | None, producer_id: int, now: datetime
) -> Against | None:
    """The first thing that forbids this producer to call this lead now; None where nothing does."""
    if not lead.custody.open:
        return Against("over", f"The lead is {lead.custody}: to call its person once more, ask by phone.")
    if lead.phone is None:
        return Against("no_number", _SENTENCES["no_number"])
    if not outbound.is_dialing_on(tx):
        return Against("dialing_off", "Dialing is turned off here (threegate dial on).")
    if (standing is not None and standing.status == "dialing") or outbound.is_on_a_call(tx, lead.phone):
        return Against("on_the_line", "The person is on the line with us, or is being called.")
    if _is_anothers(tx, standing, producer_id, now):
        return Against("on_the_line", "Another producer was asked to call the person, and is about to.")
    return (
        _against_the_number(tx, lead, standing, now)
        or _against_the_hour(tx, lead, lead.phone, campaign, standing, now)
        or _against_the_producer(tx, producer_id, now)
    )


def _is_anothers(tx: Transaction, standing: Callback | None, producer_id: int, now: datetime) -> bool:
    if standing is None or standing.due_at > now or not standing.made_by.startswith(MADE_BY):
        return False
    asked = outbound.standing(tx, standing.id)
    return asked is not None and asked.producer_id != producer_id


def _against_the_number(tx: Transaction, lead: Lead, standing: Callback | None, now: datetime) -> Against | None:
    if is_left_alone(tx, lead, asked=standing is not None and standing.asked):
        return Against("opted_out", _SENTENCES["opted_out"])
    registry = judge_registry(tx, lead, now)
    return Against("dnc_unknown", registry.why) if registry.why is not None else None


def _against_the_hour(
    tx: Transaction, lead: Lead, number: str, campaign: Campaign, standing: Callback | None, now: datetime
) -> Against | None:
    why = why_not(tx, lead, campaign, now, now, asked=standing is not None and standing.asked)
    if why == "outside_hours":
        opens = next_span(called(lead), now, hours=campaign.policy)
        when = f"; they may from {opens.opens:%Y-%m-%dT%H:%M:%SZ}" if opens and opens.opens > now else ""
        return Against(why, f"The person may not be called at this hour{when}.")
    if why is not None:
        return Against(why, _SENTENCES.get(why, f"Not now: {why}."))
    most = most_per_day(called(lead), now)
    if most is not None and calls_made(tx, number, now) >= most:
        return Against(
            "attempt_cap", f"The person was called {most} times in 24 hours, and the law there allows no more."
        )
    return None


def _against_the_producer(tx: Transaction, producer_id: int, now: datetime) -> Against | None:
    seat = desk.seat(tx, producer_id)
    availability = seat.availability(now) if seat is not None else "offline"
    if availability != "available":
        return Against("not_available", f"The producer is not at their desk: {availability}.")
    return None
