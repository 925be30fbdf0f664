"""How long a call may still last before the vendor bills it for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.call import Phase
from app.domain.policy import Policy
from app.storage.calls import Call
from app.workflows.calls.vendors_clock import seconds_left

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
BUFFER = Policy(buffer_seconds=90)
RINGING = Call(
    id=1,
    call_sid="CA" + "1" * 32,
    campaign_id=1,
    lead_id=1,
    from_number="+16145550150",
    to_number="+18005550199",
    phase=Phase.OFFERING,
    version=1,
    disposition=None,
    tier=1,
    language="en",
    residence=None,
    zip_code=None,
    arrived_at=NOW - timedelta(seconds=50),
    answered_at=None,
    accepted_at=None,
    ended_at=None,
    offers_from=None,
    asks=0,
    offers=1,
    served_seconds=0,
)


def answered(seconds_ago: float) -> Call:
    return replace(RINGING, answered_at=NOW - timedelta(seconds=seconds_ago))


def test_without_a_buffer_nothing_presses() -> None:
    assert seconds_left(answered(500), Policy(), NOW) is None


def test_a_call_that_rings_has_its_whole_buffer_before_it_but_for_the_last_ten_seconds() -> None:
    assert seconds_left(RINGING, BUFFER, NOW) == 80


@pytest.mark.parametrize(("answered_ago", "left"), [(0, 80), (30, 50), (30.4, 49), (80, 0), (90, -10), (500, -420)])
def test_the_clock_runs_from_the_answer(answered_ago: float, left: int) -> None:
    assert seconds_left(answered(answered_ago), BUFFER, NOW) == left


def test_once_a_producer_has_accepted_nothing_presses_any_more() -> None:
    assert seconds_left(replace(answered(85), accepted_at=NOW), BUFFER, NOW) is None


def test_holding_ends_before_the_buffer_too_unless_the_campaign_lets_it_go_on() -> None:
    holding = replace(answered(60), phase=Phase.HOLDING, holding_since=NOW - timedelta(seconds=40))

    assert seconds_left(holding, BUFFER, NOW) == 20
    assert seconds_left(holding, replace(BUFFER, hold_past_buffer=True), NOW) is None


def test_a_campaign_that_lets_hold_go_on_still_ends_a_call_that_does_not_hold() -> None:
    assert seconds_left(answered(60), replace(BUFFER, hold_past_buffer=True), NOW) == 20
