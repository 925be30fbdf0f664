"""Import a roster file: all of it or nothing, and the second time nothing changes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import lru_cache

from app.domain.licensing import BLOCK_AFTER, License, authority_instants
from app.domain.states import State
from app.rosters import csv_roster
from app.rosters.csv_roster import ListedLicense
from app.rosters.errors import Problems, Refusal
from app.storage import ledger
from app.storage.database import Database, Transaction
from app.storage.roster_changes import RosterChange
from app.storage.roster_import import Tally
from app.storage.roster_rows import Person
from app.storage.staging import Staging
from app.workflows.licenses.apply_listing import Origin
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.files import base_name, sha256
from app.workflows.licenses.merge_listing import READ, Difference, Merged, PhoneTaken, Progress, merge_staged

SOURCE = "csv"

_instants = lru_cache(maxsize=65536)(authority_instants)


@dataclass(frozen=True)
class Imported:
    """What the import did; with `dry_run`, what it would do. `version` None: nothing changed, or nothing was to be.

    `unroutable` counts the file's licenses whose dates are not known: imported, and never a reason to ring anybody. Of more
    than one version made, `version` is the last. `differences` are the first 10,000 of `differences_total`. `moved`: (NPN,
    new resident state) of those whom the file shows resident elsewhere; they are suspended as after a reported move.
    """

    version: int | None
    producers_added: int
    producers_changed: int
    licenses_added: int
    licenses_changed: int
    licenses_unchanged: int
    unroutable: int
    dry_run: bool
    differences: tuple[Difference, ...] = field(default=(), compare=False, repr=False)
    differences_total: int = field(default=0, compare=False)
    exposed: tuple[Exposed, ...] = field(default=(), compare=False, repr=False)
    moved: tuple[tuple[str, State], ...] = field(default=(), compare=False)

    def counts(self) -> dict[str, int | bool | None]:
        """Everything but the differences one by one."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.compare}


def import_roster(
    content: bytes,
    *,
    file_name: str,
    actor: str,
    dry_run: bool,
    database: Database,
    now: datetime,
    progress: Progress | None = None,
) -> Imported | Refusal:
    """Add and change what the file says, never remove what it does not say.

    Every license in it counts as verified `now`. `file_name` is kept without folders. A refusal names every wrong line
    and column, and nothing was written: the whole file is read and judged first, apart from the database.
    """

    def bytes_read(number: int) -> None:
        if progress is not None:
            progress(number * READ // len(content))

    name, digest = base_name(file_name), sha256(content)
    with Staging() as staging:
        if refusal := csv_roster.read_into(_Staged(staging, now), content, progress=bytes_read):
            return refusal
        unroutable = staging.count_without_dates()

        def conclude(tx: Transaction, version: int | None, tally: Tally) -> None:
            imported = _imported(version, tally, unroutable, dry_run=False)
            facts = {"file_name": name, "file_sha256": digest, **imported.counts()}
            ledger.write(tx, kind="roster_imported", now=now, actor=actor, facts=facts)

        origin = Origin(source=SOURCE, file_name=name, file_sha256=digest, actor=actor, now=now)
        merged = merge_staged(staging, origin, dry_run=dry_run, database=database, progress=progress, conclude=conclude)
        return _refused(merged.phones_taken, staging) or _told(merged, unroutable, dry_run=dry_run)


def file_change(tx: Transaction, content: bytes, *, file_name: str, actor: str, now: datetime) -> RosterChange:
    """A change of the roster that comes from a CSV file."""
    return RosterChange(
        tx, now=now, actor=actor, source=SOURCE, file_name=base_name(file_name), file_sha256=sha256(content)
    )


class _Staged:
    """The shelf of csv_roster.py on disk: memory does not grow with the file."""

    def __init__(self, staging: Staging, now: datetime) -> None:
        self._staging = staging
        self._now = now
        # Files mostly name a producer's licenses one after the other.
        self._last: tuple[tuple[str, ...], csv_roster.Person] | None = None

    def person(self, person: csv_roster.Person) -> csv_roster.Person:
        said = (person.npn, person.phone, person.email, person.first_name, person.last_name, person.resident_state)
        if self._last is None or self._last[0] != said:
            self._last = (said, self._first(person))
        return self._last[1]

    def _first(self, person: csv_roster.Person) -> csv_roster.Person:
        known, line_number = self._staging.add_person(person.npn, _person(person), None, person.line_number)
        assert known is not None
        return csv_roster.Person(
            npn=known.npn,
            first_name=known.first_name,
            last_name=known.last_name,
            email=known.email,
            phone=known.phone,
            resident_state=known.resident_state,
            line_number=line_number,
        )

    def owner(self, person: csv_roster.Person) -> tuple[str, int]:
        return self._staging.add_phone(person.phone, person.npn, person.line_number)

    def license(self, listed: ListedLicense) -> ListedLicense:
        license_ = license_of(listed, self._now)
        known, line_number = self._staging.add_license(listed.npn, license_, listed.line_number)
        if known is license_:
            return listed
        return ListedLicense(
            npn=listed.npn,
            state=known.state,
            line=known.line,
            license_number=known.license_number,
            residency=known.residency,
            status=known.status,
            effective_on=known.effective_on,
            expires_on=known.expires_on,
            perpetual=known.perpetual,
            line_number=line_number,
        )


def _refused(taken: tuple[PhoneTaken, ...], staging: Staging) -> Refusal | None:
    problems = Problems()
    for each in taken:
        why = f"NPN {each.owner}, who is not in this file, has the same phone"
        problems.add(staging.place_of(each.npn), "phone", why, each.phone)
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


def _told(merged: Merged, unroutable: int, *, dry_run: bool) -> Imported:
    imported = _imported(merged.version, merged.tally, unroutable, dry_run=dry_run)
    return replace(
        imported,
        differences=merged.differences,
        differences_total=merged.differences_total,
        exposed=merged.exposed,
        moved=merged.moved,
    )


def _imported(version: int | None, tally: Tally, unroutable: int, *, dry_run: bool) -> Imported:
    return Imported(
        version=version,
        producers_added=tally.producers_added,
        producers_changed=tally.producers_changed,
        licenses_added=tally.licenses_added,
        licenses_changed=tally.licenses_changed,
        licenses_unchanged=tally.licenses_unchanged,
        unroutable=unroutable,
        dry_run=dry_run,
    )
