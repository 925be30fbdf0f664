"""Renewals: which licenses run out, when that is told, and what became of the ones that we watch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from app.domain import states
from app.domain.licensing import IN_FORCE, Status, authority_instants
from app.domain.lines import Line
from app.domain.states import State

THRESHOLDS = (90, 60, 30, 14, 7, 1)
"""Days before a license runs out at which somebody is told. Source: FLOWS.md, Licenses."""

ESCALATES_AT = (30, 14, 7, 1)
"""From here on it is said aloud where nobody has touched a renewal."""

LAPSED = -1
"""Stands where a threshold stands: the date has passed."""

_STAGES = (*THRESHOLDS, LAPSED)


class Step(StrEnum):
    """What a renewal takes. A person marks each; none of them closes it."""

    EDUCATION = "education"
    FILED = "filed"
    PAID = "paid"
    CONFIRMED = "confirmed"


class Closed(StrEnum):
    """What became of a license that ran out, as the roster shows it."""

    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


# ---- days


@lru_cache(maxsize=256)
def local_day(state: State, now: datetime) -> date:
    """The date in the state; where it keeps two zones, of the one whose day ends first, as authority does."""
    return max(now.astimezone(zone).date() for zone in states.zones(state))


def days_left(state: State, expires_on: date, now: datetime) -> int:
    """Days to the expiration date; 0 on that date itself, on which the license still counts; negative once it lapsed."""
    return (expires_on - local_day(state, now)).days


def a_day_began(since: datetime, now: datetime) -> bool:
    """Whether midnight came anywhere between the two instants."""
    return any(local_day(state, since) != local_day(state, now) for state in states.ALL)


def first_and_last_day(now: datetime) -> tuple[date, date]:
    """The dates that it is now, in the west of the jurisdictions and in the east."""
    days = [local_day(state, now) for state in states.ALL]
    return min(days), max(days)


# ---- thresholds


def stage(state: State, expires_on: date, now: datetime) -> int | None:
    """The last threshold that was crossed, LAPSED at last; None more than 90 days before."""
    left = days_left(state, expires_on, now)
    return min((each for each in _STAGES if each >= left), default=None)


def crosses_at(state: State, expires_on: date, threshold: int) -> datetime:
    """When it is crossed: as that day begins in the state. For LAPSED the instant at which authority ends."""
    _, ends = authority_instants(state, None, expires_on - timedelta(days=threshold + 1), False)
    assert ends is not None
    return ends


def next_stage_at(state: State, expires_on: date, told: int | None) -> datetime | None:
    """When the threshold after `told` is crossed; None where all were told."""
    after = next((each for each in _STAGES if told is None or each < told), None)
    return None if after is None else crosses_at(state, expires_on, after)


def is_untouched(
    state: State, expires_on: date, *, touched_at: datetime | None, done: Sequence[Step], now: datetime
) -> bool:
    """Whether it is close, work is left, and nobody has done anything since the threshold before the last one."""
    at = stage(state, expires_on, now)
    if at not in ESCALATES_AT or len(done) == len(Step):
        return False
    before = _STAGES[_STAGES.index(at) - 1]
    return touched_at is None or touched_at < crosses_at(state, expires_on, before)


# ---- what runs out


class Held(NamedTuple):
    """As much of a license as matters here; a sweep reads half a million of them."""

    state: State
    line: Line
    status: Status
    expires_on: date | None
    perpetual: bool
    version: int


@dataclass(frozen=True, slots=True)
class RunsOut:
    """The lines of one producer's license in one state that run out on one date."""

    state: State
    expires_on: date
    lines: tuple[Line, ...]

    @property
    def spelled(self) -> str:
        """The lines as they are stored and told: joined by +."""
        return "+".join(self.lines)


def running_out(held: Iterable[Held], now: datetime) -> list[RunsOut]:
    """What of these licenses of one producer is in force, and runs out within 90 days."""
    found: dict[tuple[State, date], set[Line]] = {}
    for license_ in held:
        if license_.status not in IN_FORCE or license_.perpetual or license_.expires_on is None:
            continue
        if 0 <= days_left(license_.state, license_.expires_on, now) <= THRESHOLDS[0]:
            found.setdefault((license_.state, license_.expires_on), set()).add(license_.line)
    return [RunsOut(state, on, in_order(frozenset(lines))) for (state, on), lines in found.items()]


@dataclass(frozen=True)
class Became:
    """What the roster shows of something that ran out. `version`: of the roster, by which it was renewed."""

    closed: Closed
    version: int | None


def what_became(was: RunsOut, held: Iterable[Held], now: datetime) -> Became:
    """How something ended that does not run out any more. `held`: the producer's licenses.

    Renewed: a line of it shows a later date, in force. Else it lapsed where the date has passed, and was withdrawn where
    the license is gone, not in force or has another date.
    """
    in_force = [
        license_
        for license_ in held
        if license_.state == was.state and license_.line in was.lines and license_.status in IN_FORCE
    ]
    has_passed = days_left(was.state, was.expires_on, now) < 0
    later = [license_.version for license_ in in_force if _is_later(license_, was.expires_on)]
    if later and not (has_passed and any(license_.expires_on == was.expires_on for license_ in in_force)):
        return Became(Closed.RENEWED, max(later))
    return Became(Closed.LAPSED if has_passed else Closed.WITHDRAWN, None)


def _is_later(license_: Held, day: date) -> bool:
    return license_.perpetual or (license_.expires_on is not None and license_.expires_on > day)


@lru_cache(maxsize=256)
def in_order(lines: frozenset[Line]) -> tuple[Line, ...]:
    """As Line names them, so that the same lines are always the same text."""
    return tuple(line for line in Line if line in lines)
