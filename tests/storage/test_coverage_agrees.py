"""Where somebody on duty could serve a caller: one statement for a page, and `judge` for each producer, say the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from app.domain.licensing import Opening, Question, judge
from app.domain.lines import Requirement
from app.storage import authority_facts, desk, licensing_gate, refusals
from app.storage.database import Database
from app.workflows.authority.count_refusals import first_reason
from tests.storage.test_gate_agrees import STATES, World, build, worlds


@given(world=worlds())
def test_the_states_that_are_covered_are_those_where_the_rule_allows_somebody_on_duty(
    world: World, database: Database
) -> None:
    with database.read() as tx:
        campaign_id = build(tx, world)
        # The last one has gone home.
        desk.set_presence(tx, len(world.producers), "away", world.now, by="test")
        question = Question(STATES, Requirement.parse(world.requirement), carrier=world.carrier, team=world.team)

        covered = licensing_gate.covered(tx, question, world.now, campaign_id=campaign_id)

        on_duty = [
            person for person in authority_facts.everybody(tx) if person.producer_id in desk.present_now(tx, world.now)
        ]
        opened = authority_facts.openings(tx, STATES, None)
    asked = {state: replace(question, states=(state,), openings={state: Opening(is_open=True)}) for state in opened}
    assert covered == {state for state in opened if any(judge(one, asked[state], world.now).allowed for one in on_duty)}


@given(world=worlds())
def test_who_is_read_for_one_question_is_judged_as_if_everything_were_read(world: World, database: Database) -> None:
    with database.read() as tx:
        build(tx, world)
        question = Question(
            world.question_states,
            Requirement.parse(world.requirement),
            openings=authority_facts.openings(tx, world.question_states, world.zip_code),
            zip_code=world.zip_code,
            carrier=world.carrier,
            team=world.team,
        )

        some, everything = refusals.asked_about(tx, question), authority_facts.everybody(tx)

    verdicts = {one.npn: judge(one, question, world.now) for one in everything}
    assert {one.npn: judge(one, question, world.now) for one in some} == verdicts
    if question.states:
        assert {one.npn: first_reason(one, question, world.now) for one in some} == {
            npn: next(iter(verdict.reasons), None) for npn, verdict in verdicts.items()
        }
