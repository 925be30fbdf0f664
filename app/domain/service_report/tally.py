"""Counting call by call: one tally holds what a table's row, a tile or a chart shows. Adds up in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from app.domain.call import Outcome
from app.domain.service_report import definitions
from app.domain.service_report.definitions import ANSWERED, LOST, OWED, RINGS, SERVED, Kept, Reached, Ring, Standing
from app.domain.service_report.facts import CallFacts, LeadFacts, RingFacts


class WeighedCall(NamedTuple):
    """What a call adds to every tally that it belongs to; `waited_seconds` (rounded up) None where nobody answered."""

    tier: Reached
    undecided: bool
    waited_seconds: int | None
    waited_ms: int
    held: bool
    billable_seconds: int
    talk_seconds: int
    authority_lost: int
    nobody_licensed: bool


class WeighedLead(NamedTuple):
    """What a lead adds to every tally that it belongs to."""

    standing: Standing
    promises: Sequence[Kept]
    billed: bool
    price_cents: int | None


def weigh_call(call: CallFacts, *, within: timedelta, as_of: datetime) -> WeighedCall:
    accepted_at = call.accepted_at
    waited = None if accepted_at is None else max(accepted_at - call.arrived_at, timedelta())
    return WeighedCall(
        tier=definitions.reached(call, accepted_at),
        undecided=accepted_at is None and definitions.is_undecided(call, within, as_of),
        waited_seconds=None if waited is None else ceil(waited / timedelta(seconds=1)),
        waited_ms=0 if waited is None else waited // timedelta(milliseconds=1),
        held=call.held,
        billable_seconds=call.billable_seconds,
        talk_seconds=call.talk_seconds,
        authority_lost=sum(ring.outcome is Outcome.AUTHORITY_LOST for ring in call.rings),
        nobody_licensed=call.nobody_licensed,
    )


def weigh_lead(lead: LeadFacts, price_cents: int | None, *, tier: Reached, as_of: datetime) -> WeighedLead:
    return WeighedLead(
        standing=definitions.standing(lead, tier, as_of),
        promises=[definitions.kept(promise, as_of) for promise in lead.promises],
        billed=lead.billed,
        price_cents=price_cents,
    )


@dataclass
class Tally:
    """`speeds`: how many calls were answered after so many seconds, rounded up, so that within T is exact for whole T.

    Money is in cents of the campaign's price as it is now; `unpriced` are leads of campaigns without one.
    """

    reached: Counter[str] = field(default_factory=Counter)
    undecided: int = 0
    speeds: Counter[int] = field(default_factory=Counter)
    waited_ms: int = 0
    held: int = 0
    billable_seconds: int = 0
    unserved_billable_seconds: int = 0
    talk_seconds: int = 0
    authority_lost: int = 0
    nobody_licensed: int = 0
    refused_calls: int = 0
    leads: Counter[str] = field(default_factory=Counter)
    promises: Counter[str] = field(default_factory=Counter)
    spent_cents: int = 0
    owed_cents: int = 0
    lost_cents: int = 0
    unpriced: int = 0

    # ---- adding

    def add_call(self, call: WeighedCall) -> None:
        """Count a call that was offered."""
        self.reached[call.tier] += 1
        self.undecided += call.undecided
        if call.waited_seconds is not None:
            self.speeds[call.waited_seconds] += 1
            self.waited_ms += call.waited_ms
        else:
            self.unserved_billable_seconds += call.billable_seconds
        self.held += call.held
        self.billable_seconds += call.billable_seconds
        self.talk_seconds += call.talk_seconds
        self.authority_lost += call.authority_lost
        self.nobody_licensed += call.nobody_licensed
        self.refused_calls += call.authority_lost > 0 or call.nobody_licensed

    def add_lead(self, lead: WeighedLead) -> None:
        """Count a lead once, with what was promised to it and what it cost."""
        self.leads[lead.standing] += 1
        for promise in lead.promises:
            self.promises[promise] += 1
        if not lead.billed:
            return
        if lead.price_cents is None:
            self.unpriced += 1
            return
        self.spent_cents += lead.price_cents
        self.owed_cents += lead.price_cents if lead.standing in OWED else 0
        self.lost_cents += lead.price_cents if lead.standing in LOST else 0

    # ---- telling

    @property
    def offered(self) -> int:
        return self.reached.total()

    @property
    def answered(self) -> int:
        return sum(self.reached[tier] for tier in ANSWERED)

    @property
    def short(self) -> int:
        return self.reached[Reached.SHORT_ABANDON]

    @property
    def abandoned(self) -> int:
        return self.reached[Reached.ABANDONED]

    @property
    def acknowledged(self) -> int:
        """Tier 2: told what happens next, and not connected on this call."""
        return self.reached[Reached.PROMISED] + self.reached[Reached.ESCALATED]

    @property
    def counted(self) -> int:
        """What the service level is a share of."""
        return self.offered - self.short - self.undecided

    def within(self, seconds: int) -> int:
        """Accepted by a producer within so many seconds of arrival."""
        return sum(calls for waited, calls in self.speeds.items() if waited <= seconds)

    def service_level(self, seconds: int) -> float | None:
        """A percentage; None where there is nothing to measure."""
        return _percent(self.within(seconds), self.counted)

    @property
    def abandonment(self) -> float | None:
        return _percent(self.abandoned, self.offered - self.short)

    @property
    def mean_speed(self) -> float | None:
        """Seconds from arrival to the key press; None where nobody was answered."""
        return self.waited_ms / 1000 / self.answered if self.answered else None

    def speed_of(self, percent: int) -> int | None:
        """So many percent were answered in this many seconds or less (the nearest rank)."""
        rank, seen = ceil(self.answered * percent / 100), 0
        for waited in sorted(self.speeds):
            seen += self.speeds[waited]
            if seen >= rank:
                return waited
        return None

    @property
    def leads_total(self) -> int:
        return self.leads.total()

    @property
    def served(self) -> int:
        return sum(self.leads[each] for each in SERVED)

    @property
    def owed(self) -> int:
        return sum(self.leads[each] for each in OWED)

    @property
    def lost(self) -> int:
        return sum(self.leads[each] for each in LOST)

    @property
    def promises_due(self) -> int:
        return self.promises[Kept.KEPT] + self.promises[Kept.SLIPPED]

    def of_tier(self, tier: Reached) -> int:
        return self.reached[tier]

    def of_standing(self, stands: Standing) -> int:
        return self.leads[stands]

    # ---- keeping

    def kept(self) -> dict[str, Any]:
        """As JSON that `restored` reads back; zeros are left out."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        found["speeds"] = {str(waited): calls for waited, calls in sorted(self.speeds.items())}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in found.items() if value}

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> Tally:
        values: dict[str, Any] = {
            name: Counter(value) if isinstance(value, dict) else value for name, value in kept.items()
        }
        tally = cls(**values)
        tally.speeds = Counter({int(waited): calls for waited, calls in tally.speeds.items()})
        return tally


@dataclass
class ProducerTally:
    """What one producer did with the calls they were offered, callbacks included."""

    rings: Counter[str] = field(default_factory=Counter)
    callbacks: int = 0
    talk_seconds: int = 0

    def add(self, ring: RingFacts, *, is_callback: bool, talk_seconds: int) -> None:
        if ring.outcome is None:
            self.rings[Ring.ACCEPTED if ring.accepted_at else Ring.RINGING] += 1
        else:
            self.rings[RINGS[ring.outcome]] += 1
        self.callbacks += is_callback
        self.talk_seconds += talk_seconds

    @property
    def offered(self) -> int:
        return self.rings.total()

    def of(self, ring: Ring) -> int:
        return self.rings[ring]

    @property
    def acceptance(self) -> float | None:
        """Accepted, of the rings that were theirs to take."""
        theirs = self.rings[Ring.ACCEPTED] + self.rings[Ring.DECLINED] + self.rings[Ring.MISSED]
        return _percent(self.rings[Ring.ACCEPTED], theirs)

    def kept(self) -> dict[str, Any]:
        return {"rings": dict(self.rings), "callbacks": self.callbacks, "talk_seconds": self.talk_seconds}

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> ProducerTally:
        return cls(Counter(kept["rings"]), kept["callbacks"], kept["talk_seconds"])


def talk_seconds_of(call: CallFacts) -> Iterable[int]:
    """The seconds of talk of each ring: the carrier's own count where only one was taken, else ours."""
    taken = [ring for ring in call.rings if ring.accepted]
    for ring in call.rings:
        if not ring.accepted:
            yield 0
        elif len(taken) == 1:
            yield call.talk_seconds
        elif ring.ended_at is None or ring.accepted_at is None:
            yield 0
        else:
            yield max(0, int((ring.ended_at - ring.accepted_at).total_seconds()))


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
