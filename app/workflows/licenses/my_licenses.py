"""A producer's own licenses as they need them at hand: by state, what is wrong first; and what a move would stop at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain import moves as clock
from app.domain import renewals
from app.domain import states as jurisdictions
from app.domain.licensing import IN_FORCE, License, Opening, Producer, Question, Reason, judge
from app.domain.line_families import not_held
from app.domain.lines import Line, Requirement
from app.domain.moves import Move
from app.domain.states import State
from app.storage import authority_facts, education, moves
from app.storage.database import Transaction
from app.storage.education import Standing

SOON_DAYS = 90
"""From here on a license's end is shown as a warning."""


@dataclass(frozen=True)
class HeldLine:
    """One line in one state. `reasons`: why it gives no authority now (INTERFACE.md section 5). `days_left` None: perpetual
    or not known."""

    license: License
    reasons: tuple[Reason, ...]
    days_left: int | None

    @property
    def in_force(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class HeldState:
    """The producer's licenses in one state. `days_left`: of the line in force that ends first."""

    state: State
    is_resident: bool
    is_held_by_move: bool
    lines: tuple[HeldLine, ...]
    education: Standing | None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in Reason if any(reason in line.reasons for line in self.lines))

    @property
    def days_left(self) -> int | None:
        return min(
            (line.days_left for line in self.lines if line.in_force and line.days_left is not None), default=None
        )

    @property
    def lacks_education(self) -> bool:
        return self.education is not None and self.education.compliant is False

    @property
    def warns(self) -> bool:
        """Whether something is wrong, or will be within 90 days."""
        soon = self.days_left is not None and self.days_left <= SOON_DAYS
        return bool(self.reasons) or soon or self.lacks_education

    @property
    def urgency(self) -> tuple[int, int, str]:
        """What is wrong first, then what ends first."""
        left = self.days_left if self.days_left is not None else 10_000
        stage = 0 if self.reasons else 1 if left <= SOON_DAYS else 2 if self.lacks_education else 3
        return (stage, left if stage in (1, 3) else 0, self.state)


def licenses_of(tx: Transaction, producer: Producer, now: datetime) -> list[HeldState]:
    """Every state in which the producer has a license, what warns first."""
    educated = education.of_producer(tx, producer.npn)
    there: dict[State, list[License]] = {}
    for license_ in producer.licenses:
        there.setdefault(license_.state, []).append(license_)
    found = [
        HeldState(
            state=state,
            is_resident=state == producer.resident_state,
            is_held_by_move=state in producer.domicile_holds or producer.resident_state in producer.domicile_holds,
            lines=tuple(_held(producer, license_, now) for license_ in sorted(licenses, key=lambda one: one.line)),
            education=educated.get(state),
        )
        for state, licenses in there.items()
    ]
    return sorted(found, key=lambda one: one.urgency)


def _held(producer: Producer, license_: License, now: datetime) -> HeldLine:
    question = Question((license_.state,), Requirement(((license_.line,),)), {license_.state: Opening(is_open=True)})
    ends = None if license_.perpetual else license_.expires_on
    left = renewals.days_left(license_.state, ends, now) if ends and license_.status in IN_FORCE else None
    return HeldLine(license_, judge(producer, question, now).reasons, left)


# ---- lines for one call


@dataclass(frozen=True)
class LinesThere:
    """In one state: the lines of the product's family that the producer must not talk about, and the others that they hold."""

    state: State
    held: tuple[Line, ...]
    not_held: tuple[Line, ...]


def lines_there(producer: Producer, states: tuple[State, ...], product: Requirement, now: datetime) -> list[LinesThere]:
    """For each state that governs the caller."""
    found = []
    for state in states:
        here = [_held(producer, license_, now) for license_ in producer.licenses if license_.state == state]
        held = tuple(line for line in Line if any(one.in_force and one.license.line is line for one in here))
        found.append(LinesThere(state, held, not_held(product, held)))
    return found


# ---- a move


@dataclass(frozen=True)
class WouldStop:
    """What reporting a move stops at once. `lates`: its clock has run already."""

    from_state: State
    to_state: State
    moved_on: date
    states: tuple[State, ...]
    corrects: Move | None
    is_late: bool


def would_stop(tx: Transaction, producer: Producer, to_state: State, moved_on: date, now: datetime) -> WouldStop | str:
    """The states in which no call is offered any more once the move is reported; or which answer is wrong: `to` or `on`.

    `move_domicile` has the last word.
    """
    standing = moves.open_of(tx, producer.npn)
    standing = None if standing is not None and standing.withdrawn_at is not None else standing
    from_state = standing.from_state if standing else producer.resident_state
    if not jurisdictions.is_state(to_state) or to_state == from_state:
        return "to"
    if not clock.FIRST_DAY <= moved_on <= clock.latest_day((from_state, to_state), now):
        return "on"
    moved_on = min(moved_on, standing.moved_on) if standing else moved_on
    touched = {from_state, to_state, *producer.domicile_holds, *(one.state for one in producer.licenses)}
    due = min(clock.due_on(state, from_state=from_state, moved_on=moved_on) for state in touched)
    late = clock.latest_day((from_state, to_state), now) > due
    return WouldStop(from_state, to_state, moved_on, tuple(sorted(touched)), standing, late)


def producer_of(tx: Transaction, producer_id: int) -> Producer | None:
    return authority_facts.producer(tx, producer_id)


def open_move(tx: Transaction, npn: str) -> Move | None:
    """The move whose states are not all given back yet; a withdrawn one still holds what it suspended."""
    return moves.open_of(tx, npn)
