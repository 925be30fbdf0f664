"""The toll-fraud guard: so many calls an hour may be asked for, and a switch turns all dialing off (FLOWS.md, outbound)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.storage import access, ledger, outbound
from app.storage.database import Database, Transaction
from app.storage.outbound import DialSwitch

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ceilings:
    """The most calls that may be asked for in an hour, of one producer and of all."""

    per_producer: int
    per_installation: int


def reached(tx: Transaction, ceilings: Ceilings, producer_id: int, now: datetime) -> str | None:
    """Which ceiling is reached, in a sentence. Who asks goes on alone: two at once never pass it together."""
    access.take_turns(tx, "outbound_calls")
    if outbound.count_since(tx, now - HOUR) >= ceilings.per_installation:
        return f"{ceilings.per_installation} calls were asked for in the last hour: THREEGATE_DIAL_PER_HOUR is reached."
    if outbound.count_since(tx, now - HOUR, producer_id) >= ceilings.per_producer:
        return (
            f"{ceilings.per_producer} calls were asked of this producer in the last hour: "
            "THREEGATE_DIAL_PER_PRODUCER_HOUR is reached."
        )
    return None


def turn_dialing(is_on: bool, *, reason: str, actor: str, database: Database, now: datetime) -> DialSwitch | None:
    """Turn all dialing on or off, with an entry in the ledger; None where it stands so already."""
    with database.begin() as tx:
        access.take_turns(tx, "dial_switch")
        if outbound.is_dialing_on(tx) == is_on:
            return None
        outbound.turn(tx, is_on, actor=actor, reason=reason, now=now)
        ledger.write(
            tx, kind="dialing_switched", now=now, actor=actor, facts={"dialing": is_on, "because": reason[:200]}
        )
        return outbound.last_switch(tx)
