"""Whether the ledger is what was written: every link of its chain, from the first entry to the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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

    `unsealed_since` is the oldest entry without a seal; None where all have one. `erased`: sealed entries whose facts were
    erased, as another entry says; counted up to the first bad place.
    """

    entries: int
    sealed: int
    unsealed: int
    unsealed_since: datetime | None
    erased: int
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
    *, database: Database, anchors: Sequence[Head] = (), progress: Callable[[int], None] | None = None
) -> Verified:
    """Follow the chain in short reads. `anchors` are heads that were kept elsewhere: it must still go through each of them."""
    kept: defaultdict[int, set[str]] = defaultdict(set)
    for anchor in anchors:
        kept[anchor.seq].add(anchor.hash)
    seq, previous, bad, erased = 0, seals.FIRST_PREVIOUS, None, 0
    newest: Head | None = None
    while bad is None:
        with database.read() as tx:
            rows = seals.sealed_after(tx, seq)
            erasures = seals.erasures(tx, rows)
        if not rows:
            break
        bad = next(seals.bad_links(rows, seq=seq, previous=previous, erasures=erasures), None)
        erased += sum(seals.erased(row) is not None for row in rows)
        if bad is None:
            last = rows[-1]
            seq, previous = last["seq"], last["hash"]
            newest = Head(seq, previous, last["at"])
            bad = _off_an_anchor(rows, kept)
        if progress is not None:
            progress(seq)
    with database.read() as tx:
        entries = counts.ledger_entries(tx)
        unsealed, since = ledger.count_unsealed(tx)
        if bad is None:
            bad = seals.half_sealed(tx)
    furthest = max(kept, default=0)
    if bad is None and seq < furthest:
        bad = Bad(seq + 1, None, f"the chain ends at {seq}, and the anchor is at {furthest}: it was cut short")
    return Verified(entries, entries - unsealed, unsealed, since, erased, newest, bad)


def verification(_: dict[str, Any], database: Database, __: datetime) -> dict[str, Any]:
    """As requested work: following a long chain takes longer than a page waits."""
    found = verify_ledger(database=database)
    return {
        "entries": found.entries,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "erased": found.erased,
        "head": None if found.head is None else {"seq": found.head.seq, "hash": found.head.hash},
        "bad": None if found.bad is None else asdict(found.bad),
    }


def _off_an_anchor(rows: Sequence[Mapping[str, Any]], kept: Mapping[int, set[str]]) -> Bad | None:
    for row in rows:
        if row["seq"] in kept and kept[row["seq"]] != {row["hash"]}:
            return Bad(row["seq"], None, "the chain does not go through the anchor: it was written anew")
    return None
