"""The roster file: one row a producer, state and line of authority (INTERFACE.md, "The roster file")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from app.domain.states import State
from app.rosters import cells, csv_table
from app.rosters.errors import BadCell, Problems, Refusal

COLUMNS = (
    "npn",
    "first_name",
    "last_name",
    "email",
    "phone",
    "resident_state",
    "state",
    "license_number",
    "residency",
    "loa",
    "status",
    "effective_date",
    "expiration_date",
)
PERPETUAL = "perpetual"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Person:
    """What the file says of one producer. `phone` is E.164; `line_number` is where they first stand."""

    npn: str
    first_name: str
    last_name: str
    email: str
    phone: str
    resident_state: State
    line_number: int


@dataclass(frozen=True, slots=True)
class ListedLicense:
    """One line of authority as the file has it. A date is None where it is not known."""

    npn: str
    state: State
    line: Line
    license_number: str
    residency: Residency
    status: Status
    effective_on: date | None
    expires_on: date | None
    perpetual: bool
    line_number: int


class Shelf(Protocol):
    """Where the sound rows of a file are put as they are read: a dictionary, or a disk."""

    def person(self, person: Person) -> Person:
        """What the file said first of this NPN: `person` itself where this is the first."""

    def owner(self, person: Person) -> tuple[str, int]:
        """The NPN to whom the file gave this phone first, and the line."""

    def license(self, listed: ListedLicense) -> ListedLicense:
        """What the file said first of this NPN, state and line: `listed` itself where this is the first."""


@dataclass(frozen=True)
class Roster:
    """A whole file, sound; both in the file's order."""

    people: tuple[Person, ...]
    licenses: tuple[ListedLicense, ...]


def read(content: bytes) -> Roster | Refusal:
    """What the file says, or everything that is wrong with it."""
    shelf = _InMemory()
    return read_into(shelf, content) or Roster(tuple(shelf.people.values()), tuple(shelf.licenses.values()))


def read_into(shelf: Shelf, content: bytes, *, progress: Callable[[int], None] | None = None) -> Refusal | None:
    """Put what the file says on `shelf`; everything that is wrong with it, where anything is.

    `progress` is told now and then how many bytes were read.
    """
    problems = Problems()
    reading = _Reading(shelf, problems)
    for row in csv_table.read(content, COLUMNS, problems, progress=progress):
        reading.take(row)
    if not problems.total and not reading.rows:
        problems.add(1, None, "there is a header and no row below it")
    return problems.refusal()


class _InMemory:
    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.licenses: dict[tuple[str, State, Line], ListedLicense] = {}
        self._owners: dict[str, tuple[str, int]] = {}

    def person(self, person: Person) -> Person:
        return self.people.setdefault(person.npn, person)

    def owner(self, person: Person) -> tuple[str, int]:
        return self._owners.setdefault(person.phone, (person.npn, person.line_number))

    def license(self, listed: ListedLicense) -> ListedLicense:
        return self.licenses.setdefault((listed.npn, listed.state, listed.line), listed)


class _Reading:
    def __init__(self, shelf: Shelf, problems: Problems) -> None:
        self.rows = 0
        self._shelf = shelf
        self._problems = problems

    def take(self, row: csv_table.Row) -> None:
        self.rows += 1
        person, licenses = self._parse(row)
        if person is not None:
            self._add_person(person)
        for license_ in licenses:
            self._add_license(license_)

    def _parse(self, row: csv_table.Row) -> tuple[Person | None, list[ListedLicense]]:
        """Every cell is looked at, so that a person mends a row once."""
        before = self._problems.total

        def cell(index: int, reader: Callable[[str], _Value]) -> _Value | None:
            try:
                return reader(row.cells[index])
            except BadCell as bad:
                self._problems.add(row.line, COLUMNS[index], str(bad), row.cells[index])
                return None

        npn = cell(0, cells.npn)
        first_name = cell(1, _name)
        last_name = cell(2, _name)
        email = cell(3, cells.email)
        phone = cell(4, cells.us_phone)
        resident_state = cell(5, cells.state)
        person = None
        if npn and first_name and last_name and email and phone and resident_state:
            person = Person(npn, first_name, last_name, email, phone, resident_state, row.line)
        state = cell(6, cells.state)
        number = cell(7, cells.license_number)
        residency = cell(8, _residency)
        lines = cell(9, lambda text: cells.lines(text, state)) if state else None
        status = cell(10, _status)
        effective_on = cell(11, cells.day)
        perpetual = row.cells[12].lower() == PERPETUAL
        expires_on = None if perpetual else cell(12, _expiration)
        if effective_on and expires_on and expires_on < effective_on:
            self._problems.add(row.line, COLUMNS[12], f"is before the effective date {effective_on}", row.cells[12])
        if number == "" and status not in (None, Status.PENDING):
            self._problems.add(row.line, COLUMNS[7], "is empty; only a pending license has no number yet")
        licenses: list[ListedLicense] = []
        sound = self._problems.total == before
        if sound and npn and state and residency and lines and status and number is not None:
            dates = (effective_on, expires_on, perpetual)
            licenses = [ListedLicense(npn, state, line, number, residency, status, *dates, row.line) for line in lines]
        return person, licenses

    def _add_person(self, person: Person) -> None:
        known = self._shelf.person(person)
        if known.line_number != person.line_number:
            for column in ("first_name", "last_name", "email", "phone", "resident_state"):
                if getattr(person, column) != getattr(known, column):
                    why = f"line {known.line_number} says otherwise of NPN {person.npn}"
                    self._problems.add(person.line_number, column, why, getattr(person, column))
        npn, line_number = self._shelf.owner(person)
        if npn != person.npn:
            # Texts and calls from a producer's phone are commands, so a phone is one person's.
            why = f"line {line_number} gives the same phone to NPN {npn}"
            self._problems.add(person.line_number, "phone", why, person.phone)

    def _add_license(self, license_: ListedLicense) -> None:
        known = self._shelf.license(license_)
        if known is not license_ and known != replace(license_, line_number=known.line_number):
            why = f"line {known.line_number} says otherwise of NPN {license_.npn}, {license_.state}, {license_.line}"
            self._problems.add(license_.line_number, None, why)


def _name(cell: str) -> str:
    return cells.text(cell, 100)


def _residency(cell: str) -> Residency:
    return Residency.NONRESIDENT if cell.lower() in ("non-resident", "non resident") else cells.word(cell, Residency)


def _status(cell: str) -> Status:
    return cells.word(cell, Status)


def _expiration(cell: str) -> date | None:
    try:
        return cells.day(cell)
    except BadCell as bad:
        raise BadCell(f"{bad}; or {PERPETUAL}; or empty where it is not known") from None
