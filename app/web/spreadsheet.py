"""A table as a CSV file to save, made by the one writer of cells that survive a spreadsheet (app/reports/safe_csv.py)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from app.reports.safe_csv import BYTE_ORDER_MARK as BYTE_ORDER_MARK
from app.reports.safe_csv import cell as cell
from app.reports.safe_csv import csv_lines


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """`rows` as a file to save, `NAME.csv`. Made whole before anything is sent, so that an error never leaves half a file.

    `rows` must be bounded; a row is as long as `header`, else ValueError.
    """
    response = Response(csv_text(header, rows).encode("utf-8", errors="replace"), mimetype="text/csv")
    safe_name = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "table"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe_name}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The whole file as text, byte order mark first."""
    return BYTE_ORDER_MARK + csv_lines(_whole(header, rows))


def _whole(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} cells, the header {len(header)}")
        yield row
