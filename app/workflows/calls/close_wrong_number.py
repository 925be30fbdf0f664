"""A producer found that who answers to this number is not the person: the lead is closed, and nobody is owed anything."""

from __future__ import annotations

from app.domain.call import Disposition
from app.domain.lead import ClosedAs, Custody
from app.storage import leads, work
from app.storage.calls import Turn
from app.storage.leads import Lead


def close_wrong_number(turn: Turn, lead: Lead, *, by: str) -> None:
    """Close an open lead as a wrong number, and end all work on it."""
    turn.change(disposition=Disposition.WRONG_NUMBER)
    leads.move(turn.tx, lead, Custody.CLOSED, closed_as=ClosedAs.WRONG_NUMBER)
    work.resolve_of_lead(turn.tx, lead.id, outcome="wrong_number", by=by, now=turn.now)
