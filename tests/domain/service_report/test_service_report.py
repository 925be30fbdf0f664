"""The definitions and the sums: nothing falls between two tiers, and every table adds up to the whole."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs, Custody
from app.domain.service_report.days import Choice, Days, chosen, span_before
from app.domain.service_report.definitions import Kept, Reached, Ring, Standing, kept, reached, standing
from app.domain.service_report.facts import CallFacts, LeadFacts, PromiseFacts, RingFacts
from app.domain.service_report.report import Asked, Gathering, ServiceReport, avoided
from app.domain.service_report.tally import Tally

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
WITHIN = timedelta(seconds=20)


def lead(lead_id: int = 1, custody: Custody = Custody.SERVED, **more: Any) -> LeadFacts:
    usual: dict[str, Any] = {"closed_as": None, "owed_by": None, "billed": True, "called_back": False, "promises": ()}
    return LeadFacts(lead_id=lead_id, custody=custody, **(usual | more))


def ring(accepted_after: float | None = None, outcome: Outcome | None = None, producer_id: int = 7) -> RingFacts:
    accepted_at = None if accepted_after is None else NOON + timedelta(seconds=accepted_after)
    return RingFacts(
        producer_id, outcome or (Outcome.ACCEPTED if accepted_at else Outcome.NO_ANSWER), accepted_at, None
    )


def call(*rings: RingFacts, lasted: float | None = 60, **more: Any) -> CallFacts:
    usual: dict[str, Any] = {
        "is_callback": False,
        "campaign": "+18005550199",
        "vendor": "acme",
        "states": ("OH",),
        "arrived_at": NOON,
        "answered_at": NOON + timedelta(seconds=1),
        "ended_at": None if lasted is None else NOON + timedelta(seconds=lasted),
        "disposition": Disposition.ABANDONED,
        "held": False,
        "talk_seconds": 0,
        "hour": 12,
        "on": "2026-11-18",
        "price_cents": 4250,
        "nobody_licensed": False,
        "lead": lead(),
    }
    return CallFacts(rings=rings, **(usual | more))


def gathered(*calls: CallFacts, as_of: datetime = NOON + timedelta(hours=1)) -> Gathering:
    gathering = Gathering(within=WITHIN, as_of=as_of)
    gathering.add(calls)
    return gathering


# ---- one call


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (call(ring(4)), Reached.ANSWERED),
        (call(ring(4), held=True), Reached.ANSWERED_AFTER_HOLD),
        (call(ring(4), lasted=None), Reached.ANSWERED),
        (call(ring(4, Outcome.FAILED)), Reached.ABANDONED),
        (call(lasted=None), Reached.ON_THE_LINE),
        (call(lasted=5, answered_at=None), Reached.SHORT_ABANDON),
        (call(lasted=5.001, answered_at=None), Reached.ABANDONED),
        (call(lasted=5), Reached.ABANDONED),
        (call(lasted=0, answered_at=None, disposition=Disposition.RETURNED), Reached.RETURNED),
        (call(disposition=Disposition.CALLBACK_SCHEDULED), Reached.PROMISED),
        (call(disposition=Disposition.ESCALATED), Reached.ESCALATED),
        (call(disposition=Disposition.OPTED_OUT), Reached.OPTED_OUT),
        (call(disposition=None), Reached.ABANDONED),
    ],
)
def test_a_call_ends_in_one_tier(what: CallFacts, expected: Reached) -> None:
    assert reached(what, what.accepted_at) is expected


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (lead(), Standing.SERVED),
        (lead(called_back=True), Standing.SERVED_BY_CALLBACK),
        (lead(custody=Custody.PROMISED, owed_by=NOON), Standing.PROMISED),
        (lead(custody=Custody.PROMISED, owed_by=NOON - timedelta(seconds=1)), Standing.LATE),
        (lead(custody=Custody.ESCALATED, owed_by=NOON), Standing.ESCALATED),
        (lead(custody=Custody.IN_CALL, owed_by=NOON), Standing.ON_THE_LINE),
        (lead(custody=Custody.CLOSED, closed_as=ClosedAs.UNREACHABLE), Standing.UNREACHABLE),
        (lead(custody=Custody.CLOSED, closed_as=ClosedAs.DUPLICATE), Standing.SET_ASIDE),
        (lead(custody=Custody.CLOSED, closed_as=ClosedAs.RETURNED), Standing.RETURNED),
    ],
)
def test_a_lead_stands_in_one_place(what: LeadFacts, expected: Standing) -> None:
    assert standing(what, Reached.ABANDONED, NOON) is expected


def test_who_hung_up_within_seconds_is_left_alone_and_not_lost() -> None:
    closed = lead(custody=Custody.CLOSED, closed_as=ClosedAs.UNREACHABLE, billed=False)

    total = gathered(call(lasted=4, answered_at=None, lead=closed)).total

    assert (total.of_standing(Standing.LEFT_ALONE), total.lost, total.short, total.counted) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("status", "dialed_after", "expected"),
    [
        ("done", 0, Kept.KEPT),
        ("escalated", 0, Kept.KEPT),
        ("done", 1, Kept.SLIPPED),
        ("promised", None, Kept.TO_KEEP),
        ("cancelled", None, Kept.NOT_NEEDED),
        ("escalated", None, Kept.SLIPPED),
    ],
)
def test_a_promise_is_kept_when_our_call_left_in_time(status: str, dialed_after: int | None, expected: Kept) -> None:
    dialed = None if dialed_after is None else NOON + timedelta(seconds=dialed_after)

    assert kept(PromiseFacts(status, NOON, dialed), NOON) is expected


def test_a_promise_that_stands_after_its_time_has_slipped() -> None:
    assert kept(PromiseFacts("promised", NOON, None), NOON + timedelta(seconds=1)) is Kept.SLIPPED


# ---- measures


def test_service_level_is_what_was_taken_in_time_of_all_but_short_abandons() -> None:
    total = gathered(
        call(ring(20)),
        call(ring(20.001), lead=lead(2)),
        call(lead=lead(3)),
        call(lasted=3, answered_at=None, lead=lead(4)),
    ).total

    assert (total.within(20), total.counted) == (1, 3)
    assert total.service_level(20) == pytest.approx(100 / 3)
    assert total.abandonment == pytest.approx(100 / 3)
    assert total.mean_speed == pytest.approx(20.0005, abs=0.001)


def test_a_call_that_still_rings_is_counted_once_it_has_missed_the_threshold() -> None:
    ringing = call(lasted=None)

    in_time, too_late = (gathered(ringing, as_of=NOON + timedelta(seconds=waited)).total for waited in (20, 20.5))

    assert (in_time.counted, in_time.service_level(20)) == (0, None)
    assert (too_late.counted, too_late.service_level(20)) == (1, 0)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_the_nearest_rank(waits: list[int], percent: int) -> None:
    total = gathered(*(call(ring(waited), lead=lead(nth)) for nth, waited in enumerate(waits))).total

    found = total.speed_of(percent)

    assert found in waits
    assert sum(waited <= found for waited in waits) * 100 >= percent * len(waits)
    assert sum(waited < found for waited in waits) * 100 < percent * len(waits)


def test_the_first_producer_to_take_the_call_sets_its_speed() -> None:
    total = gathered(call(ring(40), ring(9), ring(3, Outcome.AUTHORITY_LOST))).total

    assert (total.speed_of(50), total.authority_lost, total.refused_calls) == (9, 1, 1)


def test_a_lead_that_calls_twice_is_one_lead_and_is_paid_once() -> None:
    total = gathered(call(), call(ring(3))).total

    assert (total.offered, total.leads_total, total.spent_cents) == (2, 1, 4250)


def test_a_callback_counts_for_its_producer_and_is_no_offered_call() -> None:
    gathering = gathered(call(ring(3), is_callback=True, talk_seconds=90))

    assert gathering.total.offered == 0
    assert gathering.by_producer["7"].kept() == {"rings": {Ring.ACCEPTED: 1}, "callbacks": 1, "talk_seconds": 90}


def test_money_follows_where_the_lead_stands_and_the_vendors_clock() -> None:
    owed = lead(2, Custody.ESCALATED, owed_by=NOON + timedelta(days=1))
    lost = lead(3, Custody.CLOSED, closed_as=ClosedAs.UNREACHABLE)

    total = gathered(
        call(ring(3)),
        call(lead=owed),
        call(lead=lost),
        call(lead=lead(4, billed=False)),
        call(lead=lead(5), price_cents=None),
    ).total

    assert (total.spent_cents, total.owed_cents, total.lost_cents, total.unpriced) == (12750, 4250, 4250, 1)
    assert total.billable_seconds == 5 * 59


# ---- sums


_rings = st.builds(
    ring,
    accepted_after=st.one_of(st.none(), st.floats(0, 200)),
    outcome=st.sampled_from([None, *Outcome]),
    producer_id=st.integers(1, 4),
)
_promises = st.builds(
    PromiseFacts,
    st.sampled_from(["promised", "dialing", "done", "escalated", "cancelled"]),
    st.just(NOON) | st.just(NOON + timedelta(days=1)),
    st.sampled_from([None, NOON, NOON + timedelta(hours=1)]),
)
_leads = st.builds(
    lead,
    st.integers(1, 5),
    st.sampled_from(list(Custody)),
    closed_as=st.sampled_from([None, *ClosedAs]),
    owed_by=st.sampled_from([None, NOON, NOON + timedelta(days=1)]),
    billed=st.booleans(),
    called_back=st.booleans(),
    promises=st.lists(_promises, max_size=2),
)
_calls = st.builds(
    lambda rings, **more: call(*rings, **more),
    st.lists(_rings, max_size=3),
    lasted=st.sampled_from([None, 0, 4, 5, 6, 300]),
    answered_at=st.sampled_from([None, NOON]),
    disposition=st.sampled_from([None, *Disposition]),
    held=st.booleans(),
    is_callback=st.booleans(),
    vendor=st.sampled_from(["", "acme", "other"]),
    campaign=st.sampled_from(["", "+18005550199"]),
    states=st.sampled_from([(), ("OH",), ("OH", "KY")]),
    hour=st.integers(0, 23),
    on=st.sampled_from(["2026-11-17", "2026-11-18"]),
    price_cents=st.sampled_from([None, 100, 4250]),
    nobody_licensed=st.booleans(),
    lead=st.none() | _leads,
)


@given(st.lists(_calls, max_size=12))
def test_every_call_is_in_one_tier_and_every_table_adds_up_to_the_whole(calls: list[CallFacts]) -> None:
    gathering = gathered(*calls)

    total = gathering.total
    offered = [one for one in calls if one.lead is not None and not one.is_callback]
    assert total.offered == len(offered) == sum(total.of_tier(tier) for tier in Reached)
    assert (
        total.leads_total
        == len({one.lead.lead_id for one in offered if one.lead})
        == sum(total.of_standing(each) for each in Standing)
    )
    assert total.answered == total.speeds.total()
    assert 0 <= total.within(20) <= total.counted <= total.offered
    assert total.served + total.owed + total.lost <= total.leads_total
    assert total.owed_cents + total.lost_cents <= total.spent_cents
    assert sum(tally.offered for tally in gathering.by_producer.values()) == sum(len(one.rings) for one in calls)
    for table in (gathering.by_vendor, gathering.by_campaign, gathering.by_state, gathering.by_hour, gathering.by_day):
        assert _added(list(table.values())) == total


def _added(tallies: list[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        for name, value in vars(tally).items():
            setattr(whole, name, getattr(whole, name) + value)
    return whole


@given(st.lists(_calls, max_size=8))
def test_a_report_is_kept_as_json_and_comes_back_as_it_was(calls: list[CallFacts]) -> None:
    asked = Asked(Days(date(2026, 11, 18), date(2026, 11, 18)), NEW_YORK, vendor="acme", within_seconds=30)
    report = gathered(*calls).report(asked, before=Tally(), names={"vendor": {"acme": "Acme"}}, checks_refused=2)

    back = ServiceReport.restored(json.loads(json.dumps(report.kept())))

    assert back == report


def test_what_was_avoided_is_a_range_of_the_refusals_with_its_source() -> None:
    asked = Asked(Days(date(2026, 11, 18), date(2026, 11, 18)), NEW_YORK)
    report = gathered(call(nobody_licensed=True)).report(asked, before=Tally(), names={}, checks_refused=2)

    estimate = avoided(report)

    assert (estimate.refusals, estimate.low_usd, estimate.high_usd) == (3, 1500, 30000)
    assert "no single statute" in estimate.penalty.source


# ---- days


def test_choices_are_whole_days_of_the_agency() -> None:
    today = date(2026, 3, 1)

    assert chosen(Choice.YESTERDAY, today) == Days(date(2026, 2, 28), date(2026, 2, 28))
    assert chosen(Choice.LAST_7_DAYS, today) == Days(date(2026, 2, 23), today)
    assert chosen(Choice.THIS_MONTH, today) == Days(today, today)
    assert chosen(Choice.LAST_MONTH, today) == Days(date(2026, 2, 1), date(2026, 2, 28))


def test_a_day_of_a_clock_change_has_its_own_length() -> None:
    day = Days(date(2026, 11, 1), date(2026, 11, 1))

    assert day.ends(NEW_YORK) - day.begins(NEW_YORK) == timedelta(hours=25)


def test_an_open_day_is_compared_with_the_day_before_until_the_same_time() -> None:
    today = Days(date(2026, 11, 18), date(2026, 11, 18))

    before = span_before(today, NEW_YORK, NOON)

    assert (before.since, before.until) == (datetime(2026, 11, 17, 5, tzinfo=UTC), NOON - timedelta(days=1))


def test_finished_days_are_compared_with_as_many_whole_days() -> None:
    week = Days(date(2026, 11, 8), date(2026, 11, 14))

    before = span_before(week, NEW_YORK, NOON)

    assert (before.since, before.until) == (datetime(2026, 11, 1, 4, tzinfo=UTC), week.begins(NEW_YORK))


@pytest.mark.parametrize(("first", "last"), [((2026, 11, 2), (2026, 11, 1)), ((2025, 1, 1), (2026, 1, 2))])
def test_days_are_in_order_and_not_endless(first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"after|at most"):
        Days(date(*first), date(*last))
