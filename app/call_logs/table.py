"""A delimited file as rows of cells: delimiter, header, and rows that have its shape."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.call_logs.cells import has_control, plain
from app.call_logs.layout import Unreadable, listed
from app.call_logs.tally import Tally
from app.call_logs.text import LONGEST_LINE, MOST_LINES_OF_A_ROW, Lines, TooLong, position

RAGGED = "not as many cells as the header has columns"
OPEN_QUOTE = "a quote that is not closed, text beside one, or a cell of immense length"
TOO_LONG = (
    f"a row of more than {MOST_LINES_OF_A_ROW} lines or {LONGEST_LINE:,} characters, or a quote that is not closed"
)

_DELIMITERS = (",", "\t", ";", "|")
_LONGEST_HEADER = 200
_BLANK_LINES_BEFORE = 100
_ROWS_BETWEEN_WORDS = 1024


@dataclass
class Table:
    """A file whose header has been read; `lines` stand before the first row. `headers` have no blanks but between words."""

    file: TextIO
    lines: Lines
    headers: tuple[str, ...]
    delimiter: str


def begun(path: Path, file: TextIO) -> Table:
    """The table behind the first line that is not blank, which names the columns. Raises Unreadable where none does."""
    lines = Lines(file)
    for _ in range(_BLANK_LINES_BEFORE):
        lines.begin_row()
        try:
            first = next(iter(lines), "")
        except TooLong:
            raise Unreadable(f"{path}: the first line has over a million characters; is this a CSV file?") from None
        said = first.strip().lower()
        # Excel's own way of saying what separates the cells.
        if said and not (said.startswith("sep=") and len(said) <= 5):
            break
    lines.give_back(keep=0)
    lines.begin_row()
    delimiter = max(_DELIMITERS, key=lambda candidate: len(_cells(first, candidate)))
    try:
        headers = next(_csv_reader(lines, delimiter), [])
    except (csv.Error, TooLong):
        raise Unreadable(
            f"{path}: line {lines.begin_row()}: the names of the columns are not readable as CSV"
        ) from None
    headers = [" ".join(plain(header).split()) for header in headers]
    if len(headers) < 2 or not any(headers) or any(len(header) > _LONGEST_HEADER for header in headers):
        raise Unreadable(f"{path}: the first line does not name columns: {listed(headers) or 'it is empty'}")
    if any(map(has_control, headers)):
        raise Unreadable(f"{path}: the first line is not text; is this a CSV file?")
    return Table(file, lines, tuple(headers), delimiter)


def rows(table: Table, tally: Tally, *, more_cells: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Each row that has the header's shape, with the line it begins on; what has not goes to `tally`.

    Cells beyond the header's last must be empty, unless `more_cells`. A row of several lines that turns out wrong costs its
    first line alone: the rest is read again.
    """
    lines, columns = table.lines, len(table.headers)
    reader = _csv_reader(lines, table.delimiter)
    while True:
        begins = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, TooLong) as error:
            _missed(tally, TOO_LONG if isinstance(error, TooLong) else OPEN_QUOTE, begins, lines)
            reader = _csv_reader(lines, table.delimiter)
            continue
        if not cells or not (cells[0] or any(map(str.strip, cells))):
            continue
        if len(cells) != columns and (len(cells) < columns or not (more_cells or not any(cells[columns:]))):
            _missed(tally, RAGGED, begins, lines)
            continue
        if len(lines.of_row) > 1 and _swallowed(lines.of_row, cells, table.delimiter):
            _missed(tally, OPEN_QUOTE, begins, lines)
            continue
        tally.rows += 1
        if not tally.rows % _ROWS_BETWEEN_WORDS:
            tally.bytes_read = position(table.file)
        yield begins, cells
    tally.bytes_read = position(table.file)


def _swallowed(of_row: Sequence[str], cells: Sequence[str], delimiter: str) -> bool:
    """Whether one of the lines within a row looks like a row itself: its quote was closed by another row's.

    The last line of a row whose first cell is quoted is as long as a row.
    """
    first_is_open = "\n" in cells[0] or "\r" in cells[0]
    return any(line.count(delimiter) >= len(cells) - 1 for line in (of_row[1:-1] if first_is_open else of_row[1:]))


def _missed(tally: Tally, why: str, line: int, lines: Lines) -> None:
    tally.rows += 1
    tally.miss(why, line)
    lines.give_back()


def _csv_reader(lines: Lines, delimiter: str) -> Iterator[list[str]]:
    # Nothing is quoted in a tab-separated file as VICIdial writes it; what a spreadsheet quoted, `plain` unwraps.
    if delimiter == "\t":
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
