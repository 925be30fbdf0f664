"""Callbacks whose end was never reported: the carrier is asked, and whoever they held is free."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.carrier import Carrier, CarrierUnreachable
from app.domain.signals import CallProgress
from app.storage import calls
from app.storage.database import Database
from app.workflows.callbacks.conclude_callback import end_callback
from app.workflows.calls.free_producer import Wording

log = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(seconds=60)
"""A younger call's webhooks may still be on their way."""


def reconcile_callbacks(*, database: Database, carrier: Carrier, now: Callable[[], datetime], wording: Wording) -> int:
    """Settle what the carrier says is over; each minute. A call whose sid we never learned is freed by its lease.

    Returns how many.
    """
    with database.read() as tx:
        live = [call for call in calls.live(tx) if call.direction == "callback" and call.call_sid.startswith("CA")]
    settled = 0
    for call in live:
        if now() - call.arrived_at < SETTLED_AFTER:
            continue
        try:
            state = carrier.fetch_call(call.call_sid)
        except CarrierUnreachable as error:
            log.warning("reconciling callbacks waits: %s", error)
            return settled
        if state is None:
            continue
        progress = CallProgress(call.call_sid, None, state.status, state.duration_seconds, None)
        if progress.final:
            end_callback(progress, call.id, database=database, now=now(), wording=wording)
            settled += 1
    return settled
