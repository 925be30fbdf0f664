"""Merging a listing: short transactions, what takes away first, and nothing of anybody else's change undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.licensing import BLOCK_AFTER, License, Residency, Status, authority_instants
from app.domain.lines import Line
from app.rosters import csv_roster
from app.storage import ledger, roster
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.roster import RosterHistoryRow, RosterVersionRow
from app.workflows.licenses.apply_listing import EDITS_AT_ONCE, Overtaken
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.merge_listing import COMPARED, Difference, Listed, Merged, merge_listing
from tests.builders import Held, Person, licensed, roster_file
from tests.product import Stage
from tests.rosters.files import bea, roster_csv, row
from tests.workflows.licenses.moving import entries
from tests.workflows.licenses.test_move_domicile import talk

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ANA = licensed("Ana", 1, "OH", "TX")
BEA = licensed("Bea", 2, "OH")
STATES = ("OH", "TX", "FL", "GA", "NC", "SC", "TN", "VA", "PA", "MI")

_history, _versions = table_of(RosterHistoryRow), table_of(RosterVersionRow)


def show(
    database: Database, *people: Person, now: datetime = NOW, progress: Callable[[int], None] | None = None
) -> Imported:
    imported = import_roster(
        roster_file(*people),
        file_name="r.csv",
        actor="test",
        dry_run=False,
        database=database,
        now=now,
        progress=progress,
    )
    assert isinstance(imported, Imported), imported
    return imported


def license_in(database: Database, npn: str, state: str) -> License:
    with database.read() as tx:
        shown = roster.show(tx, npn)
    assert shown is not None
    return next(held for held in shown.licenses if held.state == state)


def texas(**changes: object) -> License:
    day, end = date(2020, 1, 1), date(2027, 12, 31)
    begins, ends = authority_instants("TX", day, end, False)
    held = License(
        "TX", Line.LIFE, "TX-1", Residency.NONRESIDENT, Status.ACTIVE, day, end, False, begins, ends, LATER,
        LATER + BLOCK_AFTER,
    )  # fmt: skip
    return replace(held, **changes)  # type: ignore[arg-type]


def merged(database: Database, *listed: Listed, dry_run: bool = False) -> Merged:
    return merge_listing(
        listed,
        source="nipr",
        file_name=None,
        file_sha256=None,
        actor="test",
        dry_run=dry_run,
        database=database,
        now=LATER,
    )


def many(count: int = 70) -> list[Person]:
    """More licenses than one transaction writes."""
    assert count * len(STATES) > EDITS_AT_ONCE
    return [licensed(f"P{number}", number, *STATES) for number in range(count)]


# ---- what a listing says


def test_differences_are_told_in_words_before_they_apply_and_after(database: Database) -> None:
    show(database, ANA)
    changed = replace(ANA, last_name="Diaz").holding(
        Held("OH"), Held("TX", status="revoked"), Held("FL", expires="2027-01-31")
    )

    def differences(dry_run: bool) -> tuple[Difference, ...]:
        outcome = import_roster(
            roster_file(changed), file_name="r", actor="t", dry_run=dry_run, database=database, now=LATER
        )
        assert isinstance(outcome, Imported)
        assert outcome.differences_total == 3
        return outcome.differences

    before, after = differences(dry_run=True), differences(dry_run=False)

    assert before == after
    assert before == (
        Difference(ANA.npn, "producer", None, None, "changed", "last name Tester", "last name Diaz"),
        Difference(ANA.npn, "license", "FL", Line.LIFE, "added", "", "active to 2027-01-31"),
        Difference(ANA.npn, "license", "TX", Line.LIFE, "changed", "active to 2027-12-31", "revoked to 2027-12-31"),
    )


def test_a_source_without_phones_changes_those_whom_we_have_and_names_the_others(database: Database) -> None:
    show(database, ANA)

    outcome = merged(
        database,
        Listed(ANA.npn, None, (texas(status=Status.REVOKED),)),
        Listed("77", None, (texas(),)),
    )

    assert outcome.unknown_producers == ("77",)
    assert (outcome.tally.licenses_changed, outcome.tally.producers_added) == (1, 0)
    assert license_in(database, ANA.npn, "TX").status is Status.REVOKED
    with database.read() as tx:
        assert roster.show(tx, "77") is None


def test_a_dry_run_of_a_source_without_phones_writes_nothing(database: Database) -> None:
    show(database, ANA)

    outcome = merged(database, Listed(ANA.npn, None, (texas(status=Status.REVOKED),)), dry_run=True)

    assert (outcome.version, outcome.differences_total) == (None, 1)
    assert license_in(database, ANA.npn, "TX").status is Status.ACTIVE


def test_only_a_resident_state_that_the_source_names_is_changed(database: Database) -> None:
    show(database, ANA)

    silent = merged(database, Listed(ANA.npn, None, ()))
    named = merged(database, Listed(ANA.npn, None, (), resident_state="TX"))

    assert (silent.differences_total, named.differences_total) == (0, 1)
    assert (named.differences[0].before, named.differences[0].after) == ("resident in OH", "resident in TX")


def test_the_disk_and_the_memory_find_the_same_errors(database: Database) -> None:
    content = roster_csv(
        row(),
        bea(phone="614-555-0101"),
        row(state="TX", residency="nonresident", last_name="Diaz"),
        row(expiration_date="2028-06-30"),
        bea(status="x", email="other@agency.example"),
        row(phone="614-555-0109"),
        bea(npn="9", phone="614-555-0109"),
        row(),
    )

    outcome = import_roster(content, file_name="r", actor="t", dry_run=False, database=database, now=NOW)

    assert outcome == csv_roster.read(content)


# ---- short transactions


def test_others_can_write_whenever_progress_is_told(database: Database) -> None:
    told: list[int] = []

    def write_something(percent: int) -> None:
        # Would wait for ever if the import held the writers' lock here: it is this very thread's.
        with database.begin() as tx:
            ledger.write(tx, kind="other", now=NOW, actor="other", facts={})
        told.append(percent)

    for at in (NOW, LATER):
        show(database, *many(), now=at, progress=write_something)

        assert told == sorted(told)
        assert {COMPARED, 100} <= set(told)
        told.clear()


def test_a_large_listing_is_applied_in_several_versions_and_told_once(database: Database) -> None:
    people = many()

    first = show(database, *people)
    again = show(database, *people, now=LATER)

    assert first.version is not None
    assert first.version > 1
    assert (first.producers_added, first.licenses_added) == (len(people), len(people) * len(STATES))
    assert (again.version, again.licenses_unchanged) == (None, len(people) * len(STATES))
    assert license_in(database, people[-1].npn, "MI").verified_at == LATER
    [one, two] = entries(database, "roster_imported")
    assert (one["version"], one["licenses_added"]) == (first.version, first.licenses_added)
    assert (two["version"], two["licenses_unchanged"]) == (None, again.licenses_unchanged)


def test_what_takes_authority_away_is_in_the_first_version(database: Database) -> None:
    people = many()
    show(database, *people)
    with database.read() as tx:
        before = ledger.roster_version(tx)
    later = [person.holding(*(Held(state, expires="2030-12-31") for state in STATES)) for person in people]
    later[-1] = later[-1].holding(Held("OH", status="revoked"))

    show(database, *later, now=LATER)

    with database.read() as tx:
        key = f"{people[-1].npn}/OH/life"
        version = tx.execute(
            select(_history.c.version).where(_history.c.key == key).order_by(_history.c.version.desc()).limit(1)
        ).scalar_one()
        last = ledger.roster_version(tx)
    assert version == before + 1 < last


def test_a_crash_between_two_transactions_is_completed_by_the_same_file(database: Database) -> None:
    people = many()

    class Crash(Exception):
        pass

    def crash(percent: int) -> None:
        with database.read() as tx:
            if ledger.roster_version(tx):
                raise Crash

    with pytest.raises(Crash):
        show(database, *people, progress=crash)
    left = entries(database, "roster_imported")
    completed = show(database, *people, now=LATER)

    assert left == []
    assert 0 < completed.licenses_added < len(people) * len(STATES)
    assert completed.licenses_added + completed.licenses_unchanged == len(people) * len(STATES)


# ---- somebody else changes the roster meanwhile


class Once:
    """Does something once: when the listing has been compared, or (`later`) when a first part of it has been applied."""

    def __init__(self, deed: Callable[[], object], *, later: bool = False) -> None:
        self._deed: Callable[[], object] | None = deed
        self._from = COMPARED + later

    def __call__(self, percent: int) -> None:
        if percent >= self._from and self._deed is not None:
            deed, self._deed = self._deed, None
            deed()


def test_what_was_as_it_was_and_is_suspended_meanwhile_stays_suspended_and_unseen(database: Database) -> None:
    show(database, ANA)

    def suspend() -> None:
        with database.begin() as tx:
            roster.change_license(tx, ANA.npn, "TX", Line.LIFE, LATER, "boss", status=Status.SUSPENDED)

    show(database, ANA, now=LATER, progress=Once(suspend))

    held = license_in(database, ANA.npn, "TX")
    assert (held.status, held.verified_at) == (Status.SUSPENDED, NOW)


def test_what_differs_is_compared_again_where_somebody_was_faster(database: Database) -> None:
    show(database, ANA)
    longer = ANA.holding(Held("OH"), Held("TX", expires="2030-12-31"))

    def same_already() -> None:
        show(database, longer, now=LATER)

    outcome = show(database, longer, now=LATER, progress=Once(same_already))

    assert (outcome.version, outcome.licenses_changed, outcome.licenses_unchanged) == (None, 0, 2)
    with database.read() as tx:
        assert ledger.roster_version(tx) == 2


def test_a_part_that_was_compared_before_somebody_elses_change_is_compared_again(database: Database) -> None:
    people = many()
    show(database, *people)
    longer = [person.holding(*(Held(state, expires="2030-12-31") for state in STATES)) for person in people]

    def last_one_already() -> None:
        show(database, longer[-1], now=LATER)

    outcome = show(database, *longer, now=LATER, progress=Once(last_one_already, later=True))

    assert outcome.licenses_changed == (len(people) - 1) * len(STATES)
    assert [each["licenses_changed"] for each in entries(database, "roster_imported")] == [
        0,
        len(STATES),
        (len(people) - 1) * len(STATES),
    ]


def test_a_change_elsewhere_does_not_keep_a_listing_from_being_applied(database: Database) -> None:
    show(database, ANA, BEA)

    def suspend() -> None:
        with database.begin() as tx:
            roster.change_producer(tx, BEA.npn, LATER, "boss", suspended=True)

    revoked = ANA.holding(Held("OH"), Held("TX", status="revoked"))
    outcome = show(database, revoked, BEA, now=LATER, progress=Once(suspend))

    assert outcome.version == 3
    assert license_in(database, ANA.npn, "TX").status is Status.REVOKED
    assert license_in(database, ANA.npn, "OH").verified_at == LATER
    assert license_in(database, BEA.npn, "OH").verified_at == NOW


def test_a_phone_that_somebody_else_gets_meanwhile_ends_the_import(database: Database) -> None:
    people = many()
    last = people[-1]
    taker = replace(last, npn="5")

    with pytest.raises(Overtaken):
        show(database, *people, progress=Once(lambda: show(database, taker), later=True))

    with database.read() as tx:
        phones = roster.phones(tx)
    assert phones[last.phone] == "5"
    assert phones[people[0].phone] == people[0].npn


# ---- what a change does besides


def test_a_license_that_the_file_leaves_out_is_not_refreshed_with_the_others(database: Database) -> None:
    show(database, ANA, BEA)

    show(database, ANA.holding(Held("OH")), BEA, now=LATER)

    assert license_in(database, ANA.npn, "OH").verified_at == LATER
    assert license_in(database, BEA.npn, "OH").verified_at == LATER
    assert license_in(database, ANA.npn, "TX").verified_at == NOW


def test_a_resident_license_that_comes_back_brings_back_only_what_the_file_shows(database: Database) -> None:
    home = licensed("Ana", 1, "OH", "TX", "FL")
    show(database, home.holding(Held("OH", status="expired"), Held("TX"), Held("FL")))

    show(database, home.holding(Held("OH"), Held("TX")), now=LATER)

    assert license_in(database, ANA.npn, "TX").stale_at == LATER + BLOCK_AFTER
    assert license_in(database, ANA.npn, "FL").stale_at == LATER


def test_an_end_in_the_past_lists_the_calls_that_rested_on_it_in_the_ledger_too(stage: Stage) -> None:
    stage.hire(ANA)
    sid = talk(stage, ANA)

    imported = stage.import_roster(ANA.holding(Held("OH", expires="2026-11-17"), Held("TX")))

    assert [(each.call_sid, each.npn, each.states) for each in imported.exposed] == [(sid, ANA.npn, ("OH",))]
    [entry] = entries(stage.database, "exposure")
    assert (entry["because"], entry["total"]) == ({"roster_version": imported.version}, 1)


def test_a_nonresident_end_exposes_no_call_of_another_state(stage: Stage) -> None:
    stage.hire(ANA)
    talk(stage, ANA)

    imported = stage.import_roster(ANA.holding(Held("OH"), Held("TX", expires="2026-11-17")))

    assert imported.exposed == ()
    assert [entry["total"] for entry in entries(stage.database, "exposure")] == [0]


def test_a_change_that_does_not_reach_back_lists_nothing(database: Database) -> None:
    show(database, ANA)

    show(database, ANA.holding(Held("OH"), Held("TX", status="revoked")), now=LATER)

    assert entries(database, "exposure") == []
