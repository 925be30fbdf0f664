"""app/domain/residency.py: every row of the table of FLOWS.md, and what must hold whatever the evidence."""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import area_codes, phone, residency, states, zip_codes
from app.domain.residency import Ask, AskReason, Confidence, Evidence, Residence, Source

CASES = Path(__file__).parent.parent / "data" / "residency_cases.csv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def evidence_of(case: dict[str, str], asks_made: int = 0) -> Evidence:
    return Evidence(
        keyed_zip=case["keyed_zip"] or None,
        vendor_zip=case["vendor_zip"] or None,
        vendor_state=case["vendor_state"] or None,
        phone=case["phone"] or None,
        stated_states=(case["stated_state"],) if case["stated_state"] else (),
        silent=asks_made > 0 and not case["keyed_zip"],
        asks_made=asks_made,
    )


def spelled(verdict: Residence | Ask) -> str:
    if isinstance(verdict, Ask):
        return f"ask {verdict.reason}"
    return f"{'|'.join(verdict.states) or 'none'} {verdict.confidence}"


@pytest.mark.parametrize("case", cases(), ids=lambda case: "/".join(case.values()))
def test_the_evidence_leads_where_a_person_says_it_must(case: dict[str, str]) -> None:
    before, after = case["resolve"], case["settle"] or case["resolve"]

    assert spelled(residency.resolve(evidence_of(case))) == before
    assert spelled(residency.settle(evidence_of(case))) == after
    assert spelled(residency.resolve(evidence_of(case, asks_made=residency.MOST_ASKS))) == after


def test_no_case_is_resolved_that_a_person_would_hold() -> None:
    """The count that matters first: false resolutions. Then wrong states, then needless questions."""
    counts: Counter[str] = Counter()
    for case in cases():
        verdict, expected = spelled(residency.resolve(evidence_of(case))), case["resolve"]
        if expected.startswith("ask") and not verdict.startswith("ask"):
            counts["false resolution"] += 1
        elif verdict.startswith("ask") and not expected.startswith("ask"):
            counts["needless question"] += 1
        elif verdict != expected:
            counts["wrong"] += 1
        else:
            counts["right"] += 1

    assert counts == {"right": len(cases())}
    assert len(cases()) >= 120


@pytest.mark.parametrize(
    ("evidence", "source", "zip5"),
    [
        (Evidence(keyed_zip="43215"), Source.KEYED_ZIP, "43215"),
        (Evidence(vendor_zip="43215-1234", vendor_state="OH"), Source.VENDOR_ZIP_AND_STATE, "43215"),
        (Evidence(vendor_zip="2134"), Source.VENDOR_ZIP, "02134"),
        (Evidence(vendor_state="OH", phone="6145550101"), Source.VENDOR_STATE_AND_AREA_CODE, None),
        (Evidence(phone="6145550101"), Source.AREA_CODE, None),
        (Evidence(vendor_zip="43215", vendor_state="TX"), Source.CANDIDATES, None),
        (Evidence(stated_states=("TX",)), Source.STATED_STATE, None),
        (Evidence(), Source.NONE, None),
    ],
)
def test_a_residence_names_what_it_rests_on(evidence: Evidence, source: Source, zip5: str | None) -> None:
    settled = residency.settle(evidence)

    assert (settled.source, settled.zip) == (source, zip5)


def test_an_area_code_elsewhere_is_noted_and_not_obeyed() -> None:
    settled = residency.settle(Evidence(vendor_zip="43215", vendor_state="OH", phone="+15125550101"))

    assert settled.states == ("OH",)
    assert not settled.conflict
    assert settled.why == (
        "The vendor's ZIP 43215 is in Ohio, and the vendor's state is Ohio."
        " Noted, not obeyed: area code 512 is Texas's."
    )


def test_a_presumed_state_tells_the_producer_to_confirm_it() -> None:
    settled = residency.settle(Evidence(phone="+16145550101", silent=True, asks_made=2))

    assert settled.why.endswith(
        "Asked for a ZIP, the caller gave none that settles it. Ohio is presumed: confirm the ZIP first."
    )


def test_a_question_names_its_candidates() -> None:
    assert residency.resolve(Evidence(vendor_zip="43215", vendor_state="TX", phone="+13055550101")) == Ask(
        AskReason.CONFLICT,
        ("FL", "OH", "TX"),
        "The vendor's ZIP 43215 is in Ohio, but the vendor's state is Texas.",
    )


def test_a_caller_is_asked_three_times_and_not_a_fourth() -> None:
    for asks_made in range(3):
        assert isinstance(residency.resolve(Evidence(phone="+16145550101", asks_made=asks_made)), Ask)

    assert isinstance(residency.resolve(Evidence(phone="+16145550101", asks_made=3)), Residence)


# What people, vendors and carriers send, the nonsense included.
KEYED = st.sampled_from([None, "", "*", "43215", "97913", "09012", "96941", "99999", "4321", "75201", "00601"])
VENDOR_ZIPS = st.sampled_from([None, "43215", "97913", "09012", "99999", "2134", "75201", "M5V 3L9", "junk"])
VENDOR_STATES = st.sampled_from([None, "OH", "Ore.", "TX", "MA", "AE", "ON", "XX", "Washington"])
PHONES = st.sampled_from(
    [
        None,
        "anonymous",
        "+16145550101",
        "+15125550101",
        "+15415550101",
        "+18005550199",
        "+14165550101",
        "+12785550101",
    ]
)
STATED = st.sampled_from([(), ("OH",), ("TX",), ("FL",), ("FL", "TX")])
EVIDENCE = st.builds(
    Evidence,
    keyed_zip=KEYED,
    vendor_zip=VENDOR_ZIPS,
    vendor_state=VENDOR_STATES,
    phone=PHONES,
    stated_states=STATED,
    silent=st.booleans(),
    asks_made=st.integers(0, 4),
)
ANYTHING = st.none() | st.text(max_size=20)


def named_by(evidence: Evidence) -> set[str]:
    """Every state that any piece of the evidence names, each read by itself."""
    zips = (zip_codes.normalize_keyed(evidence.keyed_zip), zip_codes.normalize(evidence.vendor_zip))
    words = (states.parse(evidence.vendor_state), *evidence.stated_states)
    of_number = area_codes.state_of(phone.parse(evidence.phone))
    named = {state for zip5 in zips if zip5 for state in zip_codes.states_of(zip5)}
    return named | {state for state in (*words, of_number) if state}


@given(EVIDENCE)
def test_no_state_is_ever_given_that_no_evidence_names(evidence: Evidence) -> None:
    settled = residency.settle(evidence)

    assert set(settled.states) <= named_by(evidence)
    assert settled.states == tuple(sorted(set(settled.states)))


@given(EVIDENCE)
def test_asking_comes_before_settling_and_settling_keeps_to_the_candidates(evidence: Evidence) -> None:
    verdict, settled = residency.resolve(evidence), residency.settle(evidence)

    if isinstance(verdict, Residence):
        assert verdict == settled
    elif verdict.reason is not AskReason.ZIP_NOT_FOUND:
        assert settled.states in ((), verdict.candidates)
        assert settled.confidence in {Confidence.CONFLICT, Confidence.PRESUMED, Confidence.UNKNOWN}


@given(EVIDENCE)
def test_a_residence_means_what_its_confidence_says(evidence: Evidence) -> None:
    settled = residency.settle(evidence)

    assert (settled.states == ()) == (settled.confidence is Confidence.UNKNOWN)
    assert (len(settled.states) > 1) == (settled.confidence in {Confidence.SHARED, Confidence.CONFLICT})
    assert settled.conflict == (settled.confidence is Confidence.CONFLICT)
    assert settled.why.endswith(".")


@given(EVIDENCE)
def test_silence_never_makes_a_residence_surer(evidence: Evidence) -> None:
    """How often the caller was asked and kept silent changes the sentence, never the states required."""
    asked = residency.settle(dataclasses.replace(evidence, silent=True, asks_made=3))

    assert dataclasses.replace(residency.settle(evidence), why="") == dataclasses.replace(asked, why="")


@given(EVIDENCE.filter(lambda evidence: not evidence.stated_states), st.sampled_from(["OH", "TX", "FL"]))
def test_a_state_that_a_producer_reports_never_lifts_a_requirement(evidence: Evidence, stated: str) -> None:
    before = residency.settle(evidence)
    after = residency.settle(dataclasses.replace(evidence, stated_states=(stated,)))

    assert set(before.states) <= set(after.states)
    assert not after.states or stated in after.states


@given(EVIDENCE.filter(lambda evidence: not evidence.stated_states), PHONES)
def test_another_number_never_moves_a_residence_that_a_zip_settles(evidence: Evidence, number: str | None) -> None:
    before = residency.settle(evidence)
    after = residency.settle(dataclasses.replace(evidence, phone=number))

    if before.zip is not None:
        assert (before.states, before.confidence, before.zip) == (after.states, after.confidence, after.zip)


@given(EVIDENCE)
def test_evidence_that_contradicts_never_lets_more_producers_in(evidence: Evidence) -> None:
    """Without a ZIP from the caller, a vendor's word against the rest asks for more licenses, not fewer."""
    alone = dataclasses.replace(evidence, keyed_zip=None, vendor_state=None, stated_states=())
    before = residency.settle(alone)
    for vendor_state in states.ALL:
        after = residency.settle(dataclasses.replace(alone, vendor_state=vendor_state))
        if before.states and vendor_state not in before.states:
            assert {*before.states, vendor_state} <= set(after.states)


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_no_text_whatever_breaks_it(
    keyed_zip: str | None,
    vendor_zip: str | None,
    vendor_state: str | None,
    number: str | None,
    stated: str | None,
) -> None:
    evidence = Evidence(keyed_zip, vendor_state, vendor_zip, number, (stated,) if stated else ())

    assert isinstance(residency.resolve(evidence), Residence | Ask)
    assert set(residency.settle(evidence).states) <= set(states.ALL)
