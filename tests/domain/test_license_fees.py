"""app/domain/license_fees.py: every jurisdiction has a row, a number or none, and a source."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain import states, tables
from app.domain.license_fees import fee

WITHOUT_A_NUMBER = {"PR", "GU", "VI", "AS", "MP"}


def test_every_jurisdiction_has_one_row_and_nothing_else_has() -> None:
    listed = [row[0] for row in tables.rows("nonresident_fees.csv")]

    assert sorted(listed) == list(states.ALL)


def test_the_five_territories_have_no_number_and_everybody_else_has() -> None:
    found = {state: fee(state) for state in states.ALL}

    assert {state for state, known in found.items() if known.low_cents is None} == WITHOUT_A_NUMBER
    assert {state for state, known in found.items() if known.high_cents is None} == WITHOUT_A_NUMBER
    assert {state for state, known in found.items() if known.confidence == "none"} == WITHOUT_A_NUMBER


@pytest.mark.parametrize("state", sorted(set(states.ALL) - WITHOUT_A_NUMBER))
def test_a_range_begins_above_niprs_own_fee_and_does_not_end_before_it_begins(state: str) -> None:
    known = fee(state)

    assert known.low_cents is not None
    assert known.high_cents is not None
    assert known.nipr_cents == 560
    assert known.nipr_cents < known.low_cents <= known.high_cents < 500_00


@pytest.mark.parametrize("state", states.ALL)
def test_every_row_has_a_date_a_source_and_a_word_on_waiting(state: str) -> None:
    known = fee(state)

    assert known.as_of >= date(2026, 11, 22)
    assert known.confidence in {"none", "low", "low-medium", "medium"}
    assert all((known.source, known.waiting, known.waiting_source))


@pytest.mark.parametrize(
    ("state", "low_cents", "high_cents"),
    [
        ("TX", 50_00 + 560, 50_00 + 560),  # two sources of one mind
        ("UT", 75_00 + 560, 75_00 + 560),  # $70 and $5
        ("CA", 144_00 + 560, 188_00 + 560),
        ("KS", 50_00 + 560, 80_00 + 560),
        ("VT", 30_00 + 560, 60_00 + 560),  # the statute asks for twice what the table has
    ],
)
def test_the_range_is_over_all_the_sources_with_niprs_fee_on_top(state: str, low_cents: int, high_cents: int) -> None:
    known = fee(state)

    assert (known.low_cents, known.high_cents) == (low_cents, high_cents)


def test_what_else_is_asked_for_is_told() -> None:
    assert "fingerprints" in fee("FL").extras
    assert "background check ($60)" in fee("KS").extras
    assert "retaliatory" in fee("NY").extras
    assert fee("OH").extras == ""


@pytest.mark.parametrize("state", ["AS", "MP"])
def test_where_nipr_takes_no_application_its_fee_is_zero_and_the_wait_is_not_known(state: str) -> None:
    known = fee(state)

    assert (known.nipr_cents, known.waiting) == (0, "not known")
    assert "insurance office" in known.extras


def test_the_wait_is_a_phrase() -> None:
    assert fee("OH").waiting == "1 to 15 business days; some states take 2 to 4 weeks"


@pytest.mark.parametrize("text", ["US", "oh", "", "ON"])
def test_what_is_no_state_has_no_fee(text: str) -> None:
    with pytest.raises(KeyError):
        fee(text)
