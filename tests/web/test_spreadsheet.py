"""app/web/spreadsheet.py: what is written is read back, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.spreadsheet import BYTE_ORDER_MARK, cell, csv_response, csv_text

HOSTILE = st.one_of(
    st.text(max_size=30),
    st.builds(
        lambda before, trigger, after: before + trigger + after,
        st.sampled_from(["", " ", "\t", "\r", "\n", "\u200b", "\u202e", "\0", "\u00a0", "\ufeff"]),
        st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", '"', ",", "'"]),
        st.sampled_from(
            ['HYPERLINK("http://x.example")', "1+1", "cmd|' /C calc'!A0", "", "SUM(A1)", "16145550101", "02101"]
        ),
    ),
)


def read_back(text: str) -> list[list[str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.integers(-999, 999)), max_size=8))
def test_no_hostile_name_becomes_a_formula_or_moves_a_column(rows: list[tuple[str, str, int]]) -> None:
    text = csv_text(["name", "note", "calls"], rows)

    back = read_back(text)
    assert back[0] == ["name", "note", "calls"]
    assert [int(row[2]) for row in back[1:]] == [row[2] for row in rows]
    for (name, note, _), told in zip(rows, back[1:], strict=True):
        for value, shown in ((name, told[0]), (note, told[1])):
            plain = value.replace("\0", "")
            assert shown in (plain, f"'{plain}", "(614) 555-0101")
            assert shown.lstrip()[:1] not in tuple("=+-@")
            assert shown[:1] not in ("\t", "\r", "\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\u200b=1", "'\u200b=1"),
        ("\tx", "'\tx"),
        ("\0=1", "'=1"),
        ("＝1", "'＝1"),
        ("O'Brien, Ann", "O'Brien, Ann"),
        ("Muñoz", "Muñoz"),
        ("+16145550101", "(614) 555-0101"),
        ("02101", "'02101"),
        ("43215", "43215"),
        ("1234567890123456", "'1234567890123456"),
        ("+44 20", "'+44 20"),
        ("-5", "'-5"),
        (-5, "-5"),
        (Decimal("-4.50"), "-4.50"),
        (0.25, "0.25"),
        (float("nan"), ""),
        (None, ""),
        (True, "yes"),
        ("", ""),
        (date(2026, 11, 18), "2026-11-18"),
        (datetime(2026, 11, 18, 15, 0, tzinfo=UTC), "2026-11-18T15:00:00Z"),
    ],
)
def test_a_cell_is_what_a_spreadsheet_may_have(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_a_response_is_a_file_to_save_that_excel_reads_as_utf_8() -> None:
    response = csv_response('by "state"/…', ["state"], [["Ñ"], ["\ud800"]])

    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="by-state.csv"'
    assert response.get_data() == b"\xef\xbb\xbfstate\r\n\xc3\x91\r\n?\r\n"


def test_a_row_that_does_not_fit_the_header_is_a_surprise() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        csv_text(["one"], [["a", "b"]])
