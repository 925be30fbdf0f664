from __future__ import annotations

from datetime import date

import pytest

from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from app.rosters import csv_roster
from app.rosters.csv_roster import COLUMNS, ListedLicense, Person, Roster
from app.rosters.errors import Refusal
from tests.rosters.files import bea, roster_csv, row


def sound(content: bytes) -> Roster:
    roster = csv_roster.read(content)
    assert isinstance(roster, Roster), roster
    return roster


def errors(content: bytes) -> list[tuple[int, str | None, str]]:
    refusal = csv_roster.read(content)
    assert isinstance(refusal, Refusal), "the file was taken"
    assert refusal.total == len(refusal.errors)
    return [(error.line, error.column, error.why) for error in refusal.errors]


def places(content: bytes) -> list[tuple[int, str | None]]:
    return [(line, column) for line, column, _ in errors(content)]


def test_a_row_becomes_a_person_and_a_license() -> None:
    roster = sound(roster_csv(row()))

    assert roster.people == (
        Person("1234567", "Ana", "Lopez", "ana@agency.example", "+16145550101", "OH", line_number=2),
    )
    assert roster.licenses == (
        ListedLicense(
            npn="1234567",
            state="OH",
            line=Line.LIFE,
            license_number="OH-1",
            residency=Residency.RESIDENT,
            status=Status.ACTIVE,
            effective_on=date(2020, 1, 1),
            expires_on=date(2027, 6, 30),
            perpetual=False,
            line_number=2,
        ),
    )


def test_columns_may_stand_in_any_order_and_case() -> None:
    turned = roster_csv(row(), columns=list(reversed(COLUMNS)))

    assert sound(turned) == sound(roster_csv(row()))
    assert sound(turned.replace(b"expiration_date", b" Expiration_Date ")) == sound(roster_csv(row()))


@pytest.mark.parametrize(
    "spelling", ["(614) 555-0101", "+1 614 555 0101", "614.555.0101", "16145550101", "6145550101.0"]
)
def test_a_phone_is_understood_in_any_spelling(spelling: str) -> None:
    assert sound(roster_csv(row(phone=spelling))).people[0].phone == "+16145550101"


@pytest.mark.parametrize(
    ("spelled", "status"),
    [
        ("Active", Status.ACTIVE),
        ("RENEWAL PENDING", Status.RENEWAL_PENDING),
        ("renewal_pending", Status.RENEWAL_PENDING),
    ],
)
def test_a_status_is_understood_in_any_case(spelled: str, status: Status) -> None:
    assert sound(roster_csv(row(status=spelled))).licenses[0].status is status


def test_lower_case_states_and_spelled_out_residency_are_understood() -> None:
    roster = sound(roster_csv(row(resident_state="oh", state="tx", residency="Non-Resident")))

    assert roster.people[0].resident_state == "OH"
    assert (roster.licenses[0].state, roster.licenses[0].residency) == ("TX", Residency.NONRESIDENT)


def test_an_empty_date_is_not_known_and_perpetual_never_ends() -> None:
    unknown = sound(roster_csv(row(effective_date="", expiration_date=""))).licenses[0]
    perpetual = sound(roster_csv(row(expiration_date="Perpetual"))).licenses[0]

    assert (unknown.effective_on, unknown.expires_on, unknown.perpetual) == (None, None, False)
    assert (perpetual.expires_on, perpetual.perpetual) == (None, True)


def test_a_license_of_one_day_is_sound() -> None:
    assert sound(roster_csv(row(effective_date="2026-02-28", expiration_date="2026-02-28"))).licenses


def test_a_leap_day_is_a_day() -> None:
    assert sound(roster_csv(row(expiration_date="2028-02-29"))).licenses[0].expires_on == date(2028, 2, 29)


def test_a_states_bundle_becomes_its_lines() -> None:
    roster = sound(roster_csv(row(state="NH", residency="nonresident", loa="Property & Casualty")))

    assert [license_.line for license_ in roster.licenses] == [Line.PROPERTY, Line.CASUALTY]


def test_the_same_row_twice_is_one() -> None:
    once = sound(roster_csv(row()))

    assert sound(roster_csv(row(), row())) == once
    assert sound(roster_csv(row(), row(phone="+16145550101", loa="Life", status="ACTIVE"))) == once


def test_a_pending_license_needs_no_number_yet() -> None:
    assert sound(roster_csv(row(status="pending", license_number=""))).licenses[0].license_number == ""


BAD_CELLS = [
    ("npn", ""),
    ("npn", "0123"),
    ("npn", "12345678901"),
    ("npn", "12a"),
    ("npn", "-1"),
    ("npn", "１２３"),
    ("first_name", ""),
    ("last_name", "x" * 101),
    ("email", ""),
    ("email", "ana"),
    ("email", "ana@agency"),
    ("email", "ana@b@agency.example"),
    ("phone", ""),
    ("phone", "call me"),
    ("phone", "555-0101"),
    ("phone", "800-555-0101"),
    ("phone", "+44 20 7946 0018"),
    ("phone", "+1 876 555 0101"),
    ("resident_state", ""),
    ("resident_state", "Ohio"),
    ("state", "XX"),
    ("state", "ON"),
    ("license_number", ""),
    ("license_number", "x" * 61),
    ("residency", ""),
    ("residency", "citizen"),
    ("loa", ""),
    ("loa", "living"),
    ("status", ""),
    ("status", "activ"),
    ("effective_date", "01/02/2020"),
    ("effective_date", "20200102"),
    ("effective_date", "2020-W01-1"),
    ("effective_date", "perpetual"),
    ("effective_date", "0020-01-02"),
    ("expiration_date", "2027-02-29"),
    ("expiration_date", "2027-13-01"),
    ("expiration_date", "2027-6-30"),
    ("expiration_date", "never"),
    ("expiration_date", "2019-12-31"),
]


@pytest.mark.parametrize(("column", "value"), BAD_CELLS)
def test_a_bad_cell_is_named_by_line_and_column(column: str, value: str) -> None:
    content = roster_csv(row(), bea(**{column: value}))

    assert places(content) == [(3, column)]


def test_every_bad_cell_of_every_row_is_reported() -> None:
    content = roster_csv(row(email="x", status="y"), bea(), row(loa="z"))

    assert places(content) == [(2, "email"), (2, "status"), (4, "loa")]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    header, first, _ = roster_csv(row()).split(b"\n")
    bad = first.replace(b"active", b"activ").replace(b"614-555-0101", b"614-555-0101 ")

    assert places(b"\n".join([header, b"", first, b",,,,,,,,,,,,", bad])) == [(5, "status")]
    assert places(b"\r\n".join([header, first, bad])) == [(3, "status")]


def test_two_rows_that_differ_about_one_license_name_both_lines() -> None:
    content = roster_csv(row(), bea(), row(expiration_date="2028-06-30"))

    [(line, column, why)] = errors(content)

    assert (line, column) == (4, None)
    assert "line 2" in why


def test_a_bundle_that_contradicts_one_of_its_lines_is_refused() -> None:
    here = {"state": "NH", "residency": "nonresident"}
    content = roster_csv(row(**here, loa="property"), row(**here, loa="Property & Casualty", status="expired"))

    [(line, _, why)] = errors(content)

    assert line == 3
    assert "line 2" in why
    assert "property" in why


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("first_name", "Anna"),
        ("last_name", "Lopes"),
        ("email", "other@agency.example"),
        ("phone", "614-555-0103"),
        ("resident_state", "TX"),
    ],
)
def test_rows_that_disagree_about_one_person_name_both_lines(column: str, value: str) -> None:
    content = roster_csv(row(), row(state="TX", residency="nonresident", **{column: value}))

    [(line, named, why)] = errors(content)

    assert (line, named) == (3, column)
    assert "line 2" in why


def test_two_people_with_one_phone_are_refused() -> None:
    content = roster_csv(row(), bea(phone="+1 (614) 555-0101"))

    [(line, column, why)] = errors(content)

    assert (line, column) == (3, "phone")
    assert "line 2" in why
    assert "1234567" in why


def test_a_line_that_only_another_state_knows_by_that_name_is_refused() -> None:
    assert places(roster_csv(row(state="FL", residency="nonresident", loa="Property & Casualty"))) == [(2, "loa")]
    assert places(roster_csv(row(loa="Life, Accident, Health & HMO"))) == [(2, "loa")]
