"""What a person's text asks for: STOP before all, a ZIP, a time, or the supervisors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.message_meaning import Meaning, Message, understand_message
from tests.domain.test_opt_out import MEANT

OHIO = ZoneInfo("America/New_York")
WEDNESDAY_AT_TEN = datetime(2026, 11, 18, 10, 0, tzinfo=OHIO)
TOMORROW_AT_TEN = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


def understood(body: str, language: str = "en") -> Message:
    return understand_message(body, now=WEDNESDAY_AT_TEN, zone=OHIO, language=language)


@pytest.mark.parametrize("body", MEANT)
def test_stop_comes_first(body: str) -> None:
    assert understood(body) == Message(Meaning.STOP)


@pytest.mark.parametrize("body", ["STOP 43215", "stop, call me tomorrow at 10", "Stop! Tomorrow at 10? Never!"])
def test_stop_counts_whatever_else_is_said(body: str) -> None:
    assert understood(body) == Message(Meaning.STOP)


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("START", Meaning.START), ("Start!", Meaning.START), ("unstop", Meaning.START), ("YES", Meaning.START),
        ("yes.", Meaning.START), ("Help", Meaning.HELP), ("HELP!!", Meaning.HELP), ("info", Meaning.HELP),
        ("Ayuda", Meaning.HELP), ("yes please", Meaning.OTHER), ("I need help", Meaning.OTHER), ("Sí", Meaning.OTHER),
        ("when can we start", Meaning.OTHER), ("", Meaning.OTHER), ("hello", Meaning.OTHER), ("👍", Meaning.OTHER),
    ],
)  # fmt: skip
def test_a_carriers_word_counts_alone(body: str, meaning: Meaning) -> None:
    assert understood(body) == Message(meaning)


@pytest.mark.parametrize(
    "body",
    [
        "43215", " 43215. ", "my zip is 43215", "My ZIP code is 43215", "ohio 43215", "OH 43215", "43215-1234",
        "Zip: 43215", "zip:43215", "It's 43215", "I live in Columbus, OH 43215.", "43215 thanks", "four three two one five",
        "4 3 2 1 5", "mi código postal es 43215", "cuatro tres dos uno cinco", "123 Main St, Columbus OH 43215",
        "12345 Oak Street Columbus 43215", "43215 43215", "４３２１５",
    ],
)  # fmt: skip
def test_a_zip_in_use_is_understood(body: str) -> None:
    assert understood(body) == Message(Meaning.ZIP, "43215")


@pytest.mark.parametrize(
    "body",
    [
        "99999", "00000", "4321", "432151", "$43215", "I make 43215 a year", "43215 dollars", "policy 43215", "claim #43215",
        "43,215", "614-555-0150", "6145550150", "43215 or 43085", "my car has 43215 miles", "I owe 43215", "43215.50",
        "my old zip was a number like 43215 I think but I moved away a long time ago to another state",
    ],
)  # fmt: skip
def test_five_digits_that_are_no_zip_in_use_go_to_the_supervisors(body: str) -> None:
    assert understood(body) == Message(Meaning.OTHER)


@pytest.mark.parametrize(
    "body",
    [
        "tomorrow at 10",
        "I can't stop by today, call me tomorrow at 10",
        "para mañana a las diez",
        "yes tomorrow at 10",
        "Tomorrow!",
    ],
)
def test_a_time_is_understood(body: str) -> None:
    assert understood(body) == Message(Meaning.TIME, at=TOMORROW_AT_TEN)


@pytest.mark.parametrize(
    "body", ["43215, tomorrow at 10", "my zip is 43215 call me tomorrow at 10", "tomorrow at 10. 43215"]
)
def test_a_zip_and_a_time_are_both_kept(body: str) -> None:
    assert understood(body) == Message(Meaning.ZIP, "43215", TOMORROW_AT_TEN)


@pytest.mark.parametrize("body", ["1", "2", "3", "10", "1030", "three", "tres", "I am 65", "2 kids", "para 2"])
def test_a_bare_number_is_no_time(body: str) -> None:
    assert understood(body) == understood(body, "es") == Message(Meaning.OTHER)


@given(body=st.one_of(st.text(max_size=1700), st.text("stop yes43215 tomorrow at 10", max_size=60)))
def test_whatever_is_written_has_one_meaning(body: str) -> None:
    found = understood(body)

    assert (found.meaning is Meaning.ZIP) is (found.zip_code is not None)
    assert found.meaning is not Meaning.TIME or found.at is not None
    if found.at is not None:
        assert WEDNESDAY_AT_TEN < found.at <= WEDNESDAY_AT_TEN + timedelta(days=14)


@pytest.mark.parametrize(
    "body", ["\x00", "43215" * 2000, "at 10 " * 1700, "1" * 10_000, "\u202e" * 10_000, "é" * 10_000]
)
def test_odd_and_endless_texts_go_to_the_supervisors(body: str) -> None:
    assert understood(body) == Message(Meaning.OTHER)
