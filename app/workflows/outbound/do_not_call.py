"""The registry rule for one lead: who turned to us may be called, anybody else only after a fresh scrub (FLOWS.md, outbound).

It never lifts our own list: STOP is asked beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain import states
from app.domain.do_not_call import INQUIRY_COUNTS, Scrub, against_calling
from app.domain.states import State
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
    return judge_number(tx, lead.phone, residence_of(lead).states, now)


def judge_number(tx: Transaction, number: str, states: tuple[State, ...], now: datetime) -> DncVerdict:
    """The same for a number (E.164) whose person lives in `states`, none where that is not known."""
    if dnc.turned_to_us(tx, number, since=now - INQUIRY_COUNTS):
        return DncVerdict(True, None, None)
    scrub = dnc.scrub_of(tx, number)
    return DncVerdict(False, scrub, against_calling(scrub, _their_day(states, now)))


def dnc_unknown(tx: Transaction, lead: Lead, now: datetime) -> bool:
    """Whether the registry stands against calling this lead: on it, or not asked in the last 31 days."""
    return lead.phone is not None and judge_registry(tx, lead, now).why is not None


def _their_day(governing: tuple[State, ...], now: datetime) -> date:
    """The date of the call, where the person is; the latest of several: a scrub is never younger than it is anywhere."""
    zones = [zone for state in governing for zone in states.zones(state)]
    return max((now.astimezone(zone).date() for zone in zones), default=now.date())
