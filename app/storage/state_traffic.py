"""Where the leads and the lost calls of some weeks came from, state by state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.domain import states as jurisdictions
from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.residences import HEAD, states_at_head

_leads, _calls, _attempts = table_of(LeadRow), table_of(CallRow), table_of(AttemptRow)

_NOT_OURS_TO_TAKE = [str(each) for each in (Disposition.BLOCKED, Disposition.RETURNED, Disposition.WRONG_NUMBER)]
_NEVER_A_LEAD = [str(each) for each in (ClosedAs.BLOCKED, ClosedAs.DUPLICATE, ClosedAs.RETURNED, ClosedAs.WRONG_NUMBER)]


@dataclass(frozen=True)
class Traffic:
    """Since some instant: leads of people who live there, and of these calls those that nobody took."""

    leads: int
    lost_calls: int


def since(tx: Connection, instant: datetime) -> dict[State, Traffic]:
    """By state; somebody who may live in two counts for each. A call is lost as the look back says it."""
    leads, lost = _leads_since(tx, instant), _lost_since(tx, instant)
    return {state: Traffic(leads[state], lost[state]) for state in sorted(leads.keys() | lost.keys())}


def since_in(tx: Connection, instant: datetime, state: State) -> Traffic:
    """The same for one state, which groups only what may be of there: half the time."""
    return Traffic(_leads_since(tx, instant, state)[state], _lost_since(tx, instant, state)[state])


def _leads_since(tx: Connection, instant: datetime, of: State | None = None) -> Counter[State]:
    head = func.substr(_leads.c.residence, 1, HEAD)
    rows = tx.execute(
        select(head, _leads.c.state, func.count())
        .where(_leads.c.created_at >= instant, *_maybe_of(of, _leads.c.residence))
        .group_by(head, _leads.c.state)
    )
    return _summed((states_at_head(written) or _told(told), count) for written, told, count in rows)


def _lost_since(tx: Connection, instant: datetime, of: State | None = None) -> Counter[State]:
    head = func.substr(_calls.c.residence, 1, HEAD)
    taken = (
        select(_attempts.c.id)
        .where(
            _attempts.c.call_id == _calls.c.id,
            or_(
                _attempts.c.outcome == str(Outcome.ACCEPTED),
                and_(_attempts.c.outcome.is_(None), _attempts.c.accepted_at.is_not(None)),
            ),
        )
        .exists()
    )
    rows = tx.execute(
        select(head, func.count())
        .join(_leads, _leads.c.id == _calls.c.lead_id)
        .where(
            _calls.c.arrived_at >= instant,
            _calls.c.direction == "inbound",
            _calls.c.ended_at.is_not(None),
            or_(_calls.c.disposition.is_(None), _calls.c.disposition.not_in(_NOT_OURS_TO_TAKE)),
            or_(_leads.c.closed_as.is_(None), _leads.c.closed_as.not_in(_NEVER_A_LEAD)),
            *_maybe_of(of, _calls.c.residence),
            ~taken,
        )
        .group_by(head)
    )
    return _summed((states_at_head(written), count) for written, count in rows)


def _maybe_of(state: State | None, residence: ColumnElement[str | None]) -> list[ColumnElement[bool]]:
    """Leaves out those who live in one other state alone: `{"states": ["OH"]`. Not LIKE: it takes as long as grouping."""
    if state is None:
        return []
    of_one = func.substr(residence, 16, 2) == '"]'
    return [or_(residence.is_(None), ~of_one, func.substr(residence, 14, 2) == str(state))]


def _summed(found: Iterator[tuple[tuple[State, ...], int]]) -> Counter[State]:
    counted: Counter[State] = Counter()
    for places, count in found:
        for state in places:
            counted[state] += count
    return counted


def _told(state: str | None) -> tuple[State, ...]:
    found = jurisdictions.parse(state)
    return () if found is None else (found,)
