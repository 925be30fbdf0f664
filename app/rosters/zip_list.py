"""A territory's file: one ZIP a line, or a CSV with a column named `zip`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from app.domain import zip_codes
from app.domain.states import State
from app.rosters.csv_table import decoded
from app.rosters.errors import Problems, Refusal

_HEADERS = ("zip", "zip_code", "zipcode")


def read(content: bytes, states: Sequence[State]) -> dict[State, frozenset[str]] | Refusal:
    """The ZIPs of each of `states`; one that two of them share belongs to both. Every ZIP must lie in one of them."""
    problems = Problems()
    territory: dict[State, set[str]] = {state: set() for state in states}
    for line, cell in _cells(content, problems):
        zip5 = zip_codes.normalize(cell)
        lies_in = zip_codes.states_of(zip5) if zip5 else ()
        if zip5 is None or zip_codes.lookup(zip5).kind is zip_codes.Kind.UNKNOWN:
            problems.add(line, "zip", "there is no such ZIP", cell)
        elif not set(lies_in) & set(states):
            where = " and ".join(lies_in) or "no state"
            problems.add(line, "zip", f"lies in {where}, not in {' or '.join(states)}", cell)
        else:
            for state in territory.keys() & set(lies_in):
                territory[state].add(zip5)
    if not problems.total:
        for state, zips in territory.items():
            if not zips:
                problems.add(1, None, f"no ZIP of {state} is in the file")
    return problems.refusal() or {state: frozenset(zips) for state, zips in territory.items()}


def _cells(content: bytes, problems: Problems) -> Iterator[tuple[int, str]]:
    """(physical line, what stands there in the ZIP's column), blank lines passed over."""
    text = decoded(content, problems)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    position: int | None = None
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if position is None:
                names = [cell.strip().lower() for cell in cells]
                position = next((names.index(name) for name in _HEADERS if name in names), None)
                if position is not None:
                    continue
                if len(cells) > 1:
                    problems.add(line, None, "a file of several columns needs one named zip")
                    return
                position = 0
            if position >= len(cells):
                problems.add(line, "zip", "the row ends before this column")
            else:
                yield line, cells[position].strip()
    except csv.Error as error:
        problems.add(begins, None, f"not readable as CSV from here on: {error}")
