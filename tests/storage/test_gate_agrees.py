"""The gate stands twice, in SQL and in Python: generated around every boundary, both say the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from app.domain.licensing import (
    BLOCK_AFTER,
    Question,
    Residency,
    Status,
    authority_instants,
    carrier_key,
    judge,
)
from app.domain.lines import Line, Requirement
from app.storage import authority_facts, desk, licensing_gate
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.campaigns import CampaignRow, TeamMemberRow
from app.storage.models.roster import (
    AppointmentRow,
    DomicileHoldRow,
    LicenseRow,
    ProducerRow,
    StateOpeningRow,
    TerritoryZipRow,
)

# One state of one zone, two of two zones, one without daylight time, one far west.
STATES = ("OH", "FL", "TN", "AZ", "HI")
LINES = (Line.LIFE, Line.PROPERTY, Line.CASUALTY, Line.PERSONAL_LINES)
REQUIREMENTS = ("life", "property+casualty", "personal_lines|property+casualty", "life|property")
DAYS = tuple(date(2026, 11, 1) + timedelta(days=days) for days in range(-1, 3))
"""Around the end of daylight time."""


@dataclass(frozen=True)
class World:
    """A small roster around the boundaries, and one question at one instant."""

    producers: tuple[Person, ...]
    openings: tuple[tuple[str, bool, bool, datetime | None], ...]
    territory: frozenset[str]
    question_states: tuple[str, ...]
    requirement: str
    zip_code: str | None
    carrier: str | None
    team: frozenset[int] | None
    now: datetime


@dataclass(frozen=True)
class Person:
    resident_state: str
    suspended: bool
    holds: frozenset[str]
    licenses: tuple[Row, ...]
    appointed: tuple[tuple[str, str, bool, date | None, date | None], ...]


@dataclass(frozen=True)
class Row:
    state: str
    line: Line
    residency: Residency
    status: Status
    effective: date | None
    expires: date | None
    perpetual: bool
    verified_days_ago: int


def instants_of(producers: tuple[Person, ...]) -> list[datetime]:
    """Every instant near November 2026 at which some authority here begins or ends."""
    instants: list[datetime | None] = []
    for person in producers:
        for row in person.licenses:
            instants += authority_instants(row.state, row.effective, row.expires, row.perpetual)
        for state, _, _, effective, ends_on in person.appointed:
            instants += authority_instants(state, effective, ends_on, perpetual=False)
    return sorted({at for at in instants if at is not None and at.year == 2026})


def mostly(good: Any, *odd: Any) -> st.SearchStrategy[Any]:
    """`good` in most draws: a world in which everything is wrong at once proves nothing about any single thing."""
    return st.sampled_from([good] * (4 * len(odd)) + list(odd))


@st.composite
def rows(draw: st.DrawFn, state: str, line: Line, resident_state: str) -> Row:
    """A license that is good but for what is drawn otherwise."""
    good = Residency.RESIDENT if state == resident_state else Residency.NONRESIDENT
    return Row(
        state=state,
        line=line,
        residency=draw(mostly(good, *Residency)),
        status=draw(mostly(Status.ACTIVE, *Status)),
        effective=draw(mostly(date(2020, 1, 1), *DAYS, None)),
        expires=draw(mostly(date(2027, 1, 1), *DAYS, *DAYS, None)),
        perpetual=draw(mostly(False, True)),
        verified_days_ago=draw(mostly(0, 44, 45, 46)),
    )


@st.composite
def people(draw: st.DrawFn, states: tuple[str, ...], lines: frozenset[Line], carrier: str | None) -> Person:
    resident_state = draw(st.sampled_from([*states, *states, *STATES]))
    held = sorted({*states, resident_state})
    return Person(
        resident_state=resident_state,
        suspended=draw(mostly(False, True)),
        holds=frozenset(draw(mostly((), ("OH",), ("FL", "TN")))),
        licenses=tuple(
            draw(rows(state, line, resident_state))
            for state in held
            for line in sorted(lines)
            if draw(mostly(True, False))
        ),
        appointed=tuple(
            (
                state,
                draw(mostly("", *LINES)),
                draw(mostly(True, False)),
                draw(mostly(date(2020, 1, 1), *DAYS, None)),
                draw(mostly(None, *DAYS)),
            )
            for state in held
            if carrier is not None and draw(mostly(True, False))
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    states = tuple(draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=2, unique=True)))
    requirement = draw(st.sampled_from(REQUIREMENTS))
    carrier = draw(st.sampled_from([None, "Acme  Life"]))
    lines = Requirement.parse(requirement).lines
    producers = tuple(draw(st.lists(people(states, lines, carrier), min_size=2, max_size=4)))
    edges = [*instants_of(producers), datetime(2026, 11, 1, 12, tzinfo=UTC)]
    now = draw(st.sampled_from(edges)) + timedelta(microseconds=draw(st.sampled_from([-1, 0, 1])))
    return World(
        producers=producers,
        openings=tuple(
            (
                state,
                draw(mostly(True, False)),
                draw(st.sampled_from([False, False, True])),
                draw(mostly(None, now, now + timedelta(microseconds=1))),
            )
            for state in STATES
            if draw(mostly(True, False))
        ),
        territory=frozenset({"43215"}),
        question_states=draw(mostly(states, ())),
        requirement=requirement,
        zip_code=draw(st.sampled_from([None, "43215", "43215", "32202"])),
        carrier=carrier,
        team=draw(mostly(None, frozenset({1, 2}))),
        now=now,
    )


@given(world=worlds())
def test_the_statement_and_the_rule_agree(world: World, database: Database) -> None:
    by_statement, by_rule = ask_both(database, world)

    assert by_statement == by_rule


def ask_both(database: Database, world: World) -> tuple[set[int], set[int]]:
    """Who may take the call, by the statement and by `judge`; the roster is rolled back afterwards."""
    with database.read() as tx:
        campaign_id = build(tx, world)
        question = Question(
            states=world.question_states,
            requirement=Requirement.parse(world.requirement),
            openings=authority_facts.openings(tx, world.question_states, world.zip_code),
            zip_code=world.zip_code,
            carrier=world.carrier,
            team=world.team,
        )
        by_statement = licensing_gate.eligible(tx, question, world.now, campaign_id=campaign_id)
        anybody = licensing_gate.somebody_licensed(tx, question, world.now, campaign_id=campaign_id)
        verdicts = {person.producer_id: judge(person, question, world.now) for person in authority_facts.everybody(tx)}
    allowed = {producer_id for producer_id, verdict in verdicts.items() if verdict.allowed}
    assert anybody == bool(allowed)
    assert all(verdict.allowed == (not verdict.reasons) for verdict in verdicts.values())
    return {candidate.producer_id for candidate in by_statement}, allowed


FOREVER_GOOD = Row("OH", Line.LIFE, Residency.NONRESIDENT, Status.ACTIVE, date(2020, 1, 1), date(2027, 1, 1), False, 0)
AT_HOME = replace(FOREVER_GOOD, state="FL", residency=Residency.RESIDENT)
LONG_AGO = date(2020, 1, 1)
NOVEMBER_FIRST = date(2026, 11, 1)
UNTIL_NOVEMBER = replace(FOREVER_GOOD, expires=NOVEMBER_FIRST)
HOME_FROM_NOVEMBER = replace(AT_HOME, effective=NOVEMBER_FIRST)
OHIO_MIDNIGHT = datetime(2026, 11, 1, 4, tzinfo=UTC)
OHIO_NEXT_MIDNIGHT = datetime(2026, 11, 2, 5, tzinfo=UTC)
"""The day that daylight time ends has 25 hours."""
FLORIDA_BEGINS_LAST = datetime(2026, 11, 1, 5, tzinfo=UTC)
"""Midnight in Pensacola, Central time."""
FLORIDA_ENDS_FIRST = datetime(2026, 11, 2, 5, tzinfo=UTC)
"""Midnight in Miami, Eastern time."""
APPOINTED = ("OH", "", True, date(2020, 1, 1), None)


def one_producer(here: Row, home: Row, appointed: tuple[str, str, bool, date | None, date | None]) -> Person:
    return Person("FL", False, frozenset(), (here, home), (appointed,))


@pytest.mark.parametrize(
    ("person", "agency_until", "edge", "before", "after"),
    [
        (one_producer(replace(FOREVER_GOOD, effective=NOVEMBER_FIRST), AT_HOME, APPOINTED), None, OHIO_MIDNIGHT, False, True),
        (one_producer(UNTIL_NOVEMBER, AT_HOME, APPOINTED), None, OHIO_NEXT_MIDNIGHT, True, False),
        (one_producer(FOREVER_GOOD, HOME_FROM_NOVEMBER, APPOINTED), None, FLORIDA_BEGINS_LAST, False, True),
        (one_producer(FOREVER_GOOD, replace(AT_HOME, expires=NOVEMBER_FIRST), APPOINTED), None, FLORIDA_ENDS_FIRST, True, False),
        (one_producer(FOREVER_GOOD, AT_HOME, ("OH", "life", True, NOVEMBER_FIRST, None)), None, OHIO_MIDNIGHT, False, True),
        (one_producer(FOREVER_GOOD, AT_HOME, ("OH", "", True, LONG_AGO, NOVEMBER_FIRST)), None, OHIO_NEXT_MIDNIGHT, True, False),
        (one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), OHIO_MIDNIGHT, OHIO_MIDNIGHT, True, False),
    ],
    ids=["begins", "ends", "home begins", "home ends", "appointed", "appointment ends", "agency license ends"],
)  # fmt: skip
def test_both_change_their_mind_at_the_very_instant(
    person: Person, agency_until: datetime | None, edge: datetime, before: bool, after: bool, database: Database
) -> None:
    for microseconds, expected in ((-1, before), (0, after), (1, after)):
        world = World(
            producers=(person,),
            openings=(("OH", True, False, agency_until),),
            territory=frozenset(),
            question_states=("OH",),
            requirement="life",
            zip_code=None,
            carrier="Acme Life",
            team=None,
            now=edge + timedelta(microseconds=microseconds),
        )

        by_statement, by_rule = ask_both(database, world)

        assert (by_statement, by_rule) == (({1}, {1}) if expected else (set(), set())), microseconds


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), True),
        (one_producer(FOREVER_GOOD, replace(AT_HOME, residency=Residency.NONRESIDENT), APPOINTED), False),
        (one_producer(FOREVER_GOOD, replace(AT_HOME, line=Line.PROPERTY), APPOINTED), False),
        (one_producer(FOREVER_GOOD, replace(AT_HOME, status=Status.SUSPENDED), APPOINTED), False),
        (one_producer(replace(FOREVER_GOOD, residency=Residency.RESIDENT), replace(AT_HOME, expires=None), APPOINTED), False),
        (one_producer(FOREVER_GOOD, AT_HOME, ("OH", "property", True, date(2020, 1, 1), None)), False),
        (one_producer(FOREVER_GOOD, AT_HOME, ("OH", "", False, date(2020, 1, 1), None)), False),
        (replace(one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), suspended=True), False),
        (replace(one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), holds=frozenset({"FL"})), False),
        (replace(one_producer(FOREVER_GOOD, AT_HOME, APPOINTED), holds=frozenset({"TN"})), True),
    ],
    ids=["good", "home is no resident license", "home lacks the line", "home suspended", "resident elsewhere, home unknown",
         "appointed for another line", "appointment over", "suspended", "moving from home", "moving elsewhere"],
)  # fmt: skip
def test_both_hold_a_nonresident_license_to_the_resident_one(person: Person, allowed: bool, database: Database) -> None:
    world = World(
        (person,), (("OH", True, False, None),), frozenset(), ("OH",), "life", None, "ACME life", None, OHIO_MIDNIGHT
    )

    by_statement, by_rule = ask_both(database, world)

    assert (by_statement, by_rule) == (({1}, {1}) if allowed else (set(), set()))


def build(tx: Connection, world: World) -> int:
    for number, person in enumerate(world.producers, start=1):
        _add_producer(tx, number, person, world.now)
    for state, is_open, territory, agency_until in world.openings:
        tx.execute(
            insert(table_of(StateOpeningRow)).values(
                state=state,
                is_open=is_open,
                territory=territory,
                agency_until=agency_until,
                document_name="certificate.pdf",
                document_sha256="0" * 64,
                verified_by="compliance@example.com",
                opened_at=world.now,
                version=1,
            )
        )
        for zip_code in world.territory:
            tx.execute(insert(table_of(TerritoryZipRow)).values(state=state, zip_code=zip_code))
    tx.execute(
        insert(table_of(CampaignRow)).values(
            id=1, number="+18005550199", name="Test", requirement=world.requirement, settings="{}"
        )
    )
    for producer_id in world.team or ():
        if producer_id <= len(world.producers):
            tx.execute(
                insert(table_of(TeamMemberRow)).values(campaign_id=1, producer_id=producer_id, priority=0, weight=1)
            )
    return 1


def _add_producer(tx: Connection, number: int, person: Person, now: datetime) -> None:
    tx.execute(
        insert(table_of(ProducerRow)).values(
            id=number,
            npn=str(90000000 + number),
            first_name="Test",
            last_name=str(number),
            email="",
            phone=f"+161455501{number:02d}",
            resident_state=person.resident_state,
            suspended=person.suspended,
            version=1,
        )
    )
    desk.open_seat(tx, number)
    desk.set_presence(tx, number, "available", now - timedelta(minutes=1), by="test")
    for state in person.holds:
        tx.execute(
            insert(table_of(DomicileHoldRow)).values(
                producer_id=number, state=state, moved_on=date(2026, 10, 1), version=1
            )
        )
    for row in {(row.state, row.line): row for row in person.licenses}.values():
        begins, ends = authority_instants(row.state, row.effective, row.expires, row.perpetual)
        verified = now - timedelta(days=row.verified_days_ago)
        tx.execute(
            insert(table_of(LicenseRow)).values(
                producer_id=number,
                state=row.state,
                line=row.line,
                license_number="1",
                residency=row.residency,
                status=row.status,
                effective_on=row.effective,
                expires_on=row.expires,
                perpetual=row.perpetual,
                authority_from=begins,
                authority_until=ends,
                verified_at=verified,
                stale_at=verified + BLOCK_AFTER,
                source="csv",
                version=1,
            )
        )
    for state, line, active, effective, ends_on in {a[:2]: a for a in person.appointed}.values():
        begins, until = authority_instants(state, effective, ends_on, perpetual=False)
        tx.execute(
            insert(table_of(AppointmentRow)).values(
                producer_id=number,
                state=state,
                carrier_key=carrier_key("acme life"),
                line=line,
                carrier="Acme Life",
                active=active,
                effective_on=effective,
                terminates_on=ends_on,
                authority_from=begins,
                authority_until=until,
                version=1,
            )
        )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("day", DAYS)
def test_an_expiration_date_counts_to_the_end_of_that_day_in_the_zone_that_ends_first(state: str, day: date) -> None:
    begins, ends = authority_instants(state, day, day, perpetual=False)

    assert begins is not None
    assert ends is not None
    assert begins < ends
    assert ends - begins <= timedelta(hours=25)


@pytest.mark.parametrize(("zip_code", "allowed"), [("43215", True), ("43216", False), (None, False)])
def test_both_keep_a_territory_to_its_zips(zip_code: str | None, allowed: bool, database: Database) -> None:
    person = one_producer(FOREVER_GOOD, AT_HOME, APPOINTED)
    opening = ("OH", True, True, None)
    world = World((person,), (opening,), frozenset({"43215"}), ("OH",), "life", zip_code, None, None, OHIO_MIDNIGHT)

    by_statement, by_rule = ask_both(database, world)

    assert (by_statement, by_rule) == (({1}, {1}) if allowed else (set(), set()))
