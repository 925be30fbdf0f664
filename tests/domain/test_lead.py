"""The table of custodies: a lead is never handed to nobody."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.lead import TRANSITIONS, BrokenCustody, Custody, hand_over

OPEN = {Custody.IN_CALL, Custody.PROMISED, Custody.ESCALATED}


def test_every_custody_can_be_reached_from_a_call() -> None:
    found = {Custody.IN_CALL}
    while more := {to for at in found for to in TRANSITIONS[at]} - found:
        found |= more

    assert found == set(Custody)


def test_every_custody_has_its_ways() -> None:
    assert set(TRANSITIONS) == set(Custody)


def test_a_closed_lead_stays_closed_and_a_served_one_goes_back_to_a_persons_list_only() -> None:
    assert TRANSITIONS[Custody.CLOSED] == frozenset()
    assert TRANSITIONS[Custody.SERVED] <= {Custody.ESCALATED}


def test_the_open_custodies_are_those_in_which_somebody_owes_a_step() -> None:
    assert {custody for custody in Custody if custody.open} == OPEN


@pytest.mark.parametrize(("at", "to"), list(product(Custody, Custody)))
def test_a_lead_goes_only_where_the_table_says_or_stays(at: Custody, to: Custody) -> None:
    if to is at or to in TRANSITIONS[at]:
        assert hand_over(at, to) is to
    else:
        with pytest.raises(BrokenCustody, match=f"{at} -> {to}"):
            hand_over(at, to)


@pytest.mark.parametrize("custody", sorted(OPEN))
def test_every_open_lead_can_be_served_closed_or_put_on_the_list(custody: Custody) -> None:
    assert TRANSITIONS[custody] >= {Custody.SERVED, Custody.CLOSED} | ({Custody.ESCALATED} - {custody})
