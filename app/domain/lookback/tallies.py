"""Sums that grow call by call, and the rows of the report that they become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from app.domain.lookback.lacks import Lack
from app.domain.lookback.report import (
    Evidence,
    Kind,
    LostMoney,
    MissingLicense,
    ProducerRow,
    Range,
    StateRow,
    Week,
)
from app.domain.states import State

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(slots=True)
class Count:
    """Best case and worst case, growing."""

    best: int = 0
    worst: int = 0

    def add(self, *, certain: bool, amount: int = 1) -> None:
        self.worst += amount
        if certain:
            self.best += amount

    @property
    def range(self) -> Range:
        return Range(self.best, self.worst)


@dataclass(slots=True)
class Sums:
    """What is counted alike for the whole log, a week, a state and a producer."""

    calls: int = 0
    taken: int = 0
    without: Count = field(default_factory=Count)
    not_known: int = 0
    asked: int = 0
    lost: int = 0
    lost_licensed: Count = field(default_factory=Count)
    outside_hours: Count = field(default_factory=Count)

    def week(self, begins: date) -> Week:
        return Week(
            begins=begins,
            calls=self.calls,
            taken=self.taken,
            without_authority=self.without.range,
            not_known=self.not_known,
            lost=self.lost,
            lost_licensed=self.lost_licensed.range,
            outside_hours=self.outside_hours.range,
        )

    def state_row(self, state: str, producers: int) -> StateRow:
        return StateRow(
            state=state,
            calls=self.calls,
            taken=self.taken,
            without_authority=self.without.range,
            not_known=self.not_known,
            asked=self.asked,
            lost=self.lost,
            lost_licensed=self.lost_licensed.range,
            outside_hours=self.outside_hours.range,
            producers=producers,
        )

    def producer_row(self, npn: str, name: str, home_state: str) -> ProducerRow:
        return ProducerRow(
            npn=npn,
            name=name,
            home_state=home_state,
            taken=self.taken,
            without_authority=self.without.range,
            not_known=self.not_known,
            lost=self.lost,
        )


@dataclass(slots=True)
class Missing:
    """Calls that lacked one license."""

    lack: Lack
    first_at: datetime
    last_at: datetime
    calls: Count = field(default_factory=Count)

    def add(self, at: datetime, *, certain: bool) -> None:
        self.first_at, self.last_at = min(self.first_at, at), max(self.last_at, at)
        self.calls.add(certain=certain)

    @property
    def row(self) -> MissingLicense:
        lack = self.lack
        return MissingLicense(
            npn=lack.npn,
            name=lack.name,
            state=lack.state,
            lines=lack.lines,
            reason=lack.reason,
            why=lack.why,
            since=lack.since,
            until=lack.until,
            policy=lack.policy,
            calls=self.calls.range,
            first_at=self.first_at,
            last_at=self.last_at,
        )


@dataclass(slots=True)
class Money:
    """Lost leads of one line. `unpriced` ones have no price, so their money is not in the sums."""

    leads: int = 0
    licensed: Count = field(default_factory=Count)
    cents: int = 0
    licensed_cents: Count = field(default_factory=Count)
    unpriced: int = 0

    def row(self, loa: str) -> LostMoney:
        return LostMoney(
            loa=loa,
            leads=self.leads,
            licensed=self.licensed.range,
            cents=self.cents,
            licensed_cents=self.licensed_cents.range,
            unpriced=self.unpriced,
        )


@dataclass(slots=True)
class Tallies:
    """Everything that is summed. `not_known` is by (npn, name, state, requirement, why), `sold` by (npn, name, state, line),
    `nobody` and `demand` by (state's heading, requirement), `unauthorized` holds the calls that one license would have
    made lawful, `weeks` is by the ordinal of the Monday, `lawless` those that more than our own policy is against.
    """

    whole: Sums = field(default_factory=Sums)
    weeks: dict[int, Sums] = field(default_factory=dict)
    states: dict[str, Sums] = field(default_factory=dict)
    producers: dict[str, Sums] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    unnamed: int = 0
    unreached: int = 0
    asked_taken: int = 0
    asked_because: Counter[str] = field(default_factory=Counter)
    presumed_held: int = 0
    not_on_roster: int = 0
    strangers: Counter[str] = field(default_factory=Counter)
    policy_only: int = 0
    lawless: Count = field(default_factory=Count)
    violation_days: set[tuple[str, tuple[State, ...], date]] = field(default_factory=set)
    missing: dict[Lack, Missing] = field(default_factory=dict)
    unauthorized: dict[Lack, Count] = field(default_factory=dict)
    not_known: Counter[tuple[str, str, State, str, str]] = field(default_factory=Counter)
    sold: dict[tuple[str, str, State, str], Count] = field(default_factory=dict)
    lost_not_known: int = 0
    nobody_licensed: int = 0
    nobody: dict[tuple[State, str], Count] = field(default_factory=dict)
    demand: Counter[tuple[str, str]] = field(default_factory=Counter)
    hours: dict[str, Count] = field(default_factory=lambda: {"inbound": Count(), "outbound": Count(), "": Count()})
    money: dict[str, Money] = field(default_factory=dict)
    evidence: dict[Kind, list[Evidence]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    evidence_total: Counter[Kind] = field(default_factory=Counter)


def sums_of(several: dict[_Key, Sums], key: _Key) -> Sums:
    """The sums under `key`, begun where there were none."""
    found = several.get(key)
    if found is None:
        found = several[key] = Sums()
    return found


def count_of(several: dict[_Key, Count], key: _Key) -> Count:
    """The count under `key`, begun where there was none."""
    found = several.get(key)
    if found is None:
        found = several[key] = Count()
    return found
