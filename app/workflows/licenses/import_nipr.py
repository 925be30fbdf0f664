"""Import a NIPR report: what it says of the producers whom we have, every license of every state.

Authority goes first: who is resident elsewhere by the report is suspended before anything of it is merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain.licensing import BLOCK_AFTER
from app.domain.report_age import told_at
from app.domain.verification_age import FEED_BLOCK_AFTER
from app.rosters import nipr_csr, nipr_detail
from app.rosters.errors import Refusal
from app.rosters.nipr_values import Report, SeenLine, SeenProducer, Unmapped, of_producer
from app.storage import education, held_licenses, ledger, roster_import, unmapped_lines
from app.storage.database import Database, Transaction
from app.storage.education import Standing
from app.storage.roster_import import Tally
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.files import base_name, sha256
from app.workflows.licenses.merge_listing import Difference, Listed, Progress, merge_listing
from app.workflows.licenses.suspend_moved import AtHome, ResidentElsewhere, lift_at_home, suspend_moved
from app.workflows.licenses.weigh_report import NIPR, NIPR_FEED, Withheld, weigh

DETAIL, CSR = "nipr-detail", "nipr-csr"
FORMATS = (DETAIL, CSR)

_READERS = {DETAIL: nipr_detail.read, CSR: nipr_csr.read}
_STALE_AFTER = {NIPR: BLOCK_AFTER, NIPR_FEED: FEED_BLOCK_AFTER}
_NAMED_IN_THE_LEDGER = 100


@dataclass(frozen=True)
class NotImported:
    """Nothing was imported, and why."""

    why: str


@dataclass(frozen=True)
class NiprImported:
    """What the report did; with `dry_run`, what it would do. `version` None: nothing changed, or nothing was to be.

    `as_of` is the day for which it counts. `unroutable` counts licenses of ours whose dates it does not tell. `differences`
    are the first 10,000 of `differences_total`. `unknown_producers` are in the report and not ours; they are not added,
    because no report knows a phone. `unmapped` waits for a person; `remarks` are told and wait for nobody. `withheld` was
    not taken, because the report is older than what we know.
    """

    version: int | None
    dry_run: bool
    as_of: date | None
    producers: int
    tally: Tally
    unroutable: int
    differences: tuple[Difference, ...]
    differences_total: int
    unknown_producers: tuple[str, ...]
    unmapped: tuple[Unmapped, ...]
    remarks: tuple[Unmapped, ...]
    resident_elsewhere: tuple[ResidentElsewhere, ...]
    at_home: tuple[AtHome, ...]
    withheld: tuple[Withheld, ...]
    exposed: tuple[Exposed, ...]


@dataclass
class _Weighing:
    """What comes up while the producers of a report are weighed, each once."""

    withheld: list[Withheld] = field(default_factory=list)
    ours: dict[str, int] = field(default_factory=dict)


def import_nipr(
    content: bytes,
    *,
    file_name: str,
    file_format: str,
    npn: str | None,
    actor: str,
    dry_run: bool,
    database: Database,
    now: datetime,
    made_on: date | None = None,
    source: str = NIPR,
    progress: Progress | None = None,
) -> NiprImported | NotImported | Refusal:
    """Merge the report into the roster, keep education and what waits for a person, and say so in the ledger.

    `npn`: whose report it is, where the file does not say. `made_on`: the last day on which it can have been made, where
    that is known; the file's own earlier day stands. A license counts as verified on that day, and not when the file came.
    A refusal names every wrong line, and nothing was written.
    """
    with database.read() as tx:
        answers = unmapped_lines.answers(tx)
    report = _named(_READERS[file_format](content, answers), npn)
    if not isinstance(report, Report):
        return report
    as_of = min((day for day in (report.as_of, made_on) if day is not None), default=None)
    at = told_at(as_of, now)
    elsewhere = suspend_moved(report.producers, told_at=at, actor=actor, dry_run=dry_run, database=database, now=now)
    weighing = _Weighing()

    def conclude(tx: Transaction, version: int | None, tally: Tally) -> None:
        known = {"file_name": base_name(file_name), "file_sha256": sha256(content), "format": file_format}
        facts = {**known, "source": source, "as_of": as_of.isoformat() if as_of else None, "version": version}
        facts |= _facts(report, tally, elsewhere, weighing)
        ledger.write(tx, kind="nipr_imported", now=now, actor=actor, facts=facts)

    merged = merge_listing(
        _listed(report.producers, weighing, at=at, source=source, database=database),
        source=source,
        file_name=base_name(file_name),
        file_sha256=sha256(content),
        actor=actor,
        dry_run=dry_run,
        database=database,
        now=now,
        progress=progress,
        conclude=conclude,
    )
    at_home = lift_at_home(report.producers, told_at=at, actor=actor, dry_run=dry_run, database=database, now=now)
    ours = [producer for producer in report.producers if producer.npn in weighing.ours]
    imported = NiprImported(
        version=merged.version,
        dry_run=dry_run,
        as_of=as_of,
        producers=len(report.producers),
        tally=merged.tally,
        unroutable=sum(_is_undated(line) for producer in ours for line in producer.licenses),
        differences=merged.differences,
        differences_total=merged.differences_total,
        unknown_producers=tuple(one.npn for one in report.producers if one.npn not in weighing.ours),
        unmapped=tuple(line for producer in ours for line in producer.unmapped),
        remarks=tuple(line for producer in ours for line in producer.remarks),
        resident_elsewhere=elsewhere,
        at_home=at_home,
        withheld=tuple(weighing.withheld),
        exposed=merged.exposed,
    )
    if not dry_run:
        _keep(ours, weighing.ours, at, database, now)
    return imported


def _named(report: Report | Refusal, npn: str | None) -> Report | NotImported | Refusal:
    """The report with every producer numbered."""
    if isinstance(report, Refusal):
        return report
    nameless = sum(not producer.npn for producer in report.producers)
    if npn is None:
        return NotImported("the report does not say whose it is; give the NPN with --npn") if nameless else report
    if nameless != 1:
        return NotImported("--npn is for the one person whom a report does not number; this one has no such person")
    if any(producer.npn == npn for producer in report.producers):
        return NotImported(f"--npn {npn}: that is another person in this report")
    return of_producer(report, npn)


def _listed(
    producers: Sequence[SeenProducer], weighing: _Weighing, *, at: datetime, source: str, database: Database
) -> Iterator[Listed]:
    """What is to be merged; those whom we do not have are left out."""
    for batch in roster_import.batches(producers):
        with database.read() as tx:
            held = held_licenses.held_by(tx, [producer.npn for producer in batch])
        for producer in batch:
            ours = held.get(producer.npn)
            if ours is None:
                continue
            weighed = weigh(producer, ours, told_at=at, stale_after=_STALE_AFTER[source])
            weighing.ours[producer.npn] = ours.producer_id
            weighing.withheld += weighed.withheld
            yield Listed(producer.npn, None, weighed.licenses, ours.becomes_resident_in(producer.resident_state))


def _keep(ours: Sequence[SeenProducer], ids: dict[str, int], at: datetime, database: Database, now: datetime) -> None:
    """What waits for a person, and education; where the process dies before, another import of the report keeps it."""
    for batch in roster_import.batches(ours):
        with database.begin() as tx:
            unmapped_lines.record(tx, [line for producer in batch for line in producer.unmapped], now)
            education.record(tx, _standings(batch, ids, at))


def _is_undated(line: SeenLine) -> bool:
    return line.effective_on is None or (line.expires_on is None and not line.perpetual)


def _standings(producers: Sequence[SeenProducer], ids: dict[str, int], at: datetime) -> dict[tuple[int, str], Standing]:
    """Of several lines of a state the worst: not compliant, the first deadline, the most credits."""
    found: dict[tuple[int, str], Standing] = {}
    for producer in producers:
        for line in producer.licenses:
            told = Standing(line.ce_compliant, line.ce_renewal_on, line.ce_credits_needed, at)
            if (told.compliant, told.renewal_on, told.credits_needed) != (None, None, None):
                key = ids[producer.npn], line.state
                found[key] = _worse(found[key], told) if key in found else told
    return found


def _worse(one: Standing, other: Standing) -> Standing:
    compliant = [each for each in (one.compliant, other.compliant) if each is not None]
    days = [each for each in (one.renewal_on, other.renewal_on) if each is not None]
    owed = [each for each in (one.credits_needed, other.credits_needed) if each is not None]
    return Standing(min(compliant, default=None), min(days, default=None), max(owed, default=None), one.seen_at)


def _facts(report: Report, tally: Tally, elsewhere: Sequence[ResidentElsewhere], weighing: _Weighing) -> dict[str, Any]:
    """For the ledger: counts, and of who is concerned the first hundred."""
    unknown = [one.npn for one in report.producers if one.npn not in weighing.ours]
    return {
        "producers": len(report.producers),
        **asdict(tally),
        "unknown_producers": unknown[:_NAMED_IN_THE_LEDGER],
        "unknown_producers_total": len(unknown),
        "unmapped": sum(len(one.unmapped) for one in report.producers if one.npn in weighing.ours),
        "resident_elsewhere": [one.npn for one in elsewhere[:_NAMED_IN_THE_LEDGER]],
        "withheld": [f"{one.npn}/{one.state}/{one.line}" for one in weighing.withheld[:_NAMED_IN_THE_LEDGER]],
        "withheld_total": len(weighing.withheld),
    }
