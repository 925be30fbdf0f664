"""A producer's change of residence: its clock, what each state asks for, and when somebody is to be told.

The clock runs from the move, never from its report; the day of the move is day 0. Table: app/data/move_days.csv (state,
days, leaving_days, asks, confidence, as_of, source); the row US stands for every state without one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from app.domain import states, tables
from app.domain.states import State

FIRST_DAY = date(1950, 1, 1)
"""A move before it is a misspelled date."""

ALARM_DAYS = (20, 25, 30)
"""Days after the move on which compliance is told of what is not settled, besides each state's own last day."""

_EVERYWHERE = "US"


class Role(StrEnum):
    """What a state is to a move."""

    NEW_RESIDENCE = "new_residence"
    FORMER_RESIDENCE = "former_residence"
    NONRESIDENT = "nonresident"


@dataclass(frozen=True)
class FilingRule:
    """Within how many days of the move a state wants it filed, and what. `leaving_days`: of a resident who leaves it."""

    days: int
    leaving_days: int
    asks: str
    confidence: str
    as_of: date
    source: str


@dataclass(frozen=True)
class Step:
    """One state that a move touches: suspended there until `restored_at`."""

    state: State
    due_on: date
    filed_at: datetime | None
    restored_at: datetime | None


@dataclass(frozen=True)
class Move:
    """One change of residence. `due_on` is the earliest of its states; `exposed_calls` None: not looked for yet.

    One that is withdrawn never happened: nothing is due, and what it suspended waits to be restored.
    """

    id: int
    npn: str
    from_state: State
    to_state: State
    moved_on: date
    due_on: date
    reported_at: datetime
    reported_by: str
    told_days: int
    exposed_calls: int | None
    closed_at: datetime | None
    steps: tuple[Step, ...]
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_because: str | None = None

    @property
    def home(self) -> State:
        """Where the producer is resident once it is settled."""
        return self.to_state if self.withdrawn_at is None else self.from_state

    @property
    def late(self) -> bool:
        """Reported after the clock had run, or after calls were bridged that nobody should have had."""
        return bool(self.exposed_calls) or latest_day((self.from_state, self.to_state), self.reported_at) > self.due_on

    @property
    def clock_runs_from(self) -> datetime:
        """The first midnight of the move's day in any state that it touches."""
        return min(begins_at(step.state, self.moved_on) for step in self.steps)

    def step(self, state: State) -> Step | None:
        return next((step for step in self.steps if step.state == state), None)

    def role(self, state: State) -> Role:
        if state == self.to_state:
            return Role.NEW_RESIDENCE
        return Role.FORMER_RESIDENCE if state == self.from_state else Role.NONRESIDENT

    def day(self, now: datetime) -> int:
        """How many days after the move it is, where the new day comes first."""
        return (latest_day((self.from_state, self.to_state), now) - self.moved_on).days

    def alarm(self, now: datetime) -> int | None:
        """The last day of alarm that has come and was not told of; None where there is none."""
        if self.withdrawn_at is not None:
            return None
        last_days = [
            (step.due_on - self.moved_on).days for step in self.steps if not (step.filed_at or step.restored_at)
        ]
        day = self.day(now)
        return max((due for due in (*ALARM_DAYS, *last_days) if self.told_days < due <= day), default=None)


def filing_rule(state: State) -> FilingRule:
    """What `state` asks for after a move."""
    rules = _rules()
    return rules.get(state, rules[_EVERYWHERE])


def due_on(state: State, *, from_state: State, moved_on: date) -> date:
    """The last day on which the move can be filed in `state`; it still counts."""
    rule = filing_rule(state)
    return moved_on + timedelta(days=rule.leaving_days if state == from_state else rule.days)


def begins_at(state: State, day: date) -> datetime:
    """The first midnight of `day` in `state`, UTC: what takes authority away begins in the zone that is first."""
    return min(_midnights(state, day))


def over_at(state: State, day: date) -> datetime:
    """When `day` is over in all of `state`, UTC."""
    return max(_midnights(state, day + timedelta(days=1)))


def latest_day(of: Iterable[State], now: datetime) -> date:
    """The latest date that a clock in one of the states shows."""
    return max(now.astimezone(zone).date() for state in of for zone in states.zones(state))


def _midnights(state: State, day: date) -> list[datetime]:
    return [datetime.combine(day, time(), zone).astimezone(UTC) for zone in states.zones(state)]


@cache
def _rules() -> MappingProxyType[str, FilingRule]:
    return MappingProxyType(
        {
            state: FilingRule(int(days), int(leaving), asks, confidence, date.fromisoformat(as_of), source)
            for state, days, leaving, asks, confidence, as_of, source in tables.rows("move_days.csv")
        }
    )
