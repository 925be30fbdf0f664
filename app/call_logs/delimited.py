"""Delimited files in which one row is one call: our own format, Ringba's, VICIdial's, anybody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from app.call_logs import cells, columns, lines_of_authority, rows, table, times
from app.call_logs.layout import PRODUCER_FIELDS, Layout, Options, Times, Unreadable, listed
from app.call_logs.tally import Tally
from app.call_logs.text import opened
from app.domain.lookback.calls import LoggedCall

ROWS_LOOKED_AT = 200

_ASKED = {
    "at": "when the call was",
    "caller": "the consumer's number",
    "answered_seconds": "how long a producer spoke",
}

# The dialer's own two accounts, "Outbound Auto Dial" and "Inbound No Agent": a call that reached nobody. VICIdial logs the
# seconds that it lasted all the same.
_VICIDIAL_NOBODY = frozenset(("VDAD", "VDCL"))


def look(path: Path, options: Options, format_name: str) -> Layout:
    """How the file will be read. Raises Unreadable where it cannot be."""
    with opened(path) as file:
        begun = table.begun(path, file)
        places = columns.chosen(path, begun.headers, options, format_name)
        demand(path, places, begun.headers)
        lines_of_authority.reader(path, options, places)
        sample = islice(table.rows(begun, Tally(), more_cells=True), ROWS_LOOKED_AT)
        zones = zones_of((cells.plain(row[places["at"]]) for _, row in sample), options)
    dialed = _dialed(path, begun.headers, places, options)
    used = {*places.values(), dialed}
    return Layout(
        format_name,
        tuple((field, begun.headers[place]) for field, place in places.items()),
        tuple(header for place, header in enumerate(begun.headers) if place not in used),
        zones,
    )


def calls(path: Path, layout: Layout, options: Options, tally: Tally) -> Iterator[LoggedCall]:
    """Each call, in the file's order."""
    with opened(path) as file:
        begun = table.begun(path, file)
        places = columns.chosen(path, begun.headers, options, layout.format)
        demand(path, places, begun.headers)
        vicidial = layout.format == "vicidial"
        read = rows.reader(
            places,
            time_of=time_reader(layout, options),
            loa_of=lines_of_authority.reader(path, options, places),
            direction_of=_vicidial_direction if vicidial else cells.direction,
            dialed=_dialed(path, begun.headers, places, options),
            nobody=_VICIDIAL_NOBODY if vicidial else (),
        )
        lines = begun.lines
        # VICIdial's header has one column for custom fields, of which a row may have many.
        for line, row in table.rows(begun, tally, more_cells=vicidial):
            call = read(line, row)
            if isinstance(call, str):
                tally.miss(call, line)
                # What looks like a cell of many lines may be an open quote that found another one.
                if call is rows.BAD_CELL and len(lines.of_row) > 1:
                    lines.give_back()
            else:
                yield call


def time_reader(layout: Layout, options: Options) -> times.TimeReader:
    """What reads the times of a file that was looked at."""
    return times.reader(options.time_zone, zone_needed=layout.times == "as written" and options.time_zone is None)


def zones_of(written: Iterator[str], options: Options) -> Times:
    """Whether every one of these times has its own zone, and what holds where one has not."""
    for text in written:
        moment = times.written(text)
        if not isinstance(moment, str) and moment.tzinfo is None:
            return "time zone given" if options.time_zone else "assumed UTC"
    return "as written"


def demand(path: Path, places: Mapping[str, int], headers: Sequence[str]) -> None:
    """Raises Unreadable where the file has no column for something that every log must say."""
    for field, what in _ASKED.items():
        if field not in places:
            raise _lacks(path, headers, what, field)
    if not any(field in places for field in PRODUCER_FIELDS):
        raise _lacks(path, headers, "who took the call", "producer_name")


def _lacks(path: Path, headers: Sequence[str], what: str, field: str) -> Unreadable:
    return Unreadable(
        f"{path}: no column is known to say {what}; the columns are {listed(headers)}."
        f' Say which one does: --column {field}="HEADER"'
        + (f" (or {', '.join(PRODUCER_FIELDS[:2])}, {PRODUCER_FIELDS[3]})" if field == "producer_name" else "")
    )


def _dialed(path: Path, headers: Sequence[str], places: Mapping[str, int], options: Options) -> int | None:
    """The column of the number that was called, where "from" and "to" and the direction say who the consumer is."""
    if "direction" not in places or "caller" in options.columns:
        return None
    if columns.bare(headers[places["caller"]]) not in columns.CALLED_BY:
        return None
    place = columns.place_of(path, headers, columns.CALLED)
    return None if place in places.values() else place


def _vicidial_direction(alt_dial: str) -> str:
    """An inbound call's row has its seconds in the queue where an outbound one's says which number was dialed (NONE, ALT).

    Source: the two SELECTs of call_report_export.php.
    """
    if not alt_dial:
        return ""
    return "inbound" if alt_dial.replace(".", "", 1).isdigit() else "outbound"
