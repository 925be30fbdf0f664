"""What rests on a license: exactly what the rule refuses without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.cascade import authority_of, cascade, coverage, putting_back, serves, without
from app.domain.licensing import License, Opening, Producer, Question, Residency, Status, authority_instants, judge
from app.domain.lines import Line, Requirement

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
STATES = ("FL", "GA", "OH", "TX")


def held(
    state: str,
    line: Line = Line.LIFE,
    *,
    home: bool = False,
    status: Status = Status.ACTIVE,
    expires: date = date(2027, 12, 31),
) -> License:
    begins, ends = authority_instants(state, date(2020, 1, 1), expires, False)
    residency = Residency.RESIDENT if home else Residency.NONRESIDENT
    stale_at = NOW + timedelta(days=400)
    return License(state, line, "1", residency, status, date(2020, 1, 1), expires, False, begins, ends, NOW, stale_at)


def ana(*licenses: License, lives_in: str = "FL", producer_id: int = 1) -> Producer:
    return Producer(producer_id, str(producer_id), "Ana", "Lopez", lives_in, False, licenses=licenses)


FLORIDA, GEORGIA, OHIO = held("FL", home=True), held("GA"), held("OH")


def test_without_the_resident_license_everything_that_rests_on_it_goes_too() -> None:
    producer = ana(GEORGIA, FLORIDA, OHIO)

    going = cascade(producer, without(producer, ["FL"]), NOW)

    assert [(each.license.state, each.itself) for each in going] == [("FL", True), ("GA", False), ("OH", False)]


def test_without_a_nonresident_license_only_that_one_goes() -> None:
    producer = ana(FLORIDA, GEORGIA, OHIO)

    assert [each.license for each in cascade(producer, without(producer, ["GA"]), NOW)] == [GEORGIA]


def test_one_line_of_the_resident_license_takes_only_that_line_with_it() -> None:
    producer = ana(FLORIDA, held("FL", Line.HEALTH, home=True), GEORGIA, held("GA", Line.HEALTH))

    going = cascade(producer, without(producer, ["FL"], [Line.HEALTH]), NOW)

    assert [each.pair for each in going] == [("FL", Line.HEALTH), ("GA", Line.HEALTH)]


def test_what_gave_no_authority_before_does_not_go() -> None:
    lapsed, suspended = held("GA", expires=date(2026, 11, 17)), held("OH", status=Status.SUSPENDED)
    producer = ana(FLORIDA, lapsed, suspended)

    assert [each.license for each in cascade(producer, without(producer, ["FL"]), NOW)] == [FLORIDA]
    assert cascade(replace(producer, suspended=True), without(producer, ["FL"]), NOW) == ()


def test_on_a_later_day_what_has_expired_by_then_is_gone_already() -> None:
    producer = ana(FLORIDA, held("GA", expires=date(2026, 12, 30)), OHIO)
    new_years_eve = datetime(2026, 12, 31, 12, tzinfo=UTC)

    going = cascade(producer, without(producer, ["FL"]), new_years_eve)

    assert [each.license.state for each in going] == ["FL", "OH"]


def test_who_is_left_is_whoever_the_rule_allows() -> None:
    ben, cam = ana(OHIO, FLORIDA, producer_id=2), ana(OHIO, producer_id=3)

    left = coverage([ben, cam], [("OH", Line.LIFE), ("GA", Line.LIFE)], NOW)

    assert left == {("OH", Line.LIFE): (ben,), ("GA", Line.LIFE): ()}


def test_a_requirement_is_served_where_one_alternative_is_held_whole_in_each_state() -> None:
    either = Requirement.parse("personal_lines|property+casualty")
    both = [("OH", Line.PROPERTY), ("OH", Line.CASUALTY)]

    assert serves(both, ["OH"], either)
    assert not serves(both[:1], ["OH"], either)
    assert not serves(both, ["OH", "GA"], either)
    assert serves([*both, ("GA", Line.PERSONAL_LINES)], ["OH", "GA"], either)
    assert not serves(both, [], either)


def test_a_license_as_it_was_is_put_back_in_its_place() -> None:
    ended = ana(replace(FLORIDA, status=Status.EXPIRED), GEORGIA)

    assert putting_back(ended, [FLORIDA]) == ana(FLORIDA, GEORGIA)


licenses = st.builds(
    held,
    st.sampled_from(STATES),
    st.sampled_from((Line.LIFE, Line.HEALTH)),
    home=st.booleans(),
    status=st.sampled_from((Status.ACTIVE, Status.ACTIVE, Status.ACTIVE, Status.INACTIVE)),
    expires=st.sampled_from((date(2027, 12, 31), date(2027, 12, 31), date(2026, 11, 17))),
)
producers = st.builds(
    lambda held_, lives_in, suspended: replace(ana(*held_, lives_in=lives_in), suspended=suspended),
    st.lists(licenses, max_size=8, unique_by=lambda each: (each.state, each.line)),
    st.sampled_from(STATES),
    st.booleans(),
)


@given(producer=producers, lapsing=st.sets(st.sampled_from(STATES)))
def test_what_goes_and_what_stays_are_what_the_rule_says_before_and_after(
    producer: Producer, lapsing: set[str]
) -> None:
    after = without(producer, lapsing)

    going = {each.pair for each in cascade(producer, after, NOW)}

    for license_ in producer.licenses:
        question = Question(
            (license_.state,),
            Requirement(((license_.line,),)),
            openings={license_.state: Opening(is_open=True)},
        )
        had, has = judge(producer, question, NOW).allowed, judge(after, question, NOW).allowed
        pair = (license_.state, license_.line)
        assert (pair in going) == (had and not has)
        assert has <= had
        assert (pair in authority_of(after, NOW)) == has


@given(producer=producers, lapsing=st.sets(st.sampled_from(STATES)))
def test_nothing_outside_of_the_lapsing_states_goes_unless_it_rests_on_the_resident_one(
    producer: Producer, lapsing: set[str]
) -> None:
    going = cascade(producer, without(producer, lapsing), NOW)

    for each in going:
        assert each.itself == (each.license.state in lapsing)
        assert each.itself or producer.resident_state in lapsing
