"""The same person again: a vendor bills them once within the days agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PersonsCall:
    """One call of one person on one vendor's numbers. `billable`: answered, over, and not below the buffer."""

    call_id: int
    call_sid: str
    arrived_at: datetime
    billable: bool


def repeats(calls: Iterable[PersonsCall], *, duplicate_days: int) -> dict[int, PersonsCall]:
    """By the id of each repeated call: the billable call less than `duplicate_days` before it.

    A repeat is not billable itself, so a third call counts from the first one, not from the second.
    """
    within = timedelta(days=duplicate_days)
    found: dict[int, PersonsCall] = {}
    first: PersonsCall | None = None
    for call in sorted(calls, key=lambda call: (call.arrived_at, call.call_id)):
        if first is not None and call.arrived_at - first.arrived_at < within:
            found[call.call_id] = first
        elif call.billable:
            first = call
    return found
