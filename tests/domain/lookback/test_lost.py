"""Calls that nobody took: whether somebody could have, what was paid for them, and the licenses that would have helped."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.lookback.report import Kind, Range
from tests.builders import Held, licensed
from tests.domain.lookback.logs import AUSTIN, MIAMI, TEXAS_NUMBER, TOLL_FREE, called, kinds, look_back

LOST: dict[str, Any] = {"answered_seconds": 0, "producer": ""}
IN_TEXAS: dict[str, Any] = {"caller": TEXAS_NUMBER, "zip": AUSTIN, "state": "TX"}
NONE = Range(0, 0)


def test_a_lead_is_lost_although_somebody_licensed_existed() -> None:
    report = look_back([called(**LOST, price_cents=4500)], licensed("Ana", 1, "OH"))

    assert (report.lost, report.lost_licensed, kinds(report)) == (1, Range(1, 1), {Kind.LOST_LICENSED})
    (money,) = report.money
    assert (money.loa, money.cents, money.licensed_cents, money.unpriced) == ("life", 4500, Range(4500, 4500), 0)


def test_whom_it_rang_does_not_make_it_a_call_that_was_taken() -> None:
    report = look_back([called(answered_seconds=0)], licensed("Ana", 1, "OH"))

    assert (report.taken, report.lost, report.producers[0].lost) == (0, 1, 1)


def test_somebody_whom_we_dialed_and_who_did_not_answer_is_no_lost_lead() -> None:
    report = look_back([called(answered_seconds=0, direction="outbound", price_cents=4500)], licensed("Ana", 1, "OH"))

    assert (report.calls, report.taken, report.lost, report.unreached) == (1, 0, 0, 1)
    assert (report.lost_licensed, report.money, kinds(report)) == (NONE, (), set())


def test_where_nobody_was_licensed_nobody_could_have_taken_it() -> None:
    report = look_back([called(**LOST, **IN_TEXAS)], licensed("Ana", 1, "OH"))

    assert (report.lost_licensed, report.lost_nobody_licensed) == (NONE, 1)


def test_a_presumed_state_makes_it_a_range() -> None:
    report = look_back([called(**LOST, zip="", state="")], licensed("Ana", 1, "OH"))

    assert report.lost_licensed == Range(0, 1)
    assert kinds(report) == {Kind.ASKED, Kind.LOST_DOUBTFUL}


def test_what_nobody_can_know_is_said_to_be_so() -> None:
    suspended = licensed("Ana", 1, "OH").holding(Held("OH", status="suspended"))

    report = look_back([called(**LOST), called(**LOST, caller=TOLL_FREE, zip="", state="")], suspended)

    assert (report.lost_licensed, report.lost_nobody_licensed, report.lost_not_known) == (NONE, 0, 2)


def test_a_price_of_the_log_goes_before_that_of_the_command_and_none_is_said_to_be_missing() -> None:
    calls = [called(**LOST, price_cents=6000), called(**LOST), called(**LOST, loa="health")]

    report = look_back(calls, licensed("Ana", 1, "OH"), prices={"life": 4500})

    assert [(money.loa, money.leads, money.cents, money.unpriced) for money in report.money] == [
        ("health", 1, 0, 1),
        ("life", 2, 10_500, 0),
    ]


def test_the_license_that_would_have_caught_most_comes_first_and_says_what_it_costs() -> None:
    taken = [called(**IN_TEXAS)] * 3
    lost = [called(**LOST, zip="82001", state="WY", caller="+13075550100")] * 5

    first, second = look_back([*taken, *lost], licensed("Ana", 1, "OH")).licenses_to_get

    assert (first.npn, first.state, first.lines, first.lost, first.unauthorized) == (
        "90000001", "WY", "life", Range(5, 5), NONE,
    )  # fmt: skip
    assert (second.state, second.unauthorized) == ("TX", Range(3, 3))
    assert first.fee_low_cents is not None
    assert first.fee_low_cents >= 560
    assert "business days" in first.waiting


def test_one_resident_license_catches_the_calls_of_every_state_that_rests_on_it() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", expires="2026-09-30"), Held("TX"), Held("FL"))
    calls = [called(**IN_TEXAS), called(zip=MIAMI, state="FL", caller="+13055550100"), called()]

    (found,) = look_back(calls, ana).licenses_to_get

    assert (found.state, found.unauthorized) == ("OH", Range(3, 3))
    assert "resident license" in found.what


def test_a_gap_is_filled_once() -> None:
    lost = [called(**LOST, **IN_TEXAS)] * 4
    taken = [called(**IN_TEXAS, producer=npn) for npn in ("90000001", "90000002")]

    first, second = look_back([*lost, *taken], licensed("Ana", 1, "OH"), licensed("Ben", 2, "OH")).licenses_to_get

    assert (first.unauthorized, first.lost) == (Range(1, 1), Range(4, 4))
    assert (second.unauthorized, second.lost) == (Range(1, 1), NONE)


def test_a_resident_license_that_carries_other_states_is_a_single_point_of_failure() -> None:
    ana, ben = licensed("Ana", 1, "OH", "TX", "FL", "GA"), licensed("Ben", 2, "TX", "GA")
    calls = [called(), called(zip=MIAMI, state="FL", caller="+13055550100"), called(zip="30301", state="GA")]

    (point,) = look_back(calls, ana, ben).single_points

    assert (point.npn, point.home_state, point.line) == ("90000001", "OH", "life")
    assert (point.states, point.alone_in) == (("FL", "GA", "TX"), ("FL", "OH"))
    assert (point.calls, point.calls_alone) == (2, 2)


def test_nothing_rests_on_a_resident_license_that_is_no_longer_in_force() -> None:
    ana = licensed("Ana", 1, "OH").holding(Held("OH", expires="2026-09-30"), Held("TX"), Held("FL"))

    assert look_back([called()], ana).single_points == ()


@pytest.mark.parametrize("calls", [0, 1])
def test_a_log_of_nothing_is_a_report_too(calls: int) -> None:
    report = look_back([called()] * calls, licensed("Ana", 1, "OH"))

    assert (report.calls, report.without_authority) == (calls, NONE)
