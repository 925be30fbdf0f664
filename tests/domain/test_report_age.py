"""What an older report may still do: take away, and never give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.licensing import IN_FORCE, License, Residency, Status, authority_instants
from app.domain.lines import Line
from app.domain.report_age import is_of_an_earlier_day, less_of, says_the_same, told_at

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2030, 12, 31))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def licenses(draw: st.DrawFn) -> License:
    begins_on, ends_on, perpetual = draw(DAYS), draw(DAYS), draw(st.booleans())
    ends_on = None if perpetual else ends_on
    begins, ends = authority_instants("TX", begins_on, ends_on, perpetual)
    return License(
        state="TX",
        line=Line.LIFE,
        license_number="TX-1",
        residency=draw(st.sampled_from(Residency)),
        status=draw(st.sampled_from(Status)),
        effective_on=begins_on,
        expires_on=ends_on,
        perpetual=perpetual,
        authority_from=begins,
        authority_until=ends,
        verified_at=NOW,
        stale_at=NOW + timedelta(days=45),
    )


def gives(license_: License, at: datetime) -> bool:
    return (
        license_.status in IN_FORCE
        and license_.authority_from is not None
        and license_.authority_until is not None
        and license_.authority_from <= at < license_.authority_until
    )


@given(licenses(), licenses(), INSTANTS)
def test_what_is_left_gives_nothing_that_ours_did_not(ours: License, theirs: License, at: datetime) -> None:
    left = less_of(ours, theirs)

    assert gives(ours, at) or not gives(left, at)
    assert ours.residency is Residency.RESIDENT or left.residency is Residency.NONRESIDENT


@given(licenses(), licenses(), INSTANTS)
def test_what_the_older_one_surely_denies_is_gone(ours: License, theirs: License, at: datetime) -> None:
    left = less_of(ours, theirs)

    ended = theirs.authority_until is not None and theirs.authority_until <= at
    begins_later = theirs.authority_from is not None and at < theirs.authority_from
    if theirs.status not in IN_FORCE or ended or begins_later:
        assert not gives(left, at)


@given(licenses(), licenses())
def test_taking_twice_takes_no_more(ours: License, theirs: License) -> None:
    left = less_of(ours, theirs)

    assert says_the_same(less_of(left, theirs), left)
    assert says_the_same(less_of(ours, ours), ours)


@given(DAYS.filter(lambda day: day is not None), INSTANTS)
def test_a_report_never_speaks_for_later_than_now_nor_than_its_day(as_of: date, now: datetime) -> None:
    at = told_at(as_of, now)

    assert at <= now
    assert at < datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC)


def test_a_report_without_a_day_was_made_just_now() -> None:
    assert told_at(None, NOW) == NOW


def test_days_are_those_of_kansas_city() -> None:
    evening = datetime(2026, 11, 19, 5, 59, tzinfo=UTC)  # still the 18th there

    assert not is_of_an_earlier_day(NOW, evening)
    assert is_of_an_earlier_day(NOW, evening + timedelta(minutes=1))


def test_what_a_report_does_not_tell_takes_nothing() -> None:
    ours = License(
        state="TX",
        line=Line.LIFE,
        license_number="1",
        residency=Residency.NONRESIDENT,
        status=Status.ACTIVE,
        effective_on=date(2020, 1, 1),
        expires_on=date(2027, 1, 1),
        perpetual=False,
        authority_from=NOW,
        authority_until=NOW,
        verified_at=NOW,
        stale_at=NOW,
    )
    untold = replace(ours, effective_on=None, expires_on=None, authority_from=None, authority_until=None)

    assert says_the_same(less_of(ours, untold), ours)
