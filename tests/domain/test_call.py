"""The table of a call's life, and how an offer came out."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.call import START, TRANSITIONS, Happening, Outcome, Phase, advance, outcome_of

LIVE = [phase for phase in Phase if phase is not Phase.ENDED]


def reached_from(start: Phase) -> set[Phase]:
    found = {start}
    while more := {to for (at, _), to in TRANSITIONS.items() if at in found} - found:
        found |= more
    return found


def test_every_phase_can_be_reached() -> None:
    assert reached_from(START) == set(Phase)


def test_the_end_is_final() -> None:
    assert {advance(Phase.ENDED, happening) for happening in Happening} == {None}


@pytest.mark.parametrize("phase", LIVE)
def test_every_live_phase_can_end_and_can_be_apologized_in(phase: Phase) -> None:
    assert advance(phase, Happening.CALL_ENDED) is Phase.ENDED
    assert advance(phase, Happening.DOCUMENT_FAILED) is Phase.ACKNOWLEDGING


def test_only_an_acceptance_connects_and_only_out_of_an_offer() -> None:
    ways = {way for way, to in TRANSITIONS.items() if to is Phase.CONNECTED and way[0] is not Phase.CONNECTED}

    assert ways == {(Phase.OFFERING, Happening.PRODUCER_ACCEPTED)}


def test_a_call_is_turned_away_before_anything_else_happened_only() -> None:
    ways = {at for at, happening in TRANSITIONS if happening is Happening.CALL_TURNED_AWAY}

    assert ways == {Phase.RECEIVED}


def test_a_call_arrives_once() -> None:
    assert {advance(phase, Happening.CALL_ARRIVED) for phase in Phase} == {None}


STATUSES = ("completed", "answered", "no-answer", "busy", "failed", "canceled", "a word of tomorrow")
RECORDED = (None, Outcome.ACCEPTED, Outcome.DECLINED, Outcome.AUTHORITY_LOST, Outcome.NO_ANSWER)


@pytest.mark.parametrize("status", STATUSES)
def test_nobody_accepted_without_a_key_press_of_ours_whatever_the_carrier_says(status: str) -> None:
    for bridged, recorded, left in product((True, False, None), RECORDED, (True, False)):
        outcome = outcome_of(status, bridged=bridged, accepted=False, recorded=recorded, caller_left=left)
        assert outcome is not Outcome.ACCEPTED


@pytest.mark.parametrize("status", STATUSES)
def test_an_accepted_leg_that_was_not_bridged_was_not_talked_with(status: str) -> None:
    for left in (True, False):
        outcome = outcome_of(status, bridged=False, accepted=True, recorded=Outcome.ACCEPTED, caller_left=left)
        assert outcome is (Outcome.CALLER_HUNG_UP if left else Outcome.FAILED)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("completed", Outcome.NO_ANSWER),
        ("no-answer", Outcome.NO_ANSWER),
        ("busy", Outcome.BUSY),
        ("failed", Outcome.FAILED),
        ("canceled", Outcome.CALLER_HUNG_UP),
        ("a word of tomorrow", Outcome.FAILED),
    ],
)
def test_without_a_key_the_carriers_word_decides(status: str, outcome: Outcome) -> None:
    assert outcome_of(status, bridged=False, accepted=False, recorded=None, caller_left=False) is outcome


@pytest.mark.parametrize("status", STATUSES)
def test_a_ring_that_the_caller_ended_is_no_miss(status: str) -> None:
    outcome = outcome_of(status, bridged=False, accepted=False, recorded=None, caller_left=True)

    assert outcome is Outcome.CALLER_HUNG_UP
    assert not outcome.miss


@pytest.mark.parametrize("recorded", [Outcome.DECLINED, Outcome.AUTHORITY_LOST, Outcome.NO_ANSWER])
def test_what_the_key_decided_stands(recorded: Outcome) -> None:
    assert outcome_of("completed", bridged=False, accepted=False, recorded=recorded, caller_left=True) is recorded


def test_only_a_ring_without_an_answer_or_a_key_is_a_miss() -> None:
    assert [outcome for outcome in Outcome if outcome.miss] == [Outcome.NO_ANSWER]
