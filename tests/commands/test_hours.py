"""`threegate hours show`: the rules, open or closed, the next opening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Threegate


@pytest.fixture
def threegate(tmp_path: Path, make_threegate: Callable[..., Threegate]) -> Threegate:
    """Where no database is: it is a Wednesday in November, 10:00 in New York."""
    return make_threegate("postgresql://nobody@127.0.0.1:1/nothing")


def test_ohio_is_open_with_its_rule_its_source_and_the_next_opening(threegate: Threegate) -> None:
    found = threegate.json("hours", "show", "OH")

    assert found["at"] == "2026-11-18T15:00:00Z"
    assert found["zones"] == ["America/New_York"]
    assert found["live"] == {
        "open": True,
        "closes_at": "2026-11-19T02:00:00Z",
        "next_opens_at": "2026-11-19T13:00:00Z",
    }
    assert found["automated"] == found["live"]
    assert found["most_per_day"] is None
    assert [rule["jurisdiction"] for rule in found["rules"]] == ["US", "OH"]
    assert set(found["rules"][1]["hours"].values()) == {"08:00-21:00"}
    assert all(rule["citation"] and rule["source"] and rule["confidence"] for rule in found["rules"])


def test_the_same_in_words(threegate: Threegate) -> None:
    told = threegate("hours", "show", "ohio").stdout.splitlines()

    assert told[0] == "Ohio, at 2026-11-18 10:00 EST (2026-11-18T15:00:00Z)"
    assert told[1] == (
        "live calls and texts: open, closes 2026-11-18 21:00 EST (2026-11-19T02:00:00Z),"
        " opens 2026-11-19 08:00 EST (2026-11-19T13:00:00Z)"
    )
    assert told[3] == "limit: none"
    assert "OH: every day 08:00-21:00" in told
    assert "  47 CFR 64.1200(c)(1); 16 CFR 310.4(c) (confidence: medium)" in told
    assert any(line.startswith("  source: ") for line in told)


def test_a_split_state_is_told_by_both_clocks_and_by_one_where_the_zip_is_known(threegate: Threegate) -> None:
    both = threegate("hours", "show", "TN").stdout.splitlines()
    memphis = threegate("hours", "show", "TN", "--zip", "38103").stdout.splitlines()

    assert both[0] == "Tennessee, at 2026-11-18 09:00 CST, 2026-11-18 10:00 EST (2026-11-18T15:00:00Z)"
    assert memphis[0] == "Tennessee, ZIP 38103, at 2026-11-18 09:00 CST (2026-11-18T15:00:00Z)"
    assert threegate.json("hours", "show", "--zip", "38103")["states"] == ["TN"]


def test_a_holiday_is_named(threegate: Threegate) -> None:
    asked = ("hours", "show", "PA", "--at", "2026-11-26T15:00:00Z")

    found = threegate.json(*asked)

    assert found["holidays"] == {"PA": ["Thanksgiving Day"]}
    assert found["live"] == {"open": False, "closes_at": None, "next_opens_at": "2026-11-27T14:00:00Z"}
    assert found["rules"][1]["hours"]["sunday"] is None
    assert found["rules"][1]["effective_from"] == "2026-10-18"
    told = threegate(*asked).stdout.splitlines()
    assert "holiday in PA: Thanksgiving Day" in told
    assert (
        "PA, since 2026-10-18: weekdays 09:00-19:00, Saturdays 09:00-19:00, Sundays no calls, holidays no calls" in told
    )


def test_the_numbers_state_counts_too_and_so_does_its_cap(threegate: Threegate) -> None:
    found = threegate.json("hours", "show", "OH", "--phone", "(305) 555-0101")

    assert (found["area_code"], found["most_per_day"]) == ("305", 3)
    assert [rule["jurisdiction"] for rule in found["rules"]] == ["US", "OH", "FL"]
    assert found["live"]["closes_at"] == "2026-11-19T01:00:00Z"
    told = threegate("hours", "show", "OH", "--phone", "(305) 555-0101").stdout
    assert "limit: 3 solicitations in 24 hours" in told


def test_a_machine_has_hours_of_its_own(threegate: Threegate) -> None:
    found = threegate.json("hours", "show", "ME", "--at", "2026-11-18T22:30:00Z")

    assert (found["live"]["open"], found["automated"]["open"]) == (True, False)
    assert (
        "ME, automated calls only: weekdays 09:00-17:00, Saturdays no calls" in threegate("hours", "show", "ME").stdout
    )


def test_of_nobody_known_it_is_never_open(threegate: Threegate) -> None:
    found = threegate.json("hours", "show", "--phone", "+18005550199")

    assert found["live"] == {"open": False, "closes_at": None, "next_opens_at": None}
    assert "UNKNOWN" in [rule["jurisdiction"] for rule in found["rules"]]
    told = threegate("hours", "show", "--phone", "+18005550199").stdout
    assert "live calls and texts: closed, does not open within 21 days" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("Atlantis",),
        ("OH", "XX"),
        ("OH", "--phone", "anonymous"),
        ("OH", "--zip", "00000"),
        ("OH", "--zip", "10001"),
        ("OH", "--at", "noon"),
        ("OH", "--at", "2026-11-18T15:00:00"),
        ("OH", "--at", "9999-12-31T23:00:00Z"),
        ("OH", "--at", "0001-01-01T00:00:00Z"),
        (),
    ],
)
def test_a_question_that_makes_no_sense_is_one_line_and_2(threegate: Threegate, arguments: tuple[str, ...]) -> None:
    threegate("hours", "show", *arguments, code=2)
