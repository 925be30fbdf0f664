from __future__ import annotations

from datetime import date

import pytest

from app.domain.lines import Line
from app.rosters import csv_appointments
from app.rosters.csv_appointments import ListedAppointment
from app.rosters.errors import Refusal
from tests.rosters.files import appointment, appointments_csv


def sound(content: bytes) -> tuple[ListedAppointment, ...]:
    appointments = csv_appointments.read(content)
    assert not isinstance(appointments, Refusal), appointments
    return appointments


def places(content: bytes) -> list[tuple[int, str | None]]:
    refusal = csv_appointments.read(content)
    assert isinstance(refusal, Refusal), "the file was taken"
    return [(error.line, error.column) for error in refusal.errors]


def test_a_row_becomes_an_appointment() -> None:
    assert sound(appointments_csv(appointment(termination_date="2026-12-31"))) == (
        ListedAppointment(
            npn="1234567",
            state="OH",
            carrier="Acme Life",
            line=Line.LIFE,
            active=True,
            effective_on=date(2020, 1, 1),
            terminates_on=date(2026, 12, 31),
            line_number=2,
        ),
    )


def test_an_empty_line_of_authority_covers_every_line() -> None:
    assert sound(appointments_csv(appointment(loa="")))[0].line is None


@pytest.mark.parametrize(
    ("status", "active"), [("Active", True), ("appointed", True), ("terminated", False), ("pending", False)]
)
def test_only_an_active_status_is_active(status: str, active: bool) -> None:
    assert sound(appointments_csv(appointment(status=status)))[0].active is active


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("npn", "x"),
        ("state", "XX"),
        ("carrier", ""),
        ("carrier", "x" * 121),
        ("carrier", "ß" * 61),
        ("loa", "living"),
        ("status", ""),
        ("status", "maybe"),
        ("effective_date", "1/1/2020"),
        ("termination_date", "2019-12-31"),
        ("termination_date", "perpetual"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(column: str, value: str) -> None:
    content = appointments_csv(appointment(), appointment(**{"state": "TX", column: value}))

    assert places(content) == [(3, column)]


def test_one_carrier_in_two_spellings_is_one_and_may_not_contradict_itself() -> None:
    same = appointments_csv(appointment(), appointment(carrier="ACME  life"))
    contradicting = appointments_csv(appointment(), appointment(carrier="ACME  life", status="terminated"))

    assert len(sound(same)) == 1
    assert places(contradicting) == [(3, None)]
