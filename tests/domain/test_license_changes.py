"""What a change of a license takes away, and since when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.license_changes import change_in_words, in_force, in_words, reaches_back_to, takes_away
from app.domain.licensing import FOREVER, License, Residency, Status
from app.domain.lines import Line

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
YEAR = timedelta(days=365)
MONTH_AGO, WEEK_AGO = NOW - timedelta(days=30), NOW - timedelta(days=7)
TEXAS = License(
    state="TX",
    line=Line.LIFE,
    license_number="TX-1",
    residency=Residency.NONRESIDENT,
    status=Status.ACTIVE,
    effective_on=date(2020, 1, 1),
    expires_on=date(2027, 6, 30),
    perpetual=False,
    authority_from=NOW - 5 * YEAR,
    authority_until=NOW + YEAR,
    verified_at=NOW,
    stale_at=NOW + timedelta(days=45),
)
INSTANTS = st.none() | st.integers(-1000, 1000).map(lambda days: NOW + timedelta(days=days))
LICENSES = st.builds(
    lambda status, begins, ends: replace(TEXAS, status=status, authority_from=begins, authority_until=ends),
    st.sampled_from(Status),
    INSTANTS,
    INSTANTS,
)


@pytest.mark.parametrize(
    "lost",
    [
        {"status": Status.REVOKED},
        {"authority_until": NOW + YEAR - timedelta(seconds=1)},
        {"authority_until": None},
        {"authority_from": NOW - 4 * YEAR},
        {"authority_from": None},
    ],
)
def test_less_than_before_is_taken_away(lost: dict[str, object]) -> None:
    assert takes_away(TEXAS, replace(TEXAS, **lost))  # type: ignore[arg-type]


def test_a_resident_license_that_becomes_nonresident_takes_away_what_rested_on_it() -> None:
    assert takes_away(replace(TEXAS, residency=Residency.RESIDENT), TEXAS)
    assert not takes_away(TEXAS, replace(TEXAS, residency=Residency.RESIDENT))


@given(LICENSES, LICENSES, st.integers(-1000, 1000))
def test_where_nothing_is_taken_away_what_was_in_force_still_is(before: License, after: License, days: int) -> None:
    at = NOW + timedelta(days=days)

    if not takes_away(before, after) and in_force(before, at):
        assert in_force(after, at)


def test_an_end_that_is_over_reaches_back_to_it_and_one_to_come_does_not() -> None:
    assert reaches_back_to(TEXAS, replace(TEXAS, authority_until=WEEK_AGO), NOW) == WEEK_AGO
    assert reaches_back_to(TEXAS, replace(TEXAS, authority_until=NOW), NOW) is None
    assert reaches_back_to(TEXAS, replace(TEXAS, authority_until=NOW + timedelta(days=1)), NOW) is None


def test_a_beginning_moved_later_reaches_back_to_the_old_one() -> None:
    before = replace(TEXAS, authority_from=MONTH_AGO)

    assert reaches_back_to(before, replace(before, authority_from=WEEK_AGO), NOW) == MONTH_AGO
    assert reaches_back_to(before, replace(before, authority_from=NOW + YEAR), NOW) == MONTH_AGO
    assert reaches_back_to(before, replace(before, authority_from=NOW - YEAR), NOW) is None


def test_a_status_taken_away_reaches_back_only_where_a_day_comes_with_it() -> None:
    assert reaches_back_to(TEXAS, replace(TEXAS, status=Status.REVOKED), NOW) is None
    assert reaches_back_to(TEXAS, replace(TEXAS, status=Status.REVOKED, authority_from=WEEK_AGO), NOW) == WEEK_AGO


@given(LICENSES, LICENSES)
def test_only_what_takes_away_reaches_back_and_always_into_the_past(before: License, after: License) -> None:
    since = reaches_back_to(before, after, NOW)

    if since is not None:
        assert since < NOW
        assert takes_away(before, after)


def test_a_change_is_told_by_status_end_and_what_else_differs() -> None:
    after = replace(TEXAS, status=Status.REVOKED, license_number="", effective_on=None)

    assert in_words(TEXAS) == "active to 2027-06-30"
    assert in_words(replace(TEXAS, expires_on=None)) == "active to a day not known"
    assert in_words(replace(TEXAS, expires_on=None, perpetual=True, authority_until=FOREVER)) == "active without end"
    assert change_in_words(TEXAS, after) == (
        "active to 2027-06-30, from 2020-01-01, number TX-1",
        "revoked to 2027-06-30, from a day not known, number none",
    )
