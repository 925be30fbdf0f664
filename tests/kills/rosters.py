"""Licenses that are suspended and given back while calls go on, and what the files themselves say at any instant."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.simulator.api import ApiRefused
from app.simulator.cast import edited, members
from app.simulator.exchange import Exchange

SECONDS_BETWEEN_IMPORTS = 150.0
SECONDS_UNTIL_IMPORTED_AGAIN = 20.0

License = Mapping[str, str]


@dataclass
class Version:
    """One file. It may have counted from `begun_at`, and surely did from `done_at` (None: not surely yet)."""

    roster: bytes
    begun_at: datetime
    done_at: datetime | None = None

    @property
    def licenses(self) -> Sequence[License]:
        return list(csv.DictReader(io.StringIO(self.roster.decode())))


class Rosters:
    """The files in the order in which they were imported."""

    def __init__(
        self,
        exchange: Exchange,
        roster: bytes,
        seed: int,
        import_roster: Callable[[bytes], object] = lambda _: None,
    ) -> None:
        """`import_roster` hands a file to the product; it raises ApiRefused where that does not surely succeed."""
        self._exchange = exchange
        self._import = import_roster
        self._random = random.Random(seed)
        began = exchange.now
        self._first = roster
        self.versions = [Version(roster, began, began)]
        self._over = False

    def begin(self) -> None:
        self._exchange.at(SECONDS_BETWEEN_IMPORTS, self._change)

    def stop(self) -> None:
        self._over = True

    def licenses_at(self, at: datetime) -> list[Sequence[License]]:
        """What the files may have said at `at`: one, or two while an import was on its way."""
        found = []
        for version, following in zip(self.versions, [*self.versions[1:], None], strict=True):
            replaced_at = following.done_at if following else None
            if version.begun_at <= at and (replaced_at is None or at <= replaced_at):
                found.append(version.licenses)
        return found

    def _change(self) -> None:
        """Compliance suspends one license of the first file; those that were suspended by us before are good again."""
        if self._over:
            return
        member = self._random.choice(members(self._first))
        states = [row["state"] for row in self.versions[0].licenses if row["npn"] == member.npn]
        roster = edited(self._first, member.phone, self._random.choice(states), status="suspended")
        self.versions.append(Version(roster, self._exchange.now))
        self._send()

    def _send(self) -> None:
        version = self.versions[-1]
        try:
            self._import(version.roster)
        except ApiRefused:
            # Whether it was done is not known: the same file again.
            self._exchange.at(SECONDS_UNTIL_IMPORTED_AGAIN, self._send)
            return
        version.done_at = self._exchange.now
        self._exchange.at(SECONDS_BETWEEN_IMPORTS, self._change)


def is_licensed(licenses: Sequence[License], npn: str, state: str, on: date) -> bool:
    """By one file alone: a license there and the resident license, both of life, active and in force."""
    own = [row for row in licenses if row["npn"] == npn and row["loa"] == "life" and _in_force(row, on)]
    return any(row["state"] == state for row in own) and any(row["state"] == row["resident_state"] for row in own)


def _in_force(row: License, on: date) -> bool:
    effective, expires = date.fromisoformat(row["effective_date"]), date.fromisoformat(row["expiration_date"])
    return row["status"] == "active" and effective <= on <= expires
