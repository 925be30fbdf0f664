"""app/domain/mismatch.py: the range of the surveys, rounded outward."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import mismatch, tables
from app.domain.mismatch import elsewhere


@pytest.mark.parametrize(
    ("calls", "expected"),
    [(0, (0, 0)), (1, (0, 1)), (10, (0, 2)), (100, (7, 12)), (101, (7, 13)), (1000, (70, 120)), (1007, (70, 121))],
)
def test_seven_to_twelve_in_a_hundred_live_elsewhere(calls: int, expected: tuple[int, int]) -> None:
    assert elsewhere(calls) == expected


@given(st.integers(min_value=0, max_value=10**12))
def test_the_range_holds_every_survey_and_less_than_one_call_is_rounded(calls: int) -> None:
    low, high = elsewhere(calls)

    assert 0 <= low <= high <= calls
    assert 0 <= calls * 7 - low * 100 < 100
    assert 0 <= high * 100 - calls * 12 < 100


def test_the_sentence_names_the_surveys_and_that_none_was_of_live_transfers() -> None:
    assert mismatch.SOURCE == (
        "Surveys of US adults found 7 to 12 in 100 mobile numbers to be of another state than the one their owner lives in "
        "(Pew 2013-15: 10; BRFSS 2016: 7; Gallup authors: 12); none of them asked live-transfer callers."
    )


def test_one_states_own_figure_is_kept_and_makes_no_range() -> None:
    single = {row[3]: int(row[4]) for row in tables.rows("area_code_mismatch.csv") if row[3] != "US"}

    assert single == {"DC": 55, "MI": 5}
    assert (mismatch.LOW_PERCENT, mismatch.HIGH_PERCENT) == (7, 12)


def test_every_row_has_a_source() -> None:
    assert all(row[6] for row in tables.rows("area_code_mismatch.csv"))
