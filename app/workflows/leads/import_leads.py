"""A vendor's list comes as a file: each row is somebody, and goes the way of POST /leads.

Rows are taken one by one, each in a transaction of its own, so no webhook waits for a list. Nobody is added twice, whether
the file comes again or was cut off half way: who was posted to the campaign in the last KNOWN_FOR is a duplicate, and a row
of which it is known what became of it is not read again. Who asked us not to be called is not taken from a list at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import residency
from app.domain.residency import Evidence
from app.rosters import csv_leads
from app.rosters.csv_leads import ListedLead
from app.rosters.errors import Refusal, RowError
from app.storage import bulk
from app.storage.access import ApiKey
from app.storage.bulk import ADDED, DUPLICATE, REFUSED, RowOutcome
from app.storage.campaigns import Campaign
from app.storage.database import Database
from app.workflows.leads.asked_campaign import Unmet, asked_campaign
from app.workflows.leads.receive_lead import LeadReceived, PostedLead, receive_lead

KNOWN_FOR = timedelta(days=90)
"""On a list, who was posted to the campaign within so long is the same person. Ours: an inquiry counts three months
(47 CFR 64.1200(f)(5)), and a list is sent again sooner than that."""

AT_ONCE = 50

Keep = Callable[[Sequence[RowOutcome]], None]


@dataclass(frozen=True)
class Sender(ApiKey):
    """Who brings the list: as a key would be, under the name that the ledger is to have."""

    @property
    def actor(self) -> str:
        return self.name


@dataclass
class Counts:
    """Rows by what became of them."""

    added: int = 0
    duplicate: int = 0
    refused: int = 0

    def count(self, outcome: str) -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)


def sender(actor: str, vendor_id: int | None) -> Sender:
    return Sender(id=0, name=actor, scopes=frozenset({"vendor"}), vendor_id=vendor_id)


def read_list(content: bytes) -> list[ListedLead | RowError] | Refusal:
    """Every row of the file, or why it cannot be taken as a whole."""
    return csv_leads.read(content)


def import_leads(
    rows: Sequence[ListedLead | RowError],
    *,
    campaign: str,
    by: Sender,
    database: Database,
    now: datetime,
    keep: Keep | None = None,
    dry_run: bool = False,
) -> Counts | Unmet:
    """Take the rows in. `keep` is told what became of them, AT_ONCE at a time. `dry_run`: only say what would be."""
    with database.read() as tx:
        found = asked_campaign(tx, campaign, by.vendor_id)
    if isinstance(found, Unmet):
        return found
    counts, seen = Counts(), set[str]()
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        known = _known(some, found, database=database, now=now)
        outcomes = [*_outcomes(some, known, seen, found, by, database, now, dry_run=dry_run)]
        for one in outcomes:
            counts.count(one.outcome)
        if keep is not None:
            keep(outcomes)
    return counts


@dataclass(frozen=True)
class _Known:
    """Of some numbers: the lead that was posted before, and who is to be left alone."""

    before: dict[str, int]
    left_alone: set[str]


def _known(rows: Sequence[ListedLead | RowError], campaign: Campaign, *, database: Database, now: datetime) -> _Known:
    phones = {row.phone for row in rows if isinstance(row, ListedLead)}
    with database.read() as tx:
        before = bulk.posted_before(tx, campaign.campaign_id, phones, now - KNOWN_FOR)
        return _Known(before, bulk.left_alone(tx, phones))


def _outcomes(
    rows: Sequence[ListedLead | RowError],
    known: _Known,
    seen: set[str],
    campaign: Campaign,
    by: Sender,
    database: Database,
    now: datetime,
    *,
    dry_run: bool,
) -> Iterator[RowOutcome]:
    for row in rows:
        if isinstance(row, RowError):
            yield _refused(row.line, row.column or "", row.why)
            continue
        before = known.before.get(row.phone)
        if row.phone in known.left_alone:
            yield _refused(row.line, "phone", "opted_out: on our own do-not-call list")
        elif before is not None or (dry_run and row.phone in seen):
            yield _told(row, DUPLICATE, before)
        elif dry_run:
            yield _told(row, ADDED, None)
        else:
            yield _receive(row, campaign, by, database, now)
        seen.add(row.phone)


def _receive(row: ListedLead, campaign: Campaign, by: Sender, database: Database, now: datetime) -> RowOutcome:
    posted = PostedLead(
        campaign=campaign.number,
        phone=row.phone,
        first_name=row.first_name,
        last_name=row.last_name,
        state=row.state or None,
        zip_code=row.zip or None,
        address=row.address,
        external_id=row.external_id or None,
        consent=row.consent or None,
        ping_id=None,
    )
    received = receive_lead(posted, key=by, repeatable=None, database=database, now=now)
    if not isinstance(received, LeadReceived):
        return _refused(row.line, received.field, received.why)
    return _told(row, DUPLICATE if received.duplicate else ADDED, received.lead_id)


def _told(row: ListedLead, outcome: str, lead_id: int | None) -> RowOutcome:
    lives = residency.settle(Evidence(vendor_state=row.state or None, vendor_zip=row.zip or None, phone=row.phone))
    return RowOutcome(row.line, outcome, lead_id, "|".join(lives.states), str(lives.confidence))


def _refused(line: int, column: str, why: str) -> RowOutcome:
    return RowOutcome(line, REFUSED, column=column[:60], why=why[:300])
