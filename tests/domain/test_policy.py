"""A campaign's settings: what each accepts, and that what is spelled reads back."""

from __future__ import annotations

from datetime import date, time

import pytest

from app.domain.policy import BadSetting, DayHours, Policy, Strategy, apply, from_settings, parse_hours, spelled

GOOD = {
    "strategy": ("Priority", Strategy.PRIORITY),
    "ring_seconds": ("15", 15),
    "buffer_seconds": ("none", None),
    "ask": ("no", False),
    "languages": ("es, en", ("es", "en")),
    "time_zone": ("America/Chicago", "America/Chicago"),
    "starts_on": ("2026-12-01", date(2026, 12, 1)),
    "price": ("42.50", "42.50"),
    "carrier": (" Acme Life ", "Acme Life"),
    "when_nobody": ("RETURN", "return"),
    "supervisor_may_answer": ("on", True),
    "spoken_notice": ("yes", True),
}
BAD = {
    "strategy": ["fastest", ""], "ring_seconds": ["4", "61", "x", "-5", "1.5", ""], "max_attempts": ["0", "11"],
    "ask": ["maybe"], "buffer_seconds": ["14", "all"], "languages": ["fr", "en,en", ""], "time_zone": ["Ohio", "EST5"],
    "starts_on": ["12/01/2026"], "price": ["$5", "1.234", "-1"], "hours": ["always", "Mon 20:00-8:00", "Xyz 8:00-9:00"],
    "screening": ["none"], "when_nobody": ["drop"], "carrier": ["x" * 201], "no_such_setting": ["1"],
}  # fmt: skip


def test_the_defaults_are_those_of_the_table() -> None:
    told = spelled(Policy())

    assert told["strategy"] == "longest_idle"
    assert [told[key] for key in ("ring_seconds", "max_attempts", "ring_budget_seconds")] == ["20", "3", "60"]
    assert [told[key] for key in ("wrap_up_seconds", "answer_after_seconds", "hold_seconds")] == ["30", "20", "180"]
    assert [told[key] for key in ("served_seconds", "callback_minutes", "when_nobody")] == ["60", "5", "hold"]
    assert [told[key] for key in ("supervisor_may_answer", "spoken_notice")] == ["no", "no"]
    assert [told[key] for key in ("buffer_seconds", "carrier", "price", "starts_on")] == ["none"] * 4


@pytest.mark.parametrize("key", GOOD)
def test_a_setting_is_read_from_text(key: str) -> None:
    text, value = GOOD[key]

    assert getattr(apply(Policy(), key, text), key) == value


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in BAD.items() for text in texts])
def test_what_a_setting_does_not_take_is_refused_by_name(key: str, text: str) -> None:
    with pytest.raises(BadSetting, match=key):
        apply(Policy(), key, text)


def test_what_is_spelled_reads_back() -> None:
    policy = from_settings({key: text for key, (text, _) in GOOD.items()})

    assert from_settings(spelled(policy)) == policy
    assert from_settings(spelled(Policy())) == Policy()


def test_hours_are_given_by_day_and_may_wrap_around_the_week() -> None:
    hours = parse_hours("Sat-Mon 9:00-17:30, Wed 8:00-24:00")

    opened = [day for day, span in enumerate(hours.by_weekday) if span]
    assert opened == [0, 2, 5, 6]
    assert hours.by_weekday[5] == DayHours(time(9), time(17, 30))
    assert hours.by_weekday[2] == DayHours(time(8), time(23, 59, 59, 999999))
