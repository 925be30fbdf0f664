"""app/reports/charts.py: the tile map and the chart by week."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import states
from app.domain.lookback.report import Range, StateRow
from app.reports.charts import LETTERS, PARTS, WEEKS_DRAWN, Standing, split, standing, tile_map, weeks_chart
from app.reports.tile_grid import PLACES
from tests.reports import reports
from tests.reports.pages import ReadPage

MONDAY = date(2026, 1, 5)


def test_each_jurisdiction_has_one_place_of_its_own() -> None:
    assert sorted(PLACES) == list(states.ALL)
    assert len(set(PLACES.values())) == 56


@pytest.mark.parametrize("rows", [(), reports.everywhere(), reports.rich().states], ids=["none", "all", "some"])
def test_each_jurisdiction_is_drawn_exactly_once(rows: tuple[StateRow, ...]) -> None:
    drawn = [
        tile.attributes["data-state"] for tile in ReadPage(f"<body>{tile_map(rows)}</body>").all("g", class_="tile")
    ]

    assert sorted(drawn) == list(states.ALL)


@pytest.mark.parametrize(
    ("given_", "what"),
    [
        ({"calls": 0}, Standing.NO_CALLS),
        ({}, Standing.SOUND),
        ({"lost": 3, "producers": 0}, Standing.UNSERVED),
        ({"not_known": 2}, Standing.NOT_KNOWN),
        ({"not_known": 2, "outside_hours": Range(0, 1)}, Standing.HOURS),
        ({"outside_hours": Range(1, 1), "lost_licensed": Range(0, 1)}, Standing.LOST),
        ({"lost_licensed": Range(9, 9), "without_authority": Range(0, 1)}, Standing.DOUBTFUL),
        ({"lost_licensed": Range(9, 9), "without_authority": Range(1, 1)}, Standing.CERTAIN),
    ],
)
def test_a_tile_shows_the_worst_thing_there(given_: dict[str, object], what: Standing) -> None:
    found, _calls = standing(reports.state_row("OH", **given_))

    assert found is what


def test_no_bad_tile_is_told_by_color_alone() -> None:
    plain = {Standing.SOUND, Standing.NO_CALLS}

    assert set(LETTERS) == set(Standing) - plain
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_a_tile_says_its_numbers_in_words() -> None:
    row = reports.state_row("OH", calls=214, taken=190, without_authority=Range(5, 6), not_known=1, producers=1)

    assert (
        "<title>Ohio: 214 calls, 190 taken, 5 to 6 without authority, 1 not known then; 1 producer licensed</title>"
        in (tile_map([row]))
    )


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (Range(5, 5), "5"),
        (Range(5, 7), "5–7"),
        (Range(0, 2), "0–2"),
        (Range(90, 140), "90+"),
        (Range(2400, 2400), "2k+"),
    ],
)
def test_a_count_fits_its_tile(calls: Range, said: str) -> None:
    drawn = tile_map([reports.state_row("OH", calls=9999, without_authority=calls)])

    assert said in re.findall(r'class="count[^>]*>([^<]*)<', drawn)


def test_the_worst_state_has_the_strongest_shade() -> None:
    rows = [reports.state_row(code, without_authority=Range(n, n)) for code, n in (("OH", 9), ("TX", 4), ("GA", 1))]

    shades = dict(re.findall(r'tile certain (shade-\d)" data-state="(..)', tile_map(rows)))

    assert shades == {"shade-3": "OH", "shade-2": "TX", "shade-1": "GA"}


def test_a_week_is_split_into_its_parts() -> None:
    week = reports.week(
        MONDAY, calls=100, taken=80, without_authority=Range(5, 7), not_known=3, lost=20, lost_licensed=Range(12, 13)
    )

    assert list(split(week).values()) == [5, 2, 3, 70, 12, 1, 7]
    assert sum(split(week).values()) == week.calls


small = st.integers(0, 50)


@given(taken=small, lost=small, best=small, worst=small, unknown=small)
def test_no_part_of_a_week_is_ever_below_zero(taken: int, lost: int, best: int, worst: int, unknown: int) -> None:
    week = reports.week(
        MONDAY,
        taken=taken,
        lost=lost,
        without_authority=Range(best, worst),
        lost_licensed=Range(best, worst),
        not_known=unknown,
    )

    assert min(split(week).values()) >= 0
    assert not re.search(r'(?:width|height)="-', weeks_chart([week]))


def test_the_chart_tells_each_part_of_each_week() -> None:
    chart = weeks_chart([reports.week(MONDAY, calls=12, taken=10, without_authority=Range(1, 3), lost=2)])

    assert "<title>Week of Jan 5, 2026: 1 taken without authority, for certain</title>" in chart
    assert "<title>Week of Jan 5, 2026: 2 the same, if a doubtful state is right</title>" in chart
    assert "<title>Week of Jan 5, 2026: 7 taken, nothing against it</title>" in chart
    assert "<title>Week of Jan 5, 2026: 2 lost otherwise</title>" in chart


def test_doubt_is_hatched() -> None:
    assert {part.key for part in PARTS if part.hatched} == {"doubtful", "lost-doubtful"}
    assert weeks_chart([reports.week(MONDAY, without_authority=Range(0, 2))]).count('class="hatch"') == 1


@pytest.mark.parametrize("number", [1, 13, WEEKS_DRAWN, 400])
def test_the_chart_stays_in_its_frame_however_long_the_log(number: int) -> None:
    weeks = [reports.week(MONDAY + timedelta(weeks=n), taken=n * 37, lost=n % 11) for n in range(number)]

    boxes = re.findall(r'x="([\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"', weeks_chart(weeks))

    assert all(float(x) + float(wide) <= 960.5 for x, _, wide, _ in boxes)
    assert all(float(y) >= 0 and float(y) + float(high) <= 360 for _, y, _, high in boxes)


def test_a_log_with_one_wild_date_still_has_bars_one_can_see() -> None:
    weeks = [reports.week(date(1970, 1, 5)), *(reports.week(MONDAY + timedelta(weeks=n)) for n in range(10))]

    widths = re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)"', weeks_chart(weeks))

    assert min(map(float, widths)) > 20


def test_no_week_draws_nothing() -> None:
    assert weeks_chart([]) == ""
