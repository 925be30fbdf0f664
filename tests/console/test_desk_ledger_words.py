"""Facts of the ledger are readable, and no consumer's number is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.storage.ledger import Entry
from app.web.console.ledger_words import gist, readable

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.just("+16145550150"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def entry(kind: str = "offer", **facts: Any) -> Entry:
    return Entry(1, datetime(2026, 11, 18, 15, tzinfo=UTC), kind, "test", None, None, 1, 1, facts, None, None)


def texts(facts: Any) -> list[str]:
    match facts:
        case dict():
            return [text for name, value in facts.items() if name != "name" for text in texts(value)]
        case list():
            return [text for value in facts for text in texts(value)]
    return [str(facts)]


@given(st.dictionaries(st.text(max_size=8), json, max_size=5), st.sampled_from(["offer", "producer_moved", "xyz"]))
def test_whatever_the_facts_are_they_are_drawn_and_no_number_of_a_person_is_among_them(
    facts: dict[str, Any], kind: str
) -> None:
    drawn = readable(entry(kind, **facts))

    assert "+16145550150" not in texts(drawn)
    assert "+16145550150" not in gist(entry(kind, **facts))


def test_a_decision_says_yes_or_no_and_why() -> None:
    assert gist(entry(allowed=True, npn="17", states=["OH"])) == "yes, NPN 17, Ohio"
    assert (
        gist(entry(allowed=False, reasons=["no_license"], states=["OH", "KY"]))
        == "no, no license there, Ohio and Kentucky"
    )


def test_our_own_numbers_days_and_money_are_shown_as_what_they_are() -> None:
    facts = readable(entry(campaign="+18005550199", at="2026-11-18T15:00:00+00:00", paid_cents=12_345, states=["OH"]))

    assert facts == [
        {"name": "campaign", "text": "+18005550199"},
        {"name": "at", "at": datetime(2026, 11, 18, 15, tzinfo=UTC)},
        {"name": "paid cents", "text": "$123.45"},
        {"name": "states", "texts": ["Ohio"], "more": 0},
    ]
