"""Work that somebody asked for: waiting, running, done or failed. Who claims it is the only one to do it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.requested_work import RequestedWorkRow

_work = table_of(RequestedWorkRow)

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

MOST_TRIES = 3
LOST_AFTER = timedelta(minutes=10)
"""Without a sign for so long, the process that did it is gone. It gives one every few seconds (do_requested.py)."""

KEPT = timedelta(days=30)
"""What was found is no evidence; what must stay (a drill) stands in a table of its own."""

LONGEST_WHY = 500


@dataclass(frozen=True)
class RequestedWork:
    """`found` is None until it is done; `why` is empty unless it failed. `started_at` is that of the last try."""

    id: int
    kind: str
    asked: dict[str, Any]
    asked_by: str
    asked_at: datetime
    status: str
    tries: int
    started_at: datetime | None
    finished_at: datetime | None
    found: dict[str, Any] | None
    why: str


# ---- asking, and looking


def ask(tx: Connection, *, kind: str, asked: Mapping[str, Any], asked_by: str, now: datetime) -> int:
    """Leave work for the scheduler. `asked` is JSON. Returns its number."""
    written = tx.execute(
        insert(_work).values(
            kind=kind,
            asked=json.dumps(asked, separators=(",", ":")),
            asked_by=asked_by,
            asked_at=now,
            status=WAITING,
            tries=0,
            why="",
        )
    )
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def load(tx: Connection, work_id: int) -> RequestedWork | None:
    row = tx.execute(select(_work).where(_work.c.id == work_id)).mappings().first()
    return None if row is None else _of(row)


def listed(tx: Connection, kind: str, *, limit: int, before: int | None = None) -> list[RequestedWork]:
    """Newest first; with `before` only those with smaller ids."""
    query = select(_work).where(_work.c.kind == kind).order_by(_work.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_work.c.id < before)
    return [_of(row) for row in tx.execute(query).mappings()]


def open_count(tx: Connection, kind: str) -> int:
    """How many wait or run."""
    query = select(func.count()).where(_work.c.status.in_((WAITING, RUNNING)), _work.c.kind == kind)
    return int(tx.execute(query).scalar_one())


# ---- doing it


def is_any(tx: Connection, kinds: Collection[str]) -> bool:
    """Whether anything of these kinds waits or runs: a reading transaction tells it, and most looks end there."""
    query = select(_work.c.id).where(_work.c.status.in_((WAITING, RUNNING)), _work.c.kind.in_(list(kinds))).limit(1)
    return tx.execute(query).first() is not None


def claim_next(tx: Connection, kinds: Collection[str], now: datetime) -> RequestedWork | None:
    """The oldest that waits, which from now on runs; None where none does."""
    take_turns(tx, "requested_work")
    query = (
        select(_work.c.id).where(_work.c.status == WAITING, _work.c.kind.in_(list(kinds))).order_by(_work.c.id).limit(1)
    )
    work_id = tx.execute(query).scalar()
    if work_id is None:
        return None
    begun = {"status": RUNNING, "tries": _work.c.tries + 1, "started_at": now, "seen_at": now}
    tx.execute(update(_work).where(_work.c.id == work_id, _work.c.status == WAITING).values(begun))
    return load(tx, work_id)


def give_sign(tx: Connection, work: RequestedWork, now: datetime) -> bool:
    """Its process lives. False where the work is not its own any more."""
    return _change(tx, work, seen_at=now)


def finish(tx: Connection, work: RequestedWork, found: Mapping[str, Any], now: datetime) -> bool:
    """Done. False, and nothing is written, where another process has begun it anew meanwhile."""
    return _change(tx, work, status=DONE, finished_at=now, found=json.dumps(found, separators=(",", ":")))


def fail(tx: Connection, work: RequestedWork, why: str, now: datetime) -> bool:
    """It cannot be done; `why` is one line for who asked. False as with `finish`."""
    return _change(tx, work, status=FAILED, finished_at=now, why=" ".join(why.split())[:LONGEST_WHY])


def put_back(tx: Connection, work: RequestedWork, why: str, now: datetime) -> bool:
    """It was interrupted: it waits again, or has failed where that was the last try. False as with `finish`."""
    if work.tries >= MOST_TRIES:
        return fail(tx, work, why, now)
    return _change(tx, work, status=WAITING)


def give_up_lost(tx: Connection, now: datetime) -> int:
    """Work whose process died waits again, at most twice; then it has failed. Returns how many were lost."""
    lost = select(_work).where(_work.c.status == RUNNING, _work.c.seen_at <= now - LOST_AFTER)
    found = [_of(row) for row in tx.execute(lost).mappings()]
    why = f"begun {MOST_TRIES} times, and each time its process ended before it was done"
    return sum(put_back(tx, work, why, now) for work in found)


def forget_old(tx: Connection, now: datetime) -> int:
    """Remove what was finished long ago. Returns how many."""
    return tx.execute(delete(_work).where(_work.c.finished_at < now - KEPT)).rowcount


def _change(tx: Connection, work: RequestedWork, **values: Any) -> bool:
    own = (_work.c.id == work.id, _work.c.status == RUNNING, _work.c.tries == work.tries)
    return tx.execute(update(_work).where(*own).values(**values)).rowcount == 1


def _of(row: RowMapping) -> RequestedWork:
    return RequestedWork(
        id=row["id"],
        kind=row["kind"],
        asked=json.loads(row["asked"]),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        status=row["status"],
        tries=row["tries"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        found=None if row["found"] is None else json.loads(row["found"]),
        why=row["why"],
    )
