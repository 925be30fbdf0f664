"""Twilio's call logs: CSV with the columns of a Call, and the JSON of the Calls list or of BulkExport.

Sources: the members of a Call, twilio_api_v2010.json (sid, parent_call_sid, from, to, start_time as RFC 2822, duration as
text, status, direction); BulkExport's one record to a line, www.twilio.com/docs/usage/bulkexport/day; the CSV header "Account
SID,Call SID,Parent Call SID,From,To,Status,Direction,Start Time,End Time,Duration,Price" of public export scripts. The header
of the console's own CSV was not read: its columns are found by the same names, in whatever spelling.

`price` is what Twilio charged for the leg, not what the lead cost, and is not read. The campaign is the number of ours that
the call came to (or, where we dialed, came from), unless a column is said for it.

A CSV without a parent column cannot be joined: there each inbound leg, and each that we placed, is one call, and a column
must be said for the producer (--column producer_phone=HEADER).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from app.call_logs import columns, delimited, json_records, lines_of_authority, rows, table
from app.call_logs.cells import Remembered, has_control, plain
from app.call_logs.layout import FIELDS, PRODUCER_FIELDS, Layout, Options, Unreadable, listed
from app.call_logs.tally import Tally
from app.call_logs.text import opened, position
from app.call_logs.twilio_legs import NO_CALL, UNKNOWN_WAY, Leg, joined
from app.domain.lookback.calls import LoggedCall

NOT_A_RECORD = "JSON that is not a call of Twilio's"

_OWN: Mapping[str, tuple[str, ...]] = {
    "sid": ("sid", "callsid"),
    "parent": ("parentcallsid", "parentsid"),
    "from": ("from", "fromnumber"),
    "to": ("to", "tonumber"),
    "start": ("starttime", "start", "startedat"),
    "created": ("datecreated", "createdat"),
    "seconds": ("duration", "durationseconds", "durationsec", "durationinseconds"),
    "status": ("status", "callstatus"),
    "direction": ("direction",),
}
_ASKED = ("from", "to", "start", "direction", "seconds")
_OF_FIELD = {"at": "start", "caller": "from", "answered_seconds": "seconds", "direction": "direction", "campaign": "to"}
_BYTES_TOLD_EVERY = 1024

_Rows = Iterator[tuple[int, list[str]]]


def is_twilio(headers: Sequence[str]) -> bool:
    """Whether these are the columns of Twilio's calls."""
    names = {columns.bare(header) for header in headers}
    return all(names.intersection(_OWN[own]) for own in ("sid", *_ASKED))


@dataclass(frozen=True)
class _Columns:
    """Where what stands: `places` of our fields, `own` of Twilio's. `our_number`: the campaign is the number of ours."""

    places: Mapping[str, int]
    own: Mapping[str, int]
    our_number: bool

    @property
    def join(self) -> bool:
        return "parent" in self.own and "sid" in self.own


def look(path: Path, options: Options, format_name: str) -> Layout:
    """How the file will be read. Raises Unreadable where it cannot be."""
    with _begun(path, format_name, Tally()) as (headers, found):
        there = _columns(path, headers, options)
        lines_of_authority.reader(path, options, there.places)
        sample = islice(found, delimited.ROWS_LOOKED_AT)
        zones = delimited.zones_of((plain(_dated(row, there)[there.places["at"]]) for _, row in sample), options)
    used = {*there.places.values(), *there.own.values()}
    return Layout(
        format_name,
        tuple((field, headers[place]) for field, place in there.places.items()),
        tuple(header for place, header in enumerate(headers) if place not in used),
        zones,
    )


def calls(path: Path, layout: Layout, options: Options, tally: Tally) -> Iterator[LoggedCall]:
    """Each call, in the order of the legs that began them."""
    with _begun(path, layout.format, tally) as (headers, found):
        there = _columns(path, headers, options)
        read = rows.reader(
            {**there.places, "campaign": len(headers)} if there.our_number else there.places,
            time_of=delimited.time_reader(layout, options),
            loa_of=lines_of_authority.reader(path, options, there.places),
            # A producer's leg need not say a line; the consumer's must.
            loa_needed=not there.join,
        )
        legs = _legs(found, there, len(headers), read, tally)
        yield from joined(path, legs, tally) if there.join else _alone(legs, tally)


@contextmanager
def _begun(path: Path, format_name: str, tally: Tally) -> Iterator[tuple[Sequence[str], _Rows]]:
    """The names of the columns, and the rows."""
    if format_name == "twilio-json":
        with opened(path) as file:
            headers = _members(path, islice(json_records.Records(path, file), delimited.ROWS_LOOKED_AT))
        with opened(path) as file:
            yield headers, _json_rows(path, file, headers, tally)
    else:
        with opened(path) as file:
            begun = table.begun(path, file)
            yield begun.headers, table.rows(begun, tally)


def _members(path: Path, records: Iterator[tuple[int, Any]]) -> tuple[str, ...]:
    """The names of all members of these records, in their order."""
    names: dict[str, None] = {}
    for _, record in records:
        if isinstance(record, dict):
            names.update(dict.fromkeys(name for name in record if not has_control(name)))
    if not names:
        raise Unreadable(f'{path}: no calls in it; expected Twilio\'s list of calls, {{"calls": […]}}')
    return tuple(names)


def _json_rows(path: Path, file: TextIO, headers: Sequence[str], tally: Tally) -> _Rows:
    for line, record in json_records.Records(path, file):
        tally.rows += 1
        if not tally.rows % _BYTES_TOLD_EVERY:
            tally.bytes_read = position(file)
        if isinstance(record, dict):
            yield line, [value if type(value) is str else _text(value) for value in map(record.get, headers)]
        else:
            tally.miss(NOT_A_RECORD, line)
    tally.bytes_read = position(file)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _columns(path: Path, headers: Sequence[str], options: Options) -> _Columns:
    own: dict[str, int] = {}
    for name, names in _OWN.items():
        if (place := columns.place_of(path, headers, names)) is not None:
            own[name] = place
    if lacking := [name for name in ("from", "to", "direction") if name not in own]:
        raise Unreadable(
            f"{path}: Twilio's column {lacking[0]!r} is not there; the columns are {listed(headers)}. Say --format csv"
        )
    found = columns.chosen(path, headers, options, "twilio-csv")
    our_number = "campaign" not in found and "campaign" not in options.columns
    for field, name in _OF_FIELD.items():
        if field not in options.columns and name in own:
            found.setdefault(field, own[name])
    there = _Columns(found, own, our_number)
    if there.join and not any(field in found for field in PRODUCER_FIELDS):
        found["producer_phone"] = own["to"]
    delimited.demand(path, found, headers)
    return _Columns({field: found[field] for field in FIELDS if field in found}, own, our_number)


def _legs(found: _Rows, there: _Columns, width: int, read: rows.ReadRow, tally: Tally) -> Iterator[Leg]:
    """Each row as a leg; what is none goes to `tally`."""

    def own(row: list[str], name: str) -> str:
        return plain(row[there.own[name]]) if name in there.own else ""

    way_of = Remembered(_way)
    for line, row in found:
        way = way_of[own(row, "direction")]
        called, parent, sid, status = own(row, "to"), own(row, "parent"), own(row, "sid"), own(row, "status")
        ours = own(row, "from") if way == "outbound-api" else called
        call = read(line, [*_dated(row, there)[:width], ours])
        if isinstance(call, str):
            tally.miss(call, line)
            continue
        completed = status.casefold() == "completed" if "status" in there.own else call.answered_seconds > 0
        yield Leg(sid, parent, way, completed, called, call._replace(producer=_named(call.producer)))


def _alone(legs: Iterator[Leg], tally: Tally) -> Iterator[LoggedCall]:
    """The calls of a file whose legs cannot be joined."""
    for leg in legs:
        if leg.way == "inbound":
            yield leg.call
        elif leg.way == "outbound-api":
            yield leg.call._replace(caller=leg.called)
        else:
            tally.miss(NO_CALL.get(leg.way, UNKNOWN_WAY), leg.call.line)


def _dated(row: list[str], there: _Columns) -> list[str]:
    """The row; a leg that was never dialed has no start, and is of when it was made."""
    at, created = there.places["at"], there.own.get("created")
    if created is not None and not row[at] and at == there.own.get("start"):
        row[at] = row[created]
    return row


def _way(direction: str) -> str:
    """Twilio's direction, in the API's words; the console has its own (Incoming, Outgoing Dial)."""
    word = direction.casefold()
    if "trunk" in word:
        return "trunking"
    if "dial" in word:
        return "outbound-dial"
    return "inbound" if word.startswith("in") else "outbound-api" if word.startswith("out") else ""


def _named(producer: str) -> str:
    """A producer without what Twilio puts before a name: client:alice, sip:alice@agency.example."""
    kind, colon, name = producer.partition(":")
    if not colon or kind.casefold() not in ("client", "sip", "sips"):
        return producer
    return name.partition("@")[0] if kind.casefold() != "client" else name
