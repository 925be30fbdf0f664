"""Import a roster file: all of it or nothing, and the second time nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from app.domain.licensing import BLOCK_AFTER, License, authority_instants
from app.rosters import csv_roster
from app.rosters.csv_roster import ListedLicense
from app.rosters.errors import Problems, Refusal
from app.storage import ledger, roster_import
from app.storage.database import Database, Transaction
from app.storage.roster_changes import RosterChange
from app.storage.roster_import import Tally
from app.storage.roster_rows import Person
from app.workflows.licenses.files import base_name, sha256

SOURCE = "csv"

_instants = lru_cache(maxsize=65536)(authority_instants)


@dataclass(frozen=True)
class Imported:
    """What the import did; with `dry_run`, what it would do. `version` None: nothing changed, or nothing was to be.

    `unroutable` counts the file's licenses whose dates are not known: imported, and never a reason to ring anybody.
    """

    version: int | None
    producers_added: int
    producers_changed: int
    licenses_added: int
    licenses_changed: int
    licenses_unchanged: int
    unroutable: int
    dry_run: bool


def import_roster(
    content: bytes, *, file_name: str, actor: str, dry_run: bool, database: Database, now: datetime
) -> Imported | Refusal:
    """Add and change what the file says, never remove what it does not say.

    Every license in it counts as verified `now`. `file_name` is kept without folders. A refusal names every wrong line
    and column, and nothing was written.
    """
    parsed = csv_roster.read(content)
    if isinstance(parsed, Refusal):
        return parsed
    unroutable = sum(_unroutable(license_) for license_ in parsed.licenses)
    with database.read() if dry_run else database.begin() as tx:
        change = None if dry_run else file_change(tx, content, file_name=file_name, actor=actor, now=now)
        if refusal := _phones_of_others(tx, parsed.people):
            return refusal
        tally = _merge(tx, parsed, change, now)
        imported = _imported(tally, unroutable, change)
        if change is not None:
            facts = {"file_name": base_name(file_name), "file_sha256": sha256(content), **asdict(imported)}
            ledger.write(tx, kind="roster_imported", now=now, actor=actor, facts=facts)
    return imported


def file_change(tx: Transaction, content: bytes, *, file_name: str, actor: str, now: datetime) -> RosterChange:
    """A change of the roster that comes from a CSV file."""
    return RosterChange(
        tx, now=now, actor=actor, source=SOURCE, file_name=base_name(file_name), file_sha256=sha256(content)
    )


def _merge(tx: Transaction, parsed: csv_roster.Roster, change: RosterChange | None, now: datetime) -> Tally:
    licenses: dict[str, list[License]] = {person.npn: [] for person in parsed.people}
    for listed in parsed.licenses:
        licenses[listed.npn].append(license_of(listed, now))
    tally = Tally()
    for batch in roster_import.batches(parsed.people):
        people = {person.npn: (_person(person), licenses[person.npn]) for person in batch}
        tally += roster_import.merge(tx, people, change)
    return tally


def _phones_of_others(tx: Transaction, people: Sequence[csv_roster.Person]) -> Refusal | None:
    """A phone is one person's, because texts and calls from it are commands."""
    problems = Problems()
    taken = roster_import.phones_of_others(tx, {person.phone: person.npn for person in people})
    for person in people:
        if owner := taken.get(person.phone):
            why = f"NPN {owner}, who is not in this file, has the same phone"
            problems.add(person.line_number, "phone", why, person.phone)
    return problems.refusal()


def license_of(listed: ListedLicense, now: datetime) -> License:
    """A listed license with its dates as instants, verified `now`."""
    begins, ends = _instants(listed.state, listed.effective_on, listed.expires_on, listed.perpetual)
    return License(
        state=listed.state,
        line=listed.line,
        license_number=listed.license_number,
        residency=listed.residency,
        status=listed.status,
        effective_on=listed.effective_on,
        expires_on=listed.expires_on,
        perpetual=listed.perpetual,
        authority_from=begins,
        authority_until=ends,
        verified_at=now,
        stale_at=now + BLOCK_AFTER,
    )


def _person(person: csv_roster.Person) -> Person:
    return Person(
        npn=person.npn,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        resident_state=person.resident_state,
    )


def _unroutable(listed: ListedLicense) -> bool:
    return listed.effective_on is None or (listed.expires_on is None and not listed.perpetual)


def _imported(tally: Tally, unroutable: int, change: RosterChange | None) -> Imported:
    return Imported(
        version=change.version if change else None,
        producers_added=tally.producers_added,
        producers_changed=tally.producers_changed,
        licenses_added=tally.licenses_added,
        licenses_changed=tally.licenses_changed,
        licenses_unchanged=tally.licenses_unchanged,
        unroutable=unroutable,
        dry_run=change is None,
    )
