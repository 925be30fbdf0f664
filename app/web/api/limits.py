"""How much may be asked in a minute: of a key, and of an address whose keys are wrong.

Counted in this process alone, so with several of them more gets through: it keeps a runaway client from the calls, and
bills nobody. Our own, because what there is to be had hooks into every request of the app, calls included, and reads
the system's clock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, g

from app.storage import access
from app.storage.database import Database
from app.web.api.problems import Problem

WRONG_PER_MINUTE = 60
"""Wrong keys of one address that are looked up. It may be that of a proxy, with everybody behind it."""

KNOWN_FOR = timedelta(seconds=10)
"""Beyond WRONG_PER_MINUTE a key is in force where it was at the last look, at most so long ago."""

LIMIT, REMAINING, RESET = "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"


@dataclass(frozen=True)
class Standing:
    """Where somebody stands in the minute that runs; it is over in `seconds_left`."""

    most: int
    asked: int
    seconds_left: int


class Minute:
    """How often each of them asked in the minute that runs. What was before is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._minute = 0
        self._asked: dict[str, int] = {}

    def count(self, whose: str, now: datetime, times: int = 1) -> Standing:
        """Their standing, after so many requests more."""
        minute, second = divmod(int(now.timestamp()), 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._asked.clear()
            asked = self._asked[whose] = self._asked.get(whose, 0) + times
        return Standing(self._most, asked, 60 - second)


class Limits:
    """The limits of one process. `per_minute`: requests of one key; 0: there is no limit at all."""

    def __init__(self, per_minute: int) -> None:
        self._off = per_minute == 0
        self._requests = Minute(per_minute)
        self._wrong = Minute(WRONG_PER_MINUTE)
        self._known: tuple[datetime, frozenset[str]] | None = None

    def spend(self, key_id: int, now: datetime) -> None:
        """One request more with this key. Raises Problem where it is one too many."""
        if self._off:
            return
        standing = g.standing = self._requests.count(str(key_id), now)
        if standing.asked > standing.most:
            raise _too_many(f"A key may ask {standing.most} times a minute.", standing)

    def was_wrong(self, address: str, now: datetime) -> None:
        """A key from this address was none of ours."""
        if not self._off:
            g.standing = self._wrong.count(address, now)

    def check_guessing(self, address: str, presented: str, now: datetime, database: Database) -> None:
        """Raises Problem for an address of many wrong keys, unless this is a right one, without asking the database."""
        if self._off:
            return
        standing = self._wrong.count(address, now, times=0)
        # A right key always gets through: behind a proxy, whoever guesses has the same address as everybody.
        if standing.asked >= standing.most and access.digest_of(presented) not in self._in_force(now, database):
            g.standing = standing
            raise _too_many("Too many wrong keys came from this address.", standing)

    def _in_force(self, now: datetime, database: Database) -> frozenset[str]:
        if self._known is None or not timedelta() <= now - self._known[0] < KNOWN_FOR:
            with database.read() as tx:
                self._known = now, access.digests_in_force(tx, now)
        return self._known[1]


def tell(response: Response) -> Response:
    """Every answer says how much may still be asked."""
    standing: Standing | None = g.get("standing")
    if standing is not None:
        response.headers[LIMIT] = str(standing.most)
        response.headers[REMAINING] = str(max(standing.most - standing.asked, 0))
        response.headers[RESET] = str(standing.seconds_left)
    return response


def _too_many(why: str, standing: Standing) -> Problem:
    return Problem(429, why, headers={"Retry-After": str(standing.seconds_left)})
