"""Whose law and whose clock count, the campaign's own hours, the caps, and what says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain import calling_hours
from app.domain.calling_hours import Called, Scope
from app.domain.policy import Hours, Policy, parse_hours
from tests.domain.calling import WEDNESDAY, after, instant, resident, span

# ---- whose law


def test_the_area_codes_state_counts_beside_the_residence() -> None:
    """Of Ohio's 8 to 21 and Rhode Island's 9 to 18; on Sunday, Rhode Island's number keeps quiet."""
    called = resident("OH", area_code="401")

    assert after(called, "2026-11-18 11:00") == span("2026-11-18 14:00", "2026-11-18 23:00")
    assert after(called, "2026-11-22 11:00") == span("2026-11-23 14:00", "2026-11-23 23:00")


def test_the_area_codes_own_zones_count_where_the_residence_is_known() -> None:
    miami, pensacola = resident("OH", area_code="305"), resident("OH", area_code="850")

    assert after(miami, "2026-11-18 11:00") == span("2026-11-18 13:00", "2026-11-19 01:00")
    assert after(pensacola, "2026-11-18 11:00") == span("2026-11-18 14:00", "2026-11-19 01:00")


def test_residences_in_two_states_both_count() -> None:
    assert after(resident("KY", "TN"), "2026-11-18 11:00") == span("2026-11-18 16:00", "2026-11-19 02:00")
    assert after(resident("WA", "RI"), "2026-11-18 11:00") == span("2026-11-18 16:00", "2026-11-18 23:00")


@pytest.mark.parametrize("area_code", ["800", "500", "900", "416", "876", "999", "000", "", None])
def test_an_area_code_of_no_state_adds_nothing_to_a_known_residence(area_code: str | None) -> None:
    assert after(resident("OH", area_code=area_code), "2026-11-18 11:00") == after(resident("OH"), "2026-11-18 11:00")


@pytest.mark.parametrize("area_code", ["800", "500", "900", "416", "876", "999", None])
@pytest.mark.parametrize("scope", Scope)
def test_where_nothing_is_known_it_never_opens(area_code: str | None, scope: Scope) -> None:
    nobody_knows = resident(area_code=area_code)

    assert calling_hours.next_span(nobody_knows, WEDNESDAY, scope=scope) is None
    assert [calling_hours.open_at(nobody_knows, WEDNESDAY + timedelta(hours=hour)) for hour in range(168)] == [
        None
    ] * 168


@pytest.mark.parametrize(
    ("area_code", "asked", "opens", "closes"),
    [
        ("614", "2026-11-18 11:00", "2026-11-18 15:00", "2026-11-18 23:00"),
        ("614", "2026-11-21 11:00", "2026-11-21 15:00", "2026-11-21 22:00"),
        ("614", "2026-11-22 11:00", "2026-11-23 15:00", "2026-11-23 23:00"),
        ("614", "2026-11-26 11:00", "2026-11-27 15:00", "2026-11-27 23:00"),
        ("614", "2026-07-24 11:00", "2026-07-25 14:00", "2026-07-25 21:00"),  # it may be a Utahn
        ("401", "2026-11-18 11:00", "2026-11-18 15:00", "2026-11-18 23:00"),
        ("305", "2026-11-18 11:00", "2026-11-18 16:00", "2026-11-18 23:00"),  # both zones of Florida
        ("671", "2026-11-18 11:00", "2026-11-19 00:00", "2026-11-19 08:00"),
    ],
)
def test_a_residence_nobody_knows_has_the_strictest_hours_in_the_area_codes_state(
    area_code: str, asked: str, opens: str, closes: str
) -> None:
    assert after(resident(area_code=area_code), asked) == span(opens, closes)


def test_an_automated_call_to_nobody_knows_where_may_go_to_maine() -> None:
    called = resident(area_code="614")

    assert after(called, "2026-11-18 11:00", Scope.AUTOMATED) == span("2026-11-18 15:00", "2026-11-18 22:00")
    assert after(called, "2026-11-21 11:00", Scope.AUTOMATED) == span("2026-11-23 15:00", "2026-11-23 22:00")


@pytest.mark.parametrize("state", ["oh", "XX", "US", "UNKNOWN", ""])
def test_a_residence_that_is_no_state_is_an_error_never_an_opening(state: str) -> None:
    with pytest.raises(KeyError):
        calling_hours.open_at(resident(state), WEDNESDAY)


# ---- the ZIP


@pytest.mark.parametrize(
    ("state", "zip_code", "opens", "closes"),
    [
        ("TN", "38103", "2026-11-18 14:00", "2026-11-19 03:00"),  # Memphis
        ("TN", "37902", "2026-11-18 13:00", "2026-11-19 02:00"),  # Knoxville
        ("TX", "79901", "2026-11-18 16:00", "2026-11-19 04:00"),  # El Paso
        ("FL", "33101", "2026-11-18 13:00", "2026-11-19 01:00"),  # Miami
        ("FL", "32501", "2026-11-18 14:00", "2026-11-19 02:00"),  # Pensacola
        ("TN", "42223", "2026-11-18 14:00", "2026-11-19 02:00"),  # in two states: both zones
        ("TN", "10001", "2026-11-18 14:00", "2026-11-19 02:00"),  # not there
        ("TN", "00000", "2026-11-18 14:00", "2026-11-19 02:00"),
        ("TN", "zip", "2026-11-18 14:00", "2026-11-19 02:00"),
    ],
)
def test_a_zip_settles_which_clock_counts_where_it_is_known_for_sure(
    state: str, zip_code: str, opens: str, closes: str
) -> None:
    assert after(resident(state, zip_code=zip_code), "2026-11-18 11:00") == span(opens, closes)


def test_a_zip_never_settles_the_clock_of_the_area_code() -> None:
    """931 is Tennessee's in both zones: a number says nothing of which side of the state its owner is on."""
    called = resident("TN", area_code="931", zip_code="38103")

    assert after(called, "2026-11-18 11:00") == span("2026-11-18 14:00", "2026-11-19 02:00")


# ---- the campaign's hours


def campaign(hours: str, zone: str = "America/New_York") -> Policy:
    return Policy(hours=parse_hours(hours), time_zone=zone)


@pytest.mark.parametrize(
    ("hours", "zone", "opens", "closes"),
    [
        ("Mon-Sat 8:00-20:00", "America/New_York", "2026-11-18 14:00", "2026-11-19 01:00"),
        ("Mon-Sat 10:00-12:00", "America/Chicago", "2026-11-18 16:00", "2026-11-18 18:00"),
        ("Mon-Sun 0:00-24:00", "America/New_York", "2026-11-18 14:00", "2026-11-19 02:00"),  # as the law alone
        ("Mon-Sun 0:00-24:00", "Asia/Manila", "2026-11-18 14:00", "2026-11-19 02:00"),  # its midnight is 16:00 UTC
        ("Sat 8:00-20:00", "America/New_York", "2026-11-21 14:00", "2026-11-22 01:00"),
        ("Mon-Fri 17:00-23:00", "America/New_York", "2026-11-18 22:00", "2026-11-19 02:00"),
    ],
)
def test_a_campaigns_own_hours_narrow_the_laws(hours: str, zone: str, opens: str, closes: str) -> None:
    found = calling_hours.next_span(resident("TN"), WEDNESDAY, hours=campaign(hours, zone))

    assert found == span(opens, closes)


def test_a_campaign_that_works_only_when_the_law_sleeps_never_calls() -> None:
    sundays = campaign("Sun 9:00-18:00")

    assert calling_hours.next_span(resident("RI"), WEDNESDAY, hours=sundays) is None
    assert calling_hours.next_span(resident("OH"), WEDNESDAY, hours=Policy(hours=Hours((None,) * 7))) is None
    assert calling_hours.open_at(resident("RI"), instant("2026-11-22 17:00"), hours=sundays) is None


# ---- the edges


def test_it_is_open_from_its_first_instant_and_closed_from_its_last() -> None:
    ohio = resident("OH")
    whole = span("2026-11-18 13:00", "2026-11-19 02:00")
    moment = timedelta(microseconds=1)

    assert calling_hours.open_at(ohio, whole.opens - moment) is None
    assert calling_hours.open_at(ohio, whole.opens) == whole
    assert calling_hours.open_at(ohio, whole.closes - moment) == whole
    assert calling_hours.open_at(ohio, whole.closes) is None


def test_a_span_under_way_is_cut_to_begin_now() -> None:
    assert after(resident("OH"), "2026-11-18 20:15") == span("2026-11-18 20:15", "2026-11-19 02:00")


def test_an_instant_may_come_with_any_offset() -> None:
    eastern = datetime.fromisoformat("2026-11-18T07:59:00-05:00")

    assert calling_hours.open_at(resident("OH"), eastern) is None
    found = calling_hours.next_span(resident("OH"), eastern)
    assert found == span("2026-11-18 13:00", "2026-11-19 02:00")
    assert found.opens.tzinfo is UTC


# ---- caps


@pytest.mark.parametrize(
    ("called", "at", "most"),
    [
        (resident("OH"), "2026-11-18 15:00", None),
        (resident("FL"), "2026-11-18 15:00", 3),
        (resident("MD"), "2026-11-18 15:00", 3),
        (resident("OK"), "2026-11-18 15:00", 3),
        (resident("OR"), "2026-11-18 15:00", 3),
        (resident("OR"), "2025-12-31 06:59", None),
        (resident("OR"), "2026-01-01 07:30", 3),  # the new year has begun in one of its zones
        (resident("OH", "FL"), "2026-11-18 15:00", 3),
        (resident("OH", area_code="305"), "2026-11-18 15:00", 3),
        (resident("OH", area_code="614"), "2026-11-18 15:00", None),
        (resident(area_code="614"), "2026-11-18 15:00", 3),
        (resident(), "2026-11-18 15:00", 3),
    ],
)
def test_the_strictest_cap_of_24_hours_counts(called: Called, at: str, most: int | None) -> None:
    assert calling_hours.most_per_day(called, instant(at)) == most


# ---- what says so


def test_the_rules_that_count_are_told_with_their_sources() -> None:
    found = calling_hours.rules(resident("OH", area_code="401"), WEDNESDAY)

    assert list(dict.fromkeys(rule.jurisdiction for rule in found)) == ["US", "OH", "RI"]
    assert len(found) == 12
    assert all(rule.source and rule.confidence and rule.citation for rule in found)


def test_a_rule_that_has_not_begun_is_not_told() -> None:
    before, since = (
        calling_hours.rules(resident("PA"), instant(at)) for at in ("2026-10-18 03:59", "2026-10-18 04:00")
    )

    assert {rule.jurisdiction for rule in before} == {"US"}
    assert {rule.jurisdiction for rule in since} == {"US", "PA"}


def test_of_a_residence_nobody_knows_the_strictest_rule_is_told() -> None:
    assert {rule.jurisdiction for rule in calling_hours.rules(resident(), WEDNESDAY)} == {"US", "UNKNOWN"}
    named = {rule.jurisdiction for rule in calling_hours.rules(resident(area_code="614"), WEDNESDAY)}
    assert named == {"US", "UNKNOWN", "OH"}
