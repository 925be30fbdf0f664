"""What compliance's pages read: a producer's history, the board of renewals, what waits, where leads come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from app.domain.evidence import Evidence
from app.domain.licensing import Status
from app.domain.lines import Line
from app.domain.residency import settle
from app.outside.notices import NullNotices
from app.storage import compliance_counts, ledger, producer_profiles, renewal_board, renewals, roster, state_traffic
from app.storage.database import Database, Transaction
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.renewal_board import Whose
from app.storage.residences import residence_text
from app.storage.roster_changes import Subject
from app.storage.state_traffic import Traffic
from app.timekeeping import ManualClock
from app.workflows.authority.coverage import Gate, coverage_of, requirements, state_detail, uncovered
from app.workflows.authority.license_matrix import Asked, Standing, every_row, matrix_page
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Person, licensed, roster_file

ANN = licensed("Ann", 1, "FL", "GA", "OH", last_name="Alvarez", loa=("life", "health"))
BO = licensed("Bo", 2, "OH", last_name="Baker")


def on_roster(database: Database, now: datetime, *people: Person) -> None:
    done = import_roster(
        roster_file(*people), file_name="r.csv", actor="test", dry_run=False, database=database, now=now
    )
    assert isinstance(done, Imported), done


def expiring(person: Person, **on: str) -> Person:
    """The same person, with the licenses in these states expiring on these days."""
    return person.holding(*(replace(held, expires=on.get(held.state, held.expires)) for held in person.held))


# ---- a producer


def test_a_profile_says_whose_word_each_license_is(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), ANN)
    clock.advance(60)
    with database.begin() as tx:
        roster.change_license(tx, ANN.npn, "GA", Line.LIFE, clock.now(), "user:x", status=Status.SUSPENDED)

    with database.read() as tx:
        profile = producer_profiles.of_npn(tx, ANN.npn)
        nobody = producer_profiles.of_npn(tx, "1234567890")

    assert nobody is None
    assert profile is not None
    told = {(known.license.state, known.license.line): (known.source, known.changed_by) for known in profile.licenses}
    assert told["GA", Line.LIFE] == ("csv", "user:x")
    assert told["GA", Line.HEALTH] == ("csv", "test")
    assert (profile.phone, profile.appointments) == (ANN.phone, 0)


def test_a_producers_history_is_theirs_alone_and_goes_on_page_by_page(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), ANN, BO)
    for status in (Status.SUSPENDED, Status.ACTIVE):
        clock.advance(60)
        with database.begin() as tx:
            roster.change_license(tx, ANN.npn, "GA", Line.LIFE, clock.now(), "user:x", status=status)
            roster.change_license(tx, BO.npn, "OH", Line.LIFE, clock.now(), "user:x", status=status)

    with database.read() as tx:
        newest = producer_profiles.history(tx, ANN.npn, limit=1)
        older = producer_profiles.history(tx, ANN.npn, limit=5, before=newest[0].version)

    (edit,) = newest[0].edits
    assert (edit.subject, edit.key) == (Subject.LICENSE, f"{ANN.npn}/GA/life")
    assert edit.before is not None
    assert edit.after is not None
    assert (edit.before["status"], edit.after["status"]) == ("suspended", "active")
    assert [len(version.edits) for version in older] == [1, 7]
    assert (older[1].source, older[1].file_name) == ("csv", "r.csv")


# ---- renewals


@pytest.mark.parametrize(
    ("days", "column"), [(0, 1), (1, 1), (2, 7), (14, 14), (15, 30), (30, 30), (31, 60), (60, 60), (61, 90), (90, 90)]
)
def test_each_renewal_stands_in_one_column(days: int, column: int, database: Database, clock: ManualClock) -> None:
    on = clock.now().date() + timedelta(days=days)
    on_roster(database, clock.now(), expiring(BO, OH=on.isoformat()))
    watch_renewals(database=database, notices=NullNotices(), now=clock.now())

    with database.read() as tx:
        columns = renewal_board.board(tx, clock.now(), limit=5)

    assert {each.days: each.total for each in columns if each.total} == {column: 1}


def test_the_board_is_narrowed_to_whose_and_to_one_column(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), expiring(ANN, FL="2026-12-01"), expiring(BO, OH="2026-12-02"))
    watch_renewals(database=database, notices=NullNotices(), now=clock.now())
    with database.begin() as tx:
        (ann,) = renewal_board.of_producer(tx, ANN.npn)
        assert renewals.assign(tx, ann.id, "me@agency.example", clock.now())

    with database.read() as tx:
        mine = renewal_board.board(tx, clock.now(), whose=Whose.MINE, owner="me@agency.example", limit=5)
        nobodys = renewal_board.board(tx, clock.now(), whose=Whose.NOBODYS, limit=5)
        one = renewal_board.board(tx, clock.now(), limit=1, only=14)
        resting = renewal_board.resting(tx, one[0].tasks, clock.now())
        owners = renewal_board.by_owner(tx)

    assert [task.npn for column in mine for task in column.tasks] == [ANN.npn]
    assert [task.npn for column in nobodys for task in column.tasks] == [BO.npn]
    assert [(column.days, column.total, len(column.tasks)) for column in one] == [(14, 2, 1)]
    assert resting == {ann.id: 2}
    assert owners == {"me@agency.example": 1, "": 1}


# ---- what waits


def test_what_waits_is_counted_and_old_sources_are_named(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), expiring(ANN, FL="2027-01-20"), BO)
    clock.advance(timedelta(days=46).total_seconds())
    watch_renewals(database=database, notices=NullNotices(), now=clock.now())

    with database.read() as tx:
        waiting = compliance_counts.waiting(tx, clock.now())
        (source,) = compliance_counts.sources(tx, clock.now())

    assert (waiting.producers, waiting.licenses, waiting.expiring, waiting.unclaimed) == (2, 7, 1, 1)
    assert waiting.first_expires == (date(2027, 1, 20) - clock.now().date()).days
    assert (waiting.open_moves, waiting.unmapped_lines, waiting.overdue_discrepancies) == (0, 0, 0)
    assert (source.name, source.licenses, source.warned, source.blocked) == ("csv", 7, 7, 7)


# ---- where leads come from


def leads(database: Database, at: datetime, *rows: tuple[str | None, str | None, str, bool]) -> None:
    """(ZIP that was keyed, state that was told, disposition, bridged) of each."""
    with database.begin() as tx:
        for number, (keyed, told, disposition, bridged) in enumerate(rows, start=1):
            residence = residence_text(settle(Evidence(keyed_zip=keyed))) if keyed else None
            lead = {"id": number, "created_at": at, "state": told, "residence": residence, "custody": "served"}
            tx.execute(insert(table_of(LeadRow)).values(lead))
            call = {
                "id": number,
                "call_sid": f"CA{number:032d}",
                "lead_id": number,
                "from_number": "+16145550150",
                "to_number": "+18005550199",
                "phase": "ended",
                "disposition": disposition,
                "residence": residence,
                "arrived_at": at,
                "ended_at": at,
            }
            tx.execute(insert(table_of(CallRow)).values(call))
            if bridged:
                _bridge(tx, number, at)


def _bridge(tx: Transaction, call_id: int, at: datetime) -> None:
    decision = ledger.write(tx, kind="routing", now=at, actor="test", facts={})
    tx.execute(
        insert(table_of(AttemptRow)).values(
            call_id=call_id,
            number=1,
            producer_id=1,
            decision_id=decision,
            outcome="accepted",
            started_at=at,
            accepted_at=at,
            ended_at=at,
        )
    )


def test_leads_and_lost_calls_are_counted_where_their_people_live(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), BO)
    rows: Sequence[tuple[str | None, str | None, str, bool]] = [
        ("43215", None, "served", True),
        ("43215", None, "abandoned", False),
        ("43215", None, "blocked", False),
        (None, "Texas", "abandoned", False),
        (None, None, "abandoned", False),
    ]
    leads(database, clock.now(), *rows)

    with database.read() as tx:
        found = state_traffic.since(tx, clock.now() - timedelta(days=1))
        none = state_traffic.since(tx, clock.now() + timedelta(days=1))
        alone = {state: state_traffic.since_in(tx, clock.now() - timedelta(days=1), state) for state in (*found, "WY")}

    assert alone == {**found, "WY": Traffic(0, 0)}, "asked one by one, the states say the same"
    assert {state: (each.leads, each.lost_calls) for state, each in found.items()} == {"OH": (3, 1), "TX": (1, 0)}
    assert none == {}


# ---- coverage and the matrix


def test_a_states_page_tells_who_could_and_why_the_others_could_not(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), ANN, BO)
    with database.begin() as tx:
        roster.change_license(tx, BO.npn, "OH", Line.LIFE, clock.now(), "test", status=Status.SUSPENDED)

    with database.read() as tx:
        (life, *_) = requirements(tx)
        tiles = {each.state: each for each in coverage_of(tx, life, clock.now())}
        detail = state_detail(tx, "OH", life, clock.now())
        dark = uncovered(tx, clock.now())

    assert str(life) == "life"
    assert len(tiles) == 56
    assert (tiles["OH"].producers, tiles["OH"].step, tiles["OH"].gate) == (1, 1, Gate.CLOSED)
    assert not tiles["WY"].is_uncovered
    assert [able.producer.npn for able in detail.able] == [ANN.npn]
    assert [(each.producer.npn, [str(why) for why in each.reasons]) for each in detail.unable] == [
        (BO.npn, ["license_not_active"])
    ]
    assert dark == {}


def test_the_matrix_says_how_each_producer_stands(database: Database, clock: ManualClock) -> None:
    on_roster(database, clock.now(), ANN, BO)
    with database.read() as tx:
        health = next(each for each in requirements(tx) if str(each) == "health")
        page = matrix_page(tx, Asked(health, text="b"), clock.now())
        beyond = matrix_page(tx, Asked(health), clock.now(), number=7)

    rows = list(every_row(database, Asked(health), clock.now()))

    assert page.states == ("FL", "GA", "OH")
    assert {row.producer.npn: {s: c.standing for s, c in row.cells.items()} for row in page.rows} == {
        BO.npn: {"OH": Standing.OTHER_LINE}
    }
    assert (beyond.number, beyond.pages, beyond.total) == (1, 1, 1)
    assert [row.cells["OH"].standing for row in rows] == [Standing.NOT_OPEN]
