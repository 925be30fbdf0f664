"""No decision uses a license past its instant, and no job is needed for that: nothing runs here but the question."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import states
from app.domain.licensing import Question
from app.domain.lines import Requirement
from app.storage import authority_facts, licensing_gate
from app.storage.database import Database
from app.workflows.authority.check_authority import AuthorityQuestion, check_authority
from app.workflows.licenses.impact import Impact, impact_of
from tests.builders import Held, licensed
from tests.workflows.licenses.lapsing import open_states
from tests.workflows.licenses.moving import show_roster

IMPORTED = datetime(2026, 10, 28, 15, tzinfo=UTC)
LIFE = Requirement.parse("life")
STATES = ("OH", "FL", "TN", "AZ", "HI", "GU")
DAYS = tuple(date(2026, 10, 31) + timedelta(days=days) for days in range(3))
"""Around the end of daylight time."""


def day_ends(state: str, day: date) -> datetime:
    """When the day is over in that zone of the state in which it is over first."""
    return min(datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) for zone in states.zones(state))


@settings(max_examples=30)
@given(
    home=st.sampled_from(STATES),
    home_day=st.sampled_from(DAYS),
    there=st.sampled_from(STATES),
    there_day=st.sampled_from(DAYS),
    from_the_end=st.sampled_from([-1, 0, 1]).map(lambda count: timedelta(microseconds=count)),
    whose_end=st.booleans(),
)
def test_gate_check_and_impact_end_with_the_license_or_with_the_one_that_it_rests_on(
    home: str,
    home_day: date,
    there: str,
    there_day: date,
    from_the_end: timedelta,
    whose_end: bool,
    database: Database,
) -> None:
    if there == home:
        there_day = home_day
    held = {Held(home, expires=str(home_day)), Held(there, expires=str(there_day))}
    ends = {home: day_ends(home, home_day), there: day_ends(there, there_day)}
    # One for each home, for nobody moves here; what an earlier example left of them gives no authority.
    people = {state: licensed("Ana", number, state) for number, state in enumerate(STATES, 1)}
    ana = people[home].holding(*held)
    nothing = [Held(state, status="inactive") for state in STATES]
    show_roster(database, IMPORTED, *(person.holding(*nothing) for person in people.values()))
    show_roster(database, IMPORTED, ana)
    open_states(database, IMPORTED, *STATES)
    at = ends[home if whose_end else there] + from_the_end

    with database.read() as tx:
        question = Question((there,), LIFE, openings=authority_facts.openings(tx, [there], None))
        by_gate = licensing_gate.somebody_licensed(tx, question, at, campaign_id=None)
    asked = AuthorityQuestion(npn=ana.npn, requirement=LIFE, state=there)
    by_check = check_authority(asked, actor="test", database=database, now=at).allowed
    impact = impact_of(ana.npn, [there], database=database, now=at)

    allowed = at < min(ends.values())
    assert (by_gate, by_check) == (allowed, allowed)
    assert isinstance(impact, Impact)
    assert (there in impact.gone.states) == allowed
