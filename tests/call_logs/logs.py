"""Call logs as people have them: a file in a folder, read as the command reads it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from app.call_logs import reading
from app.call_logs.reading import Layout, Options, Tally
from app.domain.lookback.calls import LoggedCall

LIFE = Options(loa="life")
MONDAY = datetime(2026, 10, 5, 14, 3, 4, tzinfo=UTC)

ROW = {
    "at": "2026-10-05T14:03:04Z",
    "caller": "+16145550101",
    "producer_npn": "90000110",
    "zip": "43215",
    "state": "OH",
    "loa": "life",
    "answered_seconds": "95",
    "direction": "inbound",
    "campaign": "Final Expense",
    "price": "45.00",
}


def row(**cells: str) -> dict[str, str]:
    """A sound row of our own format, but for `cells`; a cell of another name is a column more."""
    return {**ROW, **cells}


def table(rows: Sequence[Mapping[str, str]], *, delimiter: str = ",") -> str:
    """The rows as a file whose header is the first row's."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "calls.log"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, options: Options = LIFE) -> tuple[list[LoggedCall], Tally, Layout]:
    """Every call of the file, what was not read, and how it was read."""
    path = written(folder, content)
    layout, tally = reading.look(path, options), Tally()
    return list(reading.calls(path, layout, options, tally)), tally, layout


def missed(tally: Tally) -> list[tuple[str, int, int]]:
    return [(unread.why, unread.rows, unread.first_line) for unread in tally.unread()]


def leg(sid: str, *, parent: str | None = None, minutes: float = 0, **members: Any) -> dict[str, Any]:
    """A leg as Twilio's Calls list has it: inbound and completed, or with `parent` one that <Dial> placed."""
    start = format_datetime(MONDAY + timedelta(minutes=minutes))
    ours = {
        "sid": sid,
        "parent_call_sid": parent,
        "from": "+16145550101",
        "to": "+16145550190" if parent is None else "+16145550102",
        "start_time": start,
        "date_created": start,
        "duration": "95",
        "status": "completed",
        "direction": "inbound" if parent is None else "outbound-dial",
        "price": "-0.01",
        "subresource_uris": {"recordings": "/x"},
    }
    return {**ours, **members}


def page(legs: Iterable[Mapping[str, Any]]) -> str:
    """One page of the Calls list."""
    return json.dumps({"first_page_uri": "/Calls.json", "calls": list(legs), "page": 0, "end": 1})
