"""A person says STOP, by text or by key: no texts and no calls any more, at once (FLOWS.md, tier 2)."""

from __future__ import annotations

from datetime import datetime

from app.domain.lead import ClosedAs, Custody
from app.storage import callbacks, leads, work
from app.storage.database import Transaction

LONGEST_NUMBER = 16
"""Of E.164; what is longer is no number that could be kept as one to be left alone."""


def obey_stop(tx: Transaction, number: str, now: datetime, *, by: str) -> None:
    """Leave `number` alone, and end all work on its leads. `by` says where it was said: `text`, `notice:7`.

    Who is on the line right now goes on talking: they called us.
    """
    if len(number) <= LONGEST_NUMBER:
        work.suppress(tx, number, "stop", source=by, now=now)
    for lead in leads.all_open_with_phone(tx, number):
        if lead.custody is Custody.IN_CALL:
            callbacks.cancel_of_lead(tx, lead.id)
        else:
            leads.move(tx, lead, Custody.CLOSED, closed_as=ClosedAs.OPTED_OUT)
            work.resolve_of_lead(tx, lead.id, outcome="opted_out", by=by, now=now)
