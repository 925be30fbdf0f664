"""What was agreed with a vendor: defaults, what each term accepts, and its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import vendor_terms
from app.domain.policy import BadSetting
from app.domain.vendor_terms import NUMBERS, WORDS, VendorTerms


def test_nothing_agreed_is_no_cap_and_a_vendor_who_never_pauses_us() -> None:
    assert vendor_terms.from_agreed({}) == VendorTerms(None, None, None, 7, 30)


@given(st.data())
def test_what_is_spelled_reads_back(data: st.DataObject) -> None:
    chosen = {}
    for key, takes in NUMBERS.items():
        number = st.integers(takes.low, takes.high)
        chosen[key] = str(data.draw(number | st.none() if takes.optional else number)).lower()

    terms = vendor_terms.from_agreed(chosen)

    assert vendor_terms.spelled(terms) == chosen


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("hourly_cap", "-1"),
        ("hourly_cap", "many"),
        ("daily_cap", "100001"),
        ("unanswered_per_hour", "0"),
        ("dispute_days", "none"),
        ("duplicate_days", "366"),
        ("price", "1"),
    ],
)
def test_what_cannot_be_agreed_is_refused_by_name(key: str, text: str) -> None:
    with pytest.raises(BadSetting, match=key):
        vendor_terms.apply(VendorTerms(), key, text)


def test_every_term_has_its_words() -> None:
    assert tuple(WORDS) == tuple(NUMBERS)
