"""What is due now: callbacks, the outbox, promises that have passed, leads that nobody has dealt with in time.

Everything is claimed in the database: two schedulers are harmless. One part that fails holds up no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.carrier import Carrier
from app.carrier.addresses import Addresses
from app.outside.notices import Notices
from app.storage import work
from app.storage.database import Database, OutOfReach
from app.workflows.authority.verify_ledger import seal_ledger
from app.workflows.callbacks.keep_promises import escalate_forgotten, escalate_overdue, escalate_passed
from app.workflows.callbacks.reconcile import reconcile_calls
from app.workflows.callbacks.reconcile_callbacks import reconcile_callbacks
from app.workflows.callbacks.reconcile_texts import reconcile_texts
from app.workflows.callbacks.run_callbacks import free_expired, run_callbacks
from app.workflows.callbacks.send_texts import send_texts
from app.workflows.callbacks.speak_notices import speak_notices
from app.workflows.calls.delete_recordings import delete_recordings
from app.workflows.calls.free_producer import Wording
from app.workflows.leads.notify_overdue import notify_overdue

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)


def run_due_work(
    *,
    database: Database,
    carrier: Carrier,
    now: Callable[[], datetime],
    addresses: Addresses,
    wording: Wording,
    notices: Notices,
) -> None:
    """One tick. Promises that passed while nobody was there are judged before anything is dialed: no stale call."""
    with database.begin() as tx:
        work.beat(tx, "scheduler", now())
        minute = work.take_turn(tx, "minute", now(), every=MINUTE)
    _try("expired claims", lambda: free_expired(database=database, now=now(), wording=wording))
    _try("passed promises", lambda: escalate_passed(database=database, now=now(), wording=wording))
    _try("overdue leads", lambda: escalate_overdue(database=database, now=now()))
    _try(
        "callbacks",
        lambda: run_callbacks(database=database, carrier=carrier, now=now, addresses=addresses, wording=wording),
    )
    _try(
        "texts",
        lambda: send_texts(database=database, carrier=carrier, now=now, status_url=addresses.sms_status()),
    )
    _try(
        "spoken notices",
        lambda: speak_notices(database=database, carrier=carrier, now=now, addresses=addresses),
    )
    _try("seals", lambda: seal_ledger(database=database))
    if minute:
        _each_minute(database=database, carrier=carrier, now=now, wording=wording, notices=notices)


def _each_minute(
    *, database: Database, carrier: Carrier, now: Callable[[], datetime], wording: Wording, notices: Notices
) -> None:
    _try("calls", lambda: reconcile_calls(database=database, carrier=carrier, now=now, wording=wording))
    _try("dialed", lambda: reconcile_callbacks(database=database, carrier=carrier, now=now, wording=wording))
    _try("sent texts", lambda: reconcile_texts(database=database, carrier=carrier, now=now))
    _try("forgotten leads", lambda: escalate_forgotten(database=database, now=now()))
    _try("notices", lambda: notify_overdue(database=database, notices=notices, now=now()))
    _try("recordings", lambda: delete_recordings(database=database, carrier=carrier, now=now))


def _try(what: str, work_: Callable[[], object]) -> None:
    try:
        work_()
    except OutOfReach:
        raise
    except Exception:
        log.exception("%s failed; they are due again at the next tick", what)
