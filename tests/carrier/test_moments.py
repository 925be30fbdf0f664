"""A promised time: the code that the domain writes, and the words that are made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import states
from app.domain.moments import when_code
from twiml import phrases
from twiml.moments import worded

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in New York."""

EVERY_ZONE = sorted({zone.key for state in states.ALL for zone in states.zones(state)})


def told(hours: float, language: str = "en", *, short: bool = False, zone: ZoneInfo = NEW_YORK) -> str:
    """The time `hours` from now, as it is told."""
    return worded(when_code(NOW + timedelta(hours=hours), now=NOW, zone=zone), language, short=short)


def test_the_code_is_the_local_time_the_day_and_the_zones_own_name() -> None:
    assert when_code(NOW, now=NOW, zone=NEW_YORK) == "2026-11-18T10:00|today|EST"
    assert when_code(NOW + timedelta(days=1), now=NOW, zone=NEW_YORK) == "2026-11-19T10:00|tomorrow|EST"
    assert when_code(NOW + timedelta(days=2), now=NOW, zone=NEW_YORK) == "2026-11-20T10:00|date|EST"


def test_the_day_is_that_of_the_person_not_that_of_utc() -> None:
    """22:00 in New York is tomorrow in UTC and today there; the hour after midnight is tomorrow there."""
    late = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)

    assert when_code(late, now=NOW, zone=NEW_YORK) == "2026-11-18T22:00|today|EST"
    assert when_code(late, now=late, zone=ZoneInfo("Pacific/Guam")) == "2026-11-19T13:00|today|ChST"
    assert when_code(late + timedelta(hours=2), now=NOW, zone=NEW_YORK) == "2026-11-19T00:00|tomorrow|EST"


def test_in_summer_the_zone_is_daylight_time_and_is_said_alike() -> None:
    july = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
    code = when_code(july, now=july, zone=NEW_YORK)

    assert code == "2026-07-01T10:00|today|EDT"
    assert worded(code, "en") == "today at 10:00 AM Eastern time"
    assert worded(code, "en", short=True) == "today 10:00 AM EDT"


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        (0, "today at 10:00 AM Eastern time", "hoy a las 10:00 de la mañana, hora del este"),
        (2, "today at 12:00 PM Eastern time", "hoy a las 12:00 de la tarde, hora del este"),
        (3.25, "today at 1:15 PM Eastern time", "hoy a la 1:15 de la tarde, hora del este"),
        (10, "today at 8:00 PM Eastern time", "hoy a las 8:00 de la noche, hora del este"),
        (14, "tomorrow at 12:00 AM Eastern time", "mañana a las 12:00 de la mañana, hora del este"),
        (24, "tomorrow at 10:00 AM Eastern time", "mañana a las 10:00 de la mañana, hora del este"),
        (
            5 * 24,
            "on Monday, November 23, at 10:00 AM Eastern time",
            "el lunes 23 de noviembre a las 10:00 de la mañana, hora del este",
        ),
    ],
)
def test_a_time_is_said_as_a_person_says_it(hours: float, english: str, spanish: str) -> None:
    assert told(hours) == english
    assert told(hours, "es") == spanish


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        (0, "today 10:00 AM EST", "hoy 10:00 AM EST"),
        (26, "tomorrow 12:00 PM EST", "manana 12:00 PM EST"),
        (5 * 24, "Mon 11/23 10:00 AM EST", "lun 11/23 10:00 AM EST"),
    ],
)
def test_a_text_writes_it_short(hours: float, english: str, spanish: str) -> None:
    assert told(hours, short=True) == english
    assert told(hours, "es", short=True) == spanish


@pytest.mark.parametrize("language", phrases.LANGUAGES)
@pytest.mark.parametrize("zone", EVERY_ZONE)
def test_the_zone_of_every_jurisdiction_has_a_name_that_can_be_said(zone: str, language: str) -> None:
    for season in (NOW, datetime(2026, 7, 1, 15, 0, tzinfo=UTC)):
        code = when_code(season, now=season, zone=ZoneInfo(zone))
        said = worded(code, language)

        assert " time" in said or "hora d" in said or "hora c" in said, said
        assert code.rsplit("|", 1)[1] not in said.split()


@pytest.mark.parametrize("no_code", ["", "soon", "2026-11-18T10:00", "not a time|today|EST", "a|b|c|d"])
def test_what_is_no_code_stays_as_it_is(no_code: str) -> None:
    assert worded(no_code, "en") == no_code


two_years = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(two_years, st.sampled_from(EVERY_ZONE))
def test_no_two_minutes_of_a_week_are_said_alike(at: datetime, zone: str) -> None:
    """But for the hour that the clocks repeat, of which the short form names the zone."""
    codes = [when_code(at + timedelta(minutes=offset), now=at, zone=ZoneInfo(zone)) for offset in (0, 1, 60, 720, 1440)]

    assert len({worded(code, "en", short=True) for code in codes}) == len(codes)


def test_a_short_spanish_time_is_written_with_letters_that_a_text_counts_once() -> None:
    """One letter outside GSM 03.38 halves what fits into a text."""
    for days in range(9):
        assert told(24 * days, "es", short=True).isascii()
