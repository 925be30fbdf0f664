"""The supervisors' queue, worst first, with the reasons why nobody was dialed."""

from __future__ import annotations

from datetime import timedelta

from app.domain.call import Outcome
from app.domain.licensing import Reason
from app.simulator.calls import Call
from app.simulator.parties import NO_ANSWER, CallerBehavior
from app.storage import escalations
from app.workflows.authority.uncovered_states import Coverage, uncovered_states
from app.workflows.leads.claim_next import claim_next
from app.workflows.leads.people_waiting import Queue, people_waiting
from tests.builders import licensed
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER, PAT
from tests.product import Stage

SUE = "user:sue@example.com"
TEXAN = "+12145550150"


def queue(stage: Stage, limit: int = 50, claimed_by: str | None = None) -> Queue:
    with stage.database.read() as tx:
        return people_waiting(tx, stage.now, limit=limit, claimed_by=claimed_by)


def texan(stage: Stage) -> Call:
    return stage.call_from(TEXAN, CallerBehavior(answers=["75201"]))


def coverage(stage: Stage) -> Coverage:
    with stage.database.read() as tx:
        return uncovered_states(tx, stage.now)


def test_who_was_rung_and_who_was_not_are_told_of_the_last_call(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN)
    stage.import_roster(PAT)
    stage.presence(BEN, "away")
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.pass_time(400)

    [waiting] = queue(stage).people

    assert [(ring.name, ring.outcome) for ring in waiting.rung] == [
        ("Ana Tester", Outcome.NO_ANSWER),
        ("Ana Tester", Outcome.NO_ANSWER),
    ]
    assert waiting.refused is not None
    assert waiting.refused.without_authority == ((Reason.NO_LICENSE, 1),)
    assert waiting.refused.not_free == (("away", 1),)


def test_a_roster_that_changes_later_does_not_change_why(stage: Stage) -> None:
    stage.import_roster(PAT)
    texan(stage)
    stage.import_roster(licensed("Tess", 8, "TX"))

    [waiting] = queue(stage).people

    assert waiting.refused is not None
    assert waiting.refused.without_authority == ((Reason.NO_LICENSE, 1),)


def test_what_is_due_first_stands_first_and_the_law_may_end_it_sooner(stage: Stage) -> None:
    stage.import_roster(PAT)
    texan(stage)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    with stage.database.begin() as tx:
        texas, ohio = escalations.listed(tx, status="open", after=0, limit=10)
        tx.exec_driver_sql(f"UPDATE escalations SET due_at = '{stage.now + timedelta(days=3):%Y-%m-%d %H:%M:%S}+00:00'")

    shown = queue(stage).people

    # Ohio closes at nine in New York, Texas at nine in Chicago.
    assert [one.escalation.id for one in shown] == [ohio.id, texas.id]
    assert all(one.deadline(stage.now) < stage.now + timedelta(hours=13) for one in shown)
    assert not any(one.overdue(stage.now) or one.soon(stage.now) for one in shown)


def test_what_ends_within_ten_minutes_is_soon_and_then_overdue(stage: Stage) -> None:
    texan(stage)
    [waiting] = queue(stage).people
    due_at = waiting.deadline(stage.now)

    assert not waiting.soon(due_at - timedelta(minutes=10, seconds=1))
    assert waiting.soon(due_at - timedelta(minutes=10))
    assert waiting.soon(due_at - timedelta(seconds=1))
    assert waiting.overdue(due_at)
    assert not waiting.soon(due_at)


def test_those_who_are_not_shown_are_counted(stage: Stage) -> None:
    for number in (OHIO_CALLER, OTHER_OHIO_CALLER, TEXAN):
        stage.call_from(number, CallerBehavior(answers=["75201"]))

    shown = queue(stage, limit=1)

    assert (len(shown.people), shown.more()) == (1, 2)


def test_the_next_is_the_one_that_is_due_first_and_mine_are_those_that_i_have(stage: Stage) -> None:
    texan(stage)
    stage.call_from(OTHER_OHIO_CALLER, CallerBehavior(answers=["75201"]))

    first = claim_next(actor=SUE, database=stage.database, now=stage.now)
    second = claim_next(actor="user:max@example.com", database=stage.database, now=stage.now)
    third = claim_next(actor=SUE, database=stage.database, now=stage.now)

    assert first is not None
    assert second is not None
    assert first.id < second.id
    assert third is None
    assert [one.escalation.id for one in queue(stage, claimed_by=SUE).people] == [first.id]


def test_a_state_is_uncovered_while_nobody_licensed_there_is_on_duty(stage: Stage) -> None:
    stage.open("TX")
    stage.hire(ANA)

    assert coverage(stage) == Coverage(("OH", "TX"), {"TX": ("Final expense",)})

    stage.presence(ANA, "away")
    assert coverage(stage).uncovered == {"OH": ("Final expense",), "TX": ("Final expense",)}
    assert coverage(stage).covered == 0


def test_a_campaign_that_has_not_begun_uncovers_nothing(stage: Stage) -> None:
    stage.set(starts_on="2026-12-01")

    assert coverage(stage).uncovered == {}
