"""Once a day the report is fetched from whoever has it for us, and imported."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from app.domain.report_age import day_of
from app.outside.nipr_feed import Denied, Fetched, NiprFeed, NotFetched, NotModified
from app.outside.notices import Notice, Notices
from app.rosters.errors import Refusal
from app.storage import notices as told
from app.storage import report_intake, unmapped_lines
from app.storage.database import Database
from app.storage.report_intake import LastPull
from app.workflows.licenses import their_report
from app.workflows.licenses.import_nipr import CSR, NiprImported, NotImported, import_nipr
from app.workflows.licenses.weigh_report import NIPR_FEED

log = logging.getLogger(__name__)

EVERY = timedelta(hours=20)
"""Less than a day, so that it does not wander through the day."""

AGAIN_AFTER = timedelta(hours=1)
"""After a failure; after a denial it is a day, because some lock an account after a few."""

ACTOR = "feed:nipr"
FILE_NAME = "nipr-pull"

_SUBJECT = "nipr-feed"


def pull_nipr(*, feed: NiprFeed, database: Database, notices: Notices, now: datetime) -> int:
    """Fetch and import the report where that is due. Returns how many were imported: 0 or 1.

    What is asked for is a report other than the last, unless a person has said what a line is since. One that cannot be
    imported, and a password that is not taken, is told of once a day.
    """
    if not feed.address_sha256:
        return 0
    with database.begin() as tx:
        last = report_intake.claim_pull(tx, feed.address_sha256, now, again_at=now + AGAIN_AFTER)
        answered_at = unmapped_lines.last_answered_at(tx)
    if last is None:
        return 0
    read_again = answered_at is not None and last.imported_at is not None and answered_at >= last.imported_at
    fetched = feed.fetch() if read_again else feed.fetch(etag=last.etag, last_modified=last.last_modified)
    match fetched:
        case Denied():
            log.error("the NIPR feed does not take our name and password")
            _done(database, now + EVERY)
            _tell(_DENIED, "denied", database=database, notices=notices, now=now)
        case NotFetched(why):
            log.warning("no NIPR report: %s", why)
        case NotModified():
            _done(database, now + EVERY)
        case Fetched():
            return _import(fetched, database=database, notices=notices, now=now)
    return 0


def _import(fetched: Fetched, *, database: Database, notices: Notices, now: datetime) -> int:
    known = their_report.format_of(fetched.content)
    made_at = now if fetched.modified_at is None else min(now, fetched.modified_at)
    outcome = import_nipr(
        fetched.content,
        file_name=FILE_NAME,
        # What is no XML is refused by either reader, with a sentence.
        file_format=CSR if known == their_report.CSV else known,
        npn=None,
        made_on=day_of(made_at),
        source=NIPR_FEED,
        actor=ACTOR,
        dry_run=False,
        database=database,
        now=now,
    )
    if isinstance(outcome, NiprImported):
        _done(database, now + EVERY, LastPull(fetched.etag, fetched.last_modified, now))
        return 1
    log.error("the NIPR report that came cannot be imported: %s", _why(outcome))
    _done(database, now + EVERY)
    notice = Notice("The NIPR report that came was not imported", f"Nothing of it was taken: {_why(outcome)}")
    _tell(notice, "rejected", database=database, notices=notices, now=now)
    return 0


def _why(outcome: Refusal | NotImported) -> str:
    """Without what stood there: a notice leaves for somebody else's machines."""
    if isinstance(outcome, NotImported):
        return outcome.why
    return f"{outcome.total} error{'s' * (outcome.total != 1)}, the first on line {outcome.errors[0]}"


def _done(database: Database, next_at: datetime, last: LastPull | None = None) -> None:
    with database.begin() as tx:
        report_intake.conclude_pull(tx, next_at=next_at, last=last)


_DENIED = Notice(
    "The NIPR feed does not take our password",
    "No report comes any more, and after ten days without one no license gives authority. The NIPR password changes "
    "every 90 days: set THREEGATE_NIPR_USER and THREEGATE_NIPR_PASSWORD anew and restart the scheduler.",
)


def _tell(notice: Notice, what: str, *, database: Database, notices: Notices, now: datetime) -> None:
    """Once a day; where it reached nobody it is told the next time."""
    if not notices.anybody:
        return
    threshold = f"{what} {day_of(now):%m-%d}"
    with database.begin() as tx:
        if not told.claim(tx, f"{_SUBJECT}:{day_of(now):%Y}", threshold, now):
            return
    if not notices.send(notice):
        with database.begin() as tx:
            told.release(tx, [(f"{_SUBJECT}:{day_of(now):%Y}", threshold)])
            told.note_failure(tx, now)
