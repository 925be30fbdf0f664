"""A supervisor says how it came out: the lead is served or closed, and nothing of it waits any longer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.domain.lead import ClosedAs, Custody
from app.storage import escalations, leads, work
from app.storage.database import Database, Transaction
from app.storage.escalations import Escalation
from app.storage.leads import Lead
from app.workflows.leads.escalation_in_hand import InHand, Refused, done, note, obstacle, take_in_hand


class Resolution(StrEnum):
    """What a supervisor may say. All but the first close the lead, as the reason of the same name."""

    SERVED = "served"
    OPTED_OUT = "opted_out"
    WRONG_NUMBER = "wrong_number"
    DUPLICATE = "duplicate"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"


LEFT_ALONE = {Resolution.OPTED_OUT: "stop", Resolution.BLOCKED: "blocked"}
"""What else holds for the person's number from then on: neither called nor texted; or its calls are refused."""


def resolve_escalation(
    escalation_id: int, resolution: Resolution, note_text: str, *, actor: str, database: Database, now: datetime
) -> Escalation | Refused | None:
    """The resolved escalation, the same for the same resolution again; None: no such escalation.

    Refused while the person is on the line or is being called, and where it was resolved otherwise.
    """
    with database.begin() as tx:
        hand = take_in_hand(tx, escalation_id)
        if hand is None:
            return None
        if hand.escalation.resolved and hand.escalation.outcome == resolution:
            return hand.escalation
        blocked = obstacle(tx, hand)
        if blocked is not None:
            return blocked
        _finish(tx, hand.lead, resolution, actor=actor, now=now, note_text=note_text)
        suppressed = LEFT_ALONE.get(resolution)
        if suppressed is not None and hand.lead.phone is not None:
            work.suppress(tx, hand.lead.phone, suppressed, source=f"supervisor:{actor}"[:60], now=now)
            _close_others(tx, hand, resolution, actor=actor, now=now)
        note(tx, hand, "escalation_resolved", actor=actor, now=now, outcome=resolution, note=note_text)
        return done(tx, hand)


def _finish(
    tx: Transaction, lead: Lead, resolution: Resolution, *, actor: str, now: datetime, note_text: str | None = None
) -> None:
    if resolution is Resolution.SERVED:
        leads.move(tx, lead, Custody.SERVED)
    else:
        leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs(resolution))
    escalations.resolve_of_lead(tx, lead.id, outcome=resolution, by=actor, now=now, note=note_text)
    work.resolve_of_lead(tx, lead.id, outcome=resolution, by=actor, now=now)


def _close_others(tx: Transaction, hand: InHand, resolution: Resolution, *, actor: str, now: datetime) -> None:
    """What is said of a number holds for everybody who waits with it, but for a person on the line."""
    assert hand.lead.phone is not None
    other = leads.open_with_phone(tx, hand.lead.phone, None)
    while other is not None and other.custody is not Custody.IN_CALL:
        _finish(tx, other, resolution, actor=actor, now=now)
        other = leads.open_with_phone(tx, hand.lead.phone, None)
