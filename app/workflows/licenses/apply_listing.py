"""Apply what comparing a listing with the roster found: in short transactions, each a version of its own.

What takes authority away comes first, new producers last: nobody rings them before they are there. A crash between two
transactions leaves what was applied; the same listing merged again finds and applies the rest.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from app.domain.license_changes import in_force, reaches_back_to
from app.domain.licensing import License, Residency
from app.domain.lines import Line
from app.domain.states import State
from app.storage import ledger, roster_import
from app.storage.authority_facts import license_of
from app.storage.database import Collision, Database, Transaction
from app.storage.dependents import distrust_dependents
from app.storage.roster_changes import RosterChange, Values
from app.storage.roster_import import BATCH, Compared, Tally
from app.storage.staging import Fate, Staging

EDITS_AT_ONCE = 500
"""Rows changed in one transaction. Measured (docs/operations.md): a writer beside it waits well under 200 ms on SQLite."""

NEW_AT_ONCE = 200
"""Rows of new producers written in one transaction. There may be thousands of such, and nobody rings them yet."""

SIGHTS_AT_ONCE = 500
"""Rows refreshed one by one in one transaction."""

LICENSES_AT_ONCE = 2500
"""Licenses compared at once, outside of any writing transaction; and refreshed at once where a statement does them all."""

_TRIES = 5

Conclude = Callable[[Transaction, int | None, Tally], None]
"""Is called in the last transaction that changes the roster, with the version and what all of them did."""


class Overtaken(Exception):
    """While a listing was merged, somebody else was given a phone that it has: part of it is applied; merge it again."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From what, from which file, and by whom: what each version is noted with."""

    source: str
    file_name: str | None
    file_sha256: str | None
    actor: str
    now: datetime

    def change(self, tx: Transaction) -> RosterChange:
        return RosterChange(
            tx,
            now=self.now,
            actor=self.actor,
            source=self.source,
            file_name=self.file_name,
            file_sha256=self.file_sha256,
        )


@dataclass
class Applying:
    """One merge at work. `compared_at`: the roster's version when comparing began."""

    database: Database
    staging: Staging
    origin: Origin
    compared_at: int
    licenses: int
    done: Callable[[int], None]
    versions: set[int] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)

    @property
    def version(self) -> int | None:
        return max(self.versions, default=None)

    @property
    def whole(self) -> Tally:
        return self._with_the_rest(self.tally)

    def all(self, conclude: Conclude) -> None:
        """Every difference, then every sight; `conclude` in the last transaction with a difference, or in one of its own."""
        chunks = self._chunks()
        chunk = next(chunks, None)
        if chunk is None:
            with self.database.begin() as tx:
                conclude(tx, None, self.whole)
        while chunk is not None:
            following = next(chunks, None)
            self._write(chunk, conclude if following is None else None)
            self.done(chunk.edits)
            chunk = following
        self._refresh()

    # ---- differences

    def _chunks(self) -> Iterator[_Chunk]:
        chunk = _Chunk()
        ours = self.staging.producers(Fate.LOSES, Fate.DIFFERS, most_producers=BATCH, most_licenses=LICENSES_AT_ONCE)
        # Read no more than is written at once: other writers have their turn meanwhile.
        new = self.staging.producers(Fate.NEW, most_producers=BATCH, most_licenses=NEW_AT_ONCE)
        for batch in chain(ours, new):
            with self.database.read() as tx:
                version = ledger.roster_version(tx)
                compared = roster_import.compare(tx, batch, self.origin.source)
            for each in compared:
                if chunk.edits and chunk.edits + each.edits > (EDITS_AT_ONCE if each.known else NEW_AT_ONCE):
                    yield chunk
                    chunk = _Chunk()
                chunk.add(each, version, self.origin.now)
        if chunk.edits:
            yield chunk

    def _write(self, chunk: _Chunk, conclude: Conclude | None) -> None:
        written = None
        for attempt in range(1, _TRIES + 1):
            try:
                written = self._written(chunk, conclude, whatever=attempt == _TRIES)
            except Collision:
                if attempt == _TRIES:
                    raise
            if written is not None:
                break
            with self.database.read() as tx:
                chunk = self._again(tx, chunk)
        assert written is not None
        now = self.origin.now
        self.staging.add_reaching_back(found for each in written.compared for found in _reaching_back(each, now))

    def _again(self, tx: Transaction, chunk: _Chunk) -> _Chunk:
        again = _Chunk()
        version = ledger.roster_version(tx)
        for batch in roster_import.batches([each.staged for each in chunk.compared]):
            for each in roster_import.compare(tx, batch, self.origin.source):
                again.add(each, version, self.origin.now)
        return again

    def _written(self, chunk: _Chunk, conclude: Conclude | None, *, whatever: bool) -> _Chunk | None:
        """What was written; None where the roster has moved since it was compared, unless `whatever` is said."""
        with _uncollected(), self.database.begin() as tx:
            change = self.origin.change(tx)
            version = ledger.roster_version(tx)
            if self.moved(chunk.version, version):
                if not whatever:
                    return None
                chunk = self._again(tx, chunk)
            if self.moved(self.compared_at, version):
                self._check_phones(tx, chunk)
            roster_import.write(tx, chunk.compared, change)
            if chunk.came_back:
                distrust_dependents(tx, change, chunk.came_back, chunk.seen_with_them)
            tally = self.tally + chunk.tally
            if conclude is not None:
                conclude(tx, change.version or self.version, self._with_the_rest(tally))
        self.tally = tally
        if change.version is not None:
            self.versions.add(change.version)
        return chunk

    def _with_the_rest(self, tally: Tally) -> Tally:
        """Whatever of the listing was neither added nor changed is as it was."""
        return replace(tally, licenses_unchanged=self.licenses - tally.licenses_added - tally.licenses_changed)

    def moved(self, since: int, version: int) -> bool:
        """Whether anybody else has changed the roster after `since`."""
        return version - since > sum(ours > since for ours in self.versions)

    def _check_phones(self, tx: Transaction, chunk: _Chunk) -> None:
        given = {
            each.person.after["phone"]: each.staged.npn for each in chunk.compared if each.person and each.person.after
        }
        for batch in roster_import.batches(list(given)):
            taken = [npn for phone, npn in roster_import.owners(tx, batch) if npn != given[phone]]
            if set(taken) - self.staging.has(taken):
                raise Overtaken

    # ---- sights

    def _refresh(self) -> None:
        """Whoever was changed by somebody else meanwhile is left as they are: what was compared is not so any more."""
        source = self.origin.source
        touched = _Touched(self)
        for look, producers, licenses in self.staging.seen_whole(LICENSES_AT_ONCE):
            with self.database.begin() as tx:
                others = touched.until_now(tx)
                ids = [producer_id for npn, producer_id in producers if npn not in others]
                roster_import.refresh_whole(tx, ids, look, source)
            self.done(licenses)
        for rows in self.staging.seen(SIGHTS_AT_ONCE):
            with self.database.begin() as tx:
                others = touched.until_now(tx)
                roster_import.refresh(tx, [sight for npn, sight in rows if npn not in others], source)
            self.done(len(rows))


class _Touched:
    """Whom somebody else changed since comparing began."""

    def __init__(self, applying: Applying) -> None:
        self._applying = applying
        self._version = applying.compared_at
        self._npns: set[str] = set()

    def until_now(self, tx: Transaction) -> set[str]:
        """And nobody changes anything until the transaction ends."""
        self._applying.origin.change(tx)
        newest = ledger.roster_version(tx)
        if self._applying.moved(self._version, newest):
            self._npns |= roster_import.touched_since(tx, self._version, self._applying.versions)
        self._version = newest
        return self._npns


class _Chunk:
    """What one transaction writes, and everything that can be known of it before. `version`: the oldest compared with."""

    def __init__(self) -> None:
        self.compared: list[Compared] = []
        self.edits = 0
        self.version = 0
        self.tally = Tally()
        self.came_back: list[tuple[int, str, Line]] = []
        self.seen_with_them: list[tuple[int, State, Line]] = []

    def add(self, compared: Compared, version: int, now: datetime) -> None:
        self.version = min(self.version, version) if self.compared else version
        self.compared.append(compared)
        self.edits += compared.edits
        self.tally += replace(compared.tally, licenses_unchanged=0)
        if (ours := compared.producer_id) is not None and (lines := _came_back(compared, now)):
            self.came_back += [(ours, compared.staged.npn, line) for line in sorted(lines)]
            self.seen_with_them += [(ours, license_.state, license_.line) for license_ in compared.staged.licenses]


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is collected meanwhile: a third of the time for which the other writers waited, as measured."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


# ---- what a change does besides


def _came_back(compared: Compared, now: datetime) -> set[Line]:
    """Lines of which a resident license comes back into force; it brings back only what the very same listing shows."""
    if not compared.edits:
        return set()
    return _lines_at_home(compared, now, after=True) - _lines_at_home(compared, now, after=False)


def _lines_at_home(compared: Compared, now: datetime, *, after: bool) -> set[Line]:
    """The lines that the producer's resident licenses give at `now`, before what differs or after it."""
    rows: dict[tuple[State, str], Values] = dict(compared.held)
    home = compared.home
    if after:
        rows |= {(edit.after["state"], edit.after["line"]): edit.after for edit in compared.licenses if edit.after}
        if compared.person is not None and compared.person.after is not None:
            home = compared.person.after["resident_state"]
    licenses = (as_license(row) for (state, _), row in rows.items() if state == home)
    return {held.line for held in licenses if held.residency is Residency.RESIDENT and in_force(held, now)}


def _reaching_back(compared: Compared, now: datetime) -> Iterator[tuple[int, datetime, State | None]]:
    """(seq, since, state) of each license that the listing takes away in the past; state None: all rest on it."""
    for edit in compared.licenses:
        if edit.before is not None and edit.after is not None:
            before, after = as_license(edit.before), as_license(edit.after)
            since = reaches_back_to(before, after, now)
            if since is not None:
                everything = before.residency is Residency.RESIDENT
                yield compared.staged.seq, since, None if everything else before.state


def as_license(row: Values) -> License:
    """A row of the roster without its version, as the domain's value."""
    return license_of({**row, "version": 0})
