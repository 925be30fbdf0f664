"""The rule as a set, for pages: generated around every boundary, it says what judge says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import cascade
from app.domain.licensing import Opening, Question, Reason, judge
from app.domain.lines import Line, Requirement
from app.storage import authority_facts, coverage
from app.storage.coverage import Which
from app.storage.database import Database
from tests.storage.test_gate_agrees import (
    APPOINTED,
    AT_HOME,
    FOREVER_GOOD,
    STATES,
    World,
    build,
    one_producer,
    worlds,
)

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
LIFE = Requirement.parse("life")


@settings(max_examples=60)
@given(world=worlds())
def test_the_set_and_the_rule_agree(world: World, database: Database) -> None:
    requirement = Requirement.parse(world.requirement)

    with database.read() as tx:
        build(tx, world)
        counted = coverage.counted(tx, requirement, world.now)
        listed = {
            state: set(
                coverage.search(tx, requirement, world.now, which=Which.ALLOWED, state=state, limit=100).producer_ids
            )
            for state in STATES
        }
        blocked = {
            state: set(
                coverage.search(tx, requirement, world.now, which=Which.BLOCKED, state=state, limit=100).producer_ids
            )
            for state in STATES
        }
        everybody = authority_facts.everybody(tx)

    allowed = {
        state: {
            person.producer_id
            for person in everybody
            if judge(person, Question((state,), requirement, openings={state: Opening(True)}), world.now).allowed
        }
        for state in STATES
    }
    holding = {
        state: {
            person.producer_id
            for person in everybody
            if any(held.state == state and held.line in requirement.lines for held in person.licenses)
        }
        for state in STATES
    }
    assert listed == allowed
    assert blocked == {state: holding[state] - allowed[state] for state in STATES}
    assert Counter(counted) == Counter({state: len(found) for state, found in allowed.items()})


@settings(max_examples=60)
@given(world=worlds(), limit=st.integers(1, 3))
def test_who_is_first_able_for_a_single_line_are_those_whom_the_rule_allows_by_npn(
    world: World, limit: int, database: Database
) -> None:
    lines = sorted(Requirement.parse(world.requirement).lines)
    pairs = [(state, line) for state in STATES for line in lines if (state, line) != ("OH", lines[0])]

    with database.read() as tx:
        build(tx, world)
        found = coverage.first_able(tx, pairs, world.now, besides=1, limit=limit)
        others = [person for person in authority_facts.everybody(tx) if person.producer_id != 1]

    assert {pair: [each.npn for each in able] for pair, able in found.items()} == {
        pair: [each.npn for each in able][:limit] for pair, able in cascade.coverage(others, pairs, world.now).items()
    }


def test_people_are_read_with_what_the_rule_needs(database: Database) -> None:
    moving = replace(one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), holds=frozenset({"OH"}))

    with database.read() as tx:
        build(tx, world_of(moving))
        (person,) = coverage.people(tx, [1])
        (known,) = authority_facts.everybody(tx)

    licenses = tuple(sorted(known.licenses, key=lambda held: (held.state, held.line)))
    assert replace(known, appointments=(), licenses=licenses) == person
    verdict = judge(person, Question(("OH",), LIFE, openings={"OH": Opening(True)}), NOON)
    assert verdict.reasons == (Reason.DOMICILE_CHANGE_PENDING,)


def test_a_page_goes_by_name_and_says_how_many_there_are(database: Database) -> None:
    people = [one_producer(FOREVER_GOOD, AT_HOME, APPOINTED)] * 3

    with database.read() as tx:
        build(tx, world_of(*people))
        first = coverage.search(tx, LIFE, NOON, limit=2)
        second = coverage.search(tx, LIFE, NOON, limit=2, offset=2)
        by_number = coverage.search(tx, LIFE, NOON, text="90000002", limit=2)
        by_name = coverage.search(tx, LIFE, NOON, text="test 3", limit=2)
        literally = coverage.search(tx, LIFE, NOON, text="%", limit=2)

    assert (first.total, first.producer_ids, second.producer_ids) == (3, (1, 2), (3,))
    assert (by_number.producer_ids, by_name.producer_ids, literally.producer_ids) == ((2,), (3,), ())


def test_what_ends_soon_is_told_by_state(database: Database) -> None:
    soon = replace(FOREVER_GOOD, expires=(NOON + timedelta(days=20)).date())

    with database.read() as tx:
        build(tx, world_of(one_producer(soon, AT_HOME, APPOINTED)))
        found = coverage.ending(tx, LIFE, NOON, NOON + timedelta(days=30))
        none = coverage.ending(tx, LIFE, NOON, NOON + timedelta(days=10))
        lines = coverage.lines_held(tx)
        states = coverage.states_held(tx, LIFE)

    assert {state: one.producers for state, one in found.items()} == {"OH": 1}
    assert none == {}
    assert (lines, states) == ([Line.LIFE], ["FL", "OH"])


def world_of(*people: object) -> World:
    return World(tuple(people), (), frozenset(), ("OH",), "life", None, None, None, NOON)  # type: ignore[arg-type]
