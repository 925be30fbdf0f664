"""A vendor's list: each row is somebody, so a wrong row harms no other."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rosters import csv_leads
from app.rosters.csv_leads import COLUMNS, LARGEST_FILE, MOST_ROWS, ListedLead
from app.rosters.errors import Refusal, RowError


def read(text: str) -> list[ListedLead | RowError]:
    found = csv_leads.read(text.encode())
    assert not isinstance(found, Refusal), found
    return found


def refused(content: bytes) -> str:
    found = csv_leads.read(content)
    assert isinstance(found, Refusal)
    return "; ".join(map(str, found.errors))


def test_columns_stand_in_any_order_and_only_the_phone_must_be_there() -> None:
    assert read("last_name,phone\nByron,(614) 555-0101\n") == [ListedLead(2, "+16145550101", last_name="Byron")]
    assert read("\ufeffPHONE\r\n\r\n6145550101\r\n") == [ListedLead(3, "+16145550101")]


def test_a_consent_may_be_long_and_go_over_lines_and_lines_still_count() -> None:
    consent = "I agree\nto be called, " + "really " * 500

    first, second = read(f'phone,consent\n6145550101,"{consent}"\nx,\n')

    assert isinstance(first, ListedLead)
    assert first.consent == consent.strip()
    assert second == RowError(4, "phone", "not a telephone number")


def test_what_stood_in_a_wrong_cell_is_not_repeated() -> None:
    (wrong,) = read("phone\n078-05-1120 Joan\n")

    assert isinstance(wrong, RowError)
    assert wrong.value == ""
    assert "Joan" not in str(wrong)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"phone,SSN\n", "never stored"),
        (b"phone,birth_date\n", "never stored"),
        (b"phone,npn\n", "unknown column"),
        (b"phone,\n", "unknown column"),
        (b"zip\n", "the column is missing"),
        (b"phone\n\xff\n", "not UTF-8"),
        (b"phone\n\x00\n", "NUL"),
        (b"PK\x03\x04", "not CSV"),
        (b'phone\n"6145550101\n', "not readable"),
        (b"phone\n" + b"1\n" * (MOST_ROWS + 1), "50,000 rows"),
        (b"x" * (LARGEST_FILE + 1), "20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(content: bytes, told: str) -> None:
    assert told in refused(content)


def test_the_most_rows_that_are_allowed_are_read() -> None:
    assert len(csv_leads.read(b"phone\n" + b"6145550101\n" * MOST_ROWS)) == MOST_ROWS  # type: ignore[arg-type]


@given(
    st.lists(st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=3))
)
def test_every_row_is_a_lead_or_an_error_at_its_line(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["phone", "state"])
    writer.writerows(rows)

    found = csv_leads.read(text.getvalue().encode())

    if not isinstance(found, Refusal):
        assert len(found) == sum(any(cell.strip() for cell in row) for row in rows)
        assert [getattr(one, "line", 0) for one in found] == sorted({getattr(one, "line", 0) for one in found})


def test_the_columns_are_those_of_posting_a_lead() -> None:
    from app.web.api.leads import NewLead

    assert set(COLUMNS) == set(NewLead.model_fields) - {"campaign", "ping_id"}
