"""Call logs, whatever wrote them: `look` says how a file will be read, `calls` reads it.

Both read the same beginning in the same way, so what a person was shown is what happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.call_logs import columns, delimited, table, twilio_formats
from app.call_logs.layout import FIELDS, FORMATS, Layout, Options, Unreadable
from app.call_logs.tally import Tally
from app.call_logs.text import opened
from app.domain.lookback.calls import LoggedCall
from app.rosters.errors import shortened

__all__ = ["FIELDS", "FORMATS", "Layout", "Options", "Tally", "Unreadable", "calls", "look"]

_THREEGATE = frozenset(("at", "caller", "loa", "answered_seconds"))
_RINGBA = (
    frozenset(("inboundcallid",)),
    frozenset(("connectedcalllength",)),
    frozenset(("connectedcalllengthinseconds",)),
    frozenset(("callerid", "publisher", "campaign")),
    frozenset(("callerid", "targetnumber")),
)
_VICIDIAL = frozenset(("calldate", "phonenumberdialed", "lengthinsec"))


def look(path: Path, options: Options) -> Layout:
    """How the file will be read, from its beginning. Raises Unreadable where it cannot be."""
    format_name = options.format or _guessed(path)
    if format_name not in FORMATS:
        raise Unreadable(
            f"--format: there is no format {shortened(format_name)!r}; the formats are {', '.join(FORMATS)}"
        )
    if format_name.startswith("twilio"):
        return twilio_formats.look(path, options, format_name)
    return delimited.look(path, options, format_name)


def calls(path: Path, layout: Layout, options: Options, tally: Tally) -> Iterator[LoggedCall]:
    """Each call of a file that was looked at; rows that are none go to `tally`. Raises Unreadable where it breaks off."""
    if layout.format.startswith("twilio"):
        return twilio_formats.calls(path, layout, options, tally)
    return delimited.calls(path, layout, options, tally)


def _guessed(path: Path) -> str:
    with opened(path) as file:
        if file.read(1024).lstrip()[:1] in ("{", "["):
            return "twilio-json"
    with opened(path) as file:
        headers = table.begun(path, file).headers
    names = {columns.bare(header) for header in headers}
    if names.issuperset(_VICIDIAL):
        return "vicidial"
    if twilio_formats.is_twilio(headers):
        return "twilio-csv"
    if any(names.issuperset(telling) for telling in _RINGBA):
        return "ringba"
    return "threegate" if _THREEGATE.issubset(header.lower() for header in headers) else "csv"
