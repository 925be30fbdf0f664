"""The appointments file: which carrier has appointed whom, where and for what (INTERFACE.md, "The roster file")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from app.domain.licensing import carrier_key
from app.domain.lines import Line
from app.domain.states import State
from app.rosters import cells, csv_table
from app.rosters.errors import BadCell, Problems, Refusal

COLUMNS = ("npn", "state", "carrier", "loa", "status", "effective_date", "termination_date")
LONGEST_CARRIER = 120

ACTIVE = ("active", "appointed")
NOT_ACTIVE = ("inactive", "pending", "suspended", "revoked", "expired", "cancelled", "terminated")

_Value = TypeVar("_Value")
_Key = tuple[str, State, str, Line | None]


@dataclass(frozen=True, slots=True)
class ListedAppointment:
    """One appointment as the file has it. `line` None covers every line; a date None is not known, or there is none."""

    npn: str
    state: State
    carrier: str
    line: Line | None
    active: bool
    effective_on: date | None
    terminates_on: date | None
    line_number: int


def read(content: bytes) -> tuple[ListedAppointment, ...] | Refusal:
    """What the file says, or everything that is wrong with it. An empty `loa` means every line."""
    problems = Problems()
    found: dict[_Key, ListedAppointment] = {}
    for row in csv_table.read(content, COLUMNS, problems):
        for appointment in _parse(row, problems):
            _add(found, appointment, problems)
    if not problems.total and not found:
        problems.add(1, None, "there is a header and no row below it")
    return problems.refusal() or tuple(found.values())


def _parse(row: csv_table.Row, problems: Problems) -> list[ListedAppointment]:
    before = problems.total

    def cell(index: int, reader: Callable[[str], _Value]) -> _Value | None:
        try:
            return reader(row.cells[index])
        except BadCell as bad:
            problems.add(row.line, COLUMNS[index], str(bad), row.cells[index])
            return None

    npn = cell(0, cells.npn)
    state = cell(1, cells.state)
    carrier = cell(2, _carrier)
    lines = cell(3, lambda text: _lines(text, state)) if state else None
    active = cell(4, _active)
    effective_on = cell(5, cells.day)
    terminates_on = cell(6, cells.day)
    if effective_on and terminates_on and terminates_on < effective_on:
        problems.add(row.line, COLUMNS[6], f"is before the effective date {effective_on}", row.cells[6])
    sound = problems.total == before
    if not (sound and npn and state and carrier and lines and active is not None):
        return []
    return [
        ListedAppointment(npn, state, carrier, line, active, effective_on, terminates_on, row.line) for line in lines
    ]


def _add(found: dict[_Key, ListedAppointment], appointment: ListedAppointment, problems: Problems) -> None:
    key = (appointment.npn, appointment.state, carrier_key(appointment.carrier), appointment.line)
    known = found.setdefault(key, appointment)
    same = replace(appointment, line_number=known.line_number, carrier=known.carrier)
    if known is not appointment and known != same:
        why = f"line {known.line_number} says otherwise of NPN {appointment.npn}, {appointment.state}, {known.carrier}"
        problems.add(appointment.line_number, None, why)


def _carrier(cell: str) -> str:
    # The comparable spelling is stored too, and may be the longer one.
    cells.text(carrier_key(cell), LONGEST_CARRIER)
    return cells.text(" ".join(cell.split()), LONGEST_CARRIER)


def _lines(cell: str, state: State) -> tuple[Line | None, ...]:
    return cells.lines(cell, state) if cell else (None,)


def _active(cell: str) -> bool:
    status = cell.lower()
    if status not in ACTIVE + NOT_ACTIVE:
        raise BadCell(f"must be one of {', '.join(ACTIVE + NOT_ACTIVE)}" if cell else "is empty")
    return status in ACTIVE
