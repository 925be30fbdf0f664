"""What of a text is one person's, and what is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instructions import AskZip, DialCaller, Words, decode, encode
from app.domain.personal import ERASED, is_about_person, scrubbed, traces

NUMBER = "+16145550101"
ADA = traces(NUMBER, ["Ada", "Byron", "1 Elm St"])
_between = st.sampled_from(["", " ", "-", ".", ") ", " - "])


@given(country=st.sampled_from(["", "+1", "1", "+1 ", "1-", "+1 ("]), first=_between, second=_between)
def test_a_number_is_found_in_any_spelling(country: str, first: str, second: str) -> None:
    spelled = f"{country}614{first}555{second}0101"

    assert ADA.has_number(f"call {spelled}.")
    assert not any(digits in ADA.without_number(f"call {spelled}.") for digits in ("614", "555", "0101"))


@pytest.mark.parametrize(
    "text", ["+16145550102", "96145550101", "61455501012", "614 and then 555, 0101", "ab614555x0101"]
)
def test_another_number_is_left_alone(text: str) -> None:
    assert ADA.without_number(text) == text


def test_names_are_whole_words_in_any_case() -> None:
    assert ADA.without("ADA byron lives at 1 Elm St.") == f"{ERASED} {ERASED} lives at {ERASED}."
    assert ADA.without("Nevada, Canada") == "Nevada, Canada"


def test_an_event_keeps_what_is_about_the_call_and_the_producer() -> None:
    facts = {
        "keyed": "43215",
        "npn": "90000001",
        "offer": 2,
        "status": "Ada",
        "why": "The caller keyed 43215.",
        "states": ["OH"],
    }

    kept = json.loads(scrubbed(json.dumps(facts), ADA))

    assert kept == {
        "keyed": ERASED, "npn": "90000001", "offer": 2, "status": "Ada", "why": ERASED, "states": ["OH"],
    }  # fmt: skip


def test_a_reply_can_still_be_given() -> None:
    dial = DialCaller(7, NUMBER, "+18005550199", 20, 9)
    ask = AskZip("CA1", 1, (Words("ask_zip", {"name": "Ada"}),))

    assert decode(scrubbed(encode(dial), ADA)) == DialCaller(7, ERASED, "+18005550199", 20, 9)
    assert decode(scrubbed(encode(ask), ADA)) == AskZip("CA1", 1, (Words("ask_zip", {"name": ERASED}),))


def test_what_cannot_be_read_is_erased_whole() -> None:
    assert scrubbed("{Ada", ADA) == '{"erased": true}'


def test_facts_of_the_ledger_are_a_persons_by_number_word_or_free_text() -> None:
    assert is_about_person({"told": {"to": ["(614) 555-0101"]}}, ADA)
    assert is_about_person({"who": "Ms. Byron"}, ADA)
    assert is_about_person({"note": "anything"}, ADA)
    assert not is_about_person({"note": "", "zip": "43215", "reason": "no_license"}, ADA)
    assert not is_about_person({"note": "anything", "who": "Byron"}, ADA, only_number=True)


def test_without_a_number_only_words_are_known() -> None:
    of = traces(None, ["Ada", "x"])

    assert of.like is None
    assert of.without("Ada x +16145550101") == f"{ERASED} x +16145550101"
