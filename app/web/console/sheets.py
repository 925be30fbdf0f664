"""Files for spreadsheets: CSV in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """`rows` under `head` as a download called `name`, sent as they are read."""
    answer = Response(stream_with_context(_lines(head, rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _line(head)
    for row in rows:
        yield _line([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    """As text; an apostrophe comes before what a spreadsheet would compute. Source: ASVS 5.0, 1.2.10."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
