"""Whether a billed line is due: the verdict, every reason against it, and the sentence that says what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import residency
from app.domain.billing.clock import billable_seconds
from app.domain.billing.judging import Around, Judgement, judge
from app.domain.billing.matching import AROUND, Candidates, match
from app.domain.billing.record import BilledBefore, BilledLine, Doubt, Finding, OurCall, Reason, Verdict
from app.domain.billing.repeats import PersonsCall, repeats
from app.domain.billing.then import Agreed, Change, Opening, OpeningsThen, SettingsThen
from app.domain.residency import Evidence

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
OHIO_OPEN = OpeningsThen({"OH": [Opening(NOON - timedelta(days=90), is_open=True)]})
LINE = BilledLine(line=2, amount_cents=4500, call_id="CA1")
VENDOR = 7


def call(seconds: float | None = 95, **fields: Any) -> OurCall:
    """A call of Ohio, answered three seconds after it arrived, and over after so many more."""
    answered = NOON + timedelta(seconds=3)
    told: dict[str, Any] = {
        "call_id": 1,
        "call_sid": "CA1",
        "vendor_id": VENDOR,
        "campaign_id": 1,
        "lead_id": 1,
        "to_number": "+18005550199",
        "arrived_at": NOON,
        "answered_at": answered,
        "accepted_at": answered,
        "ended_at": None if seconds is None else answered + timedelta(seconds=seconds),
        "stated": "OH",
    }
    return OurCall(**{**told, **fields})


def living(**evidence: Any) -> residency.Residence:
    return residency.settle(Evidence(**evidence))


def judged(
    line: BilledLine = LINE,
    ours: OurCall | None = None,
    *,
    buffer: int | None = 90,
    price: int | None = 4500,
    **around: Any,
) -> Judgement:
    told = {"openings": OHIO_OPEN, **around}
    return judge(line, ours or call(), Around(agreed=Agreed(buffer, price), **told))


# ---- verdicts


@pytest.mark.parametrize(
    ("line", "ours", "around", "verdict", "codes"),
    [
        ({}, {}, {}, "accepted", ()),
        ({}, {"seconds": 40}, {}, "disputed", ("under_buffer",)),
        ({}, {"seconds": 40}, {"buffer": None}, "accepted", ()),
        ({}, {"answered_at": None, "accepted_at": None}, {}, "disputed", ("unanswered",)),
        ({}, {"answered_at": None}, {}, "cannot_say", ("answer_unknown",)),
        ({}, {"answered_at": None, "accepted_at": None, "served_seconds": 9}, {}, "cannot_say", ("answer_unknown",)),
        ({}, {"seconds": None}, {}, "cannot_say", ("call_open",)),
        ({"amount_cents": 4501}, {}, {}, "disputed", ("wrong_price",)),
        ({"amount_cents": 4499}, {}, {}, "accepted", ()),
        ({}, {}, {"price": None}, "cannot_say", ("no_price",)),
        # A certain reason outweighs a doubt.
        ({}, {"seconds": 40}, {"price": None}, "disputed", ("under_buffer", "no_price")),
        ({"billable_seconds": 97}, {}, {}, "accepted", ()),
        ({"billable_seconds": 98}, {}, {}, "disputed", ("wrong_seconds",)),
        ({"billable_seconds": 0}, {}, {}, "accepted", ()),
        ({}, {}, {"billed_before": BilledBefore(2)}, "disputed", ("duplicate",)),
        ({}, {}, {"billed_before": BilledBefore(9, 3)}, "disputed", ("duplicate",)),
        ({}, {}, {"repeats": PersonsCall(8, "CA8", NOON, True)}, "disputed", ("duplicate",)),
        (
            {"amount_cents": 9900, "billable_seconds": 99},
            {"seconds": 40},
            {},
            "disputed",
            ("under_buffer", "wrong_seconds", "wrong_price"),
        ),
    ],
)  # fmt: skip
def test_a_line_is_due_unless_our_record_says_otherwise(
    line: dict[str, Any], ours: dict[str, Any], around: dict[str, Any], verdict: str, codes: tuple[str, ...]
) -> None:
    found = judged(replace(LINE, **line), call(**ours), **around)

    assert (found.verdict, found.codes) == (verdict, codes)


@pytest.mark.parametrize(
    ("evidence", "line_state", "verdict", "codes"),
    [
        # Keyed ZIPs are the caller's own word.
        ({"keyed_zip": "43215", "vendor_state": "OH"}, None, "accepted", ()),
        ({"keyed_zip": "43215", "vendor_state": "TX"}, "TX", "disputed", ("wrong_state",)),
        ({"keyed_zip": "75201", "vendor_state": "OH"}, None, "disputed", ("wrong_state",)),
        ({"keyed_zip": "75201", "vendor_state": "TX"}, "TX", "disputed", ("wrong_state",)),
        # Verified by the vendor's own ZIP and state.
        ({"vendor_zip": "43215", "vendor_state": "OH"}, "OH", "accepted", ()),
        ({"vendor_zip": "43215", "vendor_state": "OH"}, "TX", "disputed", ("wrong_state",)),
        # A producer learned it.
        ({"vendor_zip": "43215", "vendor_state": "OH", "stated_states": ("TX",)}, "OH", "disputed", ("wrong_state",)),
        ({"phone": "+12145550150", "stated_states": ("OH",)}, "OH", "accepted", ()),
        # A producer says Texas, the caller keyed Ohio: a person decides about the state, and Texas was not bought.
        ({"keyed_zip": "43215", "stated_states": ("TX",)}, "OH", "cannot_say", ("state_unsure",)),
        # Too little for a dispute: presumed, likely, in conflict, shared, unknown.
        ({"phone": "+12145550150"}, "OH", "accepted", ()),
        ({"vendor_state": "OH", "phone": "+12145550150"}, "OH", "accepted", ()),
        ({"vendor_zip": "75201"}, "OH", "accepted", ()),
        ({}, "OH", "accepted", ()),
    ],
)  # fmt: skip
def test_a_state_is_disputed_only_where_it_is_settled(
    evidence: dict[str, Any], line_state: str | None, verdict: str, codes: tuple[str, ...]
) -> None:
    found = judged(replace(LINE, state=line_state), call(residence=living(**evidence)))

    assert (found.verdict, found.codes) == (verdict, codes)


def test_a_state_that_was_closed_when_the_call_arrived_was_not_bought() -> None:
    spans = [Opening(NOON - timedelta(days=9), is_open=True), Opening(NOON, is_open=False)]
    ours = call(residence=living(keyed_zip="43215"))

    closed = judged(ours=ours, openings=OpeningsThen({"OH": spans}))
    before = judged(ours=replace(ours, arrived_at=NOON - timedelta(seconds=1)), openings=OpeningsThen({"OH": spans}))

    assert closed.codes == ("wrong_state",)
    assert "did not buy calls on 2026-11-18 17:00:00 UTC" in closed.findings[0].sentence
    assert before.verdict is Verdict.ACCEPTED


def test_a_pilot_state_is_bought_inside_its_territory() -> None:
    pilot = OpeningsThen({"OH": [Opening(NOON, is_open=True, zips=frozenset({"43215"}))]})

    assert pilot.bought("OH", "43215", NOON)
    assert pilot.bought("OH", None, NOON), "a ZIP that is not known proves nothing"
    assert not pilot.bought("OH", "43004", NOON)
    assert not pilot.bought("TX", "75201", NOON)


def test_each_sentence_says_what_it_rests_on() -> None:
    line = replace(LINE, amount_cents=5000, billable_seconds=120, state="TX")
    ours = call(40, residence=living(keyed_zip="43215"))

    told = [finding.sentence for finding in judged(line, ours, billed_before=BilledBefore(9, 3)).findings]

    span = "answered 2026-11-18 17:00:03 UTC, ended 2026-11-18 17:00:43 UTC: 40 billable seconds"
    assert told == [
        f"The call was {span}, below the buffer of 90 agreed then.",
        f"Billed are 120 seconds, but the call was {span}.",
        "The same call is billed on line 9 of invoice 3.",
        "The vendor says Texas, but the caller lives in Ohio: the caller's own ZIP says so.",
        "Billed are $50.00, agreed then were $45.00.",
    ]


# ---- the buffer's boundary


@given(buffer=st.integers(15, 3600), milliseconds=st.integers(-3000, 3000))
def test_a_call_is_due_from_the_second_of_the_buffer_on(buffer: int, milliseconds: int) -> None:
    seconds = buffer + milliseconds / 1000

    found = judged(ours=call(seconds), buffer=buffer)

    assert found.verdict is (Verdict.ACCEPTED if milliseconds >= 0 else Verdict.DISPUTED)


@given(ours=st.integers(0, 7200), billed=st.integers(0, 7200))
def test_seconds_are_disputed_beyond_the_tolerance_only(ours: int, billed: int) -> None:
    found = judged(replace(LINE, billable_seconds=billed), call(ours), buffer=None)

    assert ("wrong_seconds" in found.codes) == (billed > ours + 2)


@given(amount=st.integers(0, 10**7), price=st.integers(0, 10**7))
def test_a_cent_above_the_price_is_disputed(amount: int, price: int) -> None:
    found = judged(replace(LINE, amount_cents=amount), price=price)

    assert found.codes == (("wrong_price",) if amount > price else ())


def test_the_vendors_clock_runs_from_answer_to_end() -> None:
    end = NOON + timedelta(seconds=89.9)

    assert billable_seconds(NOON, end) == 89
    assert billable_seconds(None, end) == 0
    assert billable_seconds(NOON, None) is None
    assert billable_seconds(None, None) is None
    assert billable_seconds(end, NOON) == 0


# ---- the same person again


def person(day: float, *, billable: bool = True) -> PersonsCall:
    return PersonsCall(int(day * 10), f"CA{day}", NOON + timedelta(days=day), billable)


@pytest.mark.parametrize(
    ("calls", "days", "repeated"),
    [
        ([person(0), person(29)], 30, [290]),
        ([person(0), person(30)], 30, []),
        ([person(0, billable=False), person(1)], 30, []),
        # A repeat is not billable, so the third counts from the first.
        ([person(0), person(20), person(40)], 30, [200]),
        ([person(0), person(20), person(40), person(60)], 30, [200, 600]),
        ([person(5), person(0)], 30, [50]),
        ([person(0), person(0.5)], 0, []),
    ],
)
def test_a_person_is_billed_once_within_the_days(calls: list[PersonsCall], days: int, repeated: list[int]) -> None:
    assert list(repeats(calls, duplicate_days=days)) == repeated


@given(
    st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=12, unique_by=lambda one: one[0]),
    st.integers(1, 60),
)
def test_between_two_calls_that_are_due_lie_the_days_agreed(found: list[tuple[int, bool]], days: int) -> None:
    calls = [person(day, billable=billable) for day, billable in found]

    again = repeats(calls, duplicate_days=days)

    due = sorted(call.arrived_at for call in calls if call.billable and call.call_id not in again)
    assert all(later - earlier >= timedelta(days=days) for earlier, later in pairwise(due))


# ---- which call


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ({}, Candidates(by_sid=[call()]), 1),
        ({}, Candidates(by_caller=[call()]), 1),
        ({}, Candidates(by_external_id=[call(), call(call_id=2)]), Doubt.AMBIGUOUS),
        ({}, Candidates(by_external_id=[call(), call(call_id=2)], by_caller=[call(call_id=2)]), 2),
        ({}, Candidates(by_sid=[call()], by_caller=[call(call_id=2)]), Doubt.CONTRADICTED),
        ({"at": NOON + AROUND}, Candidates(by_lead=[call(), call(call_id=2, arrived_at=NOON - timedelta(1))]), 1),
        (
            {"called": "+18005550198"},
            Candidates(by_lead=[call(), call(call_id=2, to_number="+18005550198")]),
            2,
        ),
        ({}, Candidates(by_sid=[call(vendor_id=None)]), Doubt.NO_VENDOR),
        ({}, Candidates(by_sid=[call(vendor_id=8)]), Reason.UNKNOWN),
        ({}, Candidates(posted=True), Reason.UNKNOWN),
        ({"call_id": "CA" + "0" * 32}, Candidates(), Reason.UNKNOWN),
        ({"call_id": "x-17"}, Candidates(), Doubt.NOTHING_TO_MATCH),
        ({"call_id": "x-17", "external_id": "lead-1"}, Candidates(), Reason.UNKNOWN),
        ({"call_id": "", "caller": "+16145550101", "at": NOON}, Candidates(), Reason.UNKNOWN),
        ({"call_id": "", "lead_id": 5}, Candidates(), Reason.UNKNOWN),
    ],
)  # fmt: skip
def test_a_line_bills_one_call_or_none_that_can_be_told(
    line: dict[str, Any], found: Candidates, expected: int | Reason | Doubt
) -> None:
    matched = match(replace(LINE, **line), found, VENDOR)

    assert (matched.code if isinstance(matched, Finding) else matched.call_id) == expected


def test_what_was_looked_for_is_told() -> None:
    line = replace(LINE, call_id="CA" + "0" * 32, caller="+16145550101", at=NOON)

    found = match(line, Candidates(), VENDOR)

    assert isinstance(found, Finding)
    assert found.sentence == (
        f"No call that this vendor sold us has the CallSid CA{'0' * 32} or that caller within 10 minutes of "
        "2026-11-18 17:00:00 UTC."
    )


# ---- as it was then


def test_settings_are_those_of_the_moment_when_the_call_arrived() -> None:
    changes = [
        Change(NOON, "price", "40"),
        Change(NOON, "buffer_seconds", "none"),
        Change(NOON + timedelta(days=1), "price", "45"),
    ]
    settings = SettingsThen({1: {"price": "50.50", "buffer_seconds": "90", "time_zone": "Nowhere"}}, {1: changes})

    assert settings.agreed(1, NOON - timedelta(seconds=1)) == Agreed(None, 4000)
    assert settings.agreed(1, NOON) == Agreed(90, 4500)
    assert settings.agreed(1, NOON + timedelta(days=2)) == Agreed(90, 5050)
    assert settings.agreed(2, NOON) == Agreed(None, None)
    assert settings.agreed(None, NOON) == Agreed(None, None)
