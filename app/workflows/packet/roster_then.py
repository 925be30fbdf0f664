"""The roster as it stood at each decision of a packet, and every license row that was read for it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.licensing import Producer
from app.domain.states import State
from app.storage import explain
from app.storage.database import Database
from app.storage.roster_changes import Subject
from app.workflows.packet.errors import TooLarge

ROSTERS_KEPT = 4
"""Decisions come in the order of the ledger, nearly: hardly ever is an older roster asked for again."""

MOST_LICENSE_ROWS = 1_000_000

COLUMNS = (
    "state",
    "line",
    "license_number",
    "residency",
    "status",
    "effective_on",
    "expires_on",
    "perpetual",
    "authority_from",
    "authority_until",
    "source",
)

Values = tuple[Any, ...]
"""A license row's COLUMNS, and when it was verified last as that row."""


@dataclass(frozen=True)
class RosterThen:
    """Who was on it, with the licenses that matter to some states. `rows`: those licenses, by NPN/state/line."""

    producers: tuple[Producer, ...]
    by_npn: Mapping[str, Producer]
    rows: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Interval:
    """One license row as it stood at each cited version of the roster from `first` to `last`."""

    key: str
    name: str
    first: int
    last: int
    values: Values
    verified_at: datetime


class Rosters:
    """Reads each roster once for the states that are asked about, and remembers the license rows for licenses.csv."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[tuple[int, frozenset[State]], RosterThen] = OrderedDict()
        self._seen: dict[str, dict[int, tuple[Values, datetime]]] = {}
        self._same: dict[Values, Values] = {}
        self._names: dict[str, str] = {}
        self._rows = 0
        self.versions: set[int] = set()

    def at(self, version: int, states: frozenset[State]) -> RosterThen:
        found = self._kept.pop((version, states), None) or self._read(version, states)
        self._kept[version, states] = found
        if len(self._kept) > ROSTERS_KEPT:
            self._kept.popitem(last=False)
        return found

    def _read(self, version: int, states: frozenset[State]) -> RosterThen:
        with self._database.read() as tx:
            found = explain.rows_at(tx, version, states=states)
        producers = tuple(explain.producers_of(found))
        rows = found[Subject.LICENSE]
        self.versions.add(version)
        self._names.update({each.npn: each.name for each in producers})
        for key, row in rows.items():
            self._note(key, version, row)
        return RosterThen(producers, {each.npn: each for each in producers}, rows)

    def _note(self, key: str, version: int, row: Mapping[str, Any]) -> None:
        at = self._seen.setdefault(key, {})
        if version in at:
            return
        self._rows += 1
        if self._rows > MOST_LICENSE_ROWS:
            raise TooLarge(f"more than {MOST_LICENSE_ROWS:,} license rows would stand in it")
        values = tuple(row[name] for name in COLUMNS)
        at[version] = self._same.setdefault(values, values), row["verified_at"]

    def intervals(self) -> Iterator[Interval]:
        """Each row once for as long as it stayed the same, by NPN, state and line."""
        ordered = sorted(self.versions)
        for key in sorted(self._seen):
            at = self._seen[key]
            run: Interval | None = None
            for version in ordered:
                values, verified_at = at.get(version, (None, None))
                if run is not None and run.values != values:
                    yield run
                    run = None
                if values is not None and verified_at is not None:
                    first = run.first if run else version
                    run = Interval(key, self._names.get(key.partition("/")[0], ""), first, version, values, verified_at)
            if run is not None:
                yield run
