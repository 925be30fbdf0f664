"""Files as people send them: rows that state only what matters to a test."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from app.rosters import csv_appointments, csv_roster

ROSTER_ROW = {
    "npn": "1234567",
    "first_name": "Ana",
    "last_name": "Lopez",
    "email": "ana@agency.example",
    "phone": "614-555-0101",
    "resident_state": "OH",
    "state": "OH",
    "license_number": "OH-1",
    "residency": "resident",
    "loa": "life",
    "status": "active",
    "effective_date": "2020-01-01",
    "expiration_date": "2027-06-30",
}
APPOINTMENT_ROW = {
    "npn": "1234567",
    "state": "OH",
    "carrier": "Acme Life",
    "loa": "life",
    "status": "active",
    "effective_date": "2020-01-01",
    "termination_date": "",
}


def row(**cells: str) -> dict[str, str]:
    """A sound row of a roster file, but for `cells`."""
    return {**ROSTER_ROW, **cells}


def bea(**cells: str) -> dict[str, str]:
    """A row of a second producer."""
    other = {"npn": "7654321", "first_name": "Bea", "email": "bea@agency.example", "phone": "614-555-0102"}
    return {**ROSTER_ROW, **other, **cells}


def appointment(**cells: str) -> dict[str, str]:
    """A sound row of an appointments file, but for `cells`."""
    return {**APPOINTMENT_ROW, **cells}


def roster_csv(*rows: Mapping[str, str], columns: Sequence[str] = csv_roster.COLUMNS) -> bytes:
    return written(rows, columns)


def appointments_csv(*rows: Mapping[str, str]) -> bytes:
    return written(rows, csv_appointments.COLUMNS)


def written(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> bytes:
    """UTF-8 CSV; the first row stands on line 2."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
