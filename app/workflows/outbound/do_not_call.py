"""The registry rule for one lead: who turned to us may be called, anybody else only after a fresh scrub (FLOWS.md, outbound).

It never lifts our own list: STOP is asked beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain import states
from app.domain.do_not_call import INQUIRY_COUNTS, Scrub, against_calling
from app.storage import dnc
from app.storage.database import Transaction
from app.storage.leads import Lead
from app.workflows.leads.escalate_lead import residence_of


@dataclass(frozen=True)
class DncVerdict:
    """`why` is a sentence where the person may not be called. `exempt`: they turned to us, so that no scrub is needed."""

    exempt: bool
    scrub: Scrub | None
    why: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """For the ledger."""
        scrub = self.scrub
        return {
            "exempt": self.exempt,
            "listed": None if scrub is None else scrub.listed,
            "scrubbed_on": None if scrub is None else scrub.scrubbed_on.isoformat(),
        }


def judge_registry(tx: Transaction, lead: Lead, now: datetime) -> DncVerdict:
    """Whether the registry lets us call this lead at its number now. A lead without a number is not called at all."""
    assert lead.phone is not None, "nobody without a number is called"
    if dnc.turned_to_us(tx, lead.phone, since=now - INQUIRY_COUNTS):
        return DncVerdict(True, None, None)
    scrub = dnc.scrub_of(tx, lead.phone)
    return DncVerdict(False, scrub, against_calling(scrub, _their_day(lead, now)))


def dnc_unknown(tx: Transaction, lead: Lead, now: datetime) -> bool:
    """Whether the registry stands against calling this lead: on it, or not asked in the last 31 days."""
    return lead.phone is not None and judge_registry(tx, lead, now).why is not None


def _their_day(lead: Lead, now: datetime) -> date:
    """The date of the call, where the person is; the latest of several: a scrub is never younger than it is anywhere."""
    zones = [zone for state in residence_of(lead).states for zone in states.zones(state)]
    return max((now.astimezone(zone).date() for zone in zones), default=now.date())
