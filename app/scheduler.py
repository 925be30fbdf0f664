"""The scheduler process: APScheduler as an alarm clock over work that stands in the database."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping

from app.carrier import webhooks
from app.carrier.addresses import Addresses
from app.domain.signals import Arrival, TextReceived
from app.outside.nipr_feed import feed_at
from app.outside.vendor_hooks import HttpVendorHooks
from app.storage.database import OutOfReach
from app.storage.journal import Entry
from app.timekeeping import SystemClock
from app.wiring import Tools
from app.workflows.authority.keep_anchors import Anchoring, keep_anchors
from app.workflows.callbacks.run_due_work import run_due_work
from app.workflows.calls.replay_journal import replay_journal
from app.workflows.do_requested import HANDLERS, Handler, Interrupted, do_requested
from app.workflows.leads.watch_vendors import watch_vendors
from app.workflows.licenses.pull_nipr import pull_nipr
from app.workflows.licenses.watch import watch_licenses
from app.workflows.licenses.watch_folder import watch_folder
from app.workflows.lookback.monthly import look_back_monthly
from app.workflows.money.watch_invoices import watch_invoices
from app.workflows.webhooks.run_webhooks import run_webhooks
from app.workflows.webhooks.send_due import Lanes

log = logging.getLogger(__name__)

TICK_SECONDS = 1
"""Real seconds between two looks at what is due."""

SLOW_SECONDS = 60
"""Real seconds between two looks at what may take minutes."""

ANCHOR_SECONDS = 300
"""Real seconds between two looks at whether the ledger's head has moved."""

THREADS = 8
"""For the jobs that are always there."""

REQUESTED_SECONDS = 2
"""Real seconds between two looks at what somebody asked for."""


def run(tools: Tools, handlers: Mapping[str, Handler] = HANDLERS) -> None:
    """Tick until SIGTERM or SIGINT. `handlers` do what people ask for, by kind."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.blocking import BlockingScheduler

    # A thread for whatever may be at work at the same time: the tick waits for none.
    threads = ThreadPoolExecutor(THREADS + 2 * len(handlers))
    scheduler = BlockingScheduler(timezone="UTC", executors={"default": threads})
    scheduler.add_job(
        lambda: tick(tools), "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True, misfire_grace_time=None
    )
    scheduler.add_job(
        tell_others,
        "interval",
        [tools, lanes_of(tools)],
        seconds=TICK_SECONDS,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    # Jobs of their own, in threads of their own: they may take minutes, and nobody's callback waits for them.
    for slow in (watch, watch_sellers, take_in, look_back):
        scheduler.add_job(
            slow,
            "interval",
            [tools],
            seconds=SLOW_SECONDS,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.add_job(
        anchor,
        "interval",
        [tools],
        seconds=ANCHOR_SECONDS,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    # A job for each kind, so that nobody's report waits behind somebody's drill.
    for kind, handler in handlers.items():
        scheduler.add_job(
            requested,
            "interval",
            [tools, {kind: handler}, threading.Lock()],
            seconds=REQUESTED_SECONDS,
            # The second one finds the lock taken and goes; otherwise each look during a drill would be logged as skipped.
            max_instances=2,
            coalesce=True,
            misfire_grace_time=None,
        )
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


def tick(tools: Tools) -> None:
    """Everything that is due now. What fails is logged and is due again at the next tick."""
    _try(
        "due work",
        lambda: run_due_work(
            database=tools.database,
            carrier=tools.carrier,
            now=tools.clock.now,
            addresses=Addresses(tools.settings.public_base_url),
            wording=tools.wording,
            notices=tools.notices,
        ),
    )
    _try("the journal", lambda: replay(tools))


def lanes_of(tools: Tools) -> Lanes:
    """Where webhooks leave this process. Receivers compare the time with their own, so it is the system's, in the demo too."""
    sender = HttpVendorHooks(now=SystemClock().now, local=tools.settings.env != "production")
    return Lanes(database=tools.database, sender=sender, now=tools.clock.now)


def tell_others(tools: Tools, lanes: Lanes) -> None:
    """Webhooks out: what happened is collected, and what is due is sent in threads of its own."""
    _try(
        "webhooks",
        lambda: run_webhooks(database=tools.database, notices=tools.notices, lanes=lanes, now=tools.clock.now),
    )


def watch(tools: Tools) -> None:
    """The license desk, and the windows of vendors' invoices: whatever is due by the clock."""
    _try(
        "the license desk",
        lambda: watch_licenses(database=tools.database, notices=tools.notices, now=tools.clock.now()),
    )
    _try(
        "the windows of invoices",
        lambda: watch_invoices(database=tools.database, notices=tools.notices, now=tools.clock.now()),
    )


def watch_sellers(tools: Tools) -> None:
    """Vendors who are held back, because calls of theirs went unanswered."""
    _try(
        "the vendors",
        lambda: watch_vendors(database=tools.database, notices=tools.notices, now=tools.clock.now()),
    )


def take_in(tools: Tools) -> None:
    """Reports from the watched folder, and from the address that is pulled once a day; nothing where neither is set."""
    settings = tools.settings
    if settings.nipr_folder is not None:
        folder = settings.nipr_folder
        _try(
            "the watched folder",
            lambda: watch_folder(folder=folder, database=tools.database, notices=tools.notices, now=tools.clock.now()),
        )
    if settings.nipr_url:
        feed = feed_at(settings.nipr_url, settings.nipr_user, settings.nipr_password)
        _try(
            "the pull of reports",
            lambda: pull_nipr(feed=feed, database=tools.database, notices=tools.notices, now=tools.clock.now()),
        )


def look_back(tools: Tools) -> None:
    """The month's look back over our own calls, where it is due. A process that is told to end ends when it is through."""
    _try(
        "the look back",
        lambda: look_back_monthly(database=tools.database, notices=tools.notices, now=tools.clock.now()),
    )


def anchor(tools: Tools) -> None:
    """The ledger's head, to where nobody here can change it; nothing where anchors are off."""
    settings = tools.settings
    anchoring = Anchoring(settings.public_base_url, settings.anchor_key, settings.anchor_dir)
    _try(
        "the anchor",
        lambda: keep_anchors(
            anchoring=anchoring, database=tools.database, notices=tools.notices, now=tools.clock.now()
        ),
    )


def requested(tools: Tools, handlers: Mapping[str, Handler], at_work: threading.Lock) -> None:
    """What somebody asked for and waits for, unless another thread is at it."""
    if not at_work.acquire(blocking=False):
        return
    try:
        _try(
            f"requested work ({', '.join(handlers)})",
            lambda: do_requested(database=tools.database, now=tools.clock.now, handlers=handlers),
        )
    finally:
        at_work.release()


def replay(tools: Tools) -> int:
    """Put what the journal holds into the database. Returns how many events."""
    return replay_journal(
        tools.settings.journal_dir,
        database=tools.database,
        now=tools.clock.now(),
        wording=tools.wording,
        read=_read,
    )


def _read(entry: Entry) -> Arrival | TextReceived:
    return webhooks.text_received(entry.form) if entry.kind == "text" else webhooks.arrival(entry.form)


def _try(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except OutOfReach:
        log.warning("%s waits: the database is out of reach", what)
    except Interrupted as stopped:
        log.warning("%s was stopped: %s", what, stopped)
    except Exception:
        log.exception("%s failed", what)
