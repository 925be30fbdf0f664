"""When a producer's browser rings instead of their phone, and when it did not ring at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phone
from app.domain.softphone import Dialed, Reach, is_softphone, never_rang, registered_until

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def test_a_softphone_rings_for_15_seconds_and_never_longer_than_a_phone_would() -> None:
    browser, telephone = Reach("client:a", Dialed.SOFTPHONE), Reach("+16145550101", Dialed.PHONE)

    assert [browser.ring_seconds(seconds) for seconds in (20, 15, 9)] == [15, 15, 9]
    assert [telephone.ring_seconds(seconds) for seconds in (20, 15, 9)] == [20, 15, 9]


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 60), (10.0, 600), (0.0, 60), (0.5, 60)])
def test_a_sign_holds_for_a_minute_of_real_time_whatever_our_clock_does(speed: float, seconds: int) -> None:
    assert registered_until(NOW, clock_speed=speed) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("dialed", "status", "after", "gone"),
    [
        (Dialed.SOFTPHONE, "no-answer", 0.5, True),
        (Dialed.SOFTPHONE, "no-answer", 4.9, True),
        (Dialed.SOFTPHONE, "no-answer", 5.0, False),
        (Dialed.SOFTPHONE, "no-answer", 15.0, False),
        (Dialed.SOFTPHONE, "failed", 0.5, True),
        (Dialed.SOFTPHONE, "failed", 30.0, True),
        (Dialed.SOFTPHONE, "completed", 1.0, False),
        (Dialed.SOFTPHONE, "busy", 1.0, False),
        (Dialed.SOFTPHONE, "canceled", 1.0, False),
        (Dialed.PHONE, "no-answer", 0.5, False),
        (Dialed.PHONE, "failed", 0.5, False),
    ],
)
def test_only_a_browser_that_could_not_have_rung_counts_as_gone(
    dialed: Dialed, status: str, after: float, gone: bool
) -> None:
    assert never_rang(dialed, status, started_at=NOW, now=NOW + timedelta(seconds=after)) is gone


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=24))
def test_a_browsers_address_is_nobodys_number(name: str) -> None:
    assert is_softphone(f"client:{name}")
    assert phone.parse(f"client:{name}") is None


@pytest.mark.parametrize("address", ["+16145550101", "anonymous", "", "sip:client@x.example", "sip:client:1@x.example"])
def test_what_a_person_calls_from_is_no_browser(address: str) -> None:
    assert not is_softphone(address)
