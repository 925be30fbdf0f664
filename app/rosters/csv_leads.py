"""A vendor's list of leads as CSV: the columns of POST /leads. A wrong row is told and passed over, the others count.

A list is not a roster: each row is somebody, and nobody waits because another's number was misspelt.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain import phone
from app.rosters.csv_table import decoded, is_personal
from app.rosters.errors import Problems, Refusal, RowError, shortened

COLUMNS = {
    "phone": 100,
    "first_name": 100,
    "last_name": 100,
    "state": 60,
    "zip": 20,
    "address": 500,
    "external_id": 200,
    "consent": 10_000,
}
"""The columns, in any order, and how many characters each may have. Only `phone` must be there."""

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS = 50_000


@dataclass(frozen=True)
class ListedLead:
    """One row; `phone` is E.164, the rest as the vendor wrote it, stripped; empty where the file does not say."""

    line: int
    phone: str
    first_name: str = ""
    last_name: str = ""
    state: str = ""
    zip: str = ""
    address: str = ""
    external_id: str = ""
    consent: str = ""


def read(content: bytes) -> list[ListedLead | RowError] | Refusal:
    """Every row of the file in its order, the wrong ones as what is wrong with them.

    A refusal where the file as a whole cannot be taken: not CSV, an unknown column, more than MOST_ROWS rows. What stood in a
    wrong cell is not repeated: it may be somebody's.
    """
    problems = Problems()
    if len(content) > LARGEST_FILE:
        problems.add(1, None, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; split it")
        return _refusal(problems)
    text = decoded(content, problems)
    if text is None:
        return _refusal(problems)
    found: list[ListedLead | RowError] = []
    names: list[str] | None = None
    try:
        for line, cells in _rows(text):
            if names is None:
                names = _header(cells, line, problems)
                if names is None:
                    return _refusal(problems)
                continue
            if len(found) == MOST_ROWS:
                problems.add(line, None, f"more than {MOST_ROWS:,} rows; split the file")
                return _refusal(problems)
            found.append(_lead(cells, names, line))
    except csv.Error as error:
        # Where one quotation mark is not closed, nobody can say where the next row begins.
        problems.add(1, None, f"not readable as CSV: {error}")
        return _refusal(problems)
    if names is None:
        problems.add(1, None, f"the file is empty; its first line names its columns, of {', '.join(COLUMNS)}")
        return _refusal(problems)
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, and the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        line, begins = begins, reader.line_num + 1
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]


def _header(cells: Sequence[str], line: int, problems: Problems) -> list[str] | None:
    names = [cell.lower() for cell in cells]
    for name in dict.fromkeys(names):
        if is_personal(name):
            why = "Social Security numbers and dates of birth are never stored; remove the column"
            problems.add(line, shortened(name), why)
        elif name not in COLUMNS:
            # Left out in silence, a misspelt column would look imported.
            problems.add(line, shortened(name) or None, f"unknown column; the columns are {', '.join(COLUMNS)}")
        elif names.count(name) > 1:
            problems.add(line, name, f"the column is there {names.count(name)} times")
    if "phone" not in names:
        problems.add(line, "phone", "the column is missing")
    return None if problems.total else names


def _lead(cells: Sequence[str], names: Sequence[str], line: int) -> ListedLead | RowError:
    if len(cells) != len(names):
        return RowError(line, None, f"{len(cells)} cells where the header has {len(names)} columns")
    row = dict(zip(names, cells, strict=True))
    for name, text in row.items():
        if len(text) > COLUMNS[name]:
            return RowError(line, name, f"longer than {COLUMNS[name]:,} characters")
    number = phone.parse(row["phone"])
    if number is None:
        return RowError(line, "phone", "not a telephone number" if row["phone"] else "is empty")
    return ListedLead(line, **{**row, "phone": number.e164})


def _refusal(problems: Problems) -> Refusal:
    refusal = problems.refusal()
    assert refusal is not None
    return refusal
