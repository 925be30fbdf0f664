"""Files that nobody should send: each is refused in words, never with a traceback."""

from __future__ import annotations

import pytest

from app.rosters import csv_appointments, csv_roster
from app.rosters.csv_roster import COLUMNS, Roster
from app.rosters.errors import KEPT, Refusal
from tests.rosters.files import bea, roster_csv, row, written

HEADER = ",".join(COLUMNS).encode() + b"\n"


def refused(content: bytes) -> Refusal:
    refusal = csv_roster.read(content)
    assert isinstance(refusal, Refusal), "the file was taken"
    return refusal


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"\n\n \n", 1, "empty"),
        (HEADER, 1, "no row"),
        (HEADER + b"\n,,,,,,,,,,,,\n", 1, "no row"),
        (b"PK\x03\x04\x14\x00\x06\x00", 1, "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 1, "spreadsheet"),
        ("npn".encode("utf-16"), 1, "UTF-16"),
        (HEADER + b"1,Jos\xe9", 2, "UTF-8"),
        (HEADER + b"1,\xed\xa0\x80", 2, "UTF-8"),
        (HEADER + b"1,a\0b", 2, "NUL"),
        (HEADER + b'1,"Ana', 2, "CSV"),
        (HEADER + b'1,"Ana"x,', 2, "CSV"),
        (HEADER + b"1," + b"a" * 200_000, 2, "CSV"),
        (HEADER + b"1,2,3\n", 2, "3 cells"),
        (HEADER + b"," * 200_000, 1, "no row"),
        (HEADER + b"x" + b"," * 200_000, 2, "200001 cells"),
    ],
)
def test_what_is_no_roster_file_is_refused_in_words(content: bytes, line: int, words: str) -> None:
    refusal = refused(content)

    assert refusal.errors[0].line == line
    assert words in refusal.errors[0].why


@pytest.mark.parametrize("wrong", [b"\xe9", b"\xc3", b"\xe2\x82"])
@pytest.mark.parametrize("away", [-2, -1, 0, 1])
def test_a_wrong_byte_far_into_a_file_is_named_by_its_line(wrong: bytes, away: int) -> None:
    before = HEADER + b"x\n"
    before += b"\n" * (1024 * 1024 + away - len(before))

    in_the_middle = refused(before + wrong + b",\n")
    at_the_end = refused(before + wrong)

    assert [error.line for error in in_the_middle.errors] == [before.count(b"\n") + 1]
    assert in_the_middle.errors == at_the_end.errors
    assert f"0x{wrong[0]:02x}" in at_the_end.errors[0].why


def test_a_letter_of_several_bytes_may_stand_anywhere() -> None:
    for away in range(4):
        name = "x" * away + "Nuñez€"
        rows = [row(last_name=name)] * 12_000

        assert isinstance(csv_roster.read(roster_csv(*rows)), Roster)


def test_a_byte_order_mark_is_tolerated() -> None:
    assert isinstance(csv_roster.read(b"\xef\xbb\xbf" + roster_csv(row())), Roster)


def test_old_line_ends_are_tolerated() -> None:
    assert isinstance(csv_roster.read(roster_csv(row(), bea()).replace(b"\n", b"\r")), Roster)


@pytest.mark.parametrize(
    "column",
    ["ssn", "SSN", "Social_Security_Number", "social security", "dob", "Date of Birth", "birth_date", "birthdate"],
)
def test_columns_for_social_security_numbers_and_birth_dates_are_refused_by_name(column: str) -> None:
    refusal = refused(roster_csv(row() | {column: "123-45-6789"}, columns=[*COLUMNS, column]))

    [error] = refusal.errors
    assert (error.line, error.column) == (1, column.lower())
    assert "never stored" in error.why
    assert "123-45-6789" not in repr(refusal)


def test_a_social_security_number_in_another_column_is_refused_and_not_repeated() -> None:
    for column in ("license_number", "npn", "email"):
        refusal = refused(roster_csv(row(**{column: "123-45-6789"})))

        assert [error.column for error in refusal.errors] == [column]
        assert "6789" not in repr(refusal)


def test_an_unknown_column_is_not_dropped_in_silence() -> None:
    [error] = refused(roster_csv(row() | {"nickname": "A"}, columns=[*COLUMNS, "nickname"])).errors

    assert (error.line, error.column) == (1, "nickname")


def test_a_missing_and_a_misspelled_column_are_both_named() -> None:
    columns = ["experation_date" if name == "expiration_date" else name for name in COLUMNS]
    renamed = {("experation_date" if name == "expiration_date" else name): cell for name, cell in row().items()}

    refusal = refused(written([renamed], columns))

    assert {error.column for error in refusal.errors} == {"experation_date", "expiration_date"}


def test_a_column_that_stands_twice_is_refused() -> None:
    [error] = refused(HEADER.replace(b"email,", b"email,email,") + b"1").errors

    assert (error.column, error.why) == ("email", "the column is there 2 times")


@pytest.mark.parametrize("character", ["\n", "\t", "\x1b", "\x85", "\u2028"])
def test_control_characters_inside_a_cell_are_refused(character: str) -> None:
    [error] = refused(roster_csv(row(last_name=f"Lo{character}pez"))).errors

    assert (error.line, error.column) == (2, "last_name")


def test_the_row_after_a_cell_with_a_line_break_keeps_its_physical_line() -> None:
    refusal = refused(roster_csv(row(last_name="Lo\npez"), bea(status="x")))

    assert [(error.line, error.column) for error in refusal.errors] == [(2, "last_name"), (4, "status")]


@pytest.mark.parametrize(
    "name", ["=HYPERLINK(1)", "+1", "＝cmd", "</Say><Dial>900", "<script>", "O'Brien", "Nuñez", "李", "😀", "\u202eAna"]
)
def test_odd_names_are_kept_as_they_are(name: str) -> None:
    roster = csv_roster.read(roster_csv(row(last_name=name)))

    assert isinstance(roster, Roster)
    assert roster.people[0].last_name == name


def test_a_name_of_ten_thousand_characters_is_refused_in_short() -> None:
    [error] = refused(roster_csv(row(last_name="x" * 10_000))).errors

    assert (error.line, error.column) == (2, "last_name")
    assert len(str(error)) < 200
    assert len(error.value) < 100


def test_a_file_that_is_wrong_throughout_is_counted_and_not_hoarded() -> None:
    refusal = refused(HEADER + b"x\n" * 5000)

    assert refusal.total == 5000
    assert len(refusal.errors) == KEPT


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    [error] = refused(bytes(200 * 1024 * 1024 + 1)).errors

    assert "larger than 200 MB" in error.why


def test_an_appointments_file_is_as_strict() -> None:
    for content in (b"", b"PK\x03\x04", b"npn,state\n1,OH\n", b"npn,state,carrier,loa,status,effective_date,ssn\n"):
        assert isinstance(csv_appointments.read(content), Refusal)
