"""Builders: people, licenses and campaigns that state only what matters to a test."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

COLUMNS = (
    "npn", "first_name", "last_name", "email", "phone", "resident_state", "state", "license_number", "residency",
    "loa", "status", "effective_date", "expiration_date",
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """One license row of a roster file."""

    state: str
    loa: str = "life"
    status: str = "active"
    effective: str = "2020-01-01"
    expires: str = "2027-12-31"
    residency: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Person:
    """A producer as a roster file lists them; the resident license comes with `licensed`."""

    npn: str
    first_name: str
    last_name: str
    phone: str
    resident_state: str
    held: tuple[Held, ...]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def holding(self, *held: Held) -> Person:
        """The same person with these licenses instead."""
        return replace(self, held=held)


def licensed(
    first_name: str, number: int, *states: str, loa: str | Sequence[str] = "life", last_name: str = "Tester"
) -> Person:
    """A producer with active licenses in `states`, resident in the first; phone 614-555-01NN, NPN 900000NN."""
    lines = (loa,) if isinstance(loa, str) else tuple(loa)
    return Person(
        npn=str(90000000 + number),
        first_name=first_name,
        last_name=last_name,
        phone=f"+1614555{100 + number:04d}",
        resident_state=states[0],
        held=tuple(Held(state, line) for state in states for line in lines),
    )


def roster_file(*people: Person) -> bytes:
    """The roster file that lists `people`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for person in people:
        for held in person.held:
            resident = held.state == person.resident_state
            writer.writerow(
                {
                    "npn": person.npn,
                    "first_name": person.first_name,
                    "last_name": person.last_name,
                    "email": f"{person.first_name.lower()}{person.npn}@example.com",
                    "phone": person.phone,
                    "resident_state": person.resident_state,
                    "state": held.state,
                    "license_number": held.number or f"{held.state}-{person.npn}",
                    "residency": held.residency or ("resident" if resident else "nonresident"),
                    "loa": held.loa,
                    "status": held.status,
                    "effective_date": held.effective,
                    "expiration_date": held.expires,
                }
            )
    return text.getvalue().encode()


YESTERDAY = date(2026, 11, 17).isoformat()
"""The day before the one on which the fixture `clock` begins."""
