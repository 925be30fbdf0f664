"""What a report knows of one call, its rings, its lead and the promises made to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.billing.clock import billable_seconds
from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs, Custody
from app.domain.states import State


@dataclass(frozen=True, slots=True)
class RingFacts:
    """One ring of one producer; `outcome` None while it rings or they talk."""

    producer_id: int
    outcome: Outcome | None
    accepted_at: datetime | None
    ended_at: datetime | None

    @property
    def accepted(self) -> bool:
        """Taken, and not found since to have come to nothing."""
        return self.accepted_at is not None and self.outcome in (None, Outcome.ACCEPTED)


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """One callback that a lead was promised; `dialed_at` is when a call for it left first."""

    status: str
    promised_by: datetime
    dialed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """A lead as it stands now, with all that happened to it whenever it was.

    `billed`: the vendor may bill it by its own clock (answered, and longer than the campaign's buffer).
    `called_back`: a callback reached the person and served them.
    """

    lead_id: int
    custody: Custody
    closed_as: ClosedAs | None
    owed_by: datetime | None
    billed: bool
    called_back: bool
    promises: Sequence[PromiseFacts]


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call. `lead` is None for a call that is nobody's lead; `is_callback`: our ring of a producer to call somebody.

    `states`: where the caller lives, none where unknown. `hour` is that of the campaign's zone, `on` the agency's date.
    """

    is_callback: bool
    campaign: str
    vendor: str
    states: tuple[State, ...]
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    disposition: Disposition | None
    held: bool
    talk_seconds: int
    hour: int
    on: str
    price_cents: int | None
    nobody_licensed: bool
    rings: Sequence[RingFacts]
    lead: LeadFacts | None

    @property
    def accepted_at(self) -> datetime | None:
        """When the first producer took the call."""
        return min((ring.accepted_at for ring in self.rings if ring.accepted and ring.accepted_at), default=None)

    @property
    def billable_seconds(self) -> int:
        """What the vendor's clock has counted: from answer to end (FLOWS.md); 0 while the call lasts."""
        return billable_seconds(self.answered_at, self.ended_at) or 0
