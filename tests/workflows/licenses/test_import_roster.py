"""Importing a roster on real databases: all or nothing, idempotent, with one history."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from sqlalchemy import func, select

from app.domain.licensing import BLOCK_AFTER, FOREVER, License, Status
from app.domain.lines import Line
from app.rosters.errors import Refusal
from app.storage import authority_facts, desk, ledger, roster
from app.storage.database import Database
from app.storage.models import Base
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import RosterHistoryRow, RosterVersionRow
from app.storage.roster_import import BATCH
from app.timekeeping import ManualClock
from app.workflows.licenses.import_roster import Imported, import_roster
from tests.rosters.files import bea, roster_csv, row
from tests.rosters.rosters import Holder, file_of, rosters
from tests.unguarded import take_guard_away

ANA, BEA = "1234567", "7654321"
TEXAS = {"state": "TX", "residency": "nonresident", "license_number": "TX-1"}
NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def imported(database: Database, content: bytes, now: datetime = NOW, *, dry_run: bool = False) -> Imported:
    outcome = import_roster(
        content, file_name="C:\\Users\\ana\\roster.csv", actor="test", dry_run=dry_run, database=database, now=now
    )
    assert isinstance(outcome, Imported), outcome
    return outcome


def refused(database: Database, content: bytes) -> Refusal:
    outcome = import_roster(content, file_name="roster.csv", actor="test", dry_run=False, database=database, now=NOW)
    assert isinstance(outcome, Refusal), outcome
    return outcome


def shown(database: Database, npn: str) -> roster.Shown:
    with database.read() as tx:
        found = roster.show(tx, npn)
    assert found is not None
    return found


def license_in(database: Database, npn: str, state: str) -> License:
    return next(held for held in shown(database, npn).licenses if held.state == state)


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.read() as tx:
        return {
            table.name: [tuple(found) for found in tx.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_a_first_import_adds_producers_licenses_and_seats_at_the_desk(database: Database) -> None:
    outcome = imported(database, roster_csv(row(), row(**TEXAS), bea()))

    assert outcome == Imported(1, 2, 0, 3, 0, 0, unroutable=0, dry_run=False)
    assert shown(database, ANA).person.phone == "+16145550101"
    with database.read() as tx:
        assert sorted(seat.presence for seat in desk.overview(tx)) == ["offline", "offline"]


def test_dates_become_instants_of_the_states_own_days(database: Database) -> None:
    dates = {"effective_date": "2026-01-01", "expiration_date": "2026-12-31"}

    imported(database, roster_csv(row(**dates), row(**TEXAS, **dates)))

    ohio, texas = license_in(database, ANA, "OH"), license_in(database, ANA, "TX")
    assert ohio.authority_from == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert ohio.authority_until == datetime(2027, 1, 1, 5, tzinfo=UTC)
    # Texas keeps two times: a day has begun when it has in El Paso, and is over when it is in Dallas.
    assert texas.authority_from == datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert texas.authority_until == datetime(2027, 1, 1, 6, tzinfo=UTC)
    assert (ohio.verified_at, ohio.stale_at) == (NOW, NOW + BLOCK_AFTER)


def test_perpetual_never_ends_and_an_empty_date_gives_no_authority(database: Database) -> None:
    outcome = imported(
        database,
        roster_csv(row(expiration_date="perpetual"), row(**TEXAS, expiration_date=""), bea(effective_date="")),
    )

    assert outcome.unroutable == 2
    assert license_in(database, ANA, "OH").authority_until == FOREVER
    assert license_in(database, ANA, "TX").authority_until is None
    assert license_in(database, BEA, "OH").authority_from is None


def test_the_second_import_of_a_file_changes_nothing_but_when_it_was_seen(database: Database) -> None:
    content = roster_csv(row(), row(**TEXAS), bea())
    imported(database, content)
    before = everything(database)
    later = NOW + timedelta(days=1)

    outcome = imported(database, content, later)

    assert outcome == Imported(None, 0, 0, 0, 0, 3, unroutable=0, dry_run=False)
    held = license_in(database, ANA, "TX")
    assert (held.verified_at, held.stale_at) == (later, later + BLOCK_AFTER)
    after = everything(database)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"licenses", "ledger"}
    assert replace(held, verified_at=NOW, stale_at=NOW + BLOCK_AFTER).version == 1


def test_a_license_absent_from_a_file_stays_as_it_was_seen(database: Database) -> None:
    imported(database, roster_csv(row(), row(**TEXAS), bea()))

    imported(database, roster_csv(row()), NOW + timedelta(days=1))

    assert license_in(database, ANA, "TX").verified_at == NOW
    assert license_in(database, BEA, "OH").verified_at == NOW


def test_a_changed_license_makes_one_version_with_both_rows_in_the_history(database: Database) -> None:
    imported(database, roster_csv(row(), row(**TEXAS)))

    outcome = imported(database, roster_csv(row(), row(**TEXAS, status="suspended")), NOW + timedelta(days=1))

    assert outcome == Imported(2, 0, 0, 0, 1, 1, unroutable=0, dry_run=False)
    assert license_in(database, ANA, "TX").version == 2
    assert license_in(database, ANA, "OH").version == 1
    with database.read() as tx:
        [change] = tx.execute(select(RosterHistoryRow.__table__).where(RosterHistoryRow.version == 2)).mappings()
    assert (change["subject"], change["key"]) == ("license", f"{ANA}/TX/life")
    assert '"status":"active"' in change["before"]
    assert '"status":"suspended"' in change["after"]


def test_a_changed_person_is_changed_and_keeps_their_suspension(database: Database) -> None:
    imported(database, roster_csv(row()))
    with database.begin() as tx:
        roster.change_producer(tx, ANA, NOW, "test", suspended=True)

    outcome = imported(database, roster_csv(row(last_name="Diaz", phone="614-555-0109")))

    assert (outcome.version, outcome.producers_changed, outcome.licenses_unchanged) == (3, 1, 1)
    assert shown(database, ANA).person.last_name == "Diaz"
    assert shown(database, ANA).person.phone == "+16145550109"
    assert shown(database, ANA).suspended


def test_each_change_is_kept_with_its_file_and_its_author(database: Database) -> None:
    content = roster_csv(row())

    imported(database, content)

    digest = hashlib.sha256(content).hexdigest()
    with database.read() as tx:
        [version] = tx.execute(select(RosterVersionRow.__table__)).mappings()
        entry = ledger.entry(tx, tx.execute(select(func.max(LedgerRow.id))).scalar_one())
    assert (version["version"], version["actor"], version["source"]) == (1, "test", "csv")
    assert (version["file_name"], version["file_sha256"]) == ("roster.csv", digest)
    assert entry is not None
    assert (entry.kind, entry.actor, entry.at) == ("roster_imported", "test", NOW)
    assert (entry.facts["file_name"], entry.facts["file_sha256"]) == ("roster.csv", digest)
    assert (entry.facts["version"], entry.facts["licenses_added"]) == (1, 1)


def test_a_dry_run_tells_what_would_be_and_writes_nothing(database: Database) -> None:
    imported(database, roster_csv(row()))
    before = everything(database)

    outcome = imported(database, roster_csv(row(status="inactive"), row(**TEXAS), bea()), dry_run=True)

    assert outcome == Imported(None, 1, 0, 2, 1, 0, unroutable=0, dry_run=True)
    assert everything(database) == before


@pytest.mark.parametrize("bad", [{"status": "x"}, {"expiration_date": "2027-02-30"}, {"phone": "614-555-0101"}])
def test_one_bad_row_refuses_the_whole_file(database: Database, bad: dict[str, str]) -> None:
    imported(database, roster_csv(row()))
    before = everything(database)

    refusal = refused(database, roster_csv(row(status="inactive"), bea(**bad)))

    assert [(error.line, error.column) for error in refusal.errors] == [(3, next(iter(bad)))]
    assert everything(database) == before


def test_a_phone_that_somebody_else_has_is_refused_by_line(database: Database) -> None:
    imported(database, roster_csv(row()))
    before = everything(database)

    [error] = refused(database, roster_csv(bea(), bea(**TEXAS), bea(npn="5", phone="614-555-0101"))).errors

    assert (error.line, error.column) == (4, "phone")
    assert ANA in error.why
    assert everything(database) == before


def test_two_producers_may_swap_phones_in_one_file(database: Database) -> None:
    imported(database, roster_csv(row(phone="614-555-0101"), bea(phone="614-555-0102")))

    imported(database, roster_csv(row(phone="614-555-0102"), bea(phone="614-555-0101")))

    assert shown(database, ANA).person.phone == "+16145550102"
    assert shown(database, BEA).person.phone == "+16145550101"


def test_more_producers_than_one_batch_are_all_imported(database: Database) -> None:
    # Fictional numbers end in 0100 to 0199, so that many people need many area codes.
    codes = ("614", "216", "330", "419", "513", "937")
    people = [
        row(
            npn=str(1000 + index),
            email=f"p{index}@agency.example",
            phone=f"{codes[index // 100]}555{100 + index % 100:04}",
        )
        for index in range(BATCH + 10)
    ]

    assert imported(database, roster_csv(*people)).licenses_added == len(people)
    assert imported(database, roster_csv(*people)).licenses_unchanged == len(people)
    assert shown(database, "1000").person.npn == "1000"


@settings(max_examples=15)
@given(rosters())
def test_any_sound_roster_is_imported_whole_and_only_once(database: Database, listed: list[Holder]) -> None:
    empty(database)
    licenses = sum(len(holder.licenses) for holder in listed)

    first = imported(database, file_of(listed))
    second = imported(database, file_of(listed))

    assert (first.version, first.producers_added, first.licenses_added) == (1, len(listed), licenses)
    assert (second.version, second.licenses_unchanged) == (None, licenses)
    for holder in listed:
        there = shown(database, holder.npn)
        held = {(license_.state, license_.line): license_ for license_ in there.licenses}
        assert (there.person.first_name, there.person.last_name) == (holder.first_name, holder.last_name)
        assert len(held) == len(holder.licenses)
        for expected in holder.licenses:
            found = held[expected.state, expected.line]
            assert (found.status, found.effective_on, found.expires_on, found.perpetual) == (
                expected.status,
                expected.effective_on,
                expected.expires_on,
                expected.perpetual,
            )


def empty(database: Database) -> None:
    """The database belongs to the test; each example begins with nothing."""
    with database.begin() as tx:
        take_guard_away(tx)
        for table in reversed(Base.metadata.sorted_tables):
            tx.execute(table.delete())


def test_a_suspension_by_hand_is_seen_by_what_judges_calls(database: Database, clock: ManualClock) -> None:
    imported(database, roster_csv(row()))

    with database.begin() as tx:
        roster.change_license(tx, ANA, "OH", Line.LIFE, clock.now(), "test", status=Status.SUSPENDED)

    with database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, ANA)
        assert producer_id is not None
        producer = authority_facts.producer(tx, producer_id)
    assert producer is not None
    assert [held.status for held in producer.licenses] == [Status.SUSPENDED]
