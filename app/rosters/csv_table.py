"""A CSV file as rows of cells: encoding, header and shape are checked here, for every format alike."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
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
_CHUNK = 1024 * 1024
_ROWS_BETWEEN_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the physical line it begins on, and its cells in the order of the columns asked for, stripped."""

    line: int
    cells: tuple[str, ...]


def read(
    content: bytes, columns: Sequence[str], problems: Problems, *, progress: Callable[[int], None] | None = None
) -> Iterator[Row]:
    """The rows of a file that has exactly `columns`, in any order; nothing where the file as a whole cannot be read.

    What is wrong goes to `problems`; a row that has the wrong shape is not yielded. Blank rows are passed over. Beside
    `content` only one row is in memory. `progress` is told now and then how many bytes were read.
    """
    if not _is_text(content, problems):
        return
    raw = io.BytesIO(content)
    reader = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", newline=""), strict=True)
    order: list[int] | None = None
    begins = 1
    try:
        for number, cells in enumerate(reader):
            line, begins = begins, reader.line_num + 1
            if progress is not None and number % _ROWS_BETWEEN_WORDS == 0:
                progress(raw.tell())
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
    return content.decode("utf-8-sig") if _is_text(content, problems) else None


def _is_text(content: bytes, problems: Problems) -> bool:
    if len(content) > LARGEST_FILE:
        problems.add(1, None, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; split it")
    elif content.startswith((*_ZIP_MAGIC, _OLD_EXCEL_MAGIC)):
        problems.add(1, None, "this is a spreadsheet or an archive, not CSV; save the sheet as CSV UTF-8")
    elif content.startswith(_UTF16_MAGIC):
        problems.add(1, None, "this is UTF-16 text; save it as CSV UTF-8")
    elif (nul := content.find(b"\0")) >= 0:
        problems.add(_line_at(content, nul), None, "a NUL byte; this is not a text file")
    elif (wrong := _not_utf8(content)) is not None:
        why = f"not UTF-8 (byte 0x{content[wrong]:02x}); save it as CSV UTF-8"
        problems.add(_line_at(content, wrong), None, why)
    else:
        return True
    return False


def _not_utf8(content: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8; the text itself would be as much memory again, or four times it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for begins in range(0, len(content) + 1, _CHUNK):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(content[begins : begins + _CHUNK], final=begins + _CHUNK > len(content))
        except UnicodeDecodeError as error:
            return begins - waiting + error.start
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
