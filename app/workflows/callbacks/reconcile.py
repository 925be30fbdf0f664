"""What the carrier knows and we missed: calls that ended unnoticed, calls that we never heard of, desks held by nobody.

The journal is the quick way back after an outage, this adoption the guarantee (HOUSE.md, reconciliation).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from math import ceil

from app.carrier import CallState, Carrier, CarrierUnreachable
from app.domain import phone
from app.domain.call import Outcome
from app.domain.lead import LONGEST_CALL
from app.domain.signals import Arrival
from app.domain.softphone import is_softphone
from app.storage import attempts, authority_facts, calls, campaigns, desk, reconciliation, work
from app.storage.attempts import Attempt
from app.storage.calls import Call, Turn
from app.storage.database import Database, Transaction
from app.workflows.calls.end_call import campaign_of, conclude_call
from app.workflows.calls.free_producer import Wording
from app.workflows.calls.report_trouble import report_trouble

log = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(seconds=60)
"""A younger call's webhooks may still be on their way."""

LOOKED_BACK = timedelta(minutes=15)
LONG_LOOK = timedelta(hours=48)
LONG_LOOK_EVERY = timedelta(hours=1)
MOST_CALLS = 100
"""Live calls asked about in one go."""

_BATCH = 200
_LOOKED, _LOOKED_LONG = "reconciled", "reconciled_48h"
"""Names of heartbeats: when the carrier's list was last read to its end."""

_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def reconcile_calls(*, database: Database, carrier: Carrier, now: Callable[[], datetime], wording: Wording) -> None:
    """Bring our calls and the carrier's together; each minute. Two of them at once do no harm."""
    free_forgotten_desks(database=database, now=now())
    try:
        adopt_unknown_calls(database=database, carrier=carrier, now=now, wording=wording)
        settle_ended_calls(database=database, carrier=carrier, now=now, wording=wording)
    except CarrierUnreachable as error:
        log.warning("reconciling calls waits: %s", error)


def settle_ended_calls(*, database: Database, carrier: Carrier, now: Callable[[], datetime], wording: Wording) -> int:
    """Calls that we think are live and the carrier says are over. Returns how many. Raises CarrierUnreachable.

    A call that the carrier does not know may be one that it does not show yet: it ends when no call lasts that long.
    """
    with database.read() as tx:
        found = [call for call in calls.live(tx) if call.direction == "inbound"]
    settled = 0
    for call in [call for call in found if now() - call.arrived_at >= SETTLED_AFTER][:MOST_CALLS]:
        state = carrier.fetch_call(call.call_sid)
        if state is not None and state.status in _OVER:
            talked_until = _talked_until(call, state, database=database, carrier=carrier)
            settled += _end(call.call_sid, state, talked_until, database=database, now=now(), wording=wording)
        elif state is None and now() - call.arrived_at >= LONGEST_CALL:
            settled += _end(call.call_sid, None, None, database=database, now=now(), wording=wording)
    return settled


def _talked_until(call: Call, state: CallState, *, database: Database, carrier: Carrier) -> datetime | None:
    """When the talk ended whose end nobody told us: with the producer's leg, which ends before the caller's or with it."""
    with database.read() as tx:
        talk = _open_talk(tx, call.id)
    leg = carrier.fetch_call(talk.leg_sid) if talk is not None and talk.leg_sid is not None else None
    ends = [end for end in (state.ended_at, leg.ended_at if leg else None) if end is not None]
    return min(ends, default=None)


def _open_talk(tx: Transaction, call_id: int) -> Attempt | None:
    talks = [attempt for attempt in attempts.of_call(tx, call_id) if attempt.open and attempt.accepted_at is not None]
    return talks[-1] if talks else None


def _end(
    call_sid: str,
    state: CallState | None,
    talked_until: datetime | None,
    *,
    database: Database,
    now: datetime,
    wording: Wording,
) -> bool:
    with database.begin() as tx:
        call = calls.load(tx, call_sid)
        if call is None or call.ended_at is not None:
            return False
        status = state.status if state else "unknown"
        turn = Turn(tx, call, f"reconciled:{status}", now)
        facts = {"status": status, "duration_seconds": state.duration_seconds if state else None, "reconciled": True}
        lasted = _lasted(tx, call, state, talked_until)
        conclude_call(turn, campaign_of(turn), facts, wording=wording, lasted_seconds=lasted)
    return True


def _lasted(tx: Transaction, call: Call, state: CallState | None, talked_until: datetime | None) -> int | None:
    """Seconds that the open talk lasted at most; none are counted where the carrier knows of no such call."""
    if state is None:
        return 0
    talk = _open_talk(tx, call.id)
    if talk is None or talk.accepted_at is None or talked_until is None:
        return state.duration_seconds
    # The carrier tells whole seconds, cut off.
    return max(0, ceil((talked_until - talk.accepted_at).total_seconds()))


def adopt_unknown_calls(*, database: Database, carrier: Carrier, now: Callable[[], datetime], wording: Wording) -> int:
    """Calls that reached us and that we have nothing of become leads, each once. Returns how many.

    Every hour the carrier's last 48 hours are read, else what came since the last look. Raises CarrierUnreachable.
    """
    began = now()
    with database.read() as tx:
        since, is_long = _since(tx, began)
    adopted = 0
    for batch in _batches(carrier.recent_calls(since)):
        ours = {state.call_sid: state for state in batch if _reached_us(state, began)}
        with database.read() as tx:
            unknown = reconciliation.unknown_calls(tx, ours)
            leads_to_be = [sid for sid in sorted(unknown) if _is_a_persons(tx, ours[sid])]
        for sid in leads_to_be:
            _adopt(ours[sid], database=database, now=now(), wording=wording)
            adopted += 1
    with database.begin() as tx:
        for name in (_LOOKED, _LOOKED_LONG) if is_long else (_LOOKED,):
            work.beat(tx, name, began)
    return adopted


def _since(tx: Transaction, now: datetime) -> tuple[datetime, bool]:
    """From when on the list is to be read, and whether that is the long look."""
    looked, looked_long = work.last_beat(tx, _LOOKED), work.last_beat(tx, _LOOKED_LONG)
    if looked is None or looked_long is None or now - looked_long >= LONG_LOOK_EVERY:
        return now - LONG_LOOK, True
    return min(now, looked) - LOOKED_BACK, False


def _batches(states: Iterator[CallState]) -> Iterator[list[CallState]]:
    """A busy account's 48 hours are many pages: no more of them is held at once than is looked at."""
    while batch := list(islice(states, _BATCH)):
        yield batch


def _reached_us(state: CallState, now: datetime) -> bool:
    started = state.started_at
    old_enough = started is not None and now - started >= SETTLED_AFTER
    from_person = not is_softphone(state.from_number)
    return state.direction == "inbound" and state.parent_sid is None and from_person and old_enough


def _is_a_persons(tx: Transaction, state: CallState) -> bool:
    """Whether it called a campaign, and the caller is neither a producer nor somebody whose calls are refused."""
    caller, called = phone.parse(state.from_number), phone.parse(state.to_number)
    if called is None or campaigns.reached_by(tx, called.e164) is None:
        return False
    if caller is None:
        return True
    is_producer = authority_facts.producer_with_phone(tx, caller.e164) is not None
    return not is_producer and "blocked" not in work.suppressed(tx, caller.e164)


def _adopt(state: CallState, *, database: Database, now: datetime, wording: Wording) -> None:
    log.warning("call %s reached us and we had nothing of it", state.call_sid)
    arrival = Arrival(state.call_sid, state.from_number or "anonymous", state.to_number)
    facts = {"adopted": True, "status": state.status, "duration_seconds": state.duration_seconds}
    report_trouble(arrival, facts, database=database, now=now, wording=wording, since=state.started_at)
    if state.status in _OVER:
        _end(state.call_sid, state, None, database=database, now=now, wording=wording)


def free_forgotten_desks(*, database: Database, now: datetime) -> int:
    """Desks held by calls that are over. Returns how many."""
    freed = 0
    with database.begin() as tx:
        for producer_id, call_id in desk.held_by_calls(tx):
            call = calls.by_id(tx, call_id)
            if call is None or call.ended_at is not None:
                desk.release(tx, producer_id, call_id, Outcome.FAILED, now, wrap_up_seconds=0)
                freed += 1
    return freed
