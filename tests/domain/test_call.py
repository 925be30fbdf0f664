"""The table of a call's life, and how an offer came out."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.call import BEGINNINGS, START, TRANSITIONS, Happening, Outcome, Phase, advance, outcome_of

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


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_call_arrives_or_is_placed_once(beginning: Happening) -> None:
    assert {advance(phase, beginning) for phase in Phase} == {None}


def test_a_call_that_we_place_begins_with_the_ring_of_a_producer_and_can_be_accepted_and_end() -> None:
    assert BEGINNINGS == {Happening.CALL_ARRIVED: Phase.RECEIVED, Happening.CALL_PLACED: Phase.OFFERING}
    assert reached_from(Phase.OFFERING) >= {Phase.CONNECTED, Phase.ENDED}


def ways(happening: Happening) -> dict[Phase, Phase]:
    """From where to where it moves a call."""
    return {at: to for (at, happened), to in TRANSITIONS.items() if happened is happening}


def test_a_person_is_dialed_only_once_a_producer_has_accepted() -> None:
    assert ways(Happening.CALLER_DIALED) == {Phase.CONNECTED: Phase.CONNECTED}


def test_a_caller_chooses_where_a_choice_was_offered_and_a_choice_ends_the_waiting() -> None:
    assert ways(Happening.CALLER_CHOSE) == {
        Phase.ACKNOWLEDGING: Phase.ACKNOWLEDGING,
        Phase.HOLDING: Phase.ACKNOWLEDGING,
    }


def test_a_caller_holds_after_an_acknowledgement_after_an_offer_that_failed_and_round_after_round() -> None:
    assert ways(Happening.CALLER_HELD) == {
        Phase.ACKNOWLEDGING: Phase.HOLDING,
        Phase.OFFERING: Phase.HOLDING,
        Phase.HOLDING: Phase.HOLDING,
    }


def test_a_caller_on_hold_is_offered_as_any_other_and_hears_what_happens_when_nobody_could() -> None:
    assert advance(Phase.HOLDING, Happening.PRODUCER_OFFERED) is Phase.OFFERING
    assert advance(Phase.HOLDING, Happening.NOBODY_COULD) is Phase.ACKNOWLEDGING


def test_nobody_holds_or_is_connected_without_an_offer_that_was_made_first() -> None:
    for late in (Phase.RECEIVED, Phase.LOCATING, Phase.CONNECTED, Phase.ENDED):
        assert advance(late, Happening.CALLER_HELD) is None
    for early in (Phase.RECEIVED, Phase.LOCATING, Phase.HOLDING, Phase.ACKNOWLEDGING):
        assert advance(early, Happening.PRODUCER_ACCEPTED) is None


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
