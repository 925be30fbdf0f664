"""A vendor's invoice as CSV: one line a billed call. Every wrong row is named, and then nothing of the file is taken.

UTF-8 (with a byte order mark or without), UTF-16 with one, or Windows-1252; commas, semicolons, tabs or bars.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.call_logs import cells, table, times
from app.call_logs.layout import Unreadable
from app.call_logs.tally import Tally
from app.domain import phone, states
from app.domain.billing.record import BilledLine
from app.invoices import columns
from app.rosters.errors import BadCell, Problems, Refusal

LARGEST_FILE = 32 * 1024 * 1024
MOST_LINES = 100_000
LONGEST_ID = 200
LARGEST_AMOUNT_CENTS = 10_000_000
"""A line of more than $100,000 is a sum, or a mistake."""

_LARGEST_LEAD_ID = 2**31 - 1
_MAGIC = (
    ((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"), "a spreadsheet or an archive; save the sheet as CSV UTF-8"),
    ((b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), "compressed; unpack it first"),
    ((b"%PDF",), "a PDF; ask the vendor for CSV"),
    ((b"<",), "a web page or XML; ask the vendor for CSV"),
)
_WITHHELD = frozenset(("anonymous", "restricted", "private", "blocked", "unknown", "unavailable"))
_UNWRAPPED = re.compile(r'="[^"]*"')
_NAME = "the file"

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Invoice:
    """A whole file, sound. `columns`: (our field, the file's header); `unused`: headers that nothing is made of."""

    lines: tuple[BilledLine, ...]
    columns: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]


@dataclass
class _Told(Tally):
    """Rows that are none, each by its line."""

    problems: Problems = field(default_factory=Problems)

    def miss(self, why: str, line: int) -> None:
        self.problems.add(line, None, why)


def read(content: bytes, *, said: Mapping[str, str], zone: ZoneInfo) -> Invoice | Refusal:
    """What the file says, or everything that is wrong with it. `said`: our field to its header; `zone`: of times without one."""
    problems = Problems()
    text = _text(content, problems)
    if text is None:
        return _refusal(problems)
    try:
        opened = table.begun(Path(_NAME), io.StringIO(text, newline=""))
    except Unreadable as error:
        problems.add(1, None, str(error).removeprefix(f"{_NAME}: "))
        return _refusal(problems)
    places = _places(opened.headers, said, problems)
    if places is None:
        return _refusal(problems)
    names = {name: opened.headers[place] for name, place in places.items()}
    row_reader = _RowReader(places, names, times.reader(zone, zone_needed=False), problems)
    lines: list[BilledLine] = []
    for line, row in table.rows(opened, _Told(problems=problems)):
        if len(lines) >= MOST_LINES:
            problems.add(line, None, f"more than {MOST_LINES:,} lines; split the file")
            break
        billed = row_reader.read(line, row)
        if billed is not None:
            lines.append(billed)
    if not problems.total and not lines:
        problems.add(1, None, "there is a header and no row below it")
    if problems.total:
        return _refusal(problems)
    unused = tuple(header for place, header in enumerate(opened.headers) if place not in places.values())
    return Invoice(tuple(lines), tuple(names.items()), unused)


def _refusal(problems: Problems) -> Refusal:
    found = problems.refusal()
    assert found is not None
    return found


# ---- the file


def _text(content: bytes, problems: Problems) -> str | None:
    if len(content) > LARGEST_FILE:
        problems.add(1, None, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; split it")
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for starts, what in _MAGIC:
        if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(starts):
            problems.add(1, None, f"this is {what}")
            return None
    if (nul := content.find(b"\0")) >= 0:
        problems.add(content.count(b"\n", 0, nul) + 1, None, "a NUL byte; this is not a text file")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel on Windows still saves so; nothing that we read of an invoice is beyond it.
        return content.decode("cp1252", errors="replace")


def _places(headers: Sequence[str], said: Mapping[str, str], problems: Problems) -> dict[str, int] | None:
    try:
        places = columns.chosen(headers, said)
    except BadCell as bad:
        problems.add(1, None, str(bad))
        return None
    if "amount" not in places:
        problems.add(1, "amount", "no column says what a line costs; name it with --column amount=HEADER")
    if not ({"call_id", "external_id", "lead_id"} & places.keys() or {"caller", "at"} <= places.keys()):
        problems.add(1, None, "no column names the call: call_id, external_id or lead_id, or caller and at")
    return None if problems.total else places


# ---- a row


class _RowReader:
    """Reads the rows of one file; what is wrong goes to its problems, by line and the file's own name of the column."""

    def __init__(
        self, places: Mapping[str, int], names: Mapping[str, str], moment: times.TimeReader, problems: Problems
    ) -> None:
        self._places, self._names, self._moment, self._problems = places, names, moment, problems

    def read(self, line: int, row: Sequence[str]) -> BilledLine | None:
        """None where something of it is wrong."""
        before = self._problems.total

        def cell(name: str, reader: Callable[[str], _Value], otherwise: _Value) -> _Value:
            return self._cell(line, row, name, reader, otherwise)

        billed = BilledLine(
            line=line,
            amount_cents=cell("amount", _amount, 0),
            call_id=cell("call_id", _id, ""),
            external_id=cell("external_id", _id, ""),
            lead_id=cell("lead_id", _lead_id, None),
            caller=cell("caller", _number, None),
            called=cell("called", _number, None),
            at=cell("at", self._at, None),
            billable_seconds=cell("billable_seconds", _seconds, None),
            state=cell("state", _state, None),
        )
        if self._problems.total > before:
            return None
        named = billed.call_id or billed.external_id or billed.lead_id is not None
        if not (named or (billed.caller is not None and billed.at is not None)):
            self._problems.add(line, None, "nothing names the call: no id, no lead, not both caller and time")
            return None
        return billed

    def _cell(
        self, line: int, row: Sequence[str], name: str, reader: Callable[[str], _Value], otherwise: _Value
    ) -> _Value:
        place = self._places.get(name)
        if place is None:
            return otherwise
        raw = row[place].strip()
        try:
            if len(raw) > cells.LONGEST_CELL:
                raise BadCell(f"longer than {cells.LONGEST_CELL} characters")
            if raw.startswith("=") and not _UNWRAPPED.fullmatch(raw):
                raise BadCell("a formula; save the values")
            text = cells.plain(raw)
            if cells.has_control(text):
                raise BadCell("a control character (a line break, a tab) inside the cell")
            return reader(text) if text or name == "amount" else otherwise
        except BadCell as bad:
            self._problems.add(line, self._names[name], str(bad), raw)
            return otherwise

    def _at(self, text: str) -> datetime | None:
        found = self._moment(text)
        if isinstance(found, str):
            raise BadCell(found)
        return found


def _amount(text: str) -> int:
    if not text:
        raise BadCell("is empty")
    found = cells.cents(text)
    if found is None:
        raise BadCell("not an amount of dollars, e.g. 45 or 45.50 (a credit is no line: leave it out)")
    if found > LARGEST_AMOUNT_CENTS:
        raise BadCell("more than $100,000")
    return found


def _id(text: str) -> str:
    if len(text) > LONGEST_ID:
        raise BadCell(f"longer than {LONGEST_ID} characters")
    return text


def _lead_id(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 0 < int(text) <= _LARGEST_LEAD_ID):
        raise BadCell("not the number of a lead of ours; an id of the vendor's is external_id")
    return int(text)


def _number(text: str) -> str | None:
    if text.casefold() in _WITHHELD:
        return None
    number = phone.parse(text)
    if number is None:
        raise BadCell("not a telephone number")
    return number.e164


def _seconds(text: str) -> int | None:
    found = cells.seconds(text)
    if found == cells.NONSENSE:
        raise BadCell("not a length, e.g. 95, 1:35 or 1m 35s, of at most a day")
    return found


def _state(text: str) -> str | None:
    found = states.parse(text)
    if found is None:
        raise BadCell("not one of the 56 jurisdictions that license producers, e.g. OH or Ohio")
    return found
