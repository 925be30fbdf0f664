"""A CSV file as rows of cells: encoding, header and shape are checked here, for every format alike."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.rosters.errors import Problems, shortened

LARGEST_FILE = 200 * 1024 * 1024
LONGEST_CELL = 500

_PERSONAL = re.compile(r"^(ssn|itin|tin|tax_id|social|dob)$|(^|_)(ssn|dob)(_|$)|social_sec|birth")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
_UTF16_MAGIC = (b"\xff\xfe", b"\xfe\xff")
# A tab or a line feed inside a cell breaks every list it is shown in; NUL cannot be stored in PostgreSQL.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the physical line it begins on, and its cells in the order of the columns asked for, stripped."""

    line: int
    cells: tuple[str, ...]


def read(content: bytes, columns: Sequence[str], problems: Problems) -> Iterator[Row]:
    """The rows of a file that has exactly `columns`, in any order; nothing where the file as a whole cannot be read.

    What is wrong goes to `problems`; a row that has the wrong shape is not yielded. Blank rows are passed over.
    """
    text = decoded(content, problems)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    order: list[int] | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if order is None:
                order = _header(cells, columns, line, problems)
                if order is None:
                    return
            elif (row := _row(cells, order, columns, line, problems)) is not None:
                yield row
    except csv.Error as error:
        problems.add(begins, None, f"not readable as CSV from here on: {error}")
        return
    if order is None:
        problems.add(1, None, f"the file is empty; its first line must be {','.join(columns)}")


def decoded(content: bytes, problems: Problems) -> str | None:
    """The text; None, with a word in `problems`, where it is not a UTF-8 text file of a size we take."""
    if len(content) > LARGEST_FILE:
        problems.add(1, None, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; split it")
    elif content.startswith((*_ZIP_MAGIC, _OLD_EXCEL_MAGIC)):
        problems.add(1, None, "this is a spreadsheet or an archive, not CSV; save the sheet as CSV UTF-8")
    elif content.startswith(_UTF16_MAGIC):
        problems.add(1, None, "this is UTF-16 text; save it as CSV UTF-8")
    elif (nul := content.find(b"\0")) >= 0:
        problems.add(_line_at(content, nul), None, "a NUL byte; this is not a text file")
    else:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            wrong = content[error.start]
            problems.add(_line_at(content, error.start), None, f"not UTF-8 (byte 0x{wrong:02x}); save it as CSV UTF-8")
    return None


def _line_at(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def is_personal(column: str) -> bool:
    """Whether a column is named like a Social Security number or a date of birth, neither of which is ever stored."""
    return bool(_PERSONAL.search(_NEITHER_LETTER_NOR_DIGIT.sub("_", column.lower()).strip("_")))


def _header(cells: list[str], columns: Sequence[str], line: int, problems: Problems) -> list[int] | None:
    """Where each of `columns` stands; None where the header is wrong."""
    names = [cell.strip().lower() for cell in cells]
    found_before = problems.total
    for name in dict.fromkeys(names):
        if name in columns:
            if names.count(name) > 1:
                problems.add(line, name, f"the column is there {names.count(name)} times")
        elif not name:
            problems.add(line, None, f"column {names.index(name) + 1} has no name")
        elif is_personal(name):
            problems.add(
                line, shortened(name), "Social Security numbers and dates of birth are never stored; remove the column"
            )
        else:
            # Left out in silence, a misspelt column would look imported.
            problems.add(line, shortened(name), f"unknown column; the columns are {', '.join(columns)}")
    for column in columns:
        if column not in names:
            problems.add(line, column, "the column is missing")
    return None if problems.total > found_before else [names.index(column) for column in columns]


def _row(cells: list[str], order: list[int], columns: Sequence[str], line: int, problems: Problems) -> Row | None:
    if len(cells) != len(order):
        problems.add(line, None, f"{len(cells)} cells where the header has {len(order)} columns")
        return None
    ordered = tuple([cells[position].strip() for position in order])
    sound = True
    if _CONTROL.search("".join(ordered)) or max(map(len, ordered)) > LONGEST_CELL:
        for column, cell in zip(columns, ordered, strict=True):
            if len(cell) > LONGEST_CELL:
                problems.add(line, column, f"longer than {LONGEST_CELL} characters", cell)
                sound = False
            elif _CONTROL.search(cell):
                problems.add(line, column, "a control character (a line break, a tab) inside the cell", cell)
                sound = False
    return Row(line, ordered) if sound else None
