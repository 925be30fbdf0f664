"""Which licenses run out, when that is told, and what became of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import states
from app.domain.licensing import Status, authority_instants
from app.domain.lines import Line
from app.domain.renewals import (
    LAPSED,
    THRESHOLDS,
    Became,
    Closed,
    Held,
    RunsOut,
    Step,
    a_day_began,
    crosses_at,
    days_left,
    is_untouched,
    next_stage_at,
    running_out,
    stage,
    what_became,
)

NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
TODAY = date(2026, 11, 18)
INSTANTS = st.integers(0, 2 * 365 * 86400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
STATES = st.sampled_from(states.ALL)


def license_(line: Line = Line.LIFE, *, expires: date | None = TODAY, **changes: Any) -> Held:
    held = Held("OH", line, Status.ACTIVE, expires, perpetual=False, version=7)
    return held._replace(**changes)


# ---- days and thresholds


@given(state=STATES, day=DAYS, now=INSTANTS)
def test_it_has_lapsed_at_the_very_instant_at_which_authority_ends(state: str, day: date, now: datetime) -> None:
    _, ends = authority_instants(state, None, day, False)
    assert ends is not None

    assert (days_left(state, day, now) < 0) == (ends <= now)
    assert days_left(state, day, ends) == -1
    assert days_left(state, day, ends - timedelta(microseconds=1)) == 0


@given(state=STATES, day=DAYS, told=st.sampled_from([None, *THRESHOLDS]))
def test_the_next_threshold_is_crossed_at_the_instant_that_is_named(state: str, day: date, told: int | None) -> None:
    at = next_stage_at(state, day, told)
    assert at is not None

    assert stage(state, day, at - timedelta(microseconds=1)) == told
    crossed = stage(state, day, at)
    assert crossed is not None
    assert told is None or crossed < told
    assert crosses_at(state, day, crossed) == at


@pytest.mark.parametrize(
    ("left", "crossed"),
    [
        *[(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (14, 14), (7, 7), (2, 7), (1, 1), (0, 1)],
        *[(-1, LAPSED), (-400, LAPSED)],
    ],
)
def test_the_last_threshold_that_was_crossed_counts(left: int, crossed: int | None) -> None:
    assert stage("OH", TODAY + timedelta(days=left), NOON) == crossed


def test_after_the_lapse_there_is_nothing_more_to_tell() -> None:
    assert next_stage_at("OH", TODAY, LAPSED) is None


def test_a_day_begins_where_midnight_comes_and_nowhere_else() -> None:
    midnight_in_ohio = datetime(2026, 11, 18, 5, tzinfo=UTC)

    assert a_day_began(midnight_in_ohio - timedelta(seconds=1), midnight_in_ohio)
    assert not a_day_began(NOON, NOON + timedelta(minutes=59))


# ---- untouched


def untouched(days: int, touched_at: datetime | None, *done: Step) -> bool:
    return is_untouched("OH", TODAY + timedelta(days=days), touched_at=touched_at, done=done, now=NOON)


@pytest.mark.parametrize(("left", "aloud"), [(61, False), (60, False), (31, False), (30, True), (14, True), (7, True)])
def test_what_nobody_touched_is_said_aloud_from_thirty_days_on(left: int, aloud: bool) -> None:
    assert untouched(left, None) is aloud


def test_what_was_touched_since_the_threshold_before_is_not_untouched() -> None:
    assert not untouched(14, NOON - timedelta(days=15))  # 29 days were left
    assert untouched(14, NOON - timedelta(days=17))  # 31 were


def test_where_every_step_is_done_nothing_is_left_to_touch() -> None:
    assert not untouched(1, NOON - timedelta(days=80), *Step)


# ---- what runs out


def test_lines_that_end_on_one_day_are_one_thing() -> None:
    soon = TODAY + timedelta(days=30)
    held = [license_(Line.HEALTH, expires=soon), license_(Line.LIFE, expires=soon), license_(Line.PROPERTY)]

    assert running_out(held, NOON) == [
        RunsOut("OH", soon, (Line.LIFE, Line.HEALTH)),
        RunsOut("OH", TODAY, (Line.PROPERTY,)),
    ]


@pytest.mark.parametrize(
    "held",
    [
        license_(expires=TODAY + timedelta(days=91)),
        license_(expires=TODAY - timedelta(days=1)),
        license_(expires=None),
        license_(perpetual=True),
        *[license_(status=status) for status in Status if status not in (Status.ACTIVE, Status.RENEWAL_PENDING)],
    ],
)
def test_what_is_not_in_force_or_far_off_does_not_run_out(held: Held) -> None:
    assert running_out([held], NOON) == []


# ---- what became of it

WAS = RunsOut("OH", TODAY, (Line.LIFE, Line.HEALTH))
RENEWED = license_(expires=TODAY + timedelta(days=730), version=9)
BEFORE, AFTER = NOON, NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("held", "now", "became"),
    [
        ([RENEWED], BEFORE, Became(Closed.RENEWED, 9)),
        ([RENEWED], AFTER, Became(Closed.RENEWED, 9)),
        ([license_(perpetual=True, expires=None)], BEFORE, Became(Closed.RENEWED, 7)),
        ([], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([], AFTER, Became(Closed.LAPSED, None)),
        ([license_()], AFTER, Became(Closed.LAPSED, None)),
        ([license_(status=Status.EXPIRED)], AFTER, Became(Closed.LAPSED, None)),
        ([license_(status=Status.SUSPENDED)], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([RENEWED._replace(status=Status.SUSPENDED)], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([license_(expires=TODAY - timedelta(days=9))], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([license_(expires=None)], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([RENEWED._replace(state="TX")], BEFORE, Became(Closed.WITHDRAWN, None)),
        ([RENEWED._replace(line=Line.SURETY)], BEFORE, Became(Closed.WITHDRAWN, None)),
        # One line was renewed and the other was not, and the date has passed.
        ([RENEWED, license_(Line.HEALTH)], AFTER, Became(Closed.LAPSED, None)),
    ],
)
def test_only_a_later_date_in_force_is_a_renewal(held: list[Held], now: datetime, became: Became) -> None:
    assert what_became(WAS, held, now) == became
