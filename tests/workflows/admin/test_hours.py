"""The agency's own calling hours: they narrow every campaign at once, and never widen the law."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import agency_hours, calling_hours, states
from app.domain import policy as policies
from app.domain.agency_hours import Narrowing
from app.domain.calling_hours import Called
from app.domain.calling_rules import US, DayClass, LocalHours
from app.domain.lines import Requirement
from app.domain.policy import Policy
from app.storage import agency_hours as storage
from app.storage import campaigns
from app.storage.agency_hours import HoursChange
from app.storage.database import Database
from app.workflows.admin.narrow_hours import lift_hours, narrow_hours
from app.workflows.admin.refused import Refused
from tests.workflows.admin.ledger import entries

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # 10:00 in Ohio, a Wednesday
OHIO = Called(("OH",), "614")
NEW_YORK = Called(("NY",), "212")

clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def _narrow(database: Database, place: str, day: str, opens: str, closes: str) -> HoursChange | Refused | None:
    return narrow_hours(
        place, day, opens=opens, closes=closes, actor="user:ann@agency.example", database=database, now=NOW
    )


def _campaign(database: Database) -> Policy:
    with database.begin() as tx:
        found = campaigns.reached_by(tx, "+18005550199")
        if found is None:
            campaigns.add(tx, number="+18005550199", name="n", requirement=Requirement.parse("life"), vendor_id=None)
            found = campaigns.reached_by(tx, "+18005550199")
        assert found is not None
        return found.policy


def test_what_is_narrowed_for_a_state_counts_for_every_campaign_and_no_other_state(database: Database) -> None:
    around_the_clock = policies.apply(_campaign(database), "hours", "Mon-Sun 0:00-24:00")
    assert calling_hours.open_at(OHIO, NOW, hours=around_the_clock)

    changed = _narrow(database, "OH", "weekday", "12:00", "17:00")

    assert isinstance(changed, HoursChange)
    assert (changed.before, changed.after) == ("as the law", "12:00-17:00")
    policy = policies.apply(_campaign(database), "hours", "Mon-Sun 0:00-24:00")
    assert calling_hours.open_at(OHIO, NOW, hours=policy) is None
    following = calling_hours.next_span(OHIO, NOW, hours=policy)
    assert following is not None
    assert (following.opens, following.closes) == (NOW + timedelta(hours=2), NOW + timedelta(hours=7))
    assert calling_hours.open_at(NEW_YORK, NOW, hours=policy)
    # The law itself is as it was.
    assert calling_hours.open_at(OHIO, NOW)


def test_what_is_narrowed_everywhere_counts_in_each_state_and_can_be_lifted(database: Database) -> None:
    _campaign(database)
    _narrow(database, US, "weekday", "", "")
    assert calling_hours.open_at(OHIO, NOW, hours=_campaign(database)) is None

    lifted = lift_hours(US, "weekday", actor="user:ann@agency.example", database=database, now=NOW)

    assert isinstance(lifted, HoursChange)
    assert (lifted.before, lifted.after) == ("closed", "as the law")
    assert calling_hours.open_at(OHIO, NOW, hours=_campaign(database))
    assert [(entry.kind, entry.actor) for entry in entries(database)] == [
        ("agency_hours", "user:ann@agency.example")
    ] * 2


@pytest.mark.parametrize(
    ("place", "day", "opens", "closes", "why"),
    [
        ("OH", "weekday", "07:00", "20:00", "US allows calls from 08:00-21:00"),
        ("OH", "weekday", "09:00", "21:30", "would widen the law"),
        ("AL", "sunday", "10:00", "12:00", "no calls at all"),
        ("OH", "weekday", "18:00", "09:00", "closing must be after opening"),
        ("OH", "weekday", "soon", "20:00", "time of day"),
        ("OH", "weekday", "25:00", "26:00", "time of day"),
        ("ZZ", "weekday", "09:00", "20:00", "56 jurisdictions"),
        ("OH", "someday", "09:00", "20:00", "expected one of"),
    ],
)
def test_what_would_widen_the_law_is_refused_with_the_rule(
    database: Database, place: str, day: str, opens: str, closes: str, why: str
) -> None:
    refusal = _narrow(database, place, day, opens, closes)

    assert isinstance(refusal, Refused)
    assert why in str(refusal)
    with database.read() as tx:
        assert not storage.in_force(tx).by_day
    assert entries(database) == []


def test_the_same_hours_again_are_no_change(database: Database) -> None:
    _narrow(database, "OH", "weekday", "09:00", "17:00")

    assert _narrow(database, "OH", "weekday", "9:00", "17:00") is None
    assert len(entries(database)) == 1


@given(
    place=st.sampled_from([US, *states.ALL]),
    day=st.sampled_from(list(DayClass)),
    opens=clock_times,
    closes=clock_times,
    minutes=st.integers(0, 14 * 24 * 60),
    called=st.sampled_from(["OH", "AL", "TN", "PR", "TX", "FL"]),
)
def test_nothing_that_could_be_kept_ever_opens_what_the_law_closes(
    place: str, day: DayClass, opens: time, closes: time, minutes: int, called: str
) -> None:
    at, person = NOW + timedelta(minutes=minutes), Called((called,), None)
    hours = LocalHours(opens, closes)
    # Whether or not it would be accepted: what follows holds of anything that could be kept.
    kept = agency_hours.NOTHING_TIGHTER.changed(place, day, Narrowing(hours))
    policy = policies.apply(Policy(agency_hours=kept), "hours", "Mon-Sun 0:00-24:00")

    narrowed = calling_hours.open_at(person, at, hours=policy)

    law = calling_hours.open_at(person, at)
    assert narrowed is None or (law is not None and law.opens <= narrowed.opens and narrowed.closes <= law.closes)
    assert agency_hours.read(kept.spelled()).by_day == kept.by_day
