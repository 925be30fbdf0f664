"""The roster as it was: each kind of change is taken back, and only later ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.domain.licensing import Producer, Status
from app.domain.lines import Line
from app.storage import authority_facts, explain, ledger, roster
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.workflows.licenses.import_roster import Imported, import_roster
from tests.builders import Held, Person, licensed, roster_file

ANA, BEN = licensed("Ana", 1, "OH", "PA"), licensed("Ben", 2, "PA")


def _import(database: Database, clock: ManualClock, *people: Person) -> None:
    imported = import_roster(
        roster_file(*people), file_name="r.csv", actor="test", dry_run=False, database=database, now=clock.now()
    )
    assert isinstance(imported, Imported), imported


def _seen(producers: list[Producer]) -> list[Any]:
    """What a judgement reads of each; a license's row version is not part of it."""
    return [
        (
            producer.npn,
            producer.name,
            producer.resident_state,
            producer.suspended,
            producer.domicile_holds,
            sorted(
                (held.state, held.line, held.status, held.authority_from, held.authority_until, held.stale_at)
                for held in producer.licenses
            ),
        )
        for producer in producers
    ]


def _suspend_producer(tx: Any, clock: ManualClock) -> None:
    roster.change_producer(tx, ANA.npn, clock.now(), "test", suspended=True)


def _revoke_license(tx: Any, clock: ManualClock) -> None:
    roster.change_license(tx, ANA.npn, "OH", Line.LIFE, clock.now(), "test", status=Status.REVOKED)


def _hold(tx: Any, clock: ManualClock) -> None:
    roster.hold_domicile(tx, ANA.npn, ["PA"], date(2026, 11, 1), clock.now(), "test")


@pytest.mark.parametrize("change", [_suspend_producer, _revoke_license, _hold])
def test_a_later_change_is_taken_back(
    database: Database, clock: ManualClock, change: Callable[[Any, ManualClock], None]
) -> None:
    _import(database, clock, ANA)
    with database.begin() as tx:
        then, version = authority_facts.everybody(tx), ledger.roster_version(tx)
        change(tx, clock)
        now = authority_facts.everybody(tx)

        assert _seen(explain.roster_at(tx, version)) == _seen(then)
        assert _seen(explain.roster_at(tx, version + 1)) == _seen(now)
        assert _seen(now) != _seen(then)


def test_who_joined_later_was_not_there(database: Database, clock: ManualClock) -> None:
    _import(database, clock, ANA)
    _import(database, clock, BEN, ANA.holding(Held("OH"), Held("PA"), Held("TX")))

    with database.read() as tx:
        assert [producer.npn for producer in explain.roster_at(tx, 2)] == [ANA.npn, BEN.npn]
        [ana] = explain.roster_at(tx, 1)
        assert explain.roster_at(tx, 0) == []
    assert sorted(held.state for held in ana.licenses) == ["OH", "PA"]


def test_a_hold_that_was_lifted_stood_then(database: Database, clock: ManualClock) -> None:
    _import(database, clock, ANA)
    with database.begin() as tx:
        _hold(tx, clock)
        roster.lift_domicile_hold(tx, ANA.npn, ["PA"], clock.now(), "test")

        assert [explain.roster_at(tx, version)[0].domicile_holds for version in (1, 2, 3)] == [
            frozenset(),
            {"PA"},
            frozenset(),
        ]


def test_one_producer_may_be_asked_for(database: Database, clock: ManualClock) -> None:
    _import(database, clock, ANA, BEN)

    with database.read() as tx:
        assert [producer.npn for producer in explain.roster_at(tx, 1, BEN.npn)] == [BEN.npn]
        assert explain.roster_at(tx, 1, "123") == []
