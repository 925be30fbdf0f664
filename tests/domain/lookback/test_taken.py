"""Calls that somebody took: with authority, without, or nobody can say. One fact at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.lookback.report import Kind, Range
from tests.builders import Held, licensed
from tests.domain.lookback.logs import (
    AUSTIN,
    FORT_CAMPBELL,
    TEXAS_NUMBER,
    TOLL_FREE,
    called,
    kinds,
    look_back,
)

NONE = Range(0, 0)
IN_TEXAS: dict[str, Any] = {"caller": TEXAS_NUMBER, "zip": AUSTIN, "state": "TX"}


def test_a_call_taken_with_authority_is_no_finding() -> None:
    report = look_back([called()], licensed("Ana", 1, "OH"))

    assert (report.taken, report.without_authority, kinds(report)) == (1, NONE, set())


def test_a_state_that_was_never_held_is_named_without_a_day() -> None:
    report = look_back([called(**IN_TEXAS)], licensed("Ana", 1, "OH"))

    (missing,) = report.missing
    assert report.without_authority == Range(1, 1)
    assert (missing.npn, missing.state, missing.reason, missing.since) == ("90000001", "TX", "no_license", None)


def test_a_license_that_had_expired_is_named_with_the_first_day_without_it() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH"), Held("TX", expires="2026-09-30"))

    before, after = "2026-10-01T04:59:59+00:00", "2026-10-01T05:00:00+00:00"  # midnight in Austin; El Paso's is later
    report = look_back([called(before, **IN_TEXAS), called(after, **IN_TEXAS)], ana)

    (missing,) = report.missing
    assert report.without_authority == Range(1, 1)
    assert (missing.reason, missing.since, missing.calls) == ("license_expired", date(2026, 10, 1), Range(1, 1))


def test_a_license_that_came_later_is_named_with_its_first_day() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH"), Held("TX", effective="2026-10-15"))

    report = look_back([called(**IN_TEXAS)], ana)

    (missing,) = report.missing
    assert (missing.reason, missing.until) == ("license_not_yet_effective", date(2026, 10, 15))
    assert report.licenses_to_get == ()  # it is held by now


def test_a_license_is_not_a_line() -> None:
    report = look_back([called(loa="health")], licensed("Ana", 1, "OH", loa="life"))

    (sold,) = report.sold_not_held
    assert (sold.npn, sold.state, sold.line, sold.calls) == ("90000001", "OH", "health", Range(1, 1))


def test_both_lines_of_a_requirement_are_named_when_both_are_missing() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH"), Held("OH", "casualty", expires="2026-09-30"))

    report = look_back([called(loa="property+casualty")], ana)

    assert {(missing.lines, missing.reason) for missing in report.missing} == {
        ("property", "loa_missing"),
        ("casualty", "license_expired"),
    }


def test_a_resident_license_that_lapsed_takes_the_others_with_it_by_our_policy() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", expires="2026-09-30"), Held("TX"))

    report = look_back([called(**IN_TEXAS)], ana)

    (missing,) = report.missing
    assert (missing.state, missing.reason, missing.policy) == ("OH", "resident_license_invalid", True)
    assert (missing.since, report.policy_only) == (date(2026, 10, 1), 1)
    assert report.exposure.low_usd == 0  # no statute that we read says so


@pytest.mark.parametrize("status", ["inactive", "suspended", "revoked", "cancelled"])
def test_a_status_of_today_does_not_say_since_when(status: str) -> None:
    report = look_back([called()], licensed("Ana", 1, "OH").holding(Held("OH", status=status)))

    assert (report.without_authority, report.not_known_then) == (NONE, 1)
    assert f"is {status} today" in report.not_known[0].why


@pytest.mark.parametrize("status", ["inactive", "suspended", "revoked", "cancelled", "expired"])
def test_whatever_it_is_today_after_its_last_day_it_gave_no_authority(status: str) -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", status=status, expires="2026-09-30"))

    report = look_back([called()], ana)

    assert (report.without_authority, report.not_known_then) == (Range(1, 1), 0)


def test_a_license_called_expired_was_good_to_its_last_day() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", status="expired", expires="2026-10-31"))

    report = look_back([called()], ana)

    assert (report.without_authority, report.not_known_then) == (NONE, 0)


def test_a_license_called_expired_before_its_last_day_contradicts_itself() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", status="expired", expires="2027-10-31"))

    assert look_back([called()], ana).not_known_then == 1


def test_a_license_that_is_only_applied_for_was_not_held_before() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH"), Held("TX", status="pending", effective="", expires=""))

    assert look_back([called(**IN_TEXAS)], ana).without_authority == Range(1, 1)


@pytest.mark.parametrize("dates", [{"effective": ""}, {"expires": ""}])
def test_a_date_that_is_not_known_leaves_it_open(dates: dict[str, str]) -> None:
    report = look_back([called()], licensed("Ana", 1, "OH").holding(Held("OH", **dates)))

    assert (report.without_authority, report.not_known_then) == (NONE, 1)


def test_a_presumed_state_without_a_license_counts_in_the_worst_case_only() -> None:
    report = look_back([called(caller=TEXAS_NUMBER, zip="", state="")], licensed("Ana", 1, "OH"))

    assert (report.without_authority, report.asked_taken) == (Range(0, 1), 1)
    assert kinds(report) == {Kind.ASKED, Kind.DOUBTFUL_STATE}


def test_a_presumed_state_with_a_license_would_have_been_asked_about_and_surveys_say_how_often_it_is_wrong() -> None:
    calls = [called(caller=f"+1614555{number:04}", zip="", state="") for number in range(100, 200)]

    report = look_back(calls, licensed("Ana", 1, "OH"))

    assert (report.without_authority, report.asked, report.presumed_held) == (NONE, 100, 100)
    assert report.elsewhere == Range(7, 12)


def test_a_state_that_nobody_can_know_is_worst_case_only() -> None:
    report = look_back([called(caller=TOLL_FREE, zip="", state="")], licensed("Ana", 1, "OH"))

    assert report.without_authority == Range(0, 1)
    assert report.missing == ()  # no license can be named


@pytest.mark.parametrize(("states", "expected"), [(("OH",), Range(0, 1)), (("OH", "TX"), NONE)])
def test_in_a_conflict_a_license_in_each_candidate_is_asked_for(states: tuple[str, ...], expected: Range) -> None:
    report = look_back([called(state="TX")], licensed("Ana", 1, *states))

    assert report.without_authority == expected


@pytest.mark.parametrize(("states", "expected"), [(("KY", "TN"), NONE), (("KY",), Range(0, 1)), (("OH",), Range(1, 1))])
def test_of_a_zip_in_two_states_it_is_certain_only_where_neither_was_held(
    states: tuple[str, ...], expected: Range
) -> None:
    report = look_back([called(zip=FORT_CAMPBELL, state="")], licensed("Ana", 1, *states))

    assert report.without_authority == expected


def test_somebody_whom_the_roster_does_not_have_is_no_violation_and_no_silence() -> None:
    report = look_back([called(producer="90000099"), called(producer="90000099")], licensed("Ana", 1, "OH"))

    assert (report.without_authority, report.not_on_roster) == (NONE, 2)
    assert [(stranger.named, stranger.calls) for stranger in report.strangers] == [("90000099", 2)]


@pytest.mark.parametrize("named", ["90000001", "(614) 555-0101", "+16145550101", "Ana Tester", "tester,  ANA", "7001"])
def test_a_producer_is_found_by_npn_phone_name_and_agent(named: str) -> None:
    assert look_back([called(producer=named)], licensed("Ana", 1, "OH")).not_on_roster == 0


def test_a_name_that_two_people_have_is_nobodys() -> None:
    two = licensed("Ana", 1, "OH"), licensed("Ana", 2, "OH")

    assert look_back([called(producer="Ana Tester")], *two).not_on_roster == 1


def test_an_answered_call_that_names_nobody_is_counted_apart() -> None:
    report = look_back([called(producer="")], licensed("Ana", 1, "OH"))

    assert (report.taken, report.taken_unnamed, kinds(report)) == (1, 1, set())


def test_the_exposure_counts_days_at_the_low_end_and_calls_at_the_high_end() -> None:
    twice_on_one_day = [
        called("2026-10-07T15:00:00+00:00", **IN_TEXAS),
        called("2026-10-07T16:00:00+00:00", **IN_TEXAS),
    ]
    next_day, presumed = called("2026-10-08T15:00:00+00:00", **IN_TEXAS), called(caller=TEXAS_NUMBER, zip="", state="")

    exposure = look_back([*twice_on_one_day, next_day, presumed], licensed("Ana", 1, "OH")).exposure

    assert (exposure.violation_days, exposure.low_usd) == (2, 2 * 500)
    assert (exposure.calls, exposure.high_usd) == (Range(3, 4), 4 * 10_000)


def test_a_number_in_the_evidence_is_masked() -> None:
    (evidence,) = look_back([called(**IN_TEXAS)], licensed("Ana", 1, "OH")).evidence

    assert (evidence.caller, evidence.states, evidence.confidence) == ("+1 512-***-**51", ("TX",), "verified")
