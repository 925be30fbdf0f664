"""After a move nothing comes back unless everything that it needs is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.licensing import License, Producer, Residency, Status, authority_instants
from app.domain.lines import Line
from app.domain.moves import Move, Step
from app.domain.restoration import came_to_light, is_through, may_come_back, why_not_restored

REPORTED = datetime(2026, 11, 5, 15, tzinfo=UTC)
FILED = REPORTED + timedelta(days=2)
NOW = REPORTED + timedelta(days=10)


def license_(
    state: str,
    *,
    seen: datetime,
    residency: Residency = Residency.NONRESIDENT,
    line: Line = Line.LIFE,
    status: Status = Status.ACTIVE,
    since: date | None = date(2020, 1, 1),
    expires: date | None = date(2027, 12, 31),
) -> License:
    begins, ends = authority_instants(state, since, expires, False)
    stale_at = seen + timedelta(days=45)
    return License(state, line, "1", residency, status, since, expires, False, begins, ends, seen, stale_at)


def ana(*licenses: License, lives_in: str = "TX") -> Producer:
    return Producer(1, "17", "Ana", "Lopez", lives_in, False, licenses=licenses)


def moved(*steps: Step) -> Move:
    moved_on = date(2026, 11, 1)
    return Move(1, "17", "OH", "TX", moved_on, date(2026, 12, 1), REPORTED, "test", 0, 0, None, steps)


def step(state: str, *, filed: datetime | None = None, restored: datetime | None = None) -> Step:
    return Step(state, date(2026, 12, 1), filed, restored)


HOME = license_("TX", residency=Residency.RESIDENT, seen=FILED)
RESTORED_HOME = step("TX", restored=FILED)


def test_the_new_residence_comes_back_on_a_resident_license_that_was_seen_since_the_report() -> None:
    assert why_not_restored(ana(HOME), moved(step("TX")), step("TX"), NOW) is None


@pytest.mark.parametrize(
    ("lives_in", "home", "why"),
    [
        ("OH", HOME, "has OH as the resident state"),
        ("TX", replace(HOME, residency=Residency.NONRESIDENT), "no resident license in force in TX"),
        ("TX", replace(HOME, status=Status.PENDING), "no resident license in force in TX"),
        ("TX", replace(HOME, authority_until=NOW), "no resident license in force in TX"),
        ("TX", replace(HOME, authority_until=None), "no resident license in force in TX"),
        ("TX", replace(HOME, authority_from=NOW + timedelta(1)), "no resident license in force in TX"),
        ("TX", replace(HOME, stale_at=NOW), "no resident license in force in TX"),
        ("TX", replace(HOME, verified_at=REPORTED), "no roster has shown life in TX since the move was reported"),
    ],
)
def test_the_new_residence_waits_for_what_is_missing(lives_in: str, home: License, why: str) -> None:
    found = why_not_restored(ana(home, lives_in=lives_in), moved(step("TX")), step("TX"), NOW)

    assert found is not None
    assert why in found


@given(
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(-3, 9),
    st.integers(-3, 9),
    st.sampled_from(Status),
    st.sampled_from(Residency),
)
def test_a_nonresident_state_comes_back_only_filed_then_seen_and_with_the_new_home_in_force(
    home_restored: bool,
    home_in_force: bool,
    filed_day: int | None,
    seen_day: int,
    status: Status,
    residency: Residency,
) -> None:
    filed = None if filed_day is None else REPORTED + timedelta(days=filed_day)
    home = HOME if home_in_force else replace(HOME, status=Status.INACTIVE)
    held = license_("FL", seen=REPORTED + timedelta(days=seen_day), status=status, residency=residency)
    move = moved(RESTORED_HOME if home_restored else step("TX"), florida := step("FL", filed=filed))

    why = why_not_restored(ana(home, held), move, florida, NOW)

    in_force = status in (Status.ACTIVE, Status.RENEWAL_PENDING) and residency is Residency.NONRESIDENT
    seen_since = filed_day is not None and seen_day > filed_day
    assert (why is None) == (home_restored and home_in_force and in_force and seen_since)


def test_every_line_that_would_come_back_must_have_been_seen() -> None:
    health = license_("FL", line=Line.HEALTH, seen=REPORTED)
    life = license_("FL", seen=NOW)
    move = moved(RESTORED_HOME, florida := step("FL", filed=FILED))

    both = why_not_restored(ana(HOME, life, health), move, florida, NOW)
    one_is_gone = why_not_restored(ana(HOME, life, replace(health, status=Status.INACTIVE)), move, florida, NOW)

    assert both == "no roster has shown health in FL since the change of address was filed"
    assert one_is_gone is None


def test_a_former_residence_comes_back_as_a_nonresident_state() -> None:
    ohio = license_("OH", residency=Residency.RESIDENT, seen=NOW)
    move = moved(RESTORED_HOME, old_home := step("OH", filed=FILED))

    assert why_not_restored(ana(HOME, ohio), move, old_home, NOW) == "the roster still shows a resident license in OH"
    assert why_not_restored(ana(HOME, replace(ohio, residency=Residency.NONRESIDENT)), move, old_home, NOW) is None


def test_a_move_is_through_when_the_new_home_is_there_and_every_other_state_is_restored_or_gone() -> None:
    cancelled = license_("OH", seen=NOW, status=Status.CANCELLED)
    asleep = license_("OH", seen=NOW, status=Status.INACTIVE)
    restored = step("FL", restored=NOW)

    assert is_through(ana(HOME, cancelled), moved(RESTORED_HOME, step("OH"), restored), NOW)
    assert is_through(ana(HOME), moved(RESTORED_HOME, step("OH"), restored), NOW)
    assert not is_through(ana(HOME, asleep), moved(RESTORED_HOME, step("OH"), restored), NOW)
    assert not is_through(ana(HOME, cancelled), moved(step("TX"), step("OH"), restored), NOW)
    assert not is_through(ana(HOME, license_("FL", seen=NOW)), moved(RESTORED_HOME, step("FL")), NOW)


def test_a_license_past_its_date_is_gone_and_one_without_a_date_is_not() -> None:
    assert not may_come_back(ana(license_("FL", seen=NOW, expires=date(2026, 11, 1))), "FL", NOW)
    assert may_come_back(ana(license_("FL", seen=NOW, expires=None)), "FL", NOW)


def test_a_license_from_before_the_move_that_the_roster_learns_of_later_belongs_to_it() -> None:
    move = moved(RESTORED_HOME, step("OH"))
    old = license_("FL", seen=NOW, since=date(2026, 11, 1))
    undated = license_("GA", seen=NOW, since=None)
    newer = license_("NV", seen=NOW, since=date(2026, 11, 2))
    gone = license_("AL", seen=NOW, status=Status.REVOKED)

    assert came_to_light(ana(HOME, old, undated, newer, gone), move, NOW) == ["FL", "GA"]
