"""Single cells: lengths, prices, directions and times, as people's systems write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.call_logs import cells, times
from tests.call_logs.logs import MONDAY

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("95", 95),
        ("95.0", 95),
        ("0.4", 1),
        ("1:35", 95),
        ("01:35", 95),
        ("00:01:35", 95),
        ("75:10", 4510),
        ("1m 35s", 95),
        ("95 sec", 95),
        ("1h2m3s", 3723),
        ("-5", cells.NONSENSE),
        ("1:75", cells.NONSENSE),
        ("95,5", cells.NONSENSE),
        ("long", cells.NONSENSE),
        ("1e3", cells.NONSENSE),
        ("99999999", cells.NONSENSE),
        ("٩٥", cells.NONSENSE),
    ],
)
def test_a_length_is_in_seconds_however_it_is_written(text: str, seconds: int) -> None:
    assert cells.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("42.5", 4250),
        ("$42.50", 4250),
        ("$1,042.50", 104250),
        ("42", 4200),
        ("42.505 USD", 4251),
        ("0", 0),
        ("", None),
        ("-0.01", None),
        ("free", None),
        ("42,50", None),
    ],
)
def test_a_price_is_in_cents_or_not_known(text: str, cents: int | None) -> None:
    assert cells.cents(text) == cents


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Inbound", "inbound"),
        ("in", "inbound"),
        ("inbound call", "inbound"),
        ("outbound-api", "outbound"),
        ("OUT", "outbound"),
        ("dialed", "outbound"),
        ("internal", ""),
        ("", ""),
    ],
)
def test_a_direction_is_one_of_two_or_not_said(text: str, direction: str) -> None:
    assert cells.direction(text) == direction


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05T14:03:04Z",
        "2026-10-05T14:03:04.000+00:00",
        "2026-10-05T09:03:04-05:00",
        "2026-10-05 14:03:04 UTC",
        "2026-10-05 10:03:04 EDT",
        "2026-10-05 10:03:04 ET",
        "2026-10-05 09:03:04 -0500",
        "Mon, 05 Oct 2026 14:03:04 +0000",
        "Mon Oct 05 2026 10:03:04 GMT-0400 (Eastern Daylight Time)",
        "1791208984",
        "1791208984.0",
        "1791208984000",
    ],
)
def test_a_time_with_a_zone_means_that_zone(text: str) -> None:
    assert times.reader(NEW_YORK, zone_needed=True)(text) == MONDAY


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05 10:03:04",
        "2026-10-05T10:03:04.250",
        "10/5/2026 10:03:04 AM",
        "10/05/26 10:03:04",
        "10-05-2026 10:03:04",
        "2026/10/5 10:03:04",
        "Oct 5, 2026 10:03:04 AM",
        "October 5, 2026 at 10:03:04 a.m.",
        "5 Oct 2026 10:03:04",
        "20261005100304",
    ],
)
def test_a_time_without_a_zone_means_the_one_that_was_given(text: str) -> None:
    read = times.reader(NEW_YORK, zone_needed=False)(text)

    assert isinstance(read, datetime)
    assert read.replace(microsecond=0) == MONDAY
    assert times.reader(None, zone_needed=True)(text) == times.NO_ZONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", times.NO_TIME),
        ("2026-10-05", times.NO_TIME_OF_DAY),
        ("10/5/2026", times.NO_TIME_OF_DAY),
        ("13/5/2026 10:03", times.NOT_A_TIME),
        ("2/30/2026 10:03", times.NOT_A_TIME),
        ("10/5/2026 13:03 PM", times.NOT_A_TIME),
        ("2026-10-05 25:03", times.NOT_A_TIME),
        ("2026-10-05 10:03 XYZ", times.NOT_A_TIME),
        ("0001-01-01T00:00:00+23:00", times.NOT_A_TIME),
        ("9999-12-31T23:59:59-23:00", times.NOT_A_TIME),
        ("2026-10-05 10:03 +99:99", times.NOT_A_TIME),
        ("yesterday", times.NOT_A_TIME),
        ("1" * 11, times.NOT_A_TIME),
        ("²" * 10, times.NOT_A_TIME),
    ],
)
def test_what_is_no_time_says_why(text: str, why: str) -> None:
    assert times.reader(NEW_YORK, zone_needed=False)(text) == why


def test_an_hour_that_comes_twice_is_the_first_and_one_that_never_comes_is_moved() -> None:
    read = times.reader(NEW_YORK, zone_needed=False)

    assert read("2026-11-01 01:30:00") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert read("2026-03-08 02:30:00") == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
