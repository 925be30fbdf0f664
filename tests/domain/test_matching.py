"""Which lead a call belongs to: the order of FLOWS.md as a table."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.matching import Found, MatchedBy, match

TABLE = [
    (Found(), None, MatchedBy.NEW),
    (Found(open_lead=1), 1, MatchedBy.OPEN_LEAD),
    (Found(pool_lead=2), 2, MatchedBy.POOL_NUMBER),
    (Found(posted_lead=3), 3, MatchedBy.POSTED_LEAD),
    (Found(unclaimed=(4,)), 4, MatchedBy.TRUNK),
    (Found(unclaimed=()), None, MatchedBy.NEW),
    (Found(unclaimed=(4, 5)), None, MatchedBy.NEW),
    (Found(open_lead=1, pool_lead=2, posted_lead=3, unclaimed=(4,)), 1, MatchedBy.OPEN_LEAD),
    (Found(pool_lead=2, posted_lead=3, unclaimed=(4,)), 2, MatchedBy.POOL_NUMBER),
    (Found(posted_lead=3, unclaimed=(4,)), 3, MatchedBy.POSTED_LEAD),
    (Found(pool_lead=2, unclaimed=(4, 5)), 2, MatchedBy.POOL_NUMBER),
]


@pytest.mark.parametrize(("found", "lead_id", "by"), TABLE)
def test_the_strongest_thing_found_tells_the_lead(found: Found, lead_id: int | None, by: MatchedBy) -> None:
    matched = match(found)

    assert (matched.lead_id, matched.by) == (lead_id, by)
    assert matched.why.endswith(".")


def test_a_lead_is_only_ever_one_that_was_found_and_nothing_weaker_overrules() -> None:
    for open_lead, pool, posted, unclaimed in product((None, 1), (None, 2), (None, 3), (None, (), (4,), (4, 5))):
        matched = match(Found(open_lead, pool, posted, unclaimed))

        certain = [lead for lead in (open_lead, pool, posted) if lead is not None]
        assert matched.lead_id == (certain[0] if certain else 4 if unclaimed == (4,) else None)
        assert (matched.by is MatchedBy.NEW) == (matched.lead_id is None)


def test_why_a_trunk_could_not_be_told_says_how_many_wait() -> None:
    assert "2 of the vendor's leads wait" in match(Found(unclaimed=(4, 5))).why
    assert "none waits" in match(Found(unclaimed=())).why
