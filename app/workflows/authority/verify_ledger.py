"""Whether the ledger is what was written: every link of its chain, from the first entry to the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.storage import counts, ledger, seals
from app.storage.database import Database
from app.storage.seals import Bad, Head

KIND = "verify_ledger"

MOST_TRIES = 50
"""So many batches are sealed in one go: the scheduler comes again in a second."""


@dataclass(frozen=True)
class Verified:
    """`bad` is the first place where the chain does not hold; what comes after it cannot be told apart.

    `unsealed_since` is the oldest entry without a seal; None where all have one.
    """

    entries: int
    sealed: int
    unsealed: int
    unsealed_since: datetime | None
    head: Head | None
    bad: Bad | None


def seal_ledger(*, database: Database) -> int:
    """Seal what has no seal yet, in short transactions; how many entries."""
    done = 0
    for _ in range(MOST_TRIES):
        with database.read() as tx:
            if not seals.any_unsealed(tx):
                break
        with database.begin() as tx:
            done += seals.seal(tx)
    return done


def verify_ledger(
    *, database: Database, anchor: Head | None = None, progress: Callable[[int], None] | None = None
) -> Verified:
    """Follow the chain in short reads. `anchor` is a head that was kept elsewhere: the chain must still go through it."""
    seq, previous, bad = 0, seals.FIRST_PREVIOUS, None
    newest: Head | None = None
    while bad is None:
        with database.read() as tx:
            rows = seals.sealed_after(tx, seq)
        if not rows:
            break
        bad = next(seals.bad_links(rows, seq=seq, previous=previous), None)
        if bad is None:
            last = rows[-1]
            seq, previous = last["seq"], last["hash"]
            newest = Head(seq, previous, last["at"])
            bad = _off_the_anchor(anchor, rows[0]["seq"], [row["hash"] for row in rows])
        if progress is not None:
            progress(seq)
    with database.read() as tx:
        entries = counts.ledger_entries(tx)
        unsealed, since = ledger.count_unsealed(tx)
        if bad is None:
            bad = seals.half_sealed(tx)
    if bad is None and anchor is not None and seq < anchor.seq:
        bad = Bad(seq + 1, None, f"the chain ends at {seq}, and the anchor is at {anchor.seq}: it was cut short")
    return Verified(entries, entries - unsealed, unsealed, since, newest, bad)


def verification(_: dict[str, Any], database: Database, __: datetime) -> dict[str, Any]:
    """As requested work: following a long chain takes longer than a page waits."""
    found = verify_ledger(database=database)
    return {
        "entries": found.entries,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "head": None if found.head is None else {"seq": found.head.seq, "hash": found.head.hash},
        "bad": None if found.bad is None else asdict(found.bad),
    }


def _off_the_anchor(anchor: Head | None, first: int, hashes: list[str]) -> Bad | None:
    if anchor is None or not first <= anchor.seq < first + len(hashes):
        return None
    if hashes[anchor.seq - first] == anchor.hash:
        return None
    return Bad(anchor.seq, None, "the chain does not go through the anchor: it was written anew")
