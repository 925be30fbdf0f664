"""Custody: who owes a lead the next step. A lead is always in exactly one custody (promise 2)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Custody(StrEnum):
    IN_CALL = "in_call"
    PROMISED = "promised"
    ESCALATED = "escalated"
    SERVED = "served"
    CLOSED = "closed"

    @property
    def open(self) -> bool:
        """Somebody still owes this lead a step, by `owed_by`."""
        return self in (Custody.IN_CALL, Custody.PROMISED, Custody.ESCALATED)


class ClosedAs(StrEnum):
    """Why a lead is closed without having been served."""

    OPTED_OUT = "opted_out"
    WRONG_NUMBER = "wrong_number"
    DUPLICATE = "duplicate"
    BLOCKED = "blocked"
    RETURNED = "returned"
    UNREACHABLE = "unreachable"


TRANSITIONS: dict[Custody, frozenset[Custody]] = {
    Custody.IN_CALL: frozenset({Custody.PROMISED, Custody.ESCALATED, Custody.SERVED, Custody.CLOSED}),
    Custody.PROMISED: frozenset({Custody.IN_CALL, Custody.ESCALATED, Custody.SERVED, Custody.CLOSED}),
    Custody.ESCALATED: frozenset({Custody.IN_CALL, Custody.PROMISED, Custody.SERVED, Custody.CLOSED}),
    # A producer reports that the talk was in the wrong state: it served nobody.
    Custody.SERVED: frozenset({Custody.ESCALATED}),
    Custody.CLOSED: frozenset(),
}

LONGEST_CALL = timedelta(hours=4, minutes=5)
"""A lead in a call is owed a step when the carrier's longest call must be over (Dial's timeLimit, TELEPHONY.md section 4)."""

TRANSFER_WINDOW = timedelta(minutes=60)
"""A posted lead whose call has not come by then is somebody's work. Source: FLOWS.md, matching."""


class BrokenCustody(Exception):
    """A lead was moved along a way that the table of custodies does not have."""


def hand_over(custody: Custody, to: Custody) -> Custody:
    """`to`, where the table allows it; staying put always is allowed. Raises BrokenCustody."""
    if to is not custody and to not in TRANSITIONS[custody]:
        raise BrokenCustody(f"{custody} -> {to}")
    return to
