"""A file of leads is asked to be taken in: kept until the scheduler is through with it, and told row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.reports.safe_csv import BYTE_ORDER_MARK, csv_lines
from app.rosters.csv_leads import LARGEST_FILE
from app.rosters.errors import Refusal, RowError
from app.storage import bulk, campaigns, ledger, made_files, requested_work
from app.storage.access import ApiKey
from app.storage.bulk import REFUSED, RowOutcome
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction
from app.workflows.errors import CannotBeDone
from app.workflows.leads.asked_campaign import Unmet, asked_campaign
from app.workflows.leads.import_leads import import_leads, read_list, sender

KIND = "bulk_leads"
FILE_KIND, RESULT_KIND = "bulk", "bulk_result"

MOST_WAITING = 20
TOLD = 200
"""So many refused rows are told with the result; the file has all of them."""

HEADER = ("line", "lead_id", "duplicate", "states", "confidence", "error")

_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class TooMany:
    """So many files wait already."""

    waiting: int


@dataclass(frozen=True)
class TooLarge:
    """The file has more bytes than we take."""

    most_bytes: int = LARGEST_FILE


def ask_bulk(
    content: bytes, *, campaign: str, file_name: str, key: ApiKey, database: Database, now: datetime
) -> int | Unmet | TooMany | TooLarge:
    """The number of the requested work. The file's rows are looked at when its turn comes."""
    if len(content) > LARGEST_FILE:
        return TooLarge()
    with database.read() as tx:
        found = asked_campaign(tx, campaign, key.vendor_id)
        if not isinstance(found, Unmet) and key.vendor_id is not None and _is_capped(tx, found, key.vendor_id):
            return Unmet("campaign", "there are caps here: post leads one at a time, or have the agency bring the list")
        waiting = requested_work.open_count(tx, KIND)
    if isinstance(found, Unmet):
        return found
    if waiting >= MOST_WAITING:
        return TooMany(waiting)
    kept = made_files.write(
        [content],
        kind=FILE_KIND,
        file_name=file_name[:255],
        media_type="text/csv",
        made_for=key.actor[:120],
        database=database,
        now=now,
    )
    asked = {
        "file": kept.id,
        "file_name": kept.file_name,
        "sha256": kept.sha256,
        "campaign": campaign,
        "vendor_id": key.vendor_id,
        "actor": key.actor,
    }
    with database.begin() as tx:
        bulk.begin(tx, kept.id)
        request_id = requested_work.ask(tx, kind=KIND, asked=asked, asked_by=key.actor, now=now)
        facts = {"request": request_id, "campaign": campaign, "sha256": kept.sha256, "size": kept.size}
        ledger.write(tx, kind="leads_bulk_asked", now=now, actor=key.actor, facts=facts)
    return request_id


def _is_capped(tx: Transaction, campaign: Campaign, vendor_id: int) -> bool:
    """Whether so much of a vendor is asked for and no more: a list goes past the caps, so it is not the vendor's to bring."""
    terms, policy = campaigns.vendor_terms(tx, vendor_id), campaign.policy
    return any(cap is not None for one in (terms, policy) for cap in (one.hourly_cap, one.daily_cap))


def take_bulk(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The scheduler's way to it. Begun again after a crash, it goes on where it was. Raises CannotBeDone."""
    file_id = int(asked["file"])
    with database.read() as tx:
        told, kept, done = bulk.found(tx, file_id), made_files.load(tx, file_id), bulk.lines_done(tx, file_id)
    if told is not None:
        return told
    if kept is None:
        raise CannotBeDone("the file is not kept any more; send it again")
    rows = read_list(b"".join(made_files.content(file_id, database=database)))
    if isinstance(rows, Refusal):
        _forget(file_id, database)
        first = rows.errors[0]
        raise CannotBeDone(f"nothing was taken: {first}")
    with database.begin() as tx:
        bulk.set_rows(tx, file_id, len(rows))
    imported = import_leads(
        [row for row in rows if row.line not in done],
        campaign=asked["campaign"],
        by=sender(asked["actor"], asked["vendor_id"]),
        database=database,
        now=now,
        keep=lambda outcomes: _keep(file_id, outcomes, database),
    )
    if isinstance(imported, Unmet):
        _forget(file_id, database)
        raise CannotBeDone(f"nothing was taken: {imported.why}")
    return _conclude(asked, file_id, database, now)


def result_of(outcomes: Iterator[RowOutcome]) -> Iterator[bytes]:
    """The whole result as CSV, row by row of the file."""
    yield BYTE_ORDER_MARK.encode() + csv_lines([HEADER]).encode()
    waiting: list[tuple[object, ...]] = []
    for one in outcomes:
        error = f"{one.column}: {one.why}" if one.column else one.why
        duplicate = None if one.outcome == REFUSED else one.outcome == bulk.DUPLICATE
        waiting.append((one.line, one.lead_id, duplicate, one.states, one.confidence, error))
        if len(waiting) == _ROWS_AT_ONCE:
            yield csv_lines(waiting).encode()
            waiting.clear()
    yield csv_lines(waiting).encode()


def _keep(file_id: int, outcomes: Sequence[RowOutcome], database: Database) -> None:
    with database.begin() as tx:
        bulk.keep(tx, file_id, outcomes)


def _conclude(asked: dict[str, Any], file_id: int, database: Database, now: datetime) -> dict[str, Any]:
    """The result as a file, the counts, the first of the refused; the list itself is forgotten."""
    counts = {"added": 0, "duplicate": 0, "refused": 0}
    refused: list[dict[str, Any]] = []
    for one in bulk.outcomes(file_id, database=database):
        counts[one.outcome] += 1
        if one.outcome == REFUSED and len(refused) < TOLD:
            refused.append(_row_error(one))
    result = made_files.write(
        result_of(bulk.outcomes(file_id, database=database)),
        kind=RESULT_KIND,
        file_name=f"leads-{file_id}-result.csv",
        media_type="text/csv",
        made_for=str(asked["actor"])[:120],
        database=database,
        now=now,
    )
    told = {"counts": counts, "refused": refused, "result": result.id}
    with database.begin() as tx:
        bulk.conclude(tx, file_id, told)
        made_files.forget(tx, [file_id])
        facts = {"campaign": asked["campaign"], "sha256": asked["sha256"], **counts}
        ledger.write(tx, kind="leads_bulk_taken", now=now, actor=asked["actor"], facts=facts)
    return told


def _row_error(one: RowOutcome) -> dict[str, Any]:
    return {k: v for k, v in asdict(RowError(one.line, one.column or None, one.why)).items() if k != "value"}


def _forget(file_id: int, database: Database) -> None:
    with database.begin() as tx:
        bulk.forget(tx, file_id)
        made_files.forget(tx, [file_id])
