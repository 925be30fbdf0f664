"""What somebody asked for and waits for: done by the scheduler, one at a time of each kind, outside any transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.storage import requested_work
from app.storage.database import Collision, Database, OutOfReach
from app.storage.requested_work import RequestedWork
from app.workflows.admin.import_file import KIND as IMPORT
from app.workflows.admin.import_file import import_file
from app.workflows.authority.verify_ledger import KIND as VERIFICATION
from app.workflows.authority.verify_ledger import verification
from app.workflows.data.erase_person import KIND as ERASURE
from app.workflows.data.erase_person import do_erase_person
from app.workflows.data.export import KIND as EXPORT
from app.workflows.data.export import do_export
from app.workflows.data.export_person import KIND as PERSON_EXPORT
from app.workflows.data.export_person import do_export_person
from app.workflows.errors import CannotBeDone as CannotBeDone
from app.workflows.leads.ask_bulk import KIND as BULK_LEADS
from app.workflows.leads.ask_bulk import take_bulk
from app.workflows.licenses.audit_kept import KIND as AUDIT
from app.workflows.licenses.audit_kept import audit_kept
from app.workflows.licenses.rank_targets import KIND as RANKING
from app.workflows.licenses.rank_targets import ranking
from app.workflows.lookback.requested import KIND as LOOKBACK
from app.workflows.lookback.requested import look_back
from app.workflows.make_report import do_report
from app.workflows.money.ask_invoice import KIND as INVOICE
from app.workflows.money.ask_invoice import invoice_kept

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], Database, datetime], dict[str, Any]]
"""What was asked, the database, now: gives what was found, which is JSON. Raises CannotBeDone, or Interrupted."""

HANDLERS: dict[str, Handler] = {
    "report": do_report,
    LOOKBACK: look_back,
    IMPORT: import_file,
    AUDIT: audit_kept,
    VERIFICATION: verification,
    RANKING: ranking,
    INVOICE: invoice_kept,
    BULK_LEADS: take_bulk,
    EXPORT: do_export,
    PERSON_EXPORT: do_export_person,
    ERASURE: do_erase_person,
}
"""By kind. "drill" and "packet" are not here: they need the simulator and the settings, and the command that starts the
scheduler brings them along."""

SIGN_SECONDS = 5.0
"""Real seconds between two signs of life."""


class Interrupted(Exception):
    """It was stopped half way, and nothing came of it: it is begun again; the message says what stopped it."""


def do_requested(
    *,
    database: Database,
    now: Callable[[], datetime],
    handlers: Mapping[str, Handler] = HANDLERS,
    sign_seconds: float = SIGN_SECONDS,
) -> int:
    """Do all that waits of the kinds that have a handler. Returns how many were begun. One that fails stops no other."""
    begun = 0
    while (work := _claim(database, handlers, now())) is not None:
        begun += 1
        _do(work, handlers[work.kind], database=database, now=now, sign_seconds=sign_seconds)
    return begun


def _claim(database: Database, handlers: Mapping[str, Handler], now: datetime) -> RequestedWork | None:
    with database.read() as tx:
        if not requested_work.is_any(tx, handlers):
            return None
    with database.begin() as tx:
        if lost := requested_work.give_up_lost(tx, now):
            log.warning("%s pieces of requested work were lost with their process", lost)
        return requested_work.claim_next(tx, handlers, now)


def _do(
    work: RequestedWork, handler: Handler, *, database: Database, now: Callable[[], datetime], sign_seconds: float
) -> None:
    try:
        with _giving_signs(work, database=database, now=now, every_seconds=sign_seconds):
            found = handler(work.asked, database, now())
        with database.begin() as tx:
            requested_work.finish(tx, work, found, now())
            requested_work.forget_old(tx, now())
    except CannotBeDone as refusal:
        with database.begin() as tx:
            requested_work.fail(tx, work, str(refusal), now())
    except Interrupted as stopped:
        with database.begin() as tx:
            requested_work.put_back(tx, work, str(stopped), now())
        raise
    except (*OutOfReach, Collision):
        log.warning("requested work %s (%s) was cut off by the database", work.id, work.kind)
        with database.begin() as tx:
            requested_work.put_back(tx, work, "the database cut it off each time: ask for less", now())
    except Exception:
        log.exception("requested work %s (%s) failed", work.id, work.kind)
        with database.begin() as tx:
            requested_work.fail(tx, work, "we failed on it, and the scheduler's log says how", now())


@contextmanager
def _giving_signs(
    work: RequestedWork, *, database: Database, now: Callable[[], datetime], every_seconds: float
) -> Iterator[None]:
    """Meanwhile the database is told again and again that this process lives."""
    is_over = threading.Event()

    def give_signs() -> None:
        while not is_over.wait(every_seconds):
            try:
                with database.begin() as tx:
                    requested_work.give_sign(tx, work, now())
            except (*OutOfReach, Collision):
                log.warning("no sign of life for requested work %s: the database is out of reach", work.id)

    thread = threading.Thread(target=give_signs, name=f"signs of {work.kind} {work.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
