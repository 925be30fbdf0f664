"""The shipped call log, read as a person would read it: every planted finding is found, on its rows, and nothing else.

The numbers are those by which scripts/build-demo-lookback planted them, written down by hand; see the README beside the log.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.commands.lookback import lookback

SHIPPED = Path(__file__).resolve().parents[2] / "app" / "data" / "demo" / "lookback"

# By line of calls.csv.
TEXAS_EXPIRED = {
    *(2271, 2345, 2455, 2524, 2859, 2868, 2963, 3068, 3074, 3082, 3263, 3270, 3297, 3298, 3309, 3458, 3468, 3470, 3520),
    *(3738, 3781, 3896, 3979),
}
RESTS_ON_OHIO = {3059, 3177, 3219, 3232, 3331, 3419, 3454, 3578, 3934, 3981, 3986}
OHIO_ITSELF = {3103, 3250, 3760, 3894}
GEORGIA_NEVER = {115, 255, 1150, 1303, 2310, 2665, 3233, 3475, 3561}
ARIZONA_BEFORE = {125, 261, 1176, 1206, 1329, 1336}
HEALTH_IN_NORTH_CAROLINA = {239, 737, 1846, 2103, 2253, 3625, 3761}
OKLAHOMA_SUSPENDED = {97, 989, 1744, 2336, 2816, 3006, 3057, 3825}
SOUTH_CAROLINA_UNDATED = {41, 1489, 2633, 3802}
AREA_CODE_ALONE = {66, 138, 631, 848, 1035, 1267, 2269, 2993, 3069, 3210, 3411, 3930}
DISPUTED = {1760, 3153}
DISPUTED_AND_BOTH_HELD = {608, 1077, 2314}
DISPUTED_AND_LOST = {1669, 1688}
NO_STATE_AT_ALL = {65, 141, 546, 1179, 2820, 3960}
NO_STATE_AT_ALL_AND_LOST = {268, 1068}
STRANGERS = {182, 410, 3110, 3168, 3356}
BAD_WEEK = {
    *(1746, 1751, 1763, 1780, 1786, 1806, 1807, 1808, 1813, 1818, 1835, 1840, 1842, 1861, 1863, 1875, 1879, 1887, 1888),
    *(1897, 1911, 1924, 1925, 1926, 1927, 1928, 1937, 1939, 1940, 1953, 1967, 1972, 1976, 1980, 1986, 1992, 1995, 2006),
    *(2010, 2015),
}
VERMONT = {57, 705, 877, 1474, 2199, 2298, 2930, 3244, 3405}
WYOMING = {474, 568, 819, 1118, 1246, 1275, 1968, 1974, 1997, 2338, 2400, 2826, 3413, 3624}
OKLAHOMA_LOST = {1009, 1855, 2988}
RECEIVED_EARLY = {482, 1143, 1815, 2186}
DIALED_LATE = {133, 662, 889, 890, 1513, 1989, 3924}
ONE_OF_TWO_STATES = {52, 2398}
NEITHER_OF_TWO_STATES = {3289}
BOTH_OF_TWO_STATES = {2875, 3563, 3693, 3995}
NOBODY_NAMED = {10, 735, 1655, 2602, 3217, 3503, 3582}


@dataclass(frozen=True)
class Shown:
    """What the command shows as JSON, and the calls that it writes as evidence."""

    report: dict[str, Any]
    found: tuple[dict[str, str], ...]

    def lines(self, kind: str) -> set[int]:
        numbers = [int(row["line"]) for row in self.found if row["kind"] == kind]
        assert len(numbers) == len(set(numbers))
        return set(numbers)

    def every_line(self) -> set[int]:
        return {int(row["line"]) for row in self.found}

    def missing(self, npn: str, state: str) -> list[dict[str, Any]]:
        return [row for row in self.report["missing"] if (row["npn"], row["state"]) == (npn, state)]

    def one(self, table: str, **wanted: str) -> dict[str, Any]:
        (row,) = (row for row in self.report[table] if wanted.items() <= row.items())
        return dict(row)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return look_back(tmp_path_factory.mktemp("lookback") / "evidence.csv", "2026-11-22T15:00:00Z")


def look_back(evidence: Path, now: str) -> Shown:
    files = [
        "--calls",
        str(SHIPPED / "calls.csv"),
        "--roster",
        str(SHIPPED / "roster.csv"),
        "--evidence",
        str(evidence),
    ]
    result = CliRunner().invoke(
        lookback, [*files, "--json"], env={"THREEGATE_ENV": "test", "THREEGATE_CLOCK": now}, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    with evidence.open(encoding="utf-8", newline="") as file:
        return Shown(json.loads(result.stdout), tuple(csv.DictReader(file)))


def both(calls: int) -> dict[str, int]:
    return {"best": calls, "worst": calls}


def between(best: int, worst: int) -> dict[str, int]:
    return {"best": best, "worst": worst}


# ---- taken without authority, for certain


def test_a_texas_license_that_expired_in_september_is_missing_since_october(shown: Shown) -> None:
    (row,) = shown.missing("90000102", "TX")

    assert (row["name"], row["lines"], row["reason"]) == ("Carlos Rivera", "life", "license_expired")
    assert (row["since"], row["until"], row["policy"]) == ("2026-10-01", None, False)
    assert row["calls"] == both(23)
    assert shown.lines("without_authority") >= TEXAS_EXPIRED


def test_calls_that_rest_on_a_lapsed_resident_license_are_our_policy(shown: Shown) -> None:
    row = shown.one("missing", npn="90000103", reason="resident_license_invalid")

    assert (row["name"], row["state"], row["since"], row["policy"]) == ("Grace Miller", "OH", "2026-10-16", True)
    assert row["calls"] == both(11)
    assert shown.report["policy_only"] == 11
    assert shown.lines("without_authority") >= RESTS_ON_OHIO


def test_calls_from_the_home_state_itself_are_no_policy(shown: Shown) -> None:
    row = shown.one("missing", npn="90000103", reason="license_expired")

    assert (row["state"], row["since"], row["policy"], row["calls"]) == ("OH", "2026-10-16", False, both(4))
    assert shown.lines("without_authority") >= OHIO_ITSELF


def test_a_state_in_which_no_license_ever_was(shown: Shown) -> None:
    (row,) = shown.missing("90000104", "GA")

    assert (row["name"], row["reason"], row["since"], row["until"]) == ("Dan Osei", "no_license", None, None)
    assert row["calls"] == both(9)
    assert shown.lines("without_authority") >= GEORGIA_NEVER


def test_calls_before_the_license_was_effective(shown: Shown) -> None:
    (row,) = shown.missing("90000105", "AZ")

    assert (row["name"], row["reason"], row["since"]) == ("Elena Torres", "license_not_yet_effective", None)
    assert (row["until"], row["calls"]) == ("2026-09-15", both(6))
    assert shown.lines("without_authority") >= ARIZONA_BEFORE


def test_a_line_that_was_sold_and_not_held(shown: Shown) -> None:
    (row,) = shown.missing("90000106", "NC")

    assert (row["name"], row["lines"], row["reason"], row["calls"]) == ("Frank Novak", "health", "loa_missing", both(7))
    (sold,) = shown.report["sold_not_held"]
    assert (sold["npn"], sold["state"], sold["line"], sold["calls"]) == ("90000106", "NC", "health", both(7))
    assert shown.lines("without_authority") >= HEALTH_IN_NORTH_CAROLINA


def test_a_zip_in_two_states_is_certain_where_neither_is_held(shown: Shown) -> None:
    assert shown.lines("without_authority") >= NEITHER_OF_TWO_STATES
    assert shown.one("missing", npn="90000112", state="OR")["calls"] == both(1)
    assert shown.one("missing", npn="90000112", state="WA")["calls"] == both(1)


# ---- worst case only


def test_a_zip_in_two_states_of_which_one_is_held_is_the_worst_case(shown: Shown) -> None:
    assert shown.lines("doubtful_state") >= ONE_OF_TWO_STATES
    assert shown.one("missing", npn="90000112", state="KY")["calls"] == between(0, 1)
    assert shown.one("missing", npn="90000112", state="AL")["calls"] == between(0, 1)
    assert not shown.every_line() & BOTH_OF_TWO_STATES


def test_an_area_code_alone_without_a_license_in_its_state_is_the_worst_case(shown: Shown) -> None:
    assert shown.lines("doubtful_state") >= AREA_CODE_ALONE
    assert shown.one("missing", npn="90000109", state="NY")["calls"] == between(0, 5)
    assert shown.one("missing", npn="90000116", state="MA")["calls"] == between(0, 4)
    california = shown.one("missing", npn="90000121", state="CA")
    assert (set(california["lines"].split("+")), california["calls"]) == ({"property", "casualty"}, between(0, 3))


def test_a_disputed_state_requires_both(shown: Shown) -> None:
    assert shown.lines("doubtful_state") >= DISPUTED
    assert shown.one("missing", npn="90000110", state="DE")["calls"] == between(0, 2)
    assert shown.lines("asked") >= DISPUTED | DISPUTED_AND_BOTH_HELD
    assert not shown.lines("doubtful_state") & DISPUTED_AND_BOTH_HELD


def test_toll_free_withheld_and_canadian_numbers_are_the_worst_case(shown: Shown) -> None:
    assert shown.lines("doubtful_state") >= NO_STATE_AT_ALL
    assert shown.lines("asked") >= NO_STATE_AT_ALL


# ---- what today's roster cannot say


def test_a_license_that_is_suspended_today_is_not_known_then(shown: Shown) -> None:
    row = shown.one("not_known", npn="90000107")

    assert (row["name"], row["state"], row["lines"], row["calls"]) == ("Hannah Price", "OK", "life", 8)
    assert "suspended" in row["why"]
    assert shown.lines("not_known_then") >= OKLAHOMA_SUSPENDED


def test_a_license_without_an_expiration_date_is_not_known_then(shown: Shown) -> None:
    row = shown.one("not_known", npn="90000108")

    assert (row["name"], row["state"], row["calls"]) == ("Isaac Bell", "SC", 4)
    assert shown.lines("not_known_then") >= SOUTH_CAROLINA_UNDATED


def test_lost_calls_of_whom_nobody_can_say_who_was_licensed_are_in_no_other_count(shown: Shown) -> None:
    assert shown.report["lost_not_known"] == 5
    assert not shown.every_line() & OKLAHOMA_LOST
    assert not (shown.every_line() - shown.lines("asked")) & NO_STATE_AT_ALL_AND_LOST


def test_who_is_not_on_the_roster_is_counted_alone(shown: Shown) -> None:
    assert shown.report["not_on_roster"] == 5
    assert shown.report["strangers"] == [{"named": "90000999", "calls": 5}]
    assert shown.lines("not_on_roster") == STRANGERS


def test_calls_that_were_answered_by_nobody_named_are_neither_lost_nor_judged(shown: Shown) -> None:
    assert shown.report["taken_unnamed"] == 7
    assert not shown.every_line() & NOBODY_NAMED


# ---- asked


def test_callers_who_would_have_been_asked_are_counted_by_why(shown: Shown) -> None:
    assert (shown.report["asked"], shown.report["asked_taken"]) == (252, 222)
    assert dict(shown.report["asked_because"]) == {"area_code_alone": 237, "nothing_known": 8, "conflict": 7}


def test_area_codes_with_a_license_in_their_state_are_told_apart(shown: Shown) -> None:
    assert shown.report["presumed_held"] == 199
    assert 0 < shown.report["elsewhere"]["best"] < shown.report["elsewhere"]["worst"] < 199


# ---- lost


def test_the_bad_week_in_september_stands_out(shown: Shown) -> None:
    lost = {week["begins"]: week["lost"] for week in shown.report["weeks"]}

    assert list(lost.values()) == [36, 40, 38, 51, 33, 36, 78, 52, 38, 49, 39, 47, 38]
    assert max(lost, key=lambda begins: lost[begins]) == "2026-09-21"
    assert shown.lines("lost_licensed") >= BAD_WEEK


def test_calls_lost_where_nobody_is_licensed(shown: Shown) -> None:
    assert shown.report["lost_nobody_licensed"] == 23
    assert shown.lines("lost_nobody_licensed") == VERMONT | WYOMING


def test_lost_calls_of_a_disputed_state_are_doubtful(shown: Shown) -> None:
    assert shown.lines("lost_doubtful") >= DISPUTED_AND_LOST


def test_what_the_lost_leads_had_cost(shown: Shown) -> None:
    money = {"+".join(sorted(row["loa"].split("+"))): row for row in shown.report["money"]}

    assert {loa: (row["leads"], row["cents"], row["unpriced"]) for loa, row in money.items()} == {
        "life": (349, 349 * 4500, 0),
        "health": (161, 161 * 3800, 0),
        "casualty+property": (65, 60 * 6000, 5),
    }
    # Of the life leads 23 were nobody's to take and 5 are not known; 19 have an area code alone, 2 are disputed.
    assert money["life"]["licensed"] == between(349 - 23 - 5 - 19 - 2, 349 - 23 - 5)
    assert money["health"]["licensed"] == between(161 - 5, 161)
    assert money["casualty+property"]["licensed"] == between(65 - 2, 65)


# ---- hours


def test_calls_outside_hours_are_told_by_direction(shown: Shown) -> None:
    hours = shown.report["outside_hours"]

    assert (hours["judged"], hours["outbound"], hours["inbound"], hours["unsaid"]) == (True, both(7), both(4), both(0))
    assert shown.lines("outside_hours") == DIALED_LATE | RECEIVED_EARLY


# ---- what follows


def test_rows_that_cannot_be_read_are_named_and_left_out(shown: Shown) -> None:
    unread = shown.report["about"]["unread"]

    assert sorted((row["first_line"], row["rows"]) for row in unread) == [(1093, 1), (1658, 1), (2730, 1)]
    assert shown.report["calls"] == 3997


def test_one_resident_license_carries_most_states(shown: Shown) -> None:
    first = shown.report["single_points"][0]

    assert (first["name"], first["home_state"], first["line"]) == ("Ann Lee", "FL", "life")
    assert (len(first["states"]), first["calls"]) == (41, 2009)
    assert (first["alone_in"], first["calls_alone"]) == (["AK", "HI", "MT", "ND", "SD"], 26)


def test_the_three_licenses_that_would_have_caught_most(shown: Shown) -> None:
    first, second, third = shown.report["licenses_to_get"]

    assert (first["name"], first["state"], first["unauthorized"], first["lost"]) == (
        "Carlos Rivera",
        "TX",
        both(23),
        both(0),
    )
    assert (second["name"], second["state"], second["unauthorized"]) == ("Grace Miller", "OH", both(15))
    assert (third["state"], third["lines"], third["unauthorized"], third["lost"]) == ("WY", "life", both(0), both(14))


def test_exposure_counts_days_at_least_and_calls_at_most_without_our_own_policy(shown: Shown) -> None:
    exposure = shown.report["exposure"]

    assert (exposure["violation_days"], exposure["calls"]) == (42, between(61 - 11, 83 - 11))
    assert (exposure["low_usd"], exposure["high_usd"]) == (42 * 500, 72 * 10_000)


# ---- and nothing else


def test_the_ordinary_traffic_adds_nothing(shown: Shown) -> None:
    certain = (
        *(TEXAS_EXPIRED, RESTS_ON_OHIO, OHIO_ITSELF, GEORGIA_NEVER, ARIZONA_BEFORE, HEALTH_IN_NORTH_CAROLINA),
        NEITHER_OF_TWO_STATES,
    )

    assert shown.lines("without_authority") == set[int]().union(*certain)
    assert shown.lines("doubtful_state") == AREA_CODE_ALONE | DISPUTED | NO_STATE_AT_ALL | ONE_OF_TWO_STATES
    assert shown.lines("not_known_then") == OKLAHOMA_SUSPENDED | SOUTH_CAROLINA_UNDATED


def test_the_totals_are_the_sums_of_the_plants(shown: Shown) -> None:
    report = shown.report

    assert (report["calls"], report["taken"], report["lost"]) == (3997, 3415 + 7, 575)
    assert report["without_authority"] == between(23 + 11 + 4 + 9 + 6 + 7 + 1, 61 + 12 + 2 + 6 + 2)
    assert report["not_known_then"] == 8 + 4
    assert report["lost_licensed"] == between(474 + 40 + 5, 519 + 26 + 2)
    assert report["lost_licensed"]["worst"] + report["lost_nobody_licensed"] + report["lost_not_known"] == 575
    assert sum(dict(report["evidence_total"]).values()) == len(shown.found)


def test_weeks_states_and_producers_each_add_up_to_the_whole(shown: Shown) -> None:
    report = shown.report

    for table in ("weeks", "states"):
        for column in ("calls", "taken", "lost", "not_known"):
            whole = {"not_known": "not_known_then"}.get(column, column)
            assert sum(row[column] for row in report[table]) == report[whole], (table, column)
        for case in ("best", "worst"):
            assert sum(row["without_authority"][case] for row in report[table]) == report["without_authority"][case]
            assert sum(row["lost_licensed"][case] for row in report[table]) == report["lost_licensed"][case]
    assert sum(row["taken"] for row in report["producers"]) == 3415


def test_no_number_is_shown_in_full(shown: Shown) -> None:
    assert all("***" in row["caller"] or row["caller"] == "withheld" for row in shown.found)


def test_the_findings_do_not_depend_on_the_day_on_which_one_looks_back(shown: Shown, tmp_path: Path) -> None:
    years_later = look_back(tmp_path / "evidence.csv", "2031-03-01T15:00:00Z")

    assert years_later.found == shown.found
    assert years_later.report == shown.report
