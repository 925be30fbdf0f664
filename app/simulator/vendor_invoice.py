"""The pretended vendor's bill: what its own switch saw of the calls that it transferred, and some lines too many."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC

from app.simulator.calls import Call

BUFFER_SECONDS, PRICE = 90, "45.00"
"""As agreed: a call of fewer seconds costs nothing."""

FILE_NAME = "leadco-morning.csv"
_HEADER = ("call_id", "caller", "called", "at", "billable_seconds", "state", "amount")


def invoice_of(calls: Sequence[Call], *, seed: int = 0) -> bytes:
    """A line for each call that is over and lasted past the buffer; then one billed twice, one too short, one of nobody's."""
    chance = random.Random(seed)
    over = [call for call in calls if not call.was_placed and call.ended and call.answered_at is not None]
    billed = [call for call in over if _seconds(call) >= BUFFER_SECONDS]
    short = [call for call in over if _seconds(call) < BUFFER_SECONDS]
    lines = [_line(call) for call in billed]
    if billed:
        lines.append(_line(chance.choice(billed)))
        stranger = _line(chance.choice(billed))
        lines.append(("CA" + "0" * 32, "+13055550100", *stranger[2:]))
    if short:
        lines.append(_line(chance.choice(short)))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows(lines)
    return text.getvalue().encode()


def _seconds(call: Call) -> int:
    assert call.answered_at is not None
    assert call.ended_at is not None
    return round((call.ended_at - call.answered_at).total_seconds())


def _line(call: Call) -> tuple[str, ...]:
    leg = call.leg
    at = leg.started_at.astimezone(UTC).isoformat(timespec="seconds")
    return (call.sid, leg.from_number, leg.to_number, at, str(_seconds(call)), "", PRICE)
