"""Everything out: one export as a file, CSV for spreadsheets or JSON lines for programs, streamed in short reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.service_report.days import Days
from app.reports.safe_csv import BYTE_ORDER_MARK, csv_lines
from app.storage import exports, ledger, made_files, requested_work
from app.storage.database import Database
from app.storage.exports import EXPORTS, Export
from app.workflows.leads.asked_campaign import Unmet

KIND = "export"
FILE_KIND = "export"

FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}
MOST_WAITING = 20

_FAR = date(9000, 1, 1)
_EARLY = date(1970, 1, 1)


@dataclass(frozen=True)
class Wanted:
    """What is to go out: an export's name, a format, and the instants between which its rows lie (the second not included)."""

    what: str
    format: str
    since: datetime | None = None
    until: datetime | None = None

    @property
    def file_name(self) -> str:
        return f"{self.what}.{self.format}"

    @property
    def media_type(self) -> str:
        return FORMATS[self.format]


@dataclass(frozen=True)
class TooMany:
    """So many exports wait already."""

    waiting: int


def wanted(what: str, file_format: str, first: date | None, last: date | None, *, zone: ZoneInfo) -> Wanted | Unmet:
    """`first` and `last` are days of the agency's zone, both included; either may be left open."""
    export = EXPORTS.get(what)
    if export is None:
        return Unmet("what", f"expected one of {', '.join(EXPORTS)}")
    if file_format not in FORMATS:
        return Unmet("format", f"expected one of {', '.join(FORMATS)}")
    if export.time is None and (first or last):
        return Unmet("from" if first else "to", f"{what} is what stands now, and has no days")
    if first and last and first > last:
        return Unmet("to", "the last day is before the first")
    for name, day in (("from", first), ("to", last)):
        if day is not None and not _EARLY <= day <= _FAR:
            return Unmet(name, "no day that we could have rows of")
    return Wanted(
        what,
        file_format,
        None if first is None else Days(first, first).begins(zone),
        None if last is None else Days(last, last).ends(zone),
    )


def ask_export(asked: Wanted, *, actor: str, database: Database, now: datetime) -> int | TooMany:
    """The number of the requested work. That it was asked for is in the ledger."""
    with database.begin() as tx:
        waiting = requested_work.open_count(tx, KIND)
        if waiting >= MOST_WAITING:
            return TooMany(waiting)
        request_id = requested_work.ask(tx, kind=KIND, asked={**_facts(asked), "actor": actor}, asked_by=actor, now=now)
        ledger.write(tx, kind="exported", now=now, actor=actor, facts={**_facts(asked), "request": request_id})
    return request_id


def do_export(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The scheduler's way to it: the file is kept for seven days."""
    meant = Wanted(asked["what"], asked["format"], _instant(asked["since"]), _instant(asked["until"]))
    count = Count()
    kept = made_files.write(
        exported(meant, database=database, count=count),
        kind=FILE_KIND,
        file_name=meant.file_name,
        media_type=meant.media_type,
        made_for=asked["actor"][:120],
        database=database,
        now=now,
    )
    return {"file": kept.id, "rows": count.rows, "size": kept.size, "sha256": kept.sha256}


def note_export(asked: Wanted, *, actor: str, database: Database, now: datetime) -> None:
    """Somebody takes it out at once, by the command: that is in the ledger."""
    with database.begin() as tx:
        ledger.write(tx, kind="exported", now=now, actor=actor, facts=_facts(asked))


@dataclass
class Count:
    """Rows that went out so far."""

    rows: int = 0


def exported(asked: Wanted, *, database: Database, count: Count | None = None) -> Iterator[bytes]:
    """The file, page by page."""
    export = EXPORTS[asked.what]
    names = exports.columns(export)
    if asked.format == "csv":
        yield BYTE_ORDER_MARK.encode() + csv_lines([names]).encode()
    for page in exports.pages(export, since=asked.since, until=asked.until, database=database):
        if count is not None:
            count.rows += len(page)
        if asked.format == "csv":
            text = csv_lines([_cell(row[name]) for name in names] for row in page)
            yield text.encode("utf-8", errors="replace")
        else:
            yield "".join(json_line(row) for row in page).encode()


def json_line(row: dict[str, Any]) -> str:
    """RFC 3339 in UTC, days as YYYY-MM-DD, numbers, booleans and objects as such."""
    return json.dumps(row, default=spelled, ensure_ascii=False, separators=(",", ":")) + "\n"


def spelled(value: object) -> str:
    """An instant or a day, as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert isinstance(value, date), type(value)
    return value.isoformat()


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict | list) else value


def _facts(asked: Wanted) -> dict[str, Any]:
    return {
        "what": asked.what,
        "format": asked.format,
        "since": asked.since and asked.since.isoformat(),
        "until": asked.until and asked.until.isoformat(),
    }


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def told(export: Export) -> dict[str, Any]:
    """What a list of exports says of one."""
    return {
        "what": export.what,
        "told": export.told,
        "columns": exports.columns(export),
        "days": export.time is not None,
    }
