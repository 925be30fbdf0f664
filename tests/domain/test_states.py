"""app/domain/states.py: 56 jurisdictions, their names as people write them, their zones."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import area_codes, states

DATA = Path(__file__).parent.parent / "data"
JANUARY, JULY = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


def test_there_are_56_jurisdictions() -> None:
    assert len(states.ALL) == 56
    assert {"OH", "DC", "PR", "GU", "VI", "AS", "MP"} <= set(states.ALL)
    assert not {"FM", "MH", "PW", "AA", "AE", "AP", "ON"} & set(states.ALL)


def test_every_jurisdiction_is_one_that_zip_prefixes_know_too() -> None:
    with (DATA / "zip3_state.csv").open(encoding="utf-8") as file:
        known = {state for row in csv.DictReader(file) for state in row["states"].split("|")}

    assert known - set(states.ALL) == {"AA", "AE", "AP", "FM", "MH", "PW"}
    assert set(states.ALL) <= known


def test_is_state_takes_nothing_but_the_code_itself() -> None:
    assert states.is_state("OH")
    assert not any(states.is_state(text) for text in ("oh", "Ohio", "", "AE", "OH "))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("oh", "OH"),
        (" Ohio ", "OH"),
        ("OHIO", "OH"),
        ("Calif.", "CA"),
        ("Washington, DC", "DC"),
        ("Washington D.C.", "DC"),
        ("Wash., D.C.", "DC"),
        ("D.C.", "DC"),
        ("D C", "DC"),
        ("District of Columbia", "DC"),
        ("Washington", "WA"),
        ("Washington State", "WA"),
        ("New York State", "NY"),
        ("State of Maine", "ME"),
        ("Commonwealth of Virginia", "VA"),
        ("N.Y.", "NY"),
        ("N. Y.", "NY"),
        ("new  york", "NY"),
        ("W. Va.", "WV"),
        ("West Virginia", "WV"),
        ("N. Dak.", "ND"),
        ("No. Carolina", "NC"),
        ("Penna.", "PA"),
        ("Tex.", "TX"),
        ("Hawai\u02bbi", "HI"),
        ("Hawai\u2019i", "HI"),
        ("U.S. Virgin Islands", "VI"),
        ("USVI", "VI"),
        ("Puerto Rico", "PR"),
        ("CNMI", "MP"),
        ("US-TX", "TX"),
        ("OH - Ohio", "OH"),
        ("Ohio (OH)", "OH"),
        ("\u200bTX", "TX"),
        ("\uff2f\uff28", "OH"),
        ("O\u00a0H", "OH"),
    ],
)
def test_a_state_is_read_as_people_write_it(text: str, code: str) -> None:
    assert states.parse(text) == code


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  ",
        "N/A",
        "none",
        "null",
        "XX",
        "-",
        "39",
        "Carolina",
        "Dakota",
        "Ohoi",
        "New York City",
        "Kansas City",
        "Columbus, OH",
        "Ontario, CA",
        "CA/NV",
        "OH (Texas)",
        "Samoa",
        "British Virgin Islands",
        "AE",
        "ON",
        "FM",
    ],
)
def test_an_unsure_text_is_no_state(text: str | None) -> None:
    assert states.parse(text) is None


@pytest.mark.parametrize("code", states.ALL)
def test_each_code_and_name_is_read_back_in_any_case(code: str) -> None:
    for text in (code, code.lower(), states.name(code), states.name(code).upper(), f" {states.name(code)}. "):
        assert states.parse(text) == code
        assert not states.is_elsewhere(text)


@pytest.mark.parametrize("text", ["ON", "Ontario", "québec", "AE", "A.P.", "APO", "FM", "Palau", "Mexico"])
def test_a_place_that_licenses_nobody_here_is_known_as_such(text: str) -> None:
    assert states.is_elsewhere(text)


@pytest.mark.parametrize("text", [None, "", "New Mexico", "Ohio", "XX", "N/A"])
def test_a_blank_or_unreadable_text_is_not_elsewhere(text: str | None) -> None:
    assert not states.is_elsewhere(text)


@given(st.text(max_size=40))
def test_parsing_never_fails_and_never_invents(text: str) -> None:
    assert states.parse(text) in {None, *states.ALL}
    assert not (states.parse(text) and states.is_elsewhere(text))


def test_a_split_state_keeps_all_its_zones() -> None:
    assert states.zones("TN") == (ZoneInfo("America/Chicago"), ZoneInfo("America/New_York"))
    assert states.zones("OH") == (ZoneInfo("America/New_York"),)
    # The Navajo Nation keeps daylight time.
    assert set(states.zones("AZ")) == {ZoneInfo("America/Phoenix"), ZoneInfo("America/Denver")}
    assert sum(len(states.zones(code)) > 1 for code in states.ALL) == 16


def test_no_area_code_keeps_a_time_that_its_state_does_not() -> None:
    def offsets(zones: tuple[ZoneInfo, ...]) -> set[object]:
        return {tuple(day.astimezone(zone).utcoffset() for day in (JANUARY, JULY)) for zone in zones}

    for number in range(200, 1000):
        found = area_codes.lookup(str(number))
        if found.state:
            assert offsets(found.zones) <= offsets(states.zones(found.state)), found
