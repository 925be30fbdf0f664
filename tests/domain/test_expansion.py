"""What must hold before somebody applies, before a state opens, and who is another person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import license_fees
from app.domain.expansion import (
    Application,
    Drill,
    Needs,
    Project,
    Step,
    before_applying,
    before_opening,
    costs,
    same_person,
    today_in,
    why_not,
)
from app.domain.licensing import License, Producer, Residency, Status, authority_instants
from app.domain.lines import Line

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
LIFE = (Line.LIFE,)


def license_in(state: str, line: Line = Line.LIFE, **changes: Any) -> License:
    dates = {"effective_on": date(2020, 1, 1), "expires_on": date(2027, 12, 31), "perpetual": False}
    dates |= {name: changes.pop(name) for name in list(changes) if name in dates}
    begins, ends = authority_instants(state, **dates)  # type: ignore[arg-type]
    made = License(
        state=state,
        line=line,
        license_number="1",
        residency=Residency.RESIDENT if state == "OH" else Residency.NONRESIDENT,
        status=Status.ACTIVE,
        authority_from=begins,
        authority_until=ends,
        verified_at=NOW,
        stale_at=NOW + timedelta(days=45),
        **dates,  # type: ignore[arg-type]
    )
    return replace(made, **changes)


ANA = Producer(1, "90000001", "Ana", "Tester", "OH", False, (license_in("OH"),))


def against(producer: Producer = ANA, state: str = "TX", lines: tuple[Line, ...] = LIFE, **more: Any) -> list[str]:
    how = {"has_open_move": False, "applied_for": (), "now": NOW, **more}
    return [obstacle.code for obstacle in before_applying(producer, state, lines, **how)]


def test_nothing_speaks_against_somebody_in_good_standing_at_home() -> None:
    assert against() == []


@pytest.mark.parametrize(
    ("producer", "code"),
    [
        (replace(ANA, first_name=" "), "name_missing"),
        (replace(ANA, last_name=""), "name_missing"),
        (replace(ANA, npn="0123"), "npn_missing"),
        (replace(ANA, suspended=True), "producer_suspended"),
        (replace(ANA, resident_state="TX"), "resident_there"),
        (replace(ANA, domicile_holds=frozenset({"OH"})), "move_open"),
        (replace(ANA, licenses=()), "resident_license_invalid"),
        (replace(ANA, licenses=(license_in("OH", status=Status.SUSPENDED),)), "resident_license_invalid"),
        (replace(ANA, licenses=(license_in("OH", expires_on=date(2026, 11, 17)),)), "resident_license_invalid"),
        (replace(ANA, licenses=(license_in("OH", expires_on=None),)), "resident_license_invalid"),
        (replace(ANA, licenses=(license_in("OH", stale_at=NOW),)), "resident_license_invalid"),
        (replace(ANA, licenses=(license_in("OH", Line.HEALTH),)), "resident_loa_missing"),
        (replace(ANA, licenses=(license_in("OH"), license_in("TX"))), "held_already"),
    ],
)
def test_each_check_fails_alone_and_says_why(producer: Producer, code: str) -> None:
    (obstacle,) = before_applying(producer, "TX", LIFE, has_open_move=False, applied_for=(), now=NOW)

    assert obstacle.code == code
    assert obstacle.why


def test_an_open_move_and_an_application_there_already_fail() -> None:
    assert against(has_open_move=True) == ["move_open"]
    assert against(applied_for={Line.LIFE}) == ["applied_already"]
    assert against(applied_for={Line.HEALTH}) == []


def test_every_line_must_be_held_at_home() -> None:
    assert against(lines=(Line.HEALTH, Line.LIFE)) == ["resident_loa_missing"]


def test_every_check_that_fails_is_told() -> None:
    bad = replace(ANA, suspended=True, first_name="", licenses=())

    assert against(bad, has_open_move=True) == [
        "name_missing",
        "producer_suspended",
        "move_open",
        "resident_license_invalid",
    ]


FRESH = Application(1, ANA.npn, "Ana Tester", LIFE, NOW)
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("standing", "step", "on", "words"),
    [
        (FRESH, Step.APPLIED, TODAY, None),
        (FRESH, Step.APPLIED, date(2026, 11, 19), "still to come"),
        (FRESH, Step.APPROVED, TODAY, "not been applied"),
        (replace(FRESH, applied_on=TODAY), Step.APPROVED, TODAY, None),
        (replace(FRESH, applied_on=TODAY), Step.REFUSED, date(2026, 11, 17), "after that"),
        (replace(FRESH, applied_on=TODAY, refused_on=TODAY), Step.APPROVED, TODAY, "refused on"),
        (replace(FRESH, applied_on=TODAY, approved_on=TODAY), Step.REFUSED, TODAY, "approved on"),
        (
            replace(FRESH, applied_on=date(2026, 11, 1), approved_on=date(2026, 11, 9)),
            Step.APPLIED,
            date(2026, 11, 10),
            "before that",
        ),
    ],
)
def test_a_step_must_be_possible_on_its_day(standing: Application, step: Step, on: date, words: str | None) -> None:
    why = why_not(standing, step, on, today=TODAY)

    assert (why is None) == (words is None)
    assert words is None or words in (why or "")


def test_today_is_the_latest_day_in_the_state() -> None:
    midnight_in_new_york = datetime(2026, 11, 18, 5, tzinfo=UTC)

    assert today_in("NY", midnight_in_new_york) == date(2026, 11, 18)
    assert today_in("CA", midnight_in_new_york) == date(2026, 11, 17)
    assert today_in("TN", midnight_in_new_york) == date(2026, 11, 18)


def test_what_was_paid_takes_the_place_of_the_estimate_and_a_refusal_of_all_that_is_expected() -> None:
    every = [
        replace(FRESH, estimated_cents=10_000),
        replace(FRESH, estimated_cents=10_000, paid_cents=12_345),
        replace(FRESH, estimated_cents=10_000, applied_on=TODAY, refused_on=TODAY),
        replace(FRESH, estimated_cents=10_000, paid_cents=5_560, applied_on=TODAY, refused_on=TODAY),
        FRESH,
    ]

    found = costs(25_000, every)

    assert (found.estimated, found.paid, found.expected, found.unknown) == (20_000, 17_905, 27_905, 1)
    assert found.left == -2_905
    assert costs(None, every).left is None


def test_california_and_kansas_name_what_they_ask_besides() -> None:
    assert "fingerprints" in license_fees.fee("CA").extras
    assert "background check" in license_fees.fee("KS").extras
    assert license_fees.fee("CA").high_cents == 18_800 + 560


PROJECT = Project(1, "TX", "planned", NOW, "test", None, None, None, None, None)
PASSED = Drill(NOW - timedelta(days=3), passed=True, roster_version=7)


def lacks(
    needs: Needs, *, project: Project | None = None, producers: int = 0, drill: Drill | None = None, version: int = 7
) -> list[str]:
    found = before_opening(
        "TX", needs=needs, project=project, producers=producers, drill=drill, licenses_version=version, now=NOW
    )
    return [obstacle.code for obstacle in found]


def test_nothing_is_asked_for_where_nothing_is_set() -> None:
    assert lacks(Needs()) == []
    assert lacks(Needs(), project=PROJECT) == []


@pytest.mark.parametrize(
    ("drill", "version", "expected"),
    [
        (None, 7, ["drill_missing"]),
        (replace(PASSED, passed=False), 7, ["drill_failed"]),
        (replace(PASSED, at=NOW - timedelta(days=3, seconds=1)), 7, ["drill_too_old"]),
        (PASSED, 8, ["drill_outdated"]),
        (PASSED, 7, []),
    ],
)
def test_a_drill_must_be_fresh_and_of_the_licenses_as_they_are(
    drill: Drill | None, version: int, expected: list[str]
) -> None:
    assert lacks(Needs(drill_days=3), drill=drill, version=version) == expected


def test_the_greater_of_two_minimums_counts() -> None:
    project = replace(PROJECT, fewest_producers=2)

    assert lacks(Needs(producers=3), project=project, producers=2) == ["too_few_producers"]
    assert lacks(Needs(), project=project, producers=1) == ["too_few_producers"]
    assert lacks(Needs(producers=1), project=project, producers=2) == []


def test_the_agencys_own_license_counts_to_the_end_of_its_last_day_in_the_state() -> None:
    last_day = replace(PROJECT, agency_license_number="A-1", agency_expires_on=TODAY)
    # Texas keeps two zones: the day ends first in Austin's, at 06:00 UTC.
    assert last_day.agency_until == datetime(2026, 11, 19, 6, tzinfo=UTC)
    assert lacks(Needs(), project=last_day) == []
    assert lacks(Needs(), project=replace(last_day, agency_expires_on=date(2026, 11, 17))) == ["agency_license_expired"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("key:office", "key:office"),
        ("key:Office", "KEY:OFFICE"),
        ("command:kim", "key:Kim"),
        ("command:kim", "kim@agency.example"),
        ("Kim@Agency.Example", "kim@agency.example "),
        ("user:Kim@Agency.Example", "kim@agency.example"),
        ("user:kim@agency.example", "user:KIM@agency.example"),
        ("user:kim@agency.example", "user:kim+second@agency.example"),
        ("user:kim@agency.example", "command:kim"),
        ("user:kim@agency.example", "key:kim"),
        ("key:o\u200bffice", "key:office"),
        ("key:ｏｆｆｉｃｅ", "key:office"),
        ("command:STRASSE", "command:straße"),
    ],
)
def test_one_person_by_two_spellings_is_one(one: str, other: str) -> None:
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("key:a", "key:b"), ("user:kim@a.example", "user:kim@b.example"), ("command:root", "c@agency.example")],
)
def test_two_people_are_two(one: str, other: str) -> None:
    assert not same_person(one, other)


@given(st.text(max_size=40))
def test_nobody_is_another_than_themselves(name: str) -> None:
    assert same_person(name, name)
    assert same_person(f"key:{name}", f"command:{name}".upper().replace("COMMAND", "command"))
