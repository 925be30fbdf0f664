"""A listing on the way into the roster: kept on disk, apart from the database, so that judging it makes nobody wait.

SQLite's own temporary database: a file without a name, which is gone when it is closed, whatever happened to the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from app.domain.licensing import License, Residency, Status
from app.domain.lines import Line
from app.domain.states import State
from app.storage.roster_rows import Person

_MEMORY_KIB = 32 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_SCHEMA = """
CREATE TABLE people (
    seq INTEGER PRIMARY KEY, npn TEXT NOT NULL UNIQUE, first_name TEXT, last_name TEXT, email TEXT, phone TEXT,
    resident_state TEXT, place INTEGER NOT NULL, fate INTEGER, producer_id INTEGER, licenses INTEGER,
    look_verified_at INTEGER, look_stale_at INTEGER
);
CREATE TABLE licenses (
    seq INTEGER, state TEXT, line TEXT, license_number TEXT, residency TEXT, status TEXT, effective_on INTEGER,
    expires_on INTEGER, perpetual INTEGER, authority_from INTEGER, authority_until INTEGER, verified_at INTEGER,
    stale_at INTEGER, place INTEGER NOT NULL, changed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (seq, state, line)
) WITHOUT ROWID;
CREATE TABLE phones (phone TEXT PRIMARY KEY, npn TEXT NOT NULL, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE reaching_back (seq INTEGER, since INTEGER, state TEXT);
"""
_LICENSE_COLUMNS = (
    "state, line, license_number, residency, status, effective_on, expires_on, perpetual, authority_from, "
    "authority_until, verified_at, stale_at"
)


class Fate(IntEnum):
    """What comparing found of one producer, in the order in which it is applied."""

    LOSES = 1  # something that they have is taken away
    DIFFERS = 2
    NEW = 3
    SAME = 4
    UNKNOWN = 5  # the source knows no phone, and we do not know them


@dataclass(frozen=True, slots=True)
class Staged:
    """One producer of the listing. `seq` counts in the listing's order; `licenses` by state and line."""

    seq: int
    npn: str
    person: Person | None
    resident_state: State | None
    licenses: tuple[License, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """A license that is as it was: what the look at it refreshes."""

    producer_id: int
    state: State
    line: str
    verified_at: datetime
    stale_at: datetime


Look: TypeAlias = tuple[datetime, datetime]
"""verified_at and stale_at."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What comparing found of one producer; `changed`: (state, line) of the licenses that differ.

    `look`: the listing has every license that they have, `licenses` in number, and saw them at once.
    """

    seq: int
    fate: Fate
    producer_id: int | None
    changed: tuple[tuple[State, Line], ...]
    licenses: int
    look: Look | None


class Staging:
    """One listing's own database; `with` closes it, and with it all that it held. For one thread.

    A `place` is where something stands in its file (a line), 0 where there is none.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        # Nothing here is ever rolled back or read again after a crash.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_MEMORY_KIB}"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._seqs: tuple[str, int] = ("", 0)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # ---- what a listing says, as it is read

    def add_person(
        self, npn: str, person: Person | None, resident_state: State | None, place: int = 0
    ) -> tuple[Person | None, int]:
        """What was added first of this NPN, and its place; it stays."""
        named = (None,) * 4 if person is None else (person.first_name, person.last_name, person.email, person.phone)
        home = person.resident_state if person else resident_state
        added = self._db.execute(
            "INSERT INTO people (npn, first_name, last_name, email, phone, resident_state, place) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (npn, *named, home, place),
        )
        if added.rowcount:
            self._seqs = (npn, added.lastrowid or 0)
            return person, place
        columns = "npn, first_name, last_name, email, phone, resident_state"
        *known, place = self._db.execute(f"SELECT {columns}, place FROM people WHERE npn = ?", (npn,)).fetchone()
        return (Person(*known) if known[4] is not None else None), place

    def add_phone(self, phone: str, npn: str, place: int = 0) -> tuple[str, int]:
        """Who had this phone first in the listing, and where."""
        added = self._db.execute("INSERT INTO phones VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (phone, npn, place))
        if added.rowcount:
            return npn, place
        owner: tuple[str, int] = self._db.execute("SELECT npn, place FROM phones WHERE phone = ?", (phone,)).fetchone()
        return owner

    def add_license(self, npn: str, license_: License, place: int = 0) -> tuple[License, int]:
        """What was added first of this license of somebody who was added, and its place; it stays."""
        seq = self._seq_of(npn)
        added = self._db.execute(
            f"INSERT INTO licenses (seq, {_LICENSE_COLUMNS}, place) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                seq,
                license_.state,
                license_.line.value,
                license_.license_number,
                license_.residency.value,
                license_.status.value,
                _days(license_.effective_on),
                _days(license_.expires_on),
                license_.perpetual,
                _microseconds(license_.authority_from),
                _microseconds(license_.authority_until),
                _microseconds(license_.verified_at),
                _microseconds(license_.stale_at),
                place,
            ),
        )
        if added.rowcount:
            return license_, place
        *known, place = self._db.execute(
            f"SELECT {_LICENSE_COLUMNS}, place FROM licenses WHERE seq = ? AND state = ? AND line = ?",
            (seq, license_.state, license_.line.value),
        ).fetchone()
        return _license(known), place

    def _seq_of(self, npn: str) -> int:
        # Files mostly name a producer's licenses one after the other.
        if self._seqs[0] != npn:
            self._seqs = (npn, self._db.execute("SELECT seq FROM people WHERE npn = ?", (npn,)).fetchone()[0])
        return self._seqs[1]

    # ---- what stands here

    def count_licenses(self) -> int:
        return self._count("SELECT count(*) FROM licenses")

    def count_without_dates(self) -> int:
        """Licenses that never give authority, because a date is not known."""
        return self._count("SELECT count(*) FROM licenses WHERE authority_from IS NULL OR authority_until IS NULL")

    def _count(self, statement: str) -> int:
        return int(self._db.execute(statement).fetchone()[0])

    def phones(self, most: int) -> Iterator[dict[str, str]]:
        """Phone -> NPN of everybody who has one, `most` at once."""
        last = 0
        while rows := self._db.execute(
            "SELECT seq, phone, npn FROM people WHERE seq > ? AND phone IS NOT NULL ORDER BY seq LIMIT ?", (last, most)
        ).fetchall():
            yield {phone: npn for _, phone, npn in rows}
            last = rows[-1][0]

    def has(self, npns: Iterable[str]) -> set[str]:
        """Those of `npns` who have a phone by this listing."""
        asked = "SELECT 1 FROM people WHERE npn = ? AND phone IS NOT NULL"
        return {npn for npn in npns if self._db.execute(asked, (npn,)).fetchone()}

    def place_of(self, npn: str) -> int:
        return int(self._db.execute("SELECT place FROM people WHERE npn = ?", (npn,)).fetchone()[0])

    def producers(self, *fates: Fate, most_producers: int, most_licenses: int) -> Iterator[list[Staged]]:
        """Everybody, or those of `fates` by fate, in the listing's order; some at once, by their number and licenses."""
        batch: list[Staged] = []
        licenses = 0
        for staged in self._each(fates, most_producers):
            if batch and (len(batch) >= most_producers or licenses + len(staged.licenses) > most_licenses):
                yield batch
                batch, licenses = [], 0
            batch.append(staged)
            licenses += len(staged.licenses)
        if batch:
            yield batch

    def _each(self, fates: Sequence[Fate], at_once: int) -> Iterator[Staged]:
        for fate in fates or (None,):
            last = 0
            # A page at a time: what is read here is marked meanwhile.
            while page := self._db.execute(
                "SELECT seq, npn, first_name, last_name, email, phone, resident_state FROM people "
                "WHERE seq > ? AND (? IS NULL OR fate = ?) ORDER BY seq LIMIT ?",
                (last, fate, fate, at_once),
            ).fetchall():
                for seq, npn, first_name, last_name, email, phone, home in page:
                    person = None if phone is None else Person(npn, first_name, last_name, email, phone, home)
                    yield Staged(seq, npn, person, None if person else home, self._licenses_of(seq))
                last = page[-1][0]

    def _licenses_of(self, seq: int) -> tuple[License, ...]:
        statement = f"SELECT {_LICENSE_COLUMNS} FROM licenses WHERE seq = ? ORDER BY state, line"
        return tuple([_license(row) for row in self._db.execute(statement, (seq,))])

    # ---- what was found

    def mark(self, judged: Sequence[Judged]) -> None:
        """Keep what comparing found of these."""
        self._db.executemany(
            "UPDATE people SET fate = ?, producer_id = ?, licenses = ?, look_verified_at = ?, look_stale_at = ? "
            "WHERE seq = ?",
            [
                (each.fate, each.producer_id, each.licenses, *map(_microseconds, each.look or (None, None)), each.seq)
                for each in judged
            ],
        )
        self._db.executemany(
            "UPDATE licenses SET changed = 1 WHERE seq = ? AND state = ? AND line = ?",
            [(each.seq, state, line.value) for each in judged for state, line in each.changed],
        )

    def npns(self, fate: Fate) -> tuple[str, ...]:
        return tuple(row[0] for row in self._db.execute("SELECT npn FROM people WHERE fate = ? ORDER BY seq", (fate,)))

    def seen_whole(self, most: int) -> Iterator[tuple[Look, list[tuple[str, int]], int]]:
        """Producers of whom the listing has every license: their look, (NPN, id) of each, and how many licenses in all.

        At once come those of one look, of `most` licenses.
        """
        rows = self._db.execute(
            "SELECT npn, producer_id, licenses, look_verified_at, look_stale_at FROM people "
            "WHERE look_verified_at IS NOT NULL ORDER BY look_verified_at, look_stale_at, seq"
        )
        for (verified_at, stale_at), alike in groupby(rows, key=itemgetter(3, 4)):
            look = _instant(verified_at), _instant(stale_at)
            batch: list[tuple[str, int]] = []
            room = most
            for npn, producer_id, licenses, *_ in alike:
                if batch and licenses > room:
                    yield look, batch, most - room
                    batch, room = [], most
                batch.append((npn, producer_id))
                room -= max(licenses, 1)
            yield look, batch, most - room

    def seen(self, most: int) -> Iterator[list[tuple[str, Sight]]]:
        """(NPN, license) of whatever else is as it was, `most` at once, by producer."""
        last = (0, "", "")
        while rows := self._db.execute(
            "SELECT licenses.seq, state, line, npn, producer_id, verified_at, stale_at FROM licenses "
            "JOIN people ON people.seq = licenses.seq WHERE (licenses.seq, state, line) > (?, ?, ?) "
            "AND NOT changed AND producer_id IS NOT NULL AND look_verified_at IS NULL ORDER BY licenses.seq, state, line LIMIT ?",
            (*last, most),
        ).fetchall():
            yield [
                (npn, Sight(producer_id, state, line, _instant(verified), _instant(stale)))
                for _, state, line, npn, producer_id, verified, stale in rows
            ]
            last = rows[-1][:3]

    def add_reaching_back(self, found: Iterable[tuple[int, datetime, State | None]]) -> None:
        """(seq, since, state) of what was taken away in the past; state None: everywhere."""
        rows = [(seq, _microseconds(since), state) for seq, since, state in found]
        self._db.executemany("INSERT INTO reaching_back VALUES (?, ?, ?)", rows)

    def reaching_back(self) -> Iterator[tuple[str, datetime, tuple[State, ...] | None]]:
        """(NPN, since the first of it, in which states; None: in all)."""
        rows = self._db.execute(
            "SELECT npn, min(since), count(*) = count(state), group_concat(DISTINCT state) FROM reaching_back "
            "JOIN people ON people.seq = reaching_back.seq GROUP BY people.seq ORDER BY people.seq"
        )
        for npn, since, everywhere_named, states in rows:
            yield npn, _instant(since), tuple(states.split(",")) if everywhere_named else None


def _license(row: Sequence[Any]) -> License:
    state, line, number, residency, status, effective, expires, perpetual, begins, ends, verified, stale = row
    return License(
        state=state,
        line=_lines[line],
        license_number=number,
        residency=_residencies[residency],
        status=_statuses[status],
        effective_on=_day(effective),
        expires_on=_day(expires),
        perpetual=bool(perpetual),
        authority_from=_maybe_instant(begins),
        authority_until=_maybe_instant(ends),
        verified_at=_instant(verified),
        stale_at=_instant(stale),
    )


_lines = {line.value: line for line in Line}
_residencies = {residency.value: residency for residency in Residency}
_statuses = {status.value: status for status in Status}


# A roster repeats itself: half a million licenses have some thousand days.
def _days(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


@lru_cache(maxsize=65536)
def _day(days: int | None) -> date | None:
    return None if days is None else date.fromordinal(days)


@lru_cache(maxsize=65536)
def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=65536)
def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _maybe_instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _instant(microseconds)
