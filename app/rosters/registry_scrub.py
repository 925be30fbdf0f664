"""The answer of a do-not-call scrub: CSV with the columns `phone` and `listed`, one row for every number that was checked."""

from __future__ import annotations

from app.domain import phone
from app.rosters import csv_table
from app.rosters.errors import Problems, Refusal

COLUMNS = ("phone", "listed")
_WORDS = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


def read(content: bytes) -> dict[str, bool] | Refusal:
    """Whether each number (E.164) is on the registry; one that is there twice is listed where either row says so.

    A number that is not in the file was not checked: a list of listed numbers alone would say nothing of the others.
    """
    problems = Problems()
    found: dict[str, bool] = {}
    for row in csv_table.read(content, COLUMNS, problems):
        number, listed = phone.parse(row.cells[0]), _WORDS.get(row.cells[1].lower())
        if number is None:
            problems.add(row.line, "phone", "not a telephone number", row.cells[0])
        if listed is None:
            problems.add(row.line, "listed", "expected yes or no", row.cells[1])
        if number is not None and listed is not None:
            found[number.e164] = found.get(number.e164, False) or listed
    if not problems.total and not found:
        problems.add(1, None, "there is a header and no row below it")
    return problems.refusal() or found
