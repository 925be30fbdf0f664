"""When a person wants to be called: said, written or keyed, in English and Spanish; and what is no time."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chosen_time import FARTHEST, from_keys, understand
from tests.domain.time_sentences import ENGLISH, NO_TIMES, SPANISH

OHIO = ZoneInfo("America/New_York")
WEDNESDAY_AT_TEN = datetime(2026, 11, 18, 10, 0, tzinfo=OHIO)
ZONES = ("America/New_York", "America/Phoenix", "Pacific/Honolulu", "Pacific/Guam", "America/St_Johns", "UTC")


def local(found: datetime | None) -> str | None:
    return f"{found.astimezone(OHIO):%m-%d %H:%M}" if found else None


def english(said: str, now: datetime = WEDNESDAY_AT_TEN) -> str | None:
    return local(understand(said, now=now, zone=OHIO))


@pytest.mark.parametrize(("said", "meant"), ENGLISH)
def test_a_time_in_english_is_understood(said: str, meant: str) -> None:
    assert english(said) == meant


@pytest.mark.parametrize(("said", "meant"), SPANISH)
def test_a_time_in_spanish_is_understood(said: str, meant: str) -> None:
    assert local(understand(said, now=WEDNESDAY_AT_TEN, zone=OHIO, language="es")) == meant


@pytest.mark.parametrize("said", NO_TIMES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_names_no_clear_time_is_none(said: str, language: str) -> None:
    assert understand(said, now=WEDNESDAY_AT_TEN, zone=OHIO, language=language) is None


def test_the_other_language_is_understood_too() -> None:
    assert english("mañana a las diez") == "11-19 10:00"
    assert local(understand("tomorrow at ten", now=WEDNESDAY_AT_TEN, zone=OHIO, language="es")) == "11-19 10:00"
    assert local(understand("tomorrow at ten", now=WEDNESDAY_AT_TEN, zone=OHIO, language="fr")) == "11-19 10:00"


@pytest.mark.parametrize(
    ("said", "hour", "meant"),
    [
        ("at 3", 14, "11-18 15:00"),
        ("at 3", 15, "11-19 15:00"),  # passed: tomorrow, for no day was named
        ("at 3", 16, "11-19 15:00"),
        ("today at 3", 16, None),
        ("this afternoon", 16, None),
        ("tonight", 20, None),
        ("tonight at 9", 20, "11-18 21:00"),
        ("in the morning", 8, "11-18 09:00"),
        ("in the morning", 20, "11-19 09:00"),
        ("wednesday at 5", 8, "11-25 17:00"),  # a bare weekday is never today
        ("11/18 at 5", 8, "11-18 17:00"),
        ("11/18 at 5", 18, None),
        ("noon", 13, "11-19 12:00"),
    ],
)
def test_what_has_passed_today_is_tomorrow_unless_a_day_was_named(said: str, hour: int, meant: str | None) -> None:
    assert english(said, WEDNESDAY_AT_TEN.replace(hour=hour)) == meant


@pytest.mark.parametrize(
    ("today", "said", "meant"),
    [
        (15, "next monday", None),  # Sunday: tomorrow to some, in eight days to others
        (16, "next monday", "11-23 10:00"),
        (18, "next monday", "11-23 10:00"),
        (18, "next friday", None),
        (18, "this friday", "11-20 10:00"),
        (20, "next friday", "11-27 10:00"),
        (21, "next sunday", None),
        (21, "next monday", "11-23 10:00"),
    ],
)
def test_next_such_day_is_only_believed_where_it_can_be_one_day(today: int, said: str, meant: str | None) -> None:
    assert english(said, WEDNESDAY_AT_TEN.replace(day=today)) == meant


def test_two_weeks_are_the_farthest() -> None:
    assert english("12/2 at 10") == "12-02 10:00"
    assert english("12/2 at 10:05 am") is None
    assert english("in 14 days at 9") == "12-02 09:00"
    assert english("december 3") is None


def test_december_goes_on_into_january() -> None:
    assert english("january 2 at 3", datetime(2026, 12, 30, 10, tzinfo=OHIO)) == "01-02 15:00"


@pytest.mark.parametrize(
    ("now", "said", "meant"),
    [
        # 2:30 is skipped on 2027-03-14 and comes twice on 2026-11-01: the later reading.
        (datetime(2027, 3, 13, 12, tzinfo=OHIO), "tomorrow at 2:30 am", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        (datetime(2026, 10, 31, 12, tzinfo=OHIO), "tomorrow at 1:30 am", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (datetime(2027, 3, 14, 1, 30, tzinfo=OHIO), "in an hour", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        (datetime(2026, 10, 31, 12, tzinfo=OHIO), "tomorrow at 10", datetime(2026, 11, 1, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_clock_put_forward_or_back_gives_a_later_valid_hour(now: datetime, said: str, meant: datetime) -> None:
    assert understand(said, now=now, zone=OHIO) == meant


def test_the_same_words_mean_another_instant_in_another_zone() -> None:
    honolulu = understand("tomorrow at 10", now=WEDNESDAY_AT_TEN, zone=ZoneInfo("Pacific/Honolulu"))

    assert honolulu == datetime(2026, 11, 19, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("1030", "11-18 10:30"), ("3", "11-18 15:00"), ("300", "11-18 15:00"), ("0300", "11-18 15:00"),
        ("9", "11-19 09:00"), ("10", "11-19 10:00"), ("12", "11-18 12:00"), ("1430", "11-18 14:30"),
        ("830", "11-19 08:30"), ("1200", "11-18 12:00"), ("17", "11-18 17:00"), ("3#", "11-18 15:00"),
        ("2359", "11-18 23:59"),
    ],
)  # fmt: skip
def test_a_keyed_time_is_the_next_such_time(keys: str, meant: str) -> None:
    assert local(from_keys(keys, now=WEDNESDAY_AT_TEN, zone=OHIO)) == meant


@pytest.mark.parametrize(
    "keys", ["0", "00", "0030", "1060", "2400", "2500", "24", "99", "", "#", "*", "12345", "43215", "3a", "٣"]
)
def test_keys_that_no_clock_shows_are_none(keys: str) -> None:
    assert from_keys(keys, now=WEDNESDAY_AT_TEN, zone=OHIO) is None


WORDS = st.sampled_from([word for said, _ in (*ENGLISH, *SPANISH) for word in said.split()])
INSTANTS = st.integers(0, 4 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)


@given(
    said=st.one_of(st.text(max_size=700), st.lists(WORDS, max_size=8).map(" ".join)),
    now=INSTANTS,
    zone=st.sampled_from(ZONES),
    language=st.sampled_from(["en", "es"]),
)
def test_whatever_is_said_the_answer_is_ahead_and_has_a_zone(
    said: str, now: datetime, zone: str, language: str
) -> None:
    found = understand(said, now=now, zone=ZoneInfo(zone), language=language)

    if found is not None:
        assert found.tzinfo is UTC
        assert now < found <= now + FARTHEST


@given(digits=st.text("0123456789*#", max_size=6), now=INSTANTS)
def test_whatever_is_keyed_the_answer_is_within_the_next_day(digits: str, now: datetime) -> None:
    found = from_keys(digits, now=now, zone=OHIO)

    assert found is None or now < found <= now + timedelta(hours=26)


@pytest.mark.parametrize(
    "said",
    [
        "\x00",
        "\x00tomorrow\x00",
        "🛑" * 300,
        "\u202etomorrow at 10",
        "tomorrow at 10 " * 700,
        "9" * 10_000,
        " " * 10_000,
    ],
)
def test_odd_and_endless_texts_have_an_answer(said: str) -> None:
    assert english(said) in (None, "11-19 10:00")


def test_threads_understand_alike() -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(english, ["monday at 3"] * 60))

    assert answers == {"11-23 15:00"}


_ALONE = """
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo
from app.domain.chosen_time import understand

assert "dateparser" not in sys.modules

def watch(event, details):
    writes = event == "open" and isinstance(details[1], str) and set(details[1]) & set("wax+")
    if writes or event.startswith(("socket", "subprocess", "os.mkdir", "os.rename")):
        print(event, details)

sys.dont_write_bytecode = True
sys.addaudithook(watch)
now = datetime(1999, 12, 30, 20, tzinfo=UTC)
for said, language in (("monday at 3", "en"), ("mañana a las diez", "es"), ("in an hour", "en")):
    print(understand(said, now=now, zone=ZoneInfo("America/New_York"), language=language))
assert "dateparser" in sys.modules
"""


def test_the_library_is_loaded_late_warns_of_nothing_writes_nothing_and_asks_no_clock() -> None:
    run = subprocess.run([sys.executable, "-W", "error", "-c", _ALONE], capture_output=True, text=True, check=False)

    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "2000-01-03 20:00:00+00:00",
        "1999-12-31 15:00:00+00:00",
        "1999-12-30 21:00:00+00:00",
    ]
