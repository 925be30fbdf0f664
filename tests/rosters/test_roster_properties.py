from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.rosters import csv_appointments, csv_roster, zip_list
from app.rosters.csv_roster import COLUMNS, Roster
from app.rosters.errors import Refusal
from tests.rosters.files import bea, roster_csv, row
from tests.rosters.rosters import HeldLicense, Holder, file_rows, rosters
from tests.rosters.test_csv_roster import BAD_CELLS


def as_read(roster: Roster) -> list[Holder]:
    return [
        Holder(
            npn=person.npn,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            phone=person.phone,
            resident_state=person.resident_state,
            licenses=tuple(
                HeldLicense(
                    listed.state,
                    listed.line,
                    listed.license_number,
                    listed.residency,
                    listed.status,
                    listed.effective_on,
                    listed.expires_on,
                    listed.perpetual,
                )
                for listed in roster.licenses
                if listed.npn == person.npn
            ),
        )
        for person in roster.people
    ]


@given(rosters(), st.permutations(COLUMNS))
def test_what_is_written_in_any_order_of_columns_is_what_is_read(roster: list[Holder], columns: list[str]) -> None:
    read = csv_roster.read(roster_csv(*file_rows(roster), columns=columns))

    assert isinstance(read, Roster), read
    assert as_read(read) == roster


# An end before the beginning depends on the row's other cells.
ALWAYS_BAD = [cell for cell in BAD_CELLS if cell not in (("license_number", ""), ("expiration_date", "2019-12-31"))]


@given(rosters(), st.sampled_from(ALWAYS_BAD), st.data())
def test_one_bad_cell_refuses_all_and_names_its_line_and_column(
    roster: list[Holder], bad: tuple[str, str], data: st.DataObject
) -> None:
    rows = file_rows(roster)
    index = data.draw(st.integers(0, len(rows) - 1))
    column, value = bad
    rows[index][column] = value

    refusal = csv_roster.read(roster_csv(*rows))

    assert isinstance(refusal, Refusal)
    assert [(error.line, error.column) for error in refusal.errors] == [(index + 2, column)]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_answered_and_never_raise(content: bytes) -> None:
    for whole in (content, ",".join(COLUMNS).encode() + b"\n" + content):
        csv_roster.read(whole)
        csv_appointments.read(whole)
        zip_list.read(whole, ["OH"])


@given(st.binary(min_size=1, max_size=4), st.data())
def test_a_damaged_file_is_answered_and_never_raises(junk: bytes, data: st.DataObject) -> None:
    content = roster_csv(row(), bea(state="TX", residency="nonresident"))
    at = data.draw(st.integers(0, len(content)))

    csv_roster.read(content[:at] + junk + content[at:])
