"""A listing on the way into the roster: what was put there comes out as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.licensing import FOREVER, License, Residency, Status
from app.domain.lines import Line
from app.storage.roster_rows import Person
from app.storage.staging import Fate, Judged, Staging

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ANA = Person("17", "Ana", "Lopez", "ana@agency.example", "+16145550101", "OH")
BEA = Person("5", "Bea", "Lopez", "bea@agency.example", "+16145550102", "TX")
OHIO = License(
    state="OH",
    line=Line.LIFE,
    license_number="1",
    residency=Residency.RESIDENT,
    status=Status.ACTIVE,
    effective_on=date(2020, 1, 1),
    expires_on=None,
    perpetual=True,
    authority_from=NOW,
    authority_until=FOREVER,
    verified_at=NOW,
    stale_at=NOW + timedelta(days=45),
)
_INSTANTS = st.timedeltas(timedelta(days=-40_000), timedelta(days=40_000)).map(lambda away: NOW + away) | st.just(
    FOREVER
)


@given(
    st.builds(
        License,
        state=st.just("OH"),
        line=st.sampled_from(Line),
        license_number=st.text(max_size=5).filter(lambda text: text.isprintable()),
        residency=st.sampled_from(Residency),
        status=st.sampled_from(Status),
        effective_on=st.none() | st.dates(),
        expires_on=st.none() | st.dates(),
        perpetual=st.booleans(),
        authority_from=st.none() | _INSTANTS,
        authority_until=st.none() | _INSTANTS,
        verified_at=_INSTANTS,
        stale_at=_INSTANTS,
        version=st.just(0),
    )
)
def test_a_license_comes_out_as_it_went_in(license_: License) -> None:
    with Staging() as staging:
        staging.add_person("17", ANA, None)
        staging.add_license("17", license_)

        [[staged]] = staging.producers(most_producers=10, most_licenses=10)

    assert (staged.person, staged.licenses) == (ANA, (license_,))


def test_what_was_said_first_stays_and_is_told_with_its_place() -> None:
    with Staging() as staging:
        assert staging.add_person("17", ANA, None, 2) == (ANA, 2)
        assert staging.add_person("17", replace(ANA, last_name="Diaz"), None, 3) == (ANA, 2)
        assert staging.add_license("17", OHIO, 2) == (OHIO, 2)
        assert staging.add_license("17", replace(OHIO, license_number="9"), 3) == (OHIO, 2)
        assert staging.add_phone(ANA.phone, "17", 2) == ("17", 2)
        assert staging.add_phone(ANA.phone, "5", 3) == ("17", 2)


def test_producers_come_in_the_order_of_the_listing_and_so_many_at_once() -> None:
    with Staging() as staging:
        for number in range(5):
            npn = str(90 - number)
            staging.add_person(npn, None, "OH")
            for line in (Line.LIFE, Line.HEALTH):
                staging.add_license(npn, replace(OHIO, line=line))

        by_number = [[each.npn for each in batch] for batch in staging.producers(most_producers=2, most_licenses=99)]
        by_licenses = [len(batch) for batch in staging.producers(most_producers=9, most_licenses=6)]

    assert by_number == [["90", "89"], ["88", "87"], ["86"]]
    assert by_licenses == [3, 2]


def test_somebody_with_more_licenses_than_fit_comes_alone() -> None:
    with Staging() as staging:
        staging.add_person("17", ANA, None)
        for line in Line:
            staging.add_license("17", replace(OHIO, line=line))
        staging.add_person("5", BEA, None)

        assert [len(batch) for batch in staging.producers(most_producers=9, most_licenses=1)] == [1, 1]


def test_fates_are_read_back_in_the_order_asked_for() -> None:
    with Staging() as staging:
        staging.add_person("17", ANA, None)
        staging.add_person("5", BEA, None)
        staging.mark([judged(1, Fate.DIFFERS), judged(2, Fate.LOSES)])

        both = staging.producers(Fate.LOSES, Fate.DIFFERS, most_producers=9, most_licenses=9)

        assert [each.npn for batch in both for each in batch] == ["5", "17"]
        assert staging.npns(Fate.LOSES) == ("5",)
        assert not list(staging.producers(Fate.NEW, most_producers=9, most_licenses=9))


def test_what_reaches_back_is_told_by_producer_since_the_first_of_it() -> None:
    day = timedelta(days=1)
    with Staging() as staging:
        staging.add_person("17", ANA, None)
        staging.add_person("5", BEA, None)
        staging.add_reaching_back([(2, NOW, "TX"), (2, NOW - day, "GA"), (1, NOW, "TX"), (1, NOW - day, None)])

        ana, bea = staging.reaching_back()

    assert ana == ("17", NOW - day, None)
    assert (bea[0], bea[1], sorted(bea[2] or ())) == ("5", NOW - day, ["GA", "TX"])


@pytest.mark.parametrize(("seen_whole", "one_by_one"), [(True, 0), (False, 1)])
def test_a_license_is_refreshed_with_all_the_others_or_by_itself(seen_whole: bool, one_by_one: int) -> None:
    look = (NOW, OHIO.stale_at)
    with Staging() as staging:
        staging.add_person("17", ANA, None)
        staging.add_license("17", OHIO)
        staging.mark([Judged(1, Fate.SAME, 7, (), 1, look if seen_whole else None)])

        assert list(staging.seen_whole(100)) == ([(look, [("17", 7)], 1)] if seen_whole else [])
        assert sum(len(rows) for rows in staging.seen(100)) == one_by_one


def judged(seq: int, fate: Fate) -> Judged:
    return Judged(seq, fate, seq, (), 0, None)
