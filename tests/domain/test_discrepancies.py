"""Where a roster and a report differ, and which of the two gives less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import states
from app.domain.discrepancies import Kind, Sale, Sold, compare, may_give, sold_not_held
from app.domain.licensing import IN_FORCE, Residency, Status
from app.domain.lines import Line, Requirement
from app.domain.states import State

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


@dataclass(frozen=True)
class HeldThere:
    """A line as either side has it: in force in Texas since 2020 until 2027, unless it says otherwise."""

    state: State = "TX"
    line: Line = Line.LIFE
    license_number: str = "TX-1"
    residency: Residency = Residency.NONRESIDENT
    status: Status = Status.ACTIVE
    effective_on: date | None = date(2020, 1, 1)
    expires_on: date | None = date(2027, 12, 31)
    perpetual: bool = False


HELD = HeldThere()
ENDED = replace(HELD, status=Status.INACTIVE)


def kinds(ours: list[HeldThere], theirs: list[HeldThere]) -> list[tuple[Kind, bool]]:
    return [(found.kind, found.less) for found in compare(ours, theirs, NOW)]


def test_what_both_say_alike_is_no_discrepancy() -> None:
    spelled_otherwise = replace(HELD, license_number="tx -1")

    assert kinds([HELD], [spelled_otherwise]) == []


def test_what_only_one_of_them_has_is_told_where_it_is_in_force() -> None:
    assert kinds([], [HELD]) == [(Kind.MISSING_HERE, False)]
    assert kinds([HELD], []) == [(Kind.MISSING_THERE, True)]
    assert kinds([], [ENDED]) == []
    assert kinds([ENDED], []) == []


@pytest.mark.parametrize(
    "told",
    [
        {"status": Status.REVOKED},
        {"status": Status.PENDING},
        {"status": Status.EXPIRED, "expires_on": date(2026, 11, 1)},
        # Still active by its word, and run out by its date.
        {"expires_on": date(2026, 11, 17)},
    ],
)
def test_what_has_ended_there_has_lapsed(told: dict[str, Any]) -> None:
    assert kinds([HELD], [replace(HELD, **told)]) == [(Kind.LAPSED, True)]


@pytest.mark.parametrize(
    ("told", "less"),
    [
        ({"expires_on": date(2027, 12, 30)}, True),
        ({"expires_on": date(2028, 1, 1)}, False),
        ({"expires_on": None}, True),
        ({"expires_on": None, "perpetual": True}, False),
        ({"effective_on": None}, True),
        ({"effective_on": date(2027, 1, 1)}, True),
        # Both have begun: nothing that is still to come is taken away.
        ({"effective_on": date(2021, 1, 1)}, False),
        ({"effective_on": date(2019, 1, 1)}, False),
        ({"status": Status.RENEWAL_PENDING}, False),
        ({"license_number": "TX-2"}, False),
        ({"residency": Residency.RESIDENT}, False),
    ],
)
def test_a_differing_fact_gives_less_only_where_authority_is_lost_by_it(told: dict[str, Any], less: bool) -> None:
    assert kinds([HELD], [replace(HELD, **told)]) == [(Kind.DIFFERING, less)]


def test_a_resident_license_that_is_none_there_gives_less() -> None:
    at_home = replace(HELD, residency=Residency.RESIDENT)

    assert kinds([at_home], [HELD]) == [(Kind.DIFFERING, True)]


def test_what_gives_nothing_here_cannot_give_less() -> None:
    assert kinds([replace(HELD, status=Status.SUSPENDED)], [HELD]) == [(Kind.DIFFERING, False)]
    assert kinds([replace(HELD, status=Status.SUSPENDED)], [ENDED]) == [(Kind.DIFFERING, False)]


def test_an_expiration_date_counts_to_the_end_of_its_day_in_the_state() -> None:
    last_day = replace(HELD, expires_on=date(2026, 11, 18))
    day_is_over = datetime(2026, 11, 19, 6, tzinfo=UTC)  # midnight in Texas

    assert may_give(last_day, day_is_over - timedelta(hours=2))
    assert not may_give(last_day, day_is_over)


# ---- what was sold


def sale(requirement: str = "life", *in_states: str, days_ago: int = 3) -> Sale:
    return Sale(f"CA{days_ago}", in_states or ("TX",), Requirement.parse(requirement), NOW - timedelta(days=days_ago))


def test_a_call_for_what_the_report_does_not_give_was_sold_and_not_held() -> None:
    sales = [sale(days_ago=3), sale(days_ago=9), sale("health")]

    found = sold_not_held(sales, [replace(HELD, line=Line.HEALTH)])

    assert found == [Sold("TX", Line.LIFE, (sales[0], sales[1]))]
    assert found[0].last_at == NOW - timedelta(days=3)


def test_only_what_is_missing_of_the_best_alternative_is_told() -> None:
    held = [replace(HELD, line=Line.PROPERTY)]

    found = sold_not_held([sale("credit+crop|property+casualty")], held)

    assert [(each.state, each.line) for each in found] == [("TX", Line.CASUALTY)]


def test_a_caller_of_two_states_needed_both() -> None:
    found = sold_not_held([sale("life", "OH", "TX")], [HELD])

    assert [(each.state, len(each.sales)) for each in found] == [("OH", 1)]


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ({"effective_on": date(2026, 11, 17)}, False),  # begun since
        ({"effective_on": date(2026, 11, 15)}, True),
        ({"status": Status.EXPIRED, "expires_on": date(2026, 11, 16)}, True),  # run out since
        ({"status": Status.EXPIRED, "expires_on": date(2026, 11, 14)}, False),
        ({"status": Status.REVOKED}, False),
        ({"expires_on": None}, False),
    ],
)
def test_it_is_the_day_of_the_call_that_counts(told: dict[str, Any], held: bool) -> None:
    found = sold_not_held([sale(days_ago=3)], [replace(HELD, **told)])

    assert (found == []) is held


# ---- whatever the rosters

_DAYS = st.none() | st.dates(date(2015, 1, 1), date(2035, 12, 31))
_LINES = st.builds(
    HeldThere,
    state=st.sampled_from(states.ALL),
    line=st.sampled_from(Line),
    license_number=st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True),
    residency=st.sampled_from(Residency),
    status=st.sampled_from(Status),
    effective_on=_DAYS,
    expires_on=_DAYS,
    perpetual=st.booleans(),
)
_ROSTERS = st.lists(_LINES, max_size=6, unique_by=lambda held: (held.state, held.line))
_CHANGES = st.one_of(
    st.sampled_from(Status).map(lambda status: {"status": status}),
    st.sampled_from(Residency).map(lambda residency: {"residency": residency}),
    _DAYS.map(lambda day: {"effective_on": day}),
    _DAYS.map(lambda day: {"expires_on": day}),
    st.booleans().map(lambda perpetual: {"perpetual": perpetual}),
    st.just({"license_number": "another 1"}),
)


@given(_ROSTERS)
def test_a_roster_compared_with_itself_has_no_discrepancy(roster: list[HeldThere]) -> None:
    assert compare(roster, list(reversed(roster)), NOW) == []


@given(_ROSTERS.filter(bool), st.data())
def test_one_changed_fact_is_found_and_nothing_else(roster: list[HeldThere], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(roster) - 1))
    changed = replace(roster[at], **data.draw(_CHANGES))
    theirs = [*roster[:at], changed, *roster[at + 1 :]]

    found = compare(roster, theirs, NOW)

    if changed == roster[at]:
        assert found == []
        return
    assert [(each.ours, each.theirs) for each in found] == [(roster[at], changed)]
    assert found[0].kind in (Kind.DIFFERING, Kind.LAPSED)


@given(_ROSTERS.filter(bool), st.data())
def test_a_line_that_one_side_lacks_is_found_where_it_may_give_authority(
    roster: list[HeldThere], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(roster))
    rest = [held for held in roster if held is not gone]

    missing_there, missing_here = compare(roster, rest, NOW), compare(rest, roster, NOW)

    told = may_give(gone, NOW)
    assert [(each.kind, each.ours, each.less) for each in missing_there] == [(Kind.MISSING_THERE, gone, True)] * told
    assert [(each.kind, each.theirs, each.less) for each in missing_here] == [(Kind.MISSING_HERE, gone, False)] * told


@given(_LINES, _LINES)
def test_whatever_authority_is_lost_is_less(ours: HeldThere, theirs: HeldThere) -> None:
    """By sampling: an instant at which ours gives, and theirs gives nothing from then on."""
    theirs = replace(theirs, state=ours.state, line=ours.line)
    found = compare([ours], [theirs], NOW)
    days = [NOW + timedelta(days=days) for days in (0, *range(1, 4000, 120))]

    def gives(held: HeldThere, at: datetime) -> bool:
        begun = held.effective_on is not None and held.effective_on <= at.date() - timedelta(days=2)
        return begun and held.status in IN_FORCE and may_give(held, at)

    takes_away = any(gives(ours, at) and not may_give(theirs, at) for at in days)
    if takes_away:
        assert found[0].less
