from __future__ import annotations

import pytest

from app.rosters import zip_list
from app.rosters.errors import Refusal


def refused(content: bytes, *states: str) -> Refusal:
    refusal = zip_list.read(content, states)
    assert isinstance(refusal, Refusal), "the file was taken"
    return refusal


@pytest.mark.parametrize(
    "content",
    [
        b"43215\n43201",
        b"\xef\xbb\xbf43215\r\n\r\n43201-1234\r\n",
        b"ZIP\n43215\n43201\n43215\n",
        b"city,zip\nColumbus,43215\n,43201\n",
    ],
)
def test_a_list_or_a_column_of_zips_is_read(content: bytes) -> None:
    assert zip_list.read(content, ["OH"]) == {"OH": frozenset({"43215", "43201"})}


def test_zips_are_given_to_the_states_they_lie_in() -> None:
    territory = zip_list.read(b"43215\n75001", ["OH", "TX"])

    assert territory == {"OH": frozenset({"43215"}), "TX": frozenset({"75001"})}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"43215\n10001", 2, "lies in NY"),
        (b"43215\n00000", 2, "no such ZIP"),
        (b"43215\nabc", 2, "no such ZIP"),
        (b"43215\n09001", 2, "no state"),
        (b"zip,city\n43215,Columbus\n,Dayton", 3, "no such ZIP"),
        (b"city,zip\nColumbus,43215\nDayton", 3, "ends before"),
        (b"43215,43201", 1, "several columns"),
        (b'"43215', 1, "CSV"),
        (b"PK\x03\x04", 1, "spreadsheet"),
        (b"", 1, "no ZIP of OH"),
        (b"zip\n", 1, "no ZIP of OH"),
    ],
)
def test_what_is_no_zip_of_the_state_is_named_by_its_line(content: bytes, line: int, words: str) -> None:
    error = refused(content, "OH").errors[0]

    assert error.line == line
    assert words in error.why


def test_a_state_without_a_single_zip_is_a_mistake() -> None:
    assert "no ZIP of TX" in refused(b"43215", "OH", "TX").errors[0].why
