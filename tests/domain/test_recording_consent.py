"""app/domain/recording_consent.py: the strictest rule of both sides, and which mode has consent in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import policy, states
from app.domain.policy import Policy
from app.domain.recording_consent import UNKNOWN, Consent, HadBy, Mode, basis, consent_of

# DOMAIN.md section 4, written down by hand.
ALL_PARTY = {"CA", "CT", "DE", "FL", "IL", "MD", "MA", "MT", "NV", "NH", "PA", "WA"}
NOT_READ = {"AS", "GU", "MP", "PR", "VI"}
STRICT = ALL_PARTY | NOT_READ | {"MI", "VT"}
ON = tuple(mode for mode in Mode if mode is not Mode.OFF)


def test_the_table_says_what_the_domain_notes_say() -> None:
    found = {state: consent_of(state) for state in states.ALL}

    assert {state for state, consent in found.items() if consent is Consent.ALL_PARTY} == ALL_PARTY
    assert {state for state, consent in found.items() if consent is Consent.NOT_READ} == NOT_READ
    assert (found["MI"], found["VT"]) == (Consent.MIXED, Consent.UNSETTLED)
    assert {state for state, consent in found.items() if consent is Consent.ONE_PARTY} == set(states.ALL) - STRICT


@pytest.mark.parametrize("state", [None, "", "XX", "US", "oh", "ON"])
def test_what_is_no_state_of_ours_is_not_read_and_the_federal_floor_is_no_state(state: str | None) -> None:
    assert consent_of(state) is Consent.NOT_READ
    assert basis([state], "vendor_announces").rule is Consent.ALL_PARTY
    assert basis([state], "vendor_announces").states == (UNKNOWN,)


def test_nobody_named_is_all_party() -> None:
    assert basis([], "vendor_announces").rule is Consent.ALL_PARTY


def test_the_setting_of_a_campaign_takes_exactly_the_modes() -> None:
    for mode in Mode:
        assert policy.apply(Policy(), "recording", mode).recording == mode
    assert Policy().recording == Mode.OFF
    with pytest.raises(ValueError, match="sometimes"):
        basis(["OH"], "sometimes")


@given(st.lists(st.sampled_from([*states.ALL, None]), max_size=4), st.sampled_from(ON))
def test_one_strict_side_makes_the_rule_and_only_a_consent_in_time_records(sides: list[str | None], mode: Mode) -> None:
    strict = {side or UNKNOWN for side in sides if side is None or side in STRICT} or (set() if sides else {UNKNOWN})

    found = basis(sides, mode)

    assert found.rule is (Consent.ALL_PARTY if strict else Consent.ONE_PARTY)
    assert set(found.states) == (strict or {side for side in sides if side})
    assert found.recorded is not (bool(strict) and mode is Mode.PRODUCER_ANNOUNCES)
    assert found.recorded is (found.had_by is not HadBy.NOBODY)
    assert found.sentence.startswith("Recorded: " if found.recorded else "Not recorded: ")
    assert found.citation in found.sentence


@given(st.lists(st.sampled_from([*states.ALL, None]), max_size=4))
def test_off_records_nothing_whatever_the_states(sides: list[str | None]) -> None:
    found = basis(sides, "off")

    assert (found.recorded, found.had_by) == (False, HadBy.NOBODY)


@pytest.mark.parametrize(
    ("sides", "mode", "recorded", "had_by"),
    [
        (("OH", "TX"), "vendor_announces", True, HadBy.VENDOR_ANNOUNCED),
        (("OH", "TX"), "producer_announces", True, HadBy.PRODUCER_ANNOUNCES),
        (("OH", "TX"), "announce_first", True, HadBy.ANNOUNCED_FIRST),
        (("OH", "PA"), "vendor_announces", True, HadBy.VENDOR_ANNOUNCED),
        (("OH", "PA"), "producer_announces", False, HadBy.NOBODY),
        (("PA", "OH"), "producer_announces", False, HadBy.NOBODY),
        (("OH", "MI"), "producer_announces", False, HadBy.NOBODY),
        (("OH", "VT"), "producer_announces", False, HadBy.NOBODY),
        (("OH", "PR"), "producer_announces", False, HadBy.NOBODY),
        (("OH", None), "producer_announces", False, HadBy.NOBODY),
        (("OH", "PA"), "announce_first", True, HadBy.ANNOUNCED_FIRST),
    ],
)
def test_a_producers_announcement_is_too_late_where_all_must_consent(
    sides: tuple[str | None, ...], mode: str, recorded: bool, had_by: HadBy
) -> None:
    found = basis(sides, mode)

    assert (found.recorded, found.had_by) == (recorded, had_by)


def test_the_sentence_names_the_states_and_their_statutes() -> None:
    assert basis(["OH", "CA", "MI", None], "vendor_announces").sentence == (
        "Recorded: the vendor announced it to the caller before the transfer. All-party consent (CA: Cal. Penal Code 632, "
        "632.7; MI: MCL 750.539c, mixed, treated as all-party; unknown: not read, treated as all-party)."
    )
    assert basis(["TX", "OH", "TX"], "producer_announces").sentence == (
        "Recorded: the producer, a party to the talk, consents and announces it. One-party consent (OH: O.R.C. 2933.52; "
        "TX: Tex. Penal Code 16.02)."
    )
