"""A resident license that came back brings back only those non-resident licenses that are seen after it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain.licensing import BLOCK_AFTER, License, Opening, Question, Reason, judge
from app.domain.lines import Line, Requirement
from app.storage import authority_facts, licensing_gate
from app.storage.database import Database
from app.storage.dependents import distrust_dependents
from app.storage.models.base import table_of
from app.storage.models.roster import RosterHistoryRow
from app.storage.roster_changes import RosterChange, read_back
from app.timekeeping import ManualClock
from app.workflows.licenses.open_state import Document, Opened, open_state
from tests.builders import Held, Person, licensed
from tests.workflows.licenses.moving import show_roster

ANA = licensed("Ana", 1, "FL", "GA", "OH")
BEN = licensed("Ben", 2, "FL", "GA")

_history = table_of(RosterHistoryRow)


def came_back(
    database: Database, now: datetime, *people: Person, line: Line = Line.LIFE, seen: Collection[str] = ()
) -> int:
    """The resident licenses of these people for `line` came back, and the same source shows them in the states `seen`."""
    with database.begin() as tx:
        change = RosterChange(tx, now=now, actor="test", source="csv")
        ids = {person.npn: authority_facts.producer_id_of(tx, person.npn) for person in people}
        back = [(ids[person.npn] or 0, person.npn, line) for person in people]
        shown = [(producer_id, state, line) for producer_id, _, line in back for state in seen]
        return distrust_dependents(tx, change, back, shown)


def reasons(database: Database, person: Person, state: str, now: datetime, *, loa: str = "life") -> tuple[Reason, ...]:
    """What the rule has against it; the gate's statement must say the same."""
    question = Question((state,), Requirement.parse(loa), openings={state: Opening(is_open=True)})
    with database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, person.npn)
        producer = authority_facts.producer(tx, producer_id or 0)
        assert producer is not None
        verdict = judge(producer, question, now)
    return verdict.reasons


def held(database: Database, person: Person) -> dict[str, License]:
    with database.read() as tx:
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, person.npn) or 0)
        assert producer is not None
        return {license_.state: license_ for license_ in producer.licenses}


def test_only_what_the_same_source_shows_comes_back_with_it(database: Database, clock: ManualClock) -> None:
    show_roster(database, clock.now() - timedelta(days=1), ANA)

    distrusted = came_back(database, clock.now(), ANA, seen=["FL", "GA"])

    assert distrusted == 1
    assert reasons(database, ANA, "FL", clock.now()) == ()
    assert reasons(database, ANA, "GA", clock.now()) == ()
    assert reasons(database, ANA, "OH", clock.now()) == (Reason.ROSTER_STALE,)


def test_a_later_roster_that_shows_it_active_brings_it_back(database: Database, clock: ManualClock) -> None:
    show_roster(database, clock.now() - timedelta(days=1), ANA)
    came_back(database, clock.now(), ANA)
    later = clock.now() + timedelta(hours=1)

    show_roster(database, later, ANA.holding(Held("OH")))

    assert reasons(database, ANA, "OH", later) == ()
    assert held(database, ANA)["OH"].stale_at == later + BLOCK_AFTER
    assert reasons(database, ANA, "GA", later) == (Reason.ROSTER_STALE,)


def test_a_later_roster_that_shows_it_lapsed_does_not(database: Database, clock: ManualClock) -> None:
    show_roster(database, clock.now() - timedelta(days=1), ANA)
    came_back(database, clock.now(), ANA)
    later = clock.now() + timedelta(hours=1)

    show_roster(database, later, ANA.holding(Held("OH", status="inactive")))

    assert reasons(database, ANA, "OH", later) == (Reason.LICENSE_NOT_ACTIVE,)


def test_the_gate_says_so_too(database: Database, clock: ManualClock) -> None:
    show_roster(database, clock.now() - timedelta(days=1), ANA, BEN)
    opened = open_state(
        ["GA"],
        document=Document("certificate.pdf", b"%PDF-1.4 test"),
        verified_by="compliance@example.com",
        zips=None,
        actor="test",
        database=database,
        now=clock.now(),
    )
    assert isinstance(opened, Opened)

    came_back(database, clock.now(), ANA)

    with database.read() as tx:
        question = Question(("GA",), Requirement.parse("life"))
        allowed = licensing_gate.licensed(tx, question, clock.now(), campaign_id=None, limit=10)
        assert allowed == {authority_facts.producer_id_of(tx, BEN.npn)}


def test_only_that_producer_and_that_line_are_touched(database: Database, clock: ManualClock) -> None:
    both = licensed("Cam", 3, "FL", "GA", loa=("life", "health"))
    show_roster(database, clock.now() - timedelta(days=1), both, BEN)

    distrusted = came_back(database, clock.now(), both, line=Line.HEALTH)

    assert distrusted == 1
    assert reasons(database, both, "GA", clock.now(), loa="health") == (Reason.ROSTER_STALE,)
    assert reasons(database, both, "GA", clock.now(), loa="life") == ()
    assert reasons(database, BEN, "GA", clock.now()) == ()


def test_a_license_marked_resident_elsewhere_rests_on_the_resident_state_too(
    database: Database, clock: ManualClock
) -> None:
    moved = ANA.holding(Held("FL"), Held("GA", residency="resident"))
    show_roster(database, clock.now() - timedelta(days=1), moved)

    assert came_back(database, clock.now(), moved) == 1


def test_it_stands_in_the_history_of_the_change_and_the_second_time_nothing_changes(
    database: Database, clock: ManualClock
) -> None:
    show_roster(database, clock.now() - timedelta(days=1), ANA)
    came_back(database, clock.now(), ANA, seen=["GA"])

    again = came_back(database, clock.now(), ANA, seen=["GA"])

    with database.read() as tx:
        newest = tx.execute(select(_history).order_by(_history.c.id.desc()).limit(1)).mappings().one()
    before, after = read_back(newest["before"]), read_back(newest["after"])
    assert again == 0
    assert newest["key"] == f"{ANA.npn}/OH/life"
    assert before is not None
    assert after == {**before, "stale_at": clock.now()}
