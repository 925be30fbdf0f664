"""Reports that come by themselves: files of the watched folder, and the daily pull. Who claims one is the only one to take it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.license_desk import NiprPullRow, WatchedFileRow

_files, _pulls = table_of(WatchedFileRow), table_of(NiprPullRow)

IMPORTED, REJECTED, REPEATED = "imported", "rejected", "repeated"

_THE_ONE = 1


# ---- the watched folder


@dataclass(frozen=True)
class Look:
    """A file as it is seen from outside."""

    name: str
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Rejected:
    id: int
    name: str


def look(
    tx: Connection, seen: Look, now: datetime, *, settles_after: timedelta, claim_ends_after: timedelta
) -> int | None:
    """The number under which the file is claimed: it is the same since `settles_after`, and nobody else has any.

    One at a time, so that none is weighed against a roster that another is changing. A claim ends where nothing came of
    it, because its process died.
    """
    take_turns(tx, "watched_files")
    row = tx.execute(select(_files).where(_files.c.name == seen.name, _files.c.outcome == "")).first()
    if row is None:
        if _stays(tx, seen):
            return None
        upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        values = {**vars(seen), "looked_at": now, "outcome": "", "told": True, "stays": False}
        tx.execute(upsert(_files).values(values).on_conflict_do_nothing())
        return None
    if (row.size_bytes, row.modified_ns) != (seen.size_bytes, seen.modified_ns):
        same = and_(_files.c.id == row.id, _files.c.outcome == "")
        tx.execute(update(_files).where(same).values(**vars(seen), looked_at=now, claimed_at=None))
        return None
    others = select(_files.c.id).where(_files.c.outcome == "", _files.c.claimed_at > now - claim_ends_after)
    if tx.execute(others).first() is not None:
        return None
    claimed = tx.execute(
        update(_files)
        .where(
            _files.c.id == row.id,
            _files.c.outcome == "",
            _files.c.size_bytes == seen.size_bytes,
            _files.c.modified_ns == seen.modified_ns,
            _files.c.looked_at <= now - settles_after,
        )
        .values(claimed_at=now)
    )
    return int(row.id) if claimed.rowcount == 1 else None


def release(tx: Connection, file_id: int, now: datetime) -> None:
    """It changed after all: it has to be seen twice again."""
    tx.execute(update(_files).where(_files.c.id == file_id).values(claimed_at=None, looked_at=now))


def imported_at(tx: Connection, sha256: str) -> datetime | None:
    """When a file with this content was imported last."""
    found: datetime | None = tx.execute(
        select(_files.c.concluded_at)
        .where(_files.c.sha256 == sha256, _files.c.outcome == IMPORTED)
        .order_by(_files.c.concluded_at.desc())
        .limit(1)
    ).scalar()
    return found


def note_stays(tx: Connection, file_id: int) -> None:
    """It could not be moved: as long as it lies there, it is nothing new."""
    tx.execute(update(_files).where(_files.c.id == file_id).values(stays=True))


def _stays(tx: Connection, seen: Look) -> bool:
    same = [_files.c[name] == value for name, value in vars(seen).items()]
    return tx.execute(select(_files.c.id).where(_files.c.stays, *same)).first() is not None


def conclude(tx: Connection, file_id: int, outcome: str, *, sha256: str | None, now: datetime) -> None:
    """What became of it. A rejected one is still to be told of."""
    tx.execute(
        update(_files)
        .where(_files.c.id == file_id)
        .values(outcome=outcome, sha256=sha256, concluded_at=now, told=outcome != REJECTED)
    )


def claim_untold(tx: Connection, limit: int) -> list[Rejected]:
    """Rejected files of which nobody was told yet; they count as told now."""
    rows = tx.execute(select(_files.c.id, _files.c.name).where(~_files.c.told).order_by(_files.c.id).limit(limit)).all()
    return [Rejected(row.id, row.name) for row in rows if _mark(tx, row.id, told=True)]


def untell(tx: Connection, rejected: list[Rejected]) -> None:
    """The notice reached nobody."""
    for one in rejected:
        _mark(tx, one.id, told=False)


def forget_gone(tx: Connection, present: set[str]) -> None:
    """Files that are no longer there are looked at afresh when they come again."""
    for row in tx.execute(select(_files.c.id, _files.c.name).where(_files.c.stays)).all():
        if row.name not in present:
            tx.execute(update(_files).where(_files.c.id == row.id).values(stays=False))
    rows = tx.execute(select(_files.c.id, _files.c.name).where(_files.c.outcome == "", _files.c.claimed_at.is_(None)))
    for row in rows.all():
        if row.name not in present:
            tx.execute(delete(_files).where(_files.c.id == row.id, _files.c.claimed_at.is_(None)))


def _mark(tx: Connection, file_id: int, *, told: bool) -> bool:
    changed = update(_files).where(_files.c.id == file_id, _files.c.told.is_(not told)).values(told=told)
    return tx.execute(changed).rowcount == 1


# ---- the daily pull


@dataclass(frozen=True)
class LastPull:
    """What the other side said of the report that we imported last from this address."""

    etag: str | None
    last_modified: str | None
    imported_at: datetime | None


def claim_pull(tx: Connection, address_sha256: str, now: datetime, *, again_at: datetime) -> LastPull | None:
    """The last pull, for the one whose turn it is: until `again_at` it is nobody else's. None: it is not due.

    Of another address nothing is known.
    """
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    first = {"id": _THE_ONE, "next_at": now, "address_sha256": address_sha256}
    tx.execute(upsert(_pulls).values(first).on_conflict_do_nothing())
    # Another address is due at once.
    due = or_(_pulls.c.next_at <= now, _pulls.c.address_sha256 != address_sha256)
    before = tx.execute(select(_pulls).where(_pulls.c.id == _THE_ONE)).one()
    known = before.address_sha256 == address_sha256
    values = {"next_at": again_at, "address_sha256": address_sha256}
    forgotten = {} if known else {"etag": None, "last_modified": None, "imported_at": None}
    if tx.execute(update(_pulls).where(_pulls.c.id == _THE_ONE, due).values({**values, **forgotten})).rowcount != 1:
        return None
    return LastPull(before.etag, before.last_modified, before.imported_at) if known else LastPull(None, None, None)


def conclude_pull(tx: Connection, *, next_at: datetime, last: LastPull | None = None) -> None:
    """When it is due again, and where something was imported, as what the other side knows that."""
    told = {} if last is None else vars(last)
    tx.execute(update(_pulls).where(_pulls.c.id == _THE_ONE).values(next_at=next_at, **told))
