"""app/domain/penalties.py: the general range, and no state's row without a citation."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain import states, tables
from app.domain.penalties import GENERAL, Per, of, penalty

KNOWN = [state for state in states.ALL if of(state) is not None]


def test_the_general_range_says_that_it_is_our_briefs_and_no_statutes() -> None:
    general = penalty()

    assert (general.low_usd, general.high_usd, general.per) == (500, 10_000, Per.VIOLATION_AND_DAY)
    assert general.source == "Threegate product brief, 2026-11-22; no single statute; statutes differ"
    assert general.citation == ""
    assert not general.read


def test_every_row_is_a_states_or_the_general_one_and_none_comes_twice() -> None:
    listed = [row[0] for row in tables.rows("penalties.csv")]

    assert sorted(listed) == sorted([GENERAL, *KNOWN])


@pytest.mark.parametrize("state", KNOWN)
def test_a_states_row_cites_its_statute_and_says_where_it_was_read(state: str) -> None:
    known = of(state)

    assert known is not None
    assert 0 <= known.low_usd <= known.high_usd
    assert known.high_usd > 0
    assert known.as_of >= date(2026, 11, 22)
    assert known.confidence in {"low", "medium"}
    assert all((known.citation, known.source, known.note))


def test_a_row_whose_statute_was_not_read_is_of_low_confidence() -> None:
    for known in (penalty(), *(of(state) for state in KNOWN)):
        assert known is not None
        assert known.read or known.confidence == "low"


def test_california_counts_days_and_oregon_violations() -> None:
    california, oregon = of("CA"), of("OR")

    assert california is not None
    assert (california.low_usd, california.high_usd, california.per) == (5_000, 5_000, Per.DAY)
    assert oregon is not None
    assert (oregon.low_usd, oregon.high_usd, oregon.per) == (0, 10_000, Per.VIOLATION)


@pytest.mark.parametrize("text", ["NY", "OH", GENERAL, "ca", "", "ON"])
def test_what_nobody_read_and_what_is_no_state_is_not_known(text: str) -> None:
    assert of(text) is None
