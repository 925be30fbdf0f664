"""CSV that survives a spreadsheet, line by line: no cell is a formula, no name is mangled, no phone number becomes 1.6E+10.

What is decided here, and why:

- UTF-8 with a byte order mark: without it Excel on Windows reads "Muñoz" as "MuÃ±oz". Python (`utf-8-sig`), pandas,
  LibreOffice and Google Sheets skip it.
- RFC 4180: commas, CRLF, quotes doubled. US spreadsheets split at commas; a `sep=` line would break every other reader.
- A text cell whose first visible character is one of `= + - @`, or that begins with a control character, gets an
  apostrophe in front. Source: OWASP ASVS 5.0, 1.2.10; WSTG-INPV-21.
- Digits that begin with a zero (a ZIP of Boston), or are more than fifteen, get one too: they would lose digits.
- Numbers stay numbers: only what is an int, float or Decimal may begin with a minus.
- A whole cell that is an American number in E.164 is spelled nationally, (614) 555-0101: `+16145550101` is a formula.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

BYTE_ORDER_MARK = "\ufeff"

_E164 = re.compile(r"\+1([2-9]\d{2})([2-9]\d{2})(\d{4})", re.ASCII)
_DIGITS_THAT_CHANGE = re.compile(r"0\d+|\d{16,}", re.ASCII)
# The full-width signs are read as the plain ones where a spreadsheet normalizes its input.
_BEGIN_FORMULAS = frozenset("=+-@＝＋－＠")


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """`rows` as lines, without a byte order mark: what a file goes on with."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return text.getvalue()


def cell(value: object) -> str:
    """One value as a spreadsheet may have it. None and what is not a number are empty; instants are RFC 3339 in UTC."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return str(int(value))
        case float() | Decimal():
            return str(value) if math.isfinite(value) else ""
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return _harmless(str(value))


def _harmless(text: str) -> str:
    number = _E164.fullmatch(text)
    if number is not None:
        return "({}) {}-{}".format(*number.groups())
    if _DIGITS_THAT_CHANGE.fullmatch(text):
        return f"'{text}"
    # A NUL ends a cell for some readers; no text of a person has one.
    text = text.replace("\0", "")
    visible = text.lstrip("".join(mark for mark in text if _invisible(mark)))
    begins = visible[:1] in _BEGIN_FORMULAS if visible else False
    return f"'{text}" if begins or unicodedata.category(text[:1] or "a") == "Cc" else text


def _invisible(mark: str) -> bool:
    """Spaces, control and format characters: a formula may hide behind them."""
    return mark.isspace() or unicodedata.category(mark) in ("Cc", "Cf")
