"""A license lapses while something is under way: nobody is bridged on it, and nobody is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.lead import Custody
from app.domain.licensing import Reason
from app.domain.lines import Requirement
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, talks
from app.workflows.authority.check_authority import AuthorityQuestion, check_authority
from tests.builders import Held, Person, licensed
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.product import Stage

ANA = licensed("Ana", 1, "OH").holding(Held("OH", expires="2026-11-18"))
ENDS = datetime(2026, 11, 19, 5, tzinfo=UTC)
"""The end of that day in Ohio."""

FLORIDIAN = licensed("Flo", 2, "FL").holding(Held("FL", expires="2026-11-18"), Held("OH"))
FLORIDA_ENDS = datetime(2026, 11, 19, 5, tzinfo=UTC)
"""Florida's eastern zone is the one in which the day ends first."""

GUAMANIAN = licensed("Gia", 3, "GU").holding(Held("GU", expires="2026-11-19"), Held("OH"))
GUAM_ENDS = datetime(2026, 11, 19, 14, tzinfo=UTC)
"""Nine in the morning in Ohio, when people may be called."""


def until(stage: Stage, at: datetime) -> None:
    stage.clock.advance((at - stage.now).total_seconds())


def hire_at(stage: Stage, at: datetime, *people: Person, behavior: ProducerBehavior | None = None) -> None:
    """Available people, a moment before `at`: presence lasts only some hours."""
    until(stage, at)
    stage.hire(*people, behavior=behavior)


@pytest.mark.parametrize("person", [ANA, FLORIDIAN], ids=["her own license", "the one that it rests on"])
def test_a_call_a_moment_before_the_end_is_taken_and_one_at_it_rings_nobody(stage: Stage, person: Person) -> None:
    hire_at(stage, ENDS - timedelta(minutes=10), person, behavior=accepts(after=1, talk_seconds=5))

    before = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    until(stage, ENDS)
    after = stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run()

    assert before.bridged_to == [person.phone]
    assert not after.rang(person.phone)
    assert [waiting.lead_id for waiting in stage.waiting()] == [stage.lead(after).id]


@pytest.mark.parametrize("person", [ANA, FLORIDIAN], ids=["her own license", "the one that it rests on"])
def test_a_license_that_ends_while_the_phone_rings_does_not_bridge(stage: Stage, person: Person) -> None:
    slow = ProducerBehavior(answers_after_seconds=4, press_after_seconds=3)
    hire_at(stage, ENDS - timedelta(seconds=30), person, behavior=slow)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not call.rang(person.phone):
        stage.exchange.run(0.5)
    until(stage, ENDS - timedelta(milliseconds=1))

    stage.exchange.run()

    assert call.bridged_to == []
    assert stage.outcomes(call) == [(person.npn, "authority_lost")]
    assert stage.lead(call).custody is Custody.ESCALATED


@pytest.mark.parametrize("person", [ANA, FLORIDIAN], ids=["her own license", "the one that it rests on"])
def test_a_promise_in_a_state_whose_only_license_lapses_before_it_is_due_is_escalated_and_not_dialed(
    stage: Stage, person: Person
) -> None:
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.import_roster(person)
    stage.exchange.add_producer(person.phone, accepts())
    until(stage, datetime(2026, 11, 19, 2, tzinfo=UTC))
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    (promise,) = stage.callbacks("promised")
    assert promise.due_at > ENDS

    until(stage, promise.due_at)
    stage.presence(person, "available")
    stage.pass_time((promise.promised_by - promise.due_at).total_seconds() + 60, step=20)

    assert stage.exchange.placed_calls() == []
    assert stage.callbacks()[0].status == "escalated"
    assert stage.lead(call).custody is Custody.ESCALATED
    assert [waiting.lead_id for waiting in stage.waiting()] == [stage.lead(call).id]


def test_a_license_that_ends_while_a_callback_rings_its_producer_does_not_reach_the_person(stage: Stage) -> None:
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.import_roster(GUAMANIAN)
    stage.exchange.add_producer(GUAMANIAN.phone, accepts(after=6))
    until(stage, GUAM_ENDS - timedelta(minutes=4))
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    (promise,) = stage.callbacks("promised")
    assert promise.due_at < GUAM_ENDS < promise.promised_by
    until(stage, GUAM_ENDS - timedelta(seconds=3))
    stage.presence(GUAMANIAN, "available")

    stage.pass_time(300)

    (rung,) = stage.exchange.placed_calls()
    assert not rung.rang(OHIO_CALLER)
    assert stage.outcomes(rung) == [(GUAMANIAN.npn, "authority_lost")]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_the_check_that_an_outside_dialer_asks_ends_at_the_same_instant(stage: Stage) -> None:
    stage.import_roster(FLORIDIAN)
    asked = AuthorityQuestion(npn=FLORIDIAN.npn, requirement=Requirement.parse("life"), state="OH")

    last, first = (
        check_authority(asked, actor="test", database=stage.database, now=at)
        for at in (FLORIDA_ENDS - timedelta(microseconds=1), FLORIDA_ENDS)
    )

    assert last.allowed
    assert first.reasons == (Reason.RESIDENT_LICENSE_INVALID,)
