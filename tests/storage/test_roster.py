"""The roster's one function for changes: current rows and history say the same, whatever happened."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.licensing import License, Residency, Status, authority_instants
from app.domain.lines import Line
from app.storage import authority_facts, roster, roster_import
from app.storage.database import Database
from app.storage.models import Base
from app.storage.models.roster import LicenseRow, ProducerRow, RosterHistoryRow, RosterVersionRow
from app.storage.roster import NotOnRoster
from app.storage.roster_changes import Edit, RosterChange, Subject, read_back
from app.storage.roster_rows import Person
from tests.unguarded import take_guard_away

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
ANA = Person("17", "Ana", "Lopez", "ana@agency.example", "+16145550101", "OH")


def license_(state: str = "OH", line: Line = Line.LIFE, status: Status = Status.ACTIVE, at: datetime = NOW) -> License:
    effective_on, expires_on = date(2020, 1, 1), date(2027, 6, 30)
    begins, ends = authority_instants(state, effective_on, expires_on, False)
    residency = Residency.RESIDENT if state == "OH" else Residency.NONRESIDENT
    stale_at = at + timedelta(days=45)
    return License(state, line, "1", residency, status, effective_on, expires_on, False, begins, ends, at, stale_at)


def merge(database: Database, *licenses: License, person: Person = ANA) -> int | None:
    with database.begin() as tx:
        change = RosterChange(tx, now=NOW, actor="test", source="csv")
        roster_import.merge(tx, {person.npn: (person, licenses)}, change)
        return change.version


def history(database: Database) -> list[tuple[int, str, str, dict[str, Any] | None, dict[str, Any] | None]]:
    with database.read() as tx:
        rows = tx.execute(select(RosterHistoryRow.__table__).order_by(RosterHistoryRow.id)).mappings().all()
    return [
        (row["version"], row["subject"], row["key"], read_back(row["before"]), read_back(row["after"])) for row in rows
    ]


def test_a_license_suspended_while_the_phone_rings_is_one_version(database: Database) -> None:
    merge(database, license_())

    with database.begin() as tx:
        version = roster.change_license(tx, "17", "OH", Line.LIFE, NOW, "supervisor", status=Status.SUSPENDED)
        again = roster.change_license(tx, "17", "OH", Line.LIFE, NOW, "supervisor", status=Status.SUSPENDED)

    assert (version, again) == (2, None)
    *_, (at, subject, key, before, after) = history(database)
    assert (at, subject, key) == (2, "license", "17/OH/life")
    assert before is not None
    assert after is not None
    assert (before["status"], after["status"]) == ("active", "suspended")
    with database.read() as tx:
        [current] = tx.execute(select(LicenseRow.status, LicenseRow.version)).all()
        changes = tx.execute(select(RosterVersionRow.version, RosterVersionRow.actor)).all()
    assert tuple(current) == ("suspended", 2)
    assert [tuple(change) for change in changes] == [(1, "test"), (2, "supervisor")]


def test_a_license_can_be_rebuilt_from_its_history(database: Database) -> None:
    original = license_()
    merge(database, original)
    with database.begin() as tx:
        roster.change_license(tx, "17", "OH", Line.LIFE, NOW, "test", status=Status.REVOKED, expires_on=None)

    *_, (_, _, _, before, _) = history(database)

    assert before is not None
    assert authority_facts.license_of({**before, "version": 0}) == original


def test_a_changed_date_moves_the_instant(database: Database) -> None:
    merge(database, license_())

    with database.begin() as tx:
        roster.change_license(tx, "17", "OH", Line.LIFE, NOW, "test", expires_on=date(2026, 11, 17))
        shown = roster.show(tx, "17")

    assert shown is not None
    assert shown.licenses[0].authority_until == datetime(2026, 11, 18, 5, tzinfo=UTC)


def test_a_suspended_producer_is_suspended_and_can_come_back(database: Database) -> None:
    merge(database, license_())

    with database.begin() as tx:
        assert roster.change_producer(tx, "17", NOW, "test", suspended=True) == 2
        assert roster.change_producer(tx, "17", NOW, "test", suspended=True) is None
        shown = roster.show(tx, "17")
        assert roster.change_producer(tx, "17", NOW, "test", suspended=False) == 3

    assert shown is not None
    assert shown.suspended


def test_a_domicile_hold_is_set_and_lifted_with_history(database: Database) -> None:
    merge(database, license_())

    with database.begin() as tx:
        assert roster.hold_domicile(tx, "17", ["OH", "TX"], date(2026, 11, 1), NOW, "test") == 2
        assert roster.hold_domicile(tx, "17", ["TX"], date(2026, 11, 1), NOW, "test") is None
        producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, "17") or 0)
        assert roster.lift_domicile_hold(tx, "17", ["TX", "FL"], NOW, "test") == 3
        afterwards = authority_facts.producer(tx, authority_facts.producer_id_of(tx, "17") or 0)

    assert producer is not None
    assert afterwards is not None
    assert producer.domicile_holds == frozenset({"OH", "TX"})
    assert afterwards.domicile_holds == frozenset({"OH"})
    assert history(database)[-1][2:] == (
        "17/TX",
        {"producer_id": producer.producer_id, "state": "TX", "moved_on": date(2026, 11, 1)},
        None,
    )


def test_who_is_not_on_the_roster_cannot_be_changed(database: Database) -> None:
    merge(database, license_())

    with database.begin() as tx:
        with pytest.raises(NotOnRoster):
            roster.change_producer(tx, "99", NOW, "test", suspended=True)
        with pytest.raises(NotOnRoster):
            roster.change_license(tx, "17", "TX", Line.LIFE, NOW, "test", status=Status.SUSPENDED)
        with pytest.raises(TypeError):
            roster.change_producer(tx, "17", NOW, "test", id=18)
        assert roster.show(tx, "99") is None
    assert len(history(database)) == 2


def test_a_change_that_is_rolled_back_leaves_no_version(database: Database) -> None:
    def change_and_fail() -> None:
        with database.begin() as tx:
            change = RosterChange(tx, now=NOW, actor="test", source="csv")
            roster_import.merge(tx, {"17": (ANA, [license_()])}, change)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        change_and_fail()

    assert history(database) == []
    assert merge(database, license_()) == 1


def test_edits_that_change_nothing_are_passed_over(database: Database) -> None:
    merge(database, license_())
    same = {"producer_id": 1, "state": "OH"}

    with database.begin() as tx:
        change = RosterChange(tx, now=NOW, actor="test", source="csv")
        change.write([Edit(Subject.HOLD, "17/OH", same, dict(same))])

    assert change.version is None
    assert len(history(database)) == 2


def test_changes_at_once_get_versions_of_their_own(database: Database) -> None:
    merge(database, license_())
    versions: list[int | None] = []

    def change(status: Status) -> None:
        with database.begin() as tx:
            versions.append(roster.change_license(tx, "17", "OH", Line.LIFE, NOW, "test", status=status))

    threads = [threading.Thread(target=change, args=(status,)) for status in Status if status is not Status.ACTIVE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(version or 0 for version in versions) == list(range(2, 2 + len(threads)))
    chain = [(before, after) for _, subject, _, before, after in history(database) if subject == "license"]
    for (_, after), (before, _) in pairwise(chain):
        assert before == after


STEPS = st.lists(
    st.tuples(st.sampled_from(["OH", "TX"]), st.sampled_from([Line.LIFE, Line.HEALTH]), st.sampled_from(Status)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20)
@given(STEPS, st.data())
def test_the_history_folds_into_the_current_rows(
    database: Database, steps: list[tuple[str, Line, Status]], data: st.DataObject
) -> None:
    with database.begin() as tx:
        take_guard_away(tx)
        for table in reversed(Base.metadata.sorted_tables):
            tx.execute(table.delete())

    for state, line, status in steps:
        person = data.draw(st.sampled_from([ANA, Person("17", "Ana", "Diaz", ANA.email, ANA.phone, "TX")]))
        merge(database, license_(state, line, status), person=person)

    folded: dict[tuple[str, str], tuple[int, dict[str, Any] | None]] = {}
    for version, subject, key, before, after in history(database):
        # What was before is what the history said last, but for the id that a new producer is given.
        _, known = folded.get((subject, key), (0, None))
        assert known == (before and {name: value for name, value in before.items() if name != "id"})
        folded[subject, key] = (version, {name: value for name, value in (after or {}).items() if name != "id"})
    with database.read() as tx:
        current: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        for producer in tx.execute(select(ProducerRow.__table__)).mappings():
            values = {name: value for name, value in producer.items() if name not in ("id", "version")}
            current["producer", producer["npn"]] = (producer["version"], values)
        for held in tx.execute(select(LicenseRow.__table__)).mappings():
            values = {name: value for name, value in held.items() if name != "version"}
            current["license", f"17/{held['state']}/{held['line']}"] = (held["version"], values)
    assert current == folded
