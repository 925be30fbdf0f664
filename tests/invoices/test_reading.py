"""Invoices as vendors' systems write them: columns guessed or said, and every wrong row told by line and column."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.billing.record import BilledLine
from app.invoices.reading import LARGEST_FILE, Invoice, read
from app.rosters.errors import Refusal

NEW_YORK = ZoneInfo("America/New_York")
OUR_COLUMNS = "call_id,external_id,lead_id,caller,called,at,billable_seconds,state,amount\n"


def taken(text: str | bytes, **said: str) -> Invoice:
    content = text if isinstance(text, bytes) else text.encode()
    found = read(content, said=said, zone=NEW_YORK)
    assert isinstance(found, Invoice), found
    return found


def refused(text: str | bytes, **said: str) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    found = read(content, said=said, zone=NEW_YORK)
    assert isinstance(found, Refusal), found
    return [str(error) for error in found.errors]


def test_every_column_of_ours_is_read() -> None:
    row = "CA1,lead-1,7,(614) 555-0101,8005550199,2026-11-18 10:00:00,1:35,ohio,$1,045.50\n".replace(
        "$1,045.50", '"$1,045.50"'
    )

    (line,) = taken(OUR_COLUMNS + row).lines

    assert line == BilledLine(
        line=2,
        amount_cents=104550,
        call_id="CA1",
        external_id="lead-1",
        lead_id=7,
        caller="+16145550101",
        called="+18005550199",
        at=datetime(2026, 11, 18, 15, 0, tzinfo=UTC),
        billable_seconds=95,
        state="OH",
    )


def test_what_a_row_does_not_say_stays_unsaid() -> None:
    (line,) = taken("call_id,caller,at,billable_seconds,state,amount\nCA1,anonymous,,,,0\n").lines

    assert line == BilledLine(line=2, amount_cents=0, call_id="CA1")


@pytest.mark.parametrize(
    "text",
    [
        "Caller ID;Call Date;Billed Seconds;Cost\n6145550101;11/18/2026 10:00:00 AM;95;45\n",
        "sep=;\nCaller ID;Call Date;Billed Seconds;Cost\n6145550101;11/18/2026 10:00 AM;95;45\n",
        "\ufeffANI,Start Time,Duration,Price,Notes\n6145550101,2026-11-18T15:00:00Z,95,45.00,x\n",
        'Caller ID,Call Date,Cost\n="6145550101",2026-11-18 10:00 ET,$45\n',
        "\n\nphone\tdate\tamount\n\n'6145550101\t2026-11-18 10:00\t45\n\n",
    ],
)
def test_a_vendors_own_headers_and_habits_are_understood(text: str) -> None:
    (line,) = taken(text).lines

    assert (line.caller, line.at, line.amount_cents) == (
        "+16145550101",
        datetime(2026, 11, 18, 15, 0, tzinfo=UTC),
        4500,
    )


def test_other_encodings_of_a_spreadsheet_are_read() -> None:
    text = "external_id,amount,Agent\nMuñoz-1,45,José\n"

    for content in (text.encode("cp1252"), text.encode("utf-16"), text.encode("utf-8-sig")):
        assert [line.external_id for line in taken(content).lines] == ["Muñoz-1"]


def test_a_column_that_is_said_outweighs_its_name() -> None:
    text = "call_id,amount,Payable\nCA1,45,30\n"

    found = taken(text, amount="payable")

    assert found.lines[0].amount_cents == 3000
    assert found.columns == (("call_id", "call_id"), ("amount", "Payable"))
    assert found.unused == ("amount",)
    assert [line.call_id for line in taken("call_id,lead_id,amount\nCA1,x,1\n", lead_id="").lines] == ["CA1"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("CA1,,,,,,,,", "2: amount: is empty"),
        ("CA1,,,,,,,,-45", "2: amount: not an amount of dollars, e.g. 45 or 45.50 (a credit is no line: leave it out)"),
        ("CA1,,,,,,,,=B2*C2", "2: amount: a formula; save the values"),
        ("CA1,,,,,,,,100001", "2: amount: more than $100,000"),
        ("=CONCAT(A1),,,,,,,,1", "2: call_id: a formula; save the values"),
        ("CA1,,x,,,,,,1", "2: lead_id: not the number of a lead of ours; an id of the vendor's is external_id"),
        (",,,614555,,,,,1", "2: caller: not a telephone number"),
        ("CA1,,,,,yesterday,,,1", "2: at: the time is not one we can read"),
        ("CA1,,,,,2026-11-18,,,1", "2: at: a date without a time of day"),
        ("CA1,,,,,,long,,1", "2: billable_seconds: not a length, e.g. 95, 1:35 or 1m 35s, of at most a day"),
        ("CA1,,,,,,,Ontario,1", "2: state: not one of the 56 jurisdictions that license producers, e.g. OH or Ohio"),
        (",,,6145550101,,,,,1", "2: nothing names the call: no id, no lead, not both caller and time"),
        ("CA1,,,1", "2: not as many cells as the header has columns"),
        ("a\x07b,,,,,,,,1", "2: call_id: a control character (a line break, a tab) inside the cell"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_taken(row: str, why: str) -> None:
    assert refused(f"{OUR_COLUMNS}{row}\nCA2,,,,,,,,45\n") == [why]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "1: the first line does not name columns: it is empty"),
        (b"PK\x03\x04rest", "1: this is a spreadsheet or an archive; save the sheet as CSV UTF-8"),
        (b"%PDF-1.7", "1: this is a PDF; ask the vendor for CSV"),
        (b"call_id,amount\nCA\x001,45\n", "2: a NUL byte; this is not a text file"),
        (b"call_id,amount\n", "1: there is a header and no row below it"),
        (b"call_id,when\nCA1,1\n", "1: amount: no column says what a line costs; name it with --column amount=HEADER"),
        (
            b"caller,amount\n6145550101,1\n",
            "1: no column names the call: call_id, external_id or lead_id, or caller and at",
        ),
        (b"call_id,amount,amount\nCA1,1,1\n", "1: the column 'amount' is there 2 times; rename all but one"),
    ],
)
def test_a_file_that_is_no_invoice_is_refused_whole(text: bytes, why: str) -> None:
    assert refused(text) == [why]


def test_a_file_has_a_largest_size() -> None:
    assert refused(b"a" * (LARGEST_FILE + 1)) == ["1: the file is larger than 32 MB; split it"]


def test_a_column_that_is_not_there_is_named() -> None:
    (why,) = refused("call_id,amount\nCA1,1\n", amount="Cost")

    assert why == "1: there is no column 'Cost'; the columns are call_id, amount"
    assert "the fields are call_id" in refused("call_id,amount\nCA1,1\n", money="amount")[0]


def test_numbers_of_people_are_never_read() -> None:
    found = taken("call_id,SSN,amount\nCA1,123-45-6789,1\n")

    assert dict(found.columns) == {"call_id": "call_id", "amount": "amount"}


_PIECES = st.sampled_from(
    [
        *"call_id,amount\n;\t|\"'=\r",
        "at",
        "caller",
        "45",
        "6145550101",
        "CA1",
        "=1+1",
        "\ufeff",
        "\x00",
        "ñ",
        "1e9",
        "OH",
    ]
)


@given(st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=60).map(lambda some: "".join(some).encode())))
def test_any_file_is_taken_or_refused_and_never_a_surprise(content: bytes) -> None:
    for beginning in (b"", b"call_id,amount\n", OUR_COLUMNS.encode()):
        found = read(beginning + content, said={}, zone=NEW_YORK)

        assert found.total if isinstance(found, Refusal) else found.lines
